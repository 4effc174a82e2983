"""COCO's average precision: by hand, and equal to pycocotools on random detections."""

import contextlib
import io

import numpy as np
import pytest
import torch
from pycocotools import mask as rle
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from convnets.detection import Detections, Objects, coco_average_precision, masks_to_boxes
from convnets.detection.metrics.coco import THRESHOLDS

ONE = torch.tensor([[0.0, 0, 100, 100]])
LABEL = torch.tensor([0])


def shifted(*pixels):
    """Return boxes of 100 × 100, shifted to the right by so many pixels."""
    return ONE + torch.tensor(pixels)[:, None] * torch.tensor([1.0, 0, 1, 0])


def found(boxes, scores, label=0):
    return Detections(boxes, torch.full((len(boxes),), label), torch.tensor(scores))


def test_one_box_at_ten_thresholds_by_hand():
    """Shifted by 24 of 100 pixels it overlaps by 76/124 = 0.61, which is enough for 0.5, 0.55 and 0.6."""
    *averages, per_class = coco_average_precision([found(shifted(24), [0.9])], [Objects(ONE, LABEL)])
    assert averages == pytest.approx([0.3, 1.0, 0.0, None, None, 0.3, 0.3])
    assert per_class == {0: averages[0]}
    assert THRESHOLDS.tolist() == pytest.approx([0.5 + 0.05 * index for index in range(10)])


def test_the_sequence_worked_by_hand():
    """Right, wrong, right, right, wrong, wrong, right, of five objects: 62.43 of 101 levels."""
    boxes = shifted(0, 900, 200, 400, 1100, 1300, 600)
    objects = Objects(shifted(0, 200, 400, 600, 2000), torch.zeros(5, dtype=torch.int64))
    scores = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3]
    result = coco_average_precision([found(boxes, scores)], [objects])
    assert round(result.ap, 4) == 0.6181
    assert result.ap == pytest.approx(result.ap50)
    assert result.recall == pytest.approx(0.8)


def test_only_so_many_detections_count():
    objects = [Objects(shifted(0, 200), torch.zeros(2, dtype=torch.int64))]
    detections = [found(shifted(200, 0), [0.5, 0.6])]
    assert coco_average_precision(detections, objects).ap == 1
    assert coco_average_precision(detections, objects, max_detections=1).ap == pytest.approx(51 / 101)


def test_sizes_are_judged_apart():
    """Boxes of 20², 60² and 100² pixels; a size that no object has is None."""
    boxes = torch.tensor([[0.0, 0, 20, 20], [0, 100, 60, 160], [200, 0, 300, 100]])
    objects = [Objects(boxes[:2], torch.zeros(2, dtype=torch.int64))]
    result = coco_average_precision([found(boxes[[1, 2]], [0.9, 0.8])], objects)
    assert (result.ap_small, result.ap_medium, result.ap_large) == (0.0, pytest.approx(1.0), None)
    told = [objects[0]._replace(area=torch.tensor([5000.0, 10000.0]))]
    assert coco_average_precision([found(boxes[:2], [0.9, 0.8])], told).ap_small is None


def test_crowds_take_any_number_and_are_not_asked_for():
    """A detection of which half lies in the crowd is disregarded at 0.5, wrong at 0.55."""
    objects = [Objects(torch.cat([ONE, ONE + 1000]), torch.tensor([0, 0]), crowd=torch.tensor([True, False]))]
    inside = torch.tensor([[0.0, 0, 10, 10], [30, 30, 60, 60], [1000, 1000, 1100, 1100]])
    assert coco_average_precision([found(inside, [0.9, 0.8, 0.7])], objects).ap == 1
    half = torch.tensor([[50.0, 0, 150, 100], [1000, 1000, 1100, 1100]])
    result = coco_average_precision([found(half, [0.9, 0.7])], objects)
    assert (result.ap50, result.ap75, result.ap) == pytest.approx((1, 0.5, 0.55))


def test_nothing_anywhere():
    empty = Detections(torch.empty(0, 4), torch.empty(0, dtype=torch.int64), torch.empty(0))
    none = Objects(empty.boxes, empty.labels)
    assert coco_average_precision([], []) == (*7 * [None], {})
    assert coco_average_precision([empty], [none]) == (*7 * [None], {})
    missed = coco_average_precision([empty], [Objects(ONE, LABEL)])
    assert missed == (0, 0, 0, None, None, 0, 0, {0: 0})
    too_many = coco_average_precision([found(ONE, [0.9], label=4)], [none])
    assert too_many == (*7 * [None], {4: None})


def random_images(rng, num, *, size=300, masks=False):
    """Return detections and objects with duplicates, crowds, equal scores, empty images and classes.

    Classes are 0 to 3, of which 0 is never there and 1 never found. Numbers are whole, so that overlaps meet
    thresholds exactly.
    """
    detections, objects = [], []
    for _ in range(num):
        boxes = random_boxes(rng, rng.integers(0, 8), size)
        truth = rng.integers(1, 4, len(boxes))
        noise = random_boxes(rng, rng.integers(0, 5), size)
        near = boxes.repeat(3, axis=0) + rng.integers(-4, 5, (3 * len(boxes), 4))
        guesses = np.concatenate([near, noise]).clip(0)
        guesses = np.sort(guesses.reshape(-1, 2, 2), axis=1).reshape(-1, 4)
        labels = np.concatenate([truth.repeat(3), rng.integers(0, 4, len(noise))])
        labels[(rng.random(len(labels)) < 0.2) | (labels == 1)] = 0
        kept = rng.random(len(guesses)) < 0.8
        found, there = _side(rng, guesses[kept], masks), _side(rng, boxes, masks)
        scores = torch.from_numpy(rng.integers(0, 30, len(found[0])) / 30)
        detections.append(Detections(found[0], torch.from_numpy(labels[kept]), scores, found[1]))
        crowd = torch.from_numpy(rng.random(len(boxes)) < 0.2)
        objects.append(Objects(there[0], torch.from_numpy(truth), crowd=crowd, masks=there[1]))
    return detections, objects


def _side(rng, boxes, masks):
    if not masks:
        return torch.from_numpy(boxes).double(), None
    shapes = drawn_masks(rng, boxes)
    return masks_to_boxes(shapes), shapes


def random_boxes(rng, num, size):
    corners = rng.integers(0, size, (num, 2))
    return np.concatenate([corners, corners + rng.integers(4, size // 2, (num, 2))], axis=1)


def drawn_masks(rng, boxes):
    """Return masks that fill two thirds of the boxes, so that their sizes are not those of the boxes."""
    masks = np.zeros((len(boxes), 110, 108), dtype=bool)
    row, column = np.indices(masks.shape[1:])
    for mask, (x1, y1, x2, y2) in zip(masks, boxes, strict=True):
        mask[y1:y2, x1:x2] = True
        mask &= ((row + 2 * column) % 3 > 0) & (rng.random(mask.shape) < 0.98)
    return torch.from_numpy(masks)


def by_pycocotools(detections, objects, kind):
    """Return the twelve numbers of pycocotools."""
    images = [{"id": index, "height": 110, "width": 108} for index in range(len(objects))]
    truth, guesses = [], []
    for index, (guess, one) in enumerate(zip(detections, objects, strict=True)):
        area = {} if one.area is None else {"area": one.area}
        truth += entries(index, one, kind, iscrowd=one.crowd.int(), **area)
        guesses += entries(index, guess, kind, score=guess.scores)
    for number, entry in enumerate(truth, start=1):
        entry["id"] = number
    categories = [{"id": label, "name": str(label)} for label in range(4)]
    with contextlib.redirect_stdout(io.StringIO()):
        dataset = COCO()
        dataset.dataset = {"info": {}, "images": images, "annotations": truth, "categories": categories}
        dataset.createIndex()
        judge = COCOeval(dataset, dataset.loadRes(guesses), kind)
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    return judge.stats


def entries(image, side, kind, **fields):
    """Return entries of an annotation file; with a box, pycocotools would take its area for the mask's."""
    found = []
    for index, (x1, y1, x2, y2) in enumerate(side.boxes.tolist()):
        entry = {"image_id": image, "category_id": int(side.labels[index])}
        if kind == "segm":
            entry["segmentation"] = rle.encode(np.asfortranarray(side.masks[index].numpy(), np.uint8))
            entry["area"] = int(side.masks[index].sum())
        else:
            entry |= {"bbox": [x1, y1, x2 - x1, y2 - y1], "area": (x2 - x1) * (y2 - y1)}
        found.append(entry | {name: values[index].item() for name, values in fields.items()})
    return found


@pytest.mark.parametrize("seed", range(4))
def test_boxes_against_pycocotools(seed):
    images = random_images(np.random.default_rng(seed), 15)
    assert_equal(coco_average_precision(*images), by_pycocotools(*images, "bbox"))


@pytest.mark.parametrize("seed", range(2))
def test_masks_against_pycocotools(seed):
    images = random_images(np.random.default_rng(seed), 6, size=100, masks=True)
    assert_equal(coco_average_precision(*images, overlap="masks"), by_pycocotools(*images, "segm"))


def with_many_detections(rng, detections, objects):
    """Each 25 times, more than a hundred of a class in an image: what comes after them must not count."""
    many = [Detections(*(field.repeat_interleave(25, 0) for field in one[:3])) for one in detections]
    counts = [int((one.labels == label).sum()) for one in many for label in (2, 3)]
    assert max(counts) > 100 > min(counts)
    all_of_them = coco_average_precision(many, objects, max_detections=10_000)
    assert all_of_them.recall > coco_average_precision(many, objects).recall
    return many, objects


def with_areas_of_their_own(rng, detections, objects):
    """Not those of the boxes, and some of exactly 32² and 96²."""
    areas = [rng.choice([500.0, 32**2, 5000.0, 96**2, 20000.0], len(one.boxes)) for one in objects]
    pairs = zip(objects, areas, strict=True)
    return detections, [one._replace(area=torch.from_numpy(area)) for one, area in pairs]


def with_points(rng, detections, objects):
    """Every fifth box has no size, on either side, also in crowds."""

    def shrunk(side):
        boxes = side.boxes.clone()
        boxes[::5, 2:] = boxes[::5, :2]
        return side._replace(boxes=boxes)

    return [shrunk(one) for one in detections], [shrunk(one) for one in objects]


def with_equal_scores(rng, detections, objects):
    """All of them: the order is that of the images and of the detections in them."""
    return [one._replace(scores=torch.ones_like(one.scores)) for one in detections], objects


CASES = [with_many_detections, with_areas_of_their_own, with_points, with_equal_scores]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_hard_cases_against_pycocotools(case):
    rng = np.random.default_rng(5)
    images = case(rng, *random_images(rng, 6))
    assert_equal(coco_average_precision(*images), by_pycocotools(*images, "bbox"))


def assert_equal(result, theirs):
    """Pycocotools adds 1e-16 to what it divides by, and says −1 where there is nothing."""
    ours = [-1 if value is None else value for value in result[:7]]
    np.testing.assert_allclose(ours, theirs[[0, 1, 2, 3, 4, 5, 8]], atol=1e-6, rtol=0)
    assert 0.05 < result.ap < result.ap50 < 0.9
    assert result.per_class[0] is None
    assert result.per_class[1] == 0


def test_errors():
    detections, objects = [found(ONE, [0.5])], [Objects(ONE, LABEL)]
    with pytest.raises(ValueError, match="overlap must be 'boxes' or 'masks', got 'keypoints'"):
        coco_average_precision(detections, objects, "keypoints")
    with pytest.raises(ValueError, match="max_detections must be at least 1, got 0"):
        coco_average_precision(detections, objects, max_detections=0)
    with pytest.raises(ValueError, match="image 0: masks of detections are needed, got None"):
        coco_average_precision(detections, objects, "masks")
    with pytest.raises(ValueError, match=r"image 0: area must have shape \(1,\)"):
        coco_average_precision(detections, [objects[0]._replace(area=torch.ones(2))])
    small, large = torch.ones(1, 2, 2, dtype=torch.bool), torch.ones(1, 2, 3, dtype=torch.bool)
    with pytest.raises(ValueError, match=r"image 0: masks must be of images of one size"):
        coco_average_precision(
            [detections[0]._replace(masks=small)], [objects[0]._replace(masks=large)], "masks"
        )
    with pytest.raises(ValueError, match="image 0: crowd must be a tensor of 1 booleans"):
        coco_average_precision(detections, [objects[0]._replace(crowd=torch.ones(1))])
