"""PASCAL VOC's average precision over images and classes."""

import pytest
import torch

from convnets.detection import VOC_LEVELS, Detections, Objects, voc_average_precision, voc_curve

UNIT = torch.tensor([0.0, 0, 10, 10])


def places(*columns):
    """Return boxes of 10 × 10 at the columns given, which overlap none of another column."""
    return torch.stack([UNIT + torch.tensor([20.0, 0, 20, 0]) * column for column in columns])


def found(columns, scores, labels=None):
    labels = [0] * len(columns) if labels is None else labels
    return Detections(places(*columns), torch.tensor(labels), torch.tensor(scores))


def there(columns, labels=None, **more):
    labels = [0] * len(columns) if labels is None else labels
    return Objects(places(*columns), torch.tensor(labels), **more)


NOTHING_FOUND = Detections(torch.empty(0, 4), torch.empty(0, dtype=torch.int64), torch.empty(0))
NOTHING_THERE = Objects(torch.empty(0, 4), torch.empty(0, dtype=torch.int64))
IMAGES = (
    # right, wrong, right, right, wrong, wrong, right by falling score, over both images
    [found((0, 7, 1, 0), (0.9, 0.8, 0.7, 0.4)), found((0, 9, 1), (0.6, 0.5, 0.3))],
    [there((0, 1)), there((0, 1, 2))],
)


def test_the_sequence_worked_by_hand():
    """The fourth detection of the first image is a duplicate, and five objects are there."""
    curve = voc_curve(*IMAGES, label=0)
    assert curve.verdicts.tolist() == [1, 0, 1, 1, 0, 0, 1]
    assert curve.scores.tolist() == pytest.approx([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3])
    assert curve.num_objects == 5
    assert curve.precision[-1] == 4 / 7
    result = voc_average_precision(*IMAGES)
    assert round(result.mean, 4) == 0.6143
    assert result.per_class == {0: result.mean}
    assert round(voc_average_precision(*IMAGES, levels=VOC_LEVELS).mean, 4) == 0.6494


def test_boxes_on_the_objects_give_exactly_one():
    """What a whole detector must reach when its network is replaced by the truth."""
    objects = [there((0, 1, 2), (0, 1, 1)), there((3,), (2,)), NOTHING_THERE]
    detections = [Detections(one.boxes, one.labels, torch.ones(len(one.labels))) for one in objects]
    assert voc_average_precision(detections, objects) == (1.0, {0: 1.0, 1: 1.0, 2: 1.0})


def test_order_within_an_image_is_that_of_the_scores():
    shuffled = [Detections(*(field[[3, 2, 1, 0]] for field in IMAGES[0][0][:3])), IMAGES[0][1]]
    assert voc_average_precision(shuffled, IMAGES[1]) == voc_average_precision(*IMAGES)


def test_difficult_objects_are_neither_asked_for_nor_counted_as_mistakes():
    difficult = torch.tensor([False, True])
    objects = [there((0, 1), difficult=difficult)]
    assert voc_average_precision([found((0,), (0.5,))], objects).mean == 1
    assert voc_average_precision([found((1, 1, 0), (0.9, 0.8, 0.5))], objects).mean == 1
    assert voc_average_precision([found((1, 2, 0), (0.9, 0.8, 0.5))], objects).mean == 0.5
    curve = voc_curve([found((1, 2, 0), (0.9, 0.8, 0.5))], objects, 0)
    assert (curve.verdicts.tolist(), curve.num_objects) == ([0, 1], 1)


def test_classes_without_objects_have_no_average_and_those_without_detections_zero():
    detections = [found((0, 1), (0.9, 0.8), (0, 5))]
    result = voc_average_precision(detections, [there((0, 4), (0, 3))])
    assert result.per_class == {0: 1.0, 3: 0.0, 5: None}
    assert result.mean == 0.5
    only_difficult = there((0,), (7,), difficult=torch.tensor([True]))
    assert voc_average_precision([NOTHING_FOUND], [only_difficult]) == (None, {7: None})


def test_nothing_anywhere():
    assert voc_average_precision([NOTHING_FOUND], [NOTHING_THERE]) == (None, {})
    assert voc_average_precision([], []) == (None, {})
    assert voc_average_precision([NOTHING_FOUND], [there((0,))]).mean == 0


def test_of_equal_scores_the_earlier_image_comes_first():
    """A wrong box before the right one, or after it."""
    right, wrong = found((0,), (0.5,)), found((5,), (0.5,))
    objects = [there((0,)), NOTHING_THERE]
    assert voc_average_precision([right, wrong], objects).mean == 1
    assert voc_average_precision([wrong, right], objects[::-1]).mean == 0.5
    both = found((5, 0), (0.5, 0.5))
    assert voc_average_precision([both], objects[:1]).mean == 0.5


def test_boxes_of_no_size_find_nothing_and_are_not_found():
    """The two of BCCD: detections of them are wrong, and they are never found."""
    flat = Objects(torch.tensor([[5.0, 5, 5, 5], [0, 0, 10, 10]]), torch.tensor([0, 0]))
    detections = [Detections(flat.boxes, flat.labels, torch.tensor([0.9, 0.8]))]
    assert voc_curve(detections, [flat], 0).verdicts.tolist() == [0, 1]
    assert voc_average_precision(detections, [flat]).mean == 0.25


def test_a_lower_threshold_finds_more():
    shifted = Detections(places(0) + 3, torch.tensor([0]), torch.tensor([1.0]))  # IoU 49 / 151
    assert voc_average_precision([shifted], [there((0,))], 0.3).mean == 1
    assert voc_average_precision([shifted], [there((0,))]).mean == 0


def test_errors_name_the_image():
    bad = {
        r"got detections of 2 images and objects of 1": (IMAGES[0], IMAGES[1][:1]),
        r"image 1: boxes of detections must be": (
            [IMAGES[0][0], IMAGES[0][1]._replace(boxes=-IMAGES[0][1].boxes)],
            IMAGES[1],
        ),
        r"image 0: scores must be finite": (
            [IMAGES[0][0]._replace(scores=torch.full((4,), torch.nan)), IMAGES[0][1]],
            IMAGES[1],
        ),
        r"image 0: labels of objects must have shape \(2,\), its shape is \(3,\)": (
            IMAGES[0],
            [IMAGES[1][0]._replace(labels=torch.zeros(3, dtype=torch.int64)), IMAGES[1][1]],
        ),
        r"image 1: difficult must be a tensor of 3 booleans": (
            IMAGES[0],
            [IMAGES[1][0], IMAGES[1][1]._replace(difficult=torch.zeros(3))],
        ),
    }
    for message, arguments in bad.items():
        with pytest.raises(ValueError, match=message):
            voc_average_precision(*arguments)
    with pytest.raises(TypeError, match="image 0: labels of detections must be a tensor of integers"):
        voc_average_precision([IMAGES[0][0]._replace(labels=torch.zeros(4))], IMAGES[1][:1])
    with pytest.raises(ValueError, match="class 3 has no object that is not difficult"):
        voc_curve(*IMAGES, label=3)
