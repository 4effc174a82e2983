"""From many scored boxes to a few detections."""

import pytest
import torch

from convnets import detection

BOXES = torch.tensor([[0.0, 0, 10, 10], [1, 0, 11, 10], [20, 0, 30, 10], [-5, 2, 4, 8], [90, 0, 95, 5]])
SCORES = torch.tensor([[0.9, 0.2], [0.8, 0.7], [0.3, 0.0], [0.4, 0.1], [0.9, 0.9]])


def test_by_hand():
    """Box 1 goes as class 0, stays as class 1, where it drops box 0; box 3 is cut off, box 4 is outside."""
    found = detection.choose_detections(BOXES, SCORES, (10, 50), score_threshold=0.15)
    assert found.labels.tolist() == [0, 1, 0, 0]
    assert found.scores.tolist() == pytest.approx([0.9, 0.7, 0.4, 0.3])
    assert found.boxes.tolist() == [BOXES[0].tolist(), BOXES[1].tolist(), [0, 2, 4, 8], BOXES[2].tolist()]


def test_one_box_for_each_class():
    boxes = torch.stack([BOXES, BOXES + 1], dim=1)
    found = detection.choose_detections(boxes, SCORES, (20, 50), score_threshold=0.5)
    assert found.boxes.tolist() == [[0, 0, 10, 10], [2, 1, 12, 11]]


def test_at_most_so_many():
    assert len(detection.choose_detections(BOXES, SCORES, (10, 50), max_detections=2).boxes) == 2


def test_nothing():
    for found in (
        detection.choose_detections(BOXES, SCORES, (10, 50), score_threshold=0.95),
        detection.choose_detections(BOXES[:0], SCORES[:0], (10, 50)),
    ):
        assert [tuple(part.shape) for part in found[:3]] == [(0, 4), (0,), (0,)]


@pytest.mark.parametrize(
    ("boxes", "scores", "complaint"),
    [
        (BOXES[:2], SCORES, r"shape \(5, 4\) or \(5, 2, 4\), their shape is \(2, 4\)"),
        (BOXES, SCORES * float("nan"), "scores must be finite"),
        (BOXES[:, [2, 1, 0, 3]], SCORES, "x1 <= x2"),
    ],
    ids=["number", "nan", "order"],
)
def test_complaints(boxes, scores, complaint):
    with pytest.raises(ValueError, match=complaint):
        detection.choose_detections(boxes, scores, (10, 50))
