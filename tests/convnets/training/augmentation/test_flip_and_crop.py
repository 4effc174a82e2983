"""Row 7.2 and the crops of CIFAR-10: flips, and windows of a padded image."""

import numpy as np
import pytest
import torch

from convnets.training import augmentation as au


def test_flip_by_hand():
    images = torch.tensor([[[[1.0, 2, 3]]], [[[4.0, 5, 6]]]])
    assert au.flip(images, [True, False]).flatten().tolist() == [3, 2, 1, 4, 5, 6]
    boxes = torch.tensor([[[0.0, 0, 1, 2]], [[0.0, 0, 1, 2]]])
    assert au.flip_boxes(boxes, [True, False], width=3).tolist() == [[[2, 0, 3, 2]], [[0, 0, 1, 2]]]


def test_flip_agrees_with_numpy_image_by_image(images, masks):
    for values in (images, masks, masks[:, 0].long()):
        for which in ([True, False, True], [False, False, False]):
            expected = [np.flip(v, -1) if yes else v for v, yes in zip(values.numpy(), which, strict=True)]
            np.testing.assert_array_equal(au.flip(values, which), expected)


def test_flipping_twice_changes_nothing(images, boxes, masks):
    once = au.RandomFlip(p=1).apply(au.Annotated(images, boxes, masks), torch.Generator())
    twice = au.RandomFlip(p=1).apply(once, torch.Generator())
    assert all(torch.equal(*pair) for pair in zip(twice, (images, boxes, masks), strict=True))
    assert not torch.equal(once.boxes, boxes)


def test_about_half_of_the_images_are_flipped(generator):
    images = torch.arange(2.0).expand(4000, 1, 1, 2)
    share = au.RandomFlip()(images, generator)[:, 0, 0, 0].mean()
    assert abs(share - 0.5) < 4 * 0.5 / 4000**0.5  # four standard deviations
    assert au.RandomFlip(p=0)(images, generator)[:, 0, 0, 0].sum() == 0


def test_crop_by_hand():
    image = torch.arange(12.0).reshape(1, 1, 3, 4)
    assert au.crop(image, [1], [2], (2, 2)).flatten().tolist() == [6, 7, 10, 11]
    boxes = torch.tensor([[[1.0, 0, 3, 3], [0, 0, 2, 1], [3, 2, 4, 3]]])
    expected = [[0, 0, 1, 2], [0, 0, 0, 0], [1, 1, 2, 2]]
    assert au.crop_boxes(boxes, [1], [2], (2, 2)).tolist() == [expected]


def test_crop_agrees_with_slices_image_by_image(images, masks):
    top, left, size = [0, 6, 3], [3, 0, 2], (5, 4)
    for values in (images, masks, masks[:, 0].long()):
        expected = [
            v[..., i : i + size[0], j : j + size[1]] for v, i, j in zip(values, top, left, strict=True)
        ]
        assert torch.equal(au.crop(values, top, left, size), torch.stack(expected))


@pytest.mark.parametrize(("mode", "numpy_mode"), [("zeros", "constant"), ("reflect", "reflect")])
def test_random_crop_is_a_window_of_the_padded_image(mode, numpy_mode, images, generator):
    augment = au.RandomCrop(padding=3, padding_mode=mode)
    padded = np.pad(images, ((0, 0), (0, 0), (3, 3), (3, 3)), numpy_mode)
    top, left = augment.draw(images, generator)
    for n, crop in enumerate(augment.change_images(images, top, left)):
        np.testing.assert_array_equal(crop, padded[n, :, top[n] : top[n] + 11, left[n] : left[n] + 8])


def test_random_crop_reaches_every_place(generator):
    images = torch.zeros(2000, 1, 4, 3)
    top, left = au.RandomCrop(padding=1).draw(images, generator)
    assert sorted(set(top.tolist())) == sorted(set(left.tolist())) == [0, 1, 2]
    top, left = au.RandomCrop(padding=0, size=2).draw(images, generator)
    assert (sorted(set(top.tolist())), sorted(set(left.tolist()))) == ([0, 1, 2], [0, 1])


def test_boxes_and_masks_move_along(images, boxes, masks, generator):
    augment = au.RandomCrop(padding=2)
    parameters = augment.draw(images, generator)
    moved = augment.change_boxes(boxes, (11, 8), *parameters)
    seen = augment.change_masks(masks, *parameters)
    for n, b in np.ndindex(3, 2):
        rows, columns = torch.nonzero(seen[n, b]).unbind(-1)
        x1, y1, x2, y2 = moved[n, b].tolist()
        assert len(rows) == 0 or (abs(columns.min() - x1) <= 0.5 and abs(columns.max() + 1 - x2) <= 0.5)
        assert len(rows) == 0 or (abs(rows.min() - y1) <= 0.5 and abs(rows.max() + 1 - y2) <= 0.5)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: au.RandomFlip(p=1.5), ValueError, "p must be from 0 to 1, got 1.5"),
        (lambda: au.RandomFlip(p="a"), TypeError, "p must be a number, got 'a'"),
        (
            lambda: au.flip(torch.zeros(3, 2), [True]),
            ValueError,
            r"each of the 3 images, its shape is \(1,\)",
        ),
        (lambda: au.RandomCrop(padding=-1), ValueError, "padding must be at least 0, got -1"),
        (lambda: au.RandomCrop(padding=1.5), TypeError, "padding must be a whole number, got 1.5"),
        (lambda: au.RandomCrop(padding_mode="wrap"), ValueError, "'zeros' or 'reflect', got 'wrap'"),
        (lambda: au.crop(torch.zeros(1, 3, 2), [0], [0], (2, 3)), ValueError, r"\(2, 3\) does not fit into"),
        (
            lambda: au.RandomCrop(padding=1, size=9)(torch.zeros(1, 1, 8, 4), torch.Generator()),
            ValueError,
            r"a window of \(9, 9\) does not fit into images of \(8, 4\) with a border of 1",
        ),
        (
            lambda: au.RandomCrop(4, padding_mode="reflect")(torch.zeros(1, 1, 8, 4), torch.Generator()),
            ValueError,
            "4 mirrored pixels needs a side of 5, it is 4",
        ),
    ],
    ids=["p", "p-type", "flipped", "negative", "half", "mode", "window", "no-room", "mirror"],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
