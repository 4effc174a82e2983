"""Row 7.3: random scales and crops while training, and many views at test time."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn.functional import interpolate

from convnets.training import augmentation as au
from convnets.training.augmentation.resizing import nearest_indices, resize_matrix

CLOSE = {"rtol": 0, "atol": 2e-6}
"""Sums of a few dozen products of numbers from 0 to 1 in single precision."""


def test_resizing_by_hand():
    one, zero = torch.tensor([1]), torch.tensor([0])
    enlarged = resize_matrix(2, 4 * one, zero, 4)[0]
    assert enlarged.tolist() == [[1, 0], [0.75, 0.25], [0.25, 0.75], [0, 1]]
    reduced = resize_matrix(4, 2 * one, zero, 2)[0]
    torch.testing.assert_close(reduced, torch.tensor([[3.0, 3, 1, 0], [0, 1, 3, 3]]) / 7)
    torch.testing.assert_close(resize_matrix(4, 2 * one, one, 1)[0], reduced[1:])
    assert nearest_indices(2, 4 * one, zero, 4).tolist() == [[0, 0, 1, 1]]
    assert nearest_indices(3, 2 * one, zero, 2).tolist() == [[0, 2]]


def test_sizes_by_hand():
    assert au.resized_size((427, 640), 256) == (256, 383)
    assert au.resized_size((640, 427), 480) == (719, 480)
    height, width = au.resized_size((2, 3), torch.tensor([4, 5]))
    assert (height.tolist(), width.tolist()) == ([4, 5], [6, 7])


@pytest.mark.parametrize("size", [(22, 16), (5, 3), (11, 30), (1, 1)], ids=str)
def test_resize_agrees_with_torch_and_pillow(size, images):
    ours = au.resize(images, size)
    torch.testing.assert_close(ours, interpolate(images, size, mode="bilinear", antialias=True), **CLOSE)
    for n, c in np.ndindex(3, 3):
        pillow = Image.fromarray(images[n, c].numpy()).resize(size[::-1], Image.Resampling.BILINEAR)
        np.testing.assert_allclose(ours[n, c], np.asarray(pillow), **CLOSE)


def scaled_and_cropped(image, short_side, top, left, size):
    """Weigh every pixel of a (C, H, W) image for every pixel of the crop, in loops."""
    C, H, W = image.shape
    new_H, new_W = H * short_side // min(H, W), W * short_side // min(H, W)
    out = np.zeros((C, size, size))
    for i, j in np.ndindex(size, size):
        weights = np.zeros((H, W))
        for p, q in np.ndindex(H, W):
            down = abs(p + 0.5 - (top + i + 0.5) * H / new_H) / max(1, H / new_H)
            right = abs(q + 0.5 - (left + j + 0.5) * W / new_W) / max(1, W / new_W)
            weights[p, q] = max(0, 1 - down) * max(0, 1 - right)
        out[:, i, j] = (weights * image).sum(axis=(1, 2)) / weights.sum()
    return out


def test_scale_and_crop_agrees_with_loops(images):
    short_side, top, left = [5, 12, 16], [1, 11, 0], [0, 7, 11]
    ours = au.scale_and_crop(images, torch.tensor(short_side), torch.tensor(top), torch.tensor(left), 5)
    for n, each in enumerate(zip(short_side, top, left, strict=True)):
        np.testing.assert_allclose(ours[n], scaled_and_cropped(images[n].numpy(), *each, 5), **CLOSE)


def test_scale_and_crop_is_resize_and_then_crop(images, generator):
    augment = au.ScaleAndCrop(6, short_sides=(6, 20))
    short_side, top, left = augment.draw(images, generator)
    for n, crop in enumerate(augment.change_images(images, short_side, top, left)):
        resized = au.resize(images[n : n + 1], au.resized_size((11, 8), int(short_side[n])))
        torch.testing.assert_close(crop[None], au.crop(resized, top[n : n + 1], left[n : n + 1], (6, 6)))


def test_drawn_as_in_the_lecture(generator):
    images = torch.zeros(1, 1, 1, 1).expand(4000, 1, 480, 640)  # one number in memory
    short_side, top, left = au.ScaleAndCrop().draw(images, generator)
    assert (short_side.min(), short_side.max()) == (256, 480)
    height, width = au.resized_size((480, 640), short_side)
    assert torch.equal(height, short_side)
    assert (top >= 0).all()
    assert (left >= 0).all()
    assert (top + 224 <= height).all()
    assert (left + 224 <= width).all()
    assert (top + 224 == height).any()
    deviations = 4 / 12**0.5 / 4000**0.5
    for drawn, places in ((top, height - 223), (left, width - 223), (short_side - 256, 225)):
        assert abs(((drawn + 0.5) / places).mean() - 0.5) < deviations


def test_boxes_and_masks_by_hand():
    boxes, masks = torch.tensor([[[1.0, 0, 3, 2]]]), torch.tensor([[[0, 7, 7], [0, 7, 7]]])
    parameters = [4], [1], [2]  # 2×3 becomes 4×6
    assert au.scale_and_crop_boxes(boxes, (2, 3), *parameters, 3).tolist() == [[[0, 0, 3, 3]]]
    assert au.scale_and_crop_masks(masks, *parameters, 3).tolist() == [[[7, 7, 7]] * 3]
    assert au.scale_and_crop_masks(masks, [4], [0], [0], 3).tolist() == [[[0, 0, 7]] * 3]


def test_boxes_and_masks_move_along(images, boxes, masks, generator):
    out = au.ScaleAndCrop(40, short_sides=(40, 80)).apply(au.Annotated(images, boxes, masks), generator)
    assert out.images.shape == (3, 3, 40, 40)
    assert out.masks.shape == (3, 2, 40, 40)
    for n, b in np.ndindex(3, 2):
        rows, columns = torch.nonzero(out.masks[n, b]).unbind(-1)
        if len(rows):
            x1, y1, x2, y2 = out.boxes[n, b].tolist()
            found = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
            # a pixel of before, of which a box may cover half, is up to ten pixels wide now
            np.testing.assert_allclose(found, [x1, y1, x2, y2], atol=5.5)
    assert (out.boxes >= 0).all()
    assert (out.boxes <= 40).all()


def test_ten_crops_by_hand():
    image = torch.arange(12.0).reshape(1, 1, 3, 4)
    views = au.ten_crops(image, 2)
    assert views.shape == (1, 10, 1, 2, 2)
    assert views[0, :, 0, 0, 0].tolist() == [0, 2, 4, 6, 1, 1, 3, 5, 7, 2]
    assert torch.equal(views[:, 5:], views[:, :5].flip(-1))


def test_fifty_views_of_which_some_are_the_same(generator):
    image = torch.rand(1, 1, 60, 80, generator=generator)
    views = torch.cat(list(au.multi_scale_crops(image, 28, (28, 32, 48, 60, 80))), dim=1)
    assert views.shape == (1, 50, 1, 28, 28)
    assert len(views[0].unique(dim=0)) == 46  # with the short side at 28 upper and lower corners coincide
    square = torch.cat(list(au.multi_scale_crops(image[..., :60], 28, (28, 32, 48, 60, 80))), dim=1)
    assert len(square[0].unique(dim=0)) == 42


def test_mean_probabilities_by_hand():
    views = torch.tensor([[[[[1.0]]], [[[3.0]]]]]).log()  # two views of one pixel
    network = lambda x: torch.cat((x.flatten(1), torch.zeros(len(x), 1)), dim=1)  # noqa: E731
    torch.testing.assert_close(au.mean_probabilities(network, [views]), torch.tensor([[5 / 8, 3 / 8]]))
    more = au.mean_probabilities(network, [views, views[:, :1]])
    torch.testing.assert_close(more, torch.tensor([[7 / 12, 5 / 12]]))


GENERATOR = torch.Generator()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: au.ScaleAndCrop(224, (200, 256)),
            ValueError,
            r"at least the size of the crop, 224, got \(200",
        ),
        (lambda: au.ScaleAndCrop(8, (20, 10)), ValueError, r"must rise .* got \(20, 10\)"),
        (lambda: au.ScaleAndCrop(8.0), TypeError, "size must be a whole number, got 8.0"),
        (lambda: au.ten_crops(torch.zeros(1, 3, 5, 9), 6), ValueError, r"crops of 6×6 do not fit .* 5, 9\)"),
        (lambda: next(au.multi_scale_crops(torch.zeros(1, 3, 5, 9), 6, [5])), ValueError, "6×6 do not fit"),
        (lambda: au.mean_probabilities(None, []), ValueError, "no views"),
        (
            lambda: au.ScaleAndCrop(4, (4, 9))(torch.zeros(1, 3, 4, 4, dtype=int), GENERATOR),
            TypeError,
            "floats from 0 to 1, their dtype is torch.int64",
        ),
        (
            lambda: au.ScaleAndCrop(4, (4, 9))(torch.zeros(3, 4, 4), GENERATOR),
            ValueError,
            r"images must have shape \(N, C, H, W\), their shape is \(3, 4, 4\)",
        ),
    ],
    ids=["small", "falling", "float", "crops", "scales", "views", "integers", "one-image"],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
