"""The capstone: its pictures, that it can be done as its hints say, and what is not enough."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from autograder.engine import oracle
from autograder.engine.transport import call_here
from checks.calling import call
from checks.judging import judge_measured
from convnets import detection
from solutions.detection.train_detector import EXERCISE, SIDE, scenes

CELL = 4  # pixels
NUM_STEPS = 500
MARGIN = 0.1  # of the mean average precision, from one draw of the pictures to another
HARD = 6  # a seed whose pictures are harder than most


def drawn(group, seed):
    return next(case for case in EXERCISE.hidden(np.random.default_rng(seed)) if case.group == group)


def judged(function, case, more):
    """Judge an answer, which must reach so much more than is asked for."""
    outcome = call(function, case.args, seconds=EXERCISE.seconds)
    return judge_measured(outcome, EXERCISE.measure, EXERCISE.least(case.group) + more, case.truth)


# --- the pictures -----------------------------------------------------------------------------------


def test_boxes_are_the_smallest_around_what_is_drawn():
    images, boxes, _ = scenes(np.random.default_rng(0), 60, 1, 0.0, 0)
    for image, known in zip(images, boxes, strict=True):
        y, x = np.nonzero(image != np.median(image))
        np.testing.assert_array_equal(known, [[x.min(), y.min(), x.max() + 1, y.max() + 1]])


def test_shapes_lie_apart_and_inside():
    _, boxes, labels = scenes(np.random.default_rng(0), 200, 3, 8.0, 2)
    assert {len(known) for known in boxes} == {1, 2, 3}
    assert [len(known) for known in boxes] == [len(kinds) for kinds in labels]
    for known in boxes:
        assert ((known >= 0) & (known <= SIDE)).all()
        overlaps = detection.box_iou(*[torch.from_numpy(known + np.array([-1, -1, 1, 1]))] * 2)
        assert overlaps.count_nonzero() == len(known)


def test_all_classes_are_about_as_frequent():
    counts = np.bincount(np.concatenate(scenes(np.random.default_rng(0), 400, 3, 8.0, 2)[2]), minlength=3)
    assert len(counts) == 3
    assert counts.min() > 0.8 * counts.max()


def test_bright_and_dark_shapes_are_there_and_no_value_is_cut_off():
    images, *_ = scenes(np.random.default_rng(0), 100, 3, 0.0, 2)
    ground = np.median(images, axis=(1, 2), keepdims=True)
    assert (images > ground + 50).any()
    assert (images < ground - 50).any()
    assert 0 < images.min() < images.max() < 255


# --- the way of the hints ------------------------------------------------------------------------------


def scaled(pictures):
    """Return pictures as a batch of one channel, the ground at 0."""
    return torch.from_numpy((pictures - np.median(pictures, axis=(1, 2), keepdims=True)) / 64).float()[
        :, None
    ]


def targets_of(boxes, labels):
    """Return class and distances of each cell: 3 is the background."""
    classes = torch.full((len(boxes), SIDE // CELL, SIDE // CELL), 3)
    distances = torch.zeros(len(boxes), 4, SIDE // CELL, SIDE // CELL)
    for number, (known, kinds) in enumerate(zip(boxes, labels, strict=True)):
        for (x1, y1, x2, y2), kind in zip(known, kinds, strict=True):
            column, row = int((x1 + x2) / 2 / CELL), int((y1 + y2) / 2 / CELL)
            x, y = (column + 0.5) * CELL, (row + 0.5) * CELL
            classes[number, row, column] = int(kind)
            distances[number, :, row, column] = torch.tensor([x - x1, y - y1, x2 - x, y2 - y]) / 8
    return classes, distances


def small_network(images, boxes, labels, unseen):
    """Train a network of 8×8 cells that says a class and four distances for each."""
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(1, 16, 5, stride=2, padding=2),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(32, 32, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(32, 32, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(32, 8, 1),
    )
    pictures, (classes, distances) = scaled(images), targets_of(boxes, labels)
    optimizer = torch.optim.Adam(network.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, NUM_STEPS)
    for _ in range(NUM_STEPS):
        batch = torch.randint(len(pictures), (32,))
        signs = torch.randint(2, (32, 1, 1, 1)) * 2 - 1
        outputs = network(signs * pictures[batch])
        is_object = (classes[batch] < 3)[:, None]
        loss = F.cross_entropy(outputs[:, :4], classes[batch])
        loss = loss + F.smooth_l1_loss(outputs[:, 4:] * is_object, distances[batch]) * 30
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return detections_of(network, scaled(unseen))


@torch.no_grad()
def detections_of(network, pictures):
    outputs = network(pictures)
    scores, distances = outputs[:, :4].softmax(dim=1)[:, :3], outputs[:, 4:] * 8
    places = (torch.arange(SIDE // CELL) + 0.5) * CELL
    y, x = torch.meshgrid(places, places, indexing="ij")
    found = []
    for of_picture, (left, up, right, down) in zip(scores, distances, strict=True):
        edges = torch.stack([x - left, y - up, x + right, y + down], dim=2).reshape(-1, 4)
        edges[:, 2:] = torch.maximum(edges[:, :2], edges[:, 2:])
        labels = torch.arange(3).repeat_interleave(len(edges))
        chances, edges = of_picture.reshape(-1), edges.repeat(3, 1)
        kept = detection.batched_nms(edges, chances, labels, 0.4)
        kept = kept[chances[kept] > 0.02]
        found.append((edges[kept].numpy(), labels[kept].numpy(), chances[kept].numpy()))
    return found


@pytest.mark.parametrize("group", EXERCISE.measure.least)
def test_a_small_network_learns_it_within_seconds_and_with_a_margin(group):
    verdict = judged(small_network, drawn(group, HARD), MARGIN)
    assert verdict.passed, verdict.sentence


# --- what is not enough ---------------------------------------------------------------------------------


def whole_pictures(images, boxes, labels, unseen):
    return [(np.array([[0.0, 0, SIDE, SIDE]] * 3), np.arange(3), np.ones(3))] * len(unseen)


def a_grid(images, boxes, labels, unseen):
    corners = np.stack(np.meshgrid(np.arange(0, SIDE - 9, 5), np.arange(0, SIDE - 9, 5)), axis=2)
    corners = np.repeat(corners.reshape(-1, 2), 3, axis=0).astype(float)
    return [(np.hstack([corners, corners + 11]), np.arange(len(corners)) % 3, np.ones(len(corners)))] * len(
        unseen
    )


def labels_shuffled(images, boxes, labels, unseen):
    rng = np.random.default_rng(0)
    drawn_labels = [rng.integers(0, 3, len(kinds)) for kinds in labels]
    return EXERCISE.reference(images, boxes, drawn_labels, unseen)


def training_boxes(images, boxes, labels, unseen):
    return [(known, kinds, np.ones(len(kinds))) for known, kinds in zip(boxes, labels, strict=True)][
        : len(unseen)
    ]


def nothing(images, boxes, labels, unseen):
    return [([], [], [])] * len(unseen)


@pytest.mark.parametrize("function", [whole_pictures, a_grid, labels_shuffled, training_boxes, nothing])
def test_what_has_not_learnt_scores_nothing(function):
    assert oracle.grade(EXERCISE, call_here(function), 1).score == 0
