"""Row 7.5: translation, rotation, stretch, shear and lens distortion."""

import math

import numpy as np
import pytest
import torch

from convnets.training import augmentation as au

CLOSE = {"rtol": 0, "atol": 2e-5}
"""Positions of a few pixels in single precision, times differences of neighbours up to 1."""
IMAGE = torch.tensor([[[[1.0, 2], [3, 4]]]])


def matrix(size, rotation=0.0, stretch=(1.0, 1.0), shear=0.0, translation=(0.0, 0.0)):
    each = (
        torch.tensor([rotation]),
        torch.tensor([stretch]),
        torch.tensor([shear]),
        torch.tensor([translation]),
    )
    return au.affine_matrices(size, *each)


def read(image, x, y, padding_mode="zeros"):
    """Return the colour of a (C, H, W) image at a point, between its pixels by bilinear interpolation."""
    C, H, W = image.shape
    if padding_mode == "reflection":
        x, y = (side - abs(side - at % (2 * side)) for at, side in ((x, W), (y, H)))
    colour = np.zeros(C)
    column, row = math.floor(x - 0.5), math.floor(y - 0.5)
    for i, j in ((row, column), (row, column + 1), (row + 1, column), (row + 1, column + 1)):
        weight = (1 - abs(y - 0.5 - i)) * (1 - abs(x - 0.5 - j))
        if padding_mode != "zeros":
            i, j = min(max(i, 0), H - 1), min(max(j, 0), W - 1)
        if 0 <= i < H and 0 <= j < W:
            colour += weight * image[:, i, j]
    return colour


def warped(image, source, padding_mode):
    """Read a (C, H, W) image for each pixel at the point that ``source`` gives for its middle."""
    out = np.zeros(image.shape)
    for i, j in np.ndindex(image.shape[1:]):
        out[:, i, j] = read(image, *source(j + 0.5, i + 0.5), padding_mode)
    return out


def test_by_hand():
    close = {"rtol": 0, "atol": 1e-5}
    turned = au.affine(IMAGE, matrix((2, 2), rotation=90.0))
    torch.testing.assert_close(turned, torch.tensor([[[[3.0, 1], [4, 2]]]]), **close)
    moved = au.affine(IMAGE, matrix((2, 2), translation=(1.0, 0.0)))
    torch.testing.assert_close(moved, torch.tensor([[[[0.0, 1], [0, 3]]]]), **close)
    wide = au.affine(IMAGE, matrix((2, 2), stretch=(2.0, 1.0)), padding_mode="border")
    torch.testing.assert_close(wide, torch.tensor([[[[1.25, 1.75], [3.25, 3.75]]]]), **close)
    line = torch.zeros(1, 1, 4, 4)
    line[..., 2] = 1
    sheared = au.affine(line, matrix((4, 4), shear=45.0))[0, 0]  # half a pixel aside, at half a pixel
    expected = [[0.5, 0.5, 0, 0], [0, 0.5, 0.5, 0], [0, 0, 0.5, 0.5], [0, 0, 0, 0.5]]
    torch.testing.assert_close(sheared, torch.tensor(expected), **close)


def test_boxes_by_hand():
    box = torch.tensor([[[1.0, 0, 2, 1], [0, 0, 0, 0]]])
    turned = au.affine_boxes(box, (2, 2), matrix((2, 2), rotation=90.0))
    torch.testing.assert_close(turned, torch.tensor([[[1.0, 1, 2, 2], [2, 0, 2, 0]]]), rtol=0, atol=1e-5)
    diamond = au.affine_boxes(torch.tensor([[[4.0, 4, 6, 6]]]), (10, 10), matrix((10, 10), rotation=45.0))
    r = 2**0.5
    torch.testing.assert_close(diamond[0, 0], torch.tensor([5 - r, 5 - r, 5 + r, 5 + r]))


def test_affine_agrees_with_loops(images, generator):
    for mode in ("zeros", "border", "reflection"):
        augment = au.RandomAffine(0.2, 40, 1.5, 20, padding_mode=mode)
        (matrices,) = augment.draw(images, generator)
        for image, A, mine in zip(
            images.numpy(), matrices.double(), augment.change_images(images, matrices), strict=True
        ):
            inverse = np.linalg.inv(np.vstack([A, [0, 0, 1]]))
            source = lambda x, y, inverse=inverse: (inverse @ [x, y, 1])[:2]  # noqa: E731
            np.testing.assert_allclose(mine, warped(image, source, mode), **CLOSE)


def test_lens_distortion_by_hand():
    size, k = (60, 80), torch.tensor([0.25])  # the middle is (40, 30), the corners 50 pixels away
    # 0.4 (1 + 0.25 · 0.16) = 0.416: what lies 20.8 pixels from the middle is seen at 20
    point = torch.tensor([[[60.8, 30, 60.8, 30], [40, 30, 40, 30]]])
    seen = au.distort_boxes(point, size, k)
    torch.testing.assert_close(
        seen, torch.tensor([[[60.0, 30, 60, 30], [40, 30, 40, 30]]]), rtol=0, atol=1e-4
    )
    ramp = (torch.arange(80) + 0.5).expand(1, 1, 60, 80)
    row = au.distort(ramp, k)[0, 0, 30]  # half a pixel below the middle
    r = math.hypot(19.5, 0.5) / 50
    assert row[59] == pytest.approx(40 + 19.5 * (1 + 0.25 * r * r), abs=1e-3)


@pytest.mark.parametrize("mode", ["zeros", "border", "reflection"])
def test_lens_distortion_agrees_with_loops(mode, images):
    strengths = torch.tensor([-0.3, 0.0, 0.4])
    for image, k, mine in zip(
        images.numpy(), strengths.tolist(), au.distort(images, strengths, mode), strict=True
    ):
        middle = np.array([4, 5.5])

        def source(x, y, k=k, middle=middle):
            away = np.array([x, y]) - middle
            return middle + away * (1 + k * (away @ away) / (middle @ middle))

        np.testing.assert_allclose(mine, warped(image, source, mode), **CLOSE)


def test_distorted_boxes_go_round_every_point_of_the_box():
    size, k = (60, 80), torch.tensor([-0.25, -0.1, 0.0, 0.2, 0.33])
    boxes = torch.tensor([[[10.0, 5, 70, 25], [30, 20, 50, 50], [45, 35, 60, 50]]]).expand(5, 3, 4)
    ours = au.distort_boxes(boxes, size, k)
    for n, b in np.ndindex(5, 3):
        x1, y1, x2, y2 = boxes[n, b].tolist()
        x, y = torch.meshgrid(torch.linspace(x1, x2, 41), torch.linspace(y1, y2, 41), indexing="xy")
        points = torch.stack((x, y, x, y), dim=-1).reshape(1, -1, 4)
        seen = au.distort_boxes(points, size, k[n : n + 1])[0]
        around = torch.cat((seen[:, :2].amin(dim=0), seen[:, 2:].amax(dim=0)))
        # the grid misses the point that is nearest to the middle by less than a pixel along the edge
        torch.testing.assert_close(ours[n, b], around, rtol=0, atol=0.02)


@pytest.mark.parametrize("augment", [au.RandomAffine(0.1, 30, 1.3, 15), au.RandomLensDistortion(0.3)])
def test_boxes_and_masks_move_along(augment, generator):
    N, H, W = 8, 48, 64
    boxes = torch.tensor([[[20.0, 12, 40, 30], [0, 0, 0, 0]]]).expand(N, 2, 4)
    masks = torch.zeros(N, H, W, dtype=torch.long)
    masks[:, 12:30, 20:40] = 5
    images = (masks / 5)[:, None].expand(N, 3, H, W)
    out = augment.apply(au.Annotated(images, boxes, masks), generator)
    assert set(out.masks.unique().tolist()) == {0, 5}
    # where the image shows the object for sure, the mask does, and nowhere else
    assert (out.masks[out.images[:, 0] > 0.76] == 5).all()
    assert (out.masks[out.images[:, 0] < 0.24] == 0).all()
    for mask, (x1, y1, x2, y2) in zip(out.masks, out.boxes[:, 0].tolist(), strict=True):
        rows, columns = torch.nonzero(mask).unbind(-1)
        found = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        assert (np.array(found) >= [x1 - 1, y1 - 1, 0, 0]).all()
        np.testing.assert_allclose(found, [x1, y1, x2, y2], atol=2.5)  # pointed corners have few pixels
    assert (out.boxes[:, 1, :2] == out.boxes[:, 1, 2:]).all()


def test_nothing_to_do_leaves_images_alone(images, generator):
    torch.testing.assert_close(au.RandomAffine(0, 0, 1, 0)(images, generator), images, **CLOSE)
    torch.testing.assert_close(au.RandomLensDistortion(0)(images, generator), images, **CLOSE)


def test_drawn_within_the_bounds(generator):
    images = torch.zeros(1, 1, 1, 1).expand(3000, 1, 20, 30)
    (matrices,) = au.RandomAffine(0.1, 0, 1, 0).draw(images, generator)
    assert matrices[:, 0, 2].abs().max() == pytest.approx(3, abs=0.02)
    assert matrices[:, 1, 2].abs().max() == pytest.approx(2, abs=0.02)
    (matrices,) = au.RandomAffine(0, 0, 1.5, 0).draw(images, generator)
    factors = matrices[:, [0, 1], [0, 1]]
    assert factors.min() == pytest.approx(1 / 1.5, abs=0.01)
    assert factors.log().mean().abs() < 0.03
    (matrices,) = au.RandomAffine(0, 20, 1, 0).draw(images, generator)
    torch.testing.assert_close(torch.linalg.det(matrices[:, :, :2]), torch.ones(3000))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: au.RandomAffine(stretch=0.5), ValueError, "stretch must be at least 1, got 0.5"),
        (lambda: au.RandomAffine(rotation=200), ValueError, "rotation must be from 0 to 180, got 200"),
        (lambda: au.RandomAffine(padding_mode="mirror"), ValueError, "padding_mode must be one of zeros, b"),
        (lambda: au.RandomLensDistortion(0.5), ValueError, "most must be from 0 to 0.33, got 0.5"),
        (lambda: au.RandomLensDistortion(0.1, "no"), ValueError, "padding_mode must be one of"),
        (lambda: au.distort(IMAGE, [0.1, 0.2]), ValueError, "one entry for each of the 1 images"),
        (lambda: au.distort(IMAGE, [0.1], "no"), ValueError, "padding_mode must be one of"),
        (lambda: au.affine(IMAGE, torch.zeros(2, 3)), ValueError, r"\(1, 2, 3\) for images .* is \(2, 3\)"),
    ],
    ids=["stretch", "rotation", "mode", "fold", "lens-mode", "strength", "warp-mode", "matrix"],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
