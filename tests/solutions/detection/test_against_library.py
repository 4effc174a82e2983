"""The references of the assignment, next to `convnets.detection`, PyTorch and numbers worked by hand."""

import importlib
import itertools

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from convnets import detection
from solutions.detection import exercises

MODULES = {e.name: importlib.import_module(f"solutions.detection.{e.name}") for e in exercises.EXERCISES}


def reference(name):
    return MODULES[name].EXERCISE.reference


def cases(name, seeds=5):
    """Give the arguments of all cases of an exercise, the hidden ones for several seeds."""
    exercise = MODULES[name].EXERCISE
    drawn = (exercise.hidden(np.random.default_rng(seed)) for seed in range(seeds))
    return [case.args for case in itertools.chain(exercise.public, *drawn)]


def tensor(array):
    return torch.from_numpy(np.ascontiguousarray(array))


def close(got, expected):
    np.testing.assert_allclose(got, np.asarray(expected), rtol=1e-9, atol=1e-9)  # float64 in another order


def test_overlaps_are_those_of_the_library():
    for boxes, others in cases("overlap_table"):
        iou, giou = reference("overlap_table")(boxes, others)
        close(iou, detection.box_iou(tensor(boxes), tensor(others)))
        close(giou, detection.generalized_box_iou(tensor(boxes), tensor(others)))


def test_the_same_boxes_survive():
    for boxes, scores, labels, threshold in cases("suppress_doubles"):
        kept = detection.batched_nms(tensor(boxes), tensor(scores), tensor(labels), threshold)
        assert reference("suppress_doubles")(boxes, scores, labels, threshold).tolist() == kept.tolist()


def test_anchors_lie_where_the_library_lays_them():
    for map_shape, image_shape, sizes, ratios in cases("lay_anchors"):
        stride = tuple(side / n for side, n in zip(image_shape, map_shape, strict=True))
        shapes = detection.anchor_shapes(sizes.tolist(), ratios.tolist())
        expected = detection.grid_anchors(map_shape, stride, shapes)
        anchors, is_inside = reference("lay_anchors")(map_shape, image_shape, sizes, ratios)
        np.testing.assert_allclose(
            anchors, expected, rtol=1e-5, atol=1e-4
        )  # the library lays them in float32
        is_clear = np.abs(anchors - [0, 0, *image_shape[::-1]]).min(axis=1) > 1e-3
        agrees = is_inside == detection.anchors_inside(expected, image_shape).numpy()
        assert agrees[is_clear].all()


def test_codes_are_those_of_the_library():
    for anchors, boxes, codes, deviations in cases("code_boxes"):
        told, found = reference("code_boxes")(anchors, boxes, codes, deviations)
        weights = tuple((1 / deviations).tolist())
        close(told, detection.encode_boxes(tensor(boxes), tensor(anchors), weights))
        close(found, detection.decode_boxes(tensor(codes), tensor(anchors), weights))


def test_anchors_are_matched_as_the_library_does():
    for iou, positive, negative in cases("assign_anchors"):
        expected = detection.match_anchors(tensor(iou), positive, negative)
        assert reference("assign_anchors")(iou, positive, negative).tolist() == expected.tolist()


def test_average_precision_is_that_of_the_library():
    for scores, overlaps, difficult in cases("rank_and_score"):
        ranked = []
        for image, (values, iou, hard) in enumerate(zip(scores, overlaps, difficult, strict=True)):
            order = np.argsort(-values, kind="stable")
            verdicts = detection.voc_verdicts(tensor(iou[order]), tensor(hard))
            ranked += zip(-values[order], [image] * len(order), range(len(order)), verdicts, strict=True)
        verdicts = [verdict for _, _, _, verdict in sorted(ranked) if verdict != detection.DISREGARDED]
        curve = detection.precision_recall(
            torch.tensor(verdicts, dtype=torch.int8), sum(int((~hard).sum()) for hard in difficult)
        )
        eleven, area = reference("rank_and_score")(scores, overlaps, difficult)
        assert eleven == pytest.approx(detection.average_precision(*curve, detection.VOC_LEVELS))
        assert area == pytest.approx(detection.average_precision(*curve))


def test_average_precision_worked_by_hand():
    """Right, false, right, right, false, false, right, of five objects."""
    eleven, area = reference("rank_and_score")(*cases("rank_and_score")[0])
    assert eleven == pytest.approx((3 * 1 + 4 * 3 / 4 + 2 * 4 / 7) / 11)
    assert area == pytest.approx((1 + 3 / 4 + 3 / 4 + 4 / 7) / 5)


def test_regions_are_pooled_as_in_the_library_gradient_included():
    for features, regions, output_size, scale, grad_output in cases("pool_regions"):
        x = tensor(features)[None].requires_grad_()
        expected = detection.roi_pool(x, [tensor(regions)], output_size, scale)
        expected.backward(tensor(grad_output))
        pooled, grad = reference("pool_regions")(features, regions, output_size, scale, grad_output)
        close(pooled, expected.detach())
        close(grad, x.grad[0])


def test_regions_are_aligned_as_in_the_library():
    for features, regions, output_size, scale, samples in cases("align_regions"):
        expected = detection.roi_align(
            tensor(features)[None], [tensor(regions)], output_size, scale, samples, aligned=True
        )
        close(reference("align_regions")(features, regions, output_size, scale, samples), expected)


def test_an_even_slope_is_read_off_exactly():
    """On 2x + 3y + 1 a bin's value is that at its centre; half a cell missing would show as 2.5."""
    features, regions, output_size, scale, samples = cases("align_regions")[0]
    (((upper, _), (_, lower)),) = reference("align_regions")(features, regions, output_size, scale, samples)[
        0:1, 0
    ]
    (x1, y1, x2, y2) = regions[0] * scale
    for value, share in ((upper, 1 / 4), (lower, 3 / 4)):
        x, y = x1 + share * (x2 - x1), y1 + share * (y2 - y1)
        assert value == pytest.approx(2 * x + 3 * y + 1)


def test_targets_and_weights_give_the_loss_of_the_library():
    rng = np.random.default_rng(0)
    for boxes, labels, image_shape, num_classes, predicted in cases("grid_targets"):
        S, P = predicted.shape[1:3]
        targets, weights = reference("grid_targets")(boxes, labels, image_shape, num_classes, predicted)
        outputs = np.concatenate([predicted.reshape(S, S, -1), rng.normal(size=(S, S, num_classes))], axis=2)
        told = detection.yolo_targets(tensor(boxes), tensor(labels), image_shape, S)
        batch = type(told)(*(part[None] for part in told))
        expected = sum(detection.yolo_loss(tensor(outputs)[None], batch, P))
        assert (weights * (outputs - targets) ** 2).sum() == pytest.approx(float(expected))


def test_the_same_negatives_count_as_in_the_library():
    for matches, labels, logits, ratio in cases("mine_negatives"):
        targets, counts, loss = reference("mine_negatives")(matches, labels, logits, ratio)
        losses = F.cross_entropy(tensor(logits).transpose(1, 2), tensor(targets), reduction="none")
        chosen = [
            detection.hard_negatives(*pair, ratio) for pair in zip(losses, tensor(matches), strict=True)
        ]
        np.testing.assert_array_equal(counts, (matches >= 0) | torch.stack(chosen).numpy())
        assert loss == pytest.approx(float(losses[tensor(counts)].sum()) / max(1, (matches >= 0).sum()))


def test_proposals_are_those_of_the_library():
    for anchors, codes, scores, size, min_size, before, after, threshold in cases("propose_regions"):
        boxes, kept = reference("propose_regions")(
            anchors, codes, scores, size, min_size, before, after, threshold
        )
        expected = detection.propose_regions(
            tensor(scores), tensor(codes), tensor(anchors), size, before, after, threshold, min_size
        )
        close(boxes, expected.boxes)
        close(1 / (1 + np.exp(-kept)), expected.scores)


def test_the_loss_of_masks_is_that_of_torch():
    for logits, matches, labels, regions, masks in cases("mask_loss"):
        x, R, M = tensor(logits).requires_grad_(), len(logits), logits.shape[-1]
        y, columns = (
            (regions[:, [k]] + (regions[:, [k + 2]] - regions[:, [k]]) * (np.arange(M) + 0.5) / M).astype(int)
            for k in (1, 0)
        )
        targets = tensor(masks[matches[:, None, None], y[:, :, None], columns[:, None]])
        chosen = x[torch.arange(R), tensor(labels[matches])]
        expected = F.binary_cross_entropy_with_logits(chosen, targets.double())
        expected.backward()
        loss, grad = reference("mask_loss")(logits, matches, labels, regions, masks)
        assert loss == pytest.approx(float(expected.detach()))
        close(grad, x.grad)


def oracle_outputs(objects, labels, anchors, shape, num_classes):
    """Return the maps of a network that says for every anchor exactly what it should."""
    matches = reference("assign_anchors")(reference("overlap_table")(objects, anchors)[0], 0.6, 0.4)
    wanted = objects[np.maximum(matches, 0)]
    codes, _ = reference("code_boxes")(anchors, wanted, np.zeros(anchors.shape), np.ones(4))
    logits = np.zeros((len(anchors), 1 + num_classes))
    logits[np.arange(len(anchors)), np.where(matches < 0, 0, labels[matches] + 1)] = 20
    return [rows.reshape(*shape, -1).transpose(2, 0, 1) for rows in (logits, codes)]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_an_oracle_reaches_a_mean_average_precision_of_one(seed):
    """With the outputs of an oracle the pipeline finds every object, and nothing else: exactly 1."""
    rng, shape, image_shape, num_classes = np.random.default_rng(seed), (6, 8), (60, 80), 3
    anchors, _ = reference("lay_anchors")(shape, image_shape, np.array([14.0, 24.0]), np.array([0.5, 1, 2]))
    detections, truth = [], []
    for _ in range(15):
        cells = rng.permutation(6)[:4]
        corner = np.stack([cells // 2 * 24, cells % 2 * 30], axis=1) + rng.uniform(1, 5, (4, 2))
        objects = np.hstack([corner, corner + rng.uniform(10, 18, (4, 2))])
        labels = rng.integers(0, num_classes, 4)
        maps = oracle_outputs(objects, labels, anchors, shape, num_classes)
        found = reference("detect_objects")(*maps, anchors, image_shape, 0.5, 0.5, 100)
        detections.append(detection.Detections(*map(tensor, found)))
        truth.append(detection.Objects(tensor(objects), tensor(labels)))
    assert detection.voc_average_precision(detections, truth).mean == 1.0
    assert detection.coco_average_precision(detections, truth).ap == 1.0


def test_every_detection_has_one_verdict_and_right_ones_claim_their_objects():
    for overlaps, labels, scores, object_labels in cases("sort_errors"):
        verdicts, is_missed = reference("sort_errors")(overlaps, labels, scores, object_labels)
        assert len(verdicts) == len(labels)
        assert verdicts.count("right") + is_missed.sum() == len(object_labels)
