"""Row 7.4: brightness, contrast, saturation, and the offset along the principal components."""

import numpy as np
import pytest
import torch
from PIL import Image, ImageEnhance

from convnets.training import augmentation as au


def coloured(*pixels):
    """Return one image (1, 3, 1, W) of the pixels given."""
    return torch.tensor(pixels).T[None, :, None, :]


def test_by_hand():
    image = coloured([0.2, 0.4, 0.6], [1.0, 0.0, 0.0])
    brighter = au.change_brightness(image, [1.5])
    torch.testing.assert_close(brighter, coloured([0.3, 0.6, 0.9], [1.0, 0.0, 0.0]))
    grey = torch.tensor([0.299 * 0.2 + 0.587 * 0.4 + 0.114 * 0.6, 0.299])
    torch.testing.assert_close(au.luminance(image).flatten(), grey)
    flat = au.change_contrast(image, [0.0])
    torch.testing.assert_close(flat, grey.mean().expand(1, 3, 1, 2))
    pale = au.change_saturation(image, [0.5])
    torch.testing.assert_close(pale[0, :, 0, 1], torch.tensor([1 + 0.299, 0.299, 0.299]) / 2)


CHANGES = {
    "Brightness": au.change_brightness,
    "Contrast": au.change_contrast,
    "Color": au.change_saturation,
}


@pytest.mark.parametrize("name", CHANGES)
def test_agrees_with_pillow_image_by_image(name, images):
    images = torch.round(images * 255) / 255
    factors = torch.tensor([0.5, 1.0, 1.6])
    ours = CHANGES[name](images, factors)
    for image, factor, mine in zip(images, factors, ours, strict=True):
        bytes_ = np.round(image.numpy().transpose(1, 2, 0) * 255).astype(np.uint8)
        theirs = getattr(ImageEnhance, name)(Image.fromarray(bytes_)).enhance(float(factor))
        # Pillow rounds grey to whole numbers, twice
        np.testing.assert_allclose(mine.numpy().transpose(1, 2, 0) * 255, np.asarray(theirs), atol=2.1)


def test_factor_one_changes_nothing_and_results_stay_in_range(images, generator):
    for change in (au.change_brightness, au.change_contrast, au.change_saturation):
        torch.testing.assert_close(change(images, torch.ones(3)), images)
    jittered = au.ColourJitter(1, 1, 1)(images.repeat(100, 1, 1, 1), generator)
    assert (jittered.min(), jittered.max()) == (0, 1)


def test_every_image_gets_its_own_factors(generator):
    images = torch.full((2000, 3, 1, 2), 0.5)
    brightness = au.ColourJitter(0.4, 0, 0)(images, generator)[:, 0, 0, 0] / 0.5
    assert (brightness.min() >= 0.6) & (brightness.max() <= 1.4)
    assert abs(brightness.mean() - 1) < 4 * 0.8 / 12**0.5 / 2000**0.5
    assert abs(brightness.std() - 0.8 / 12**0.5) < 0.02


def test_boxes_and_masks_stay(images, boxes, masks, generator):
    out = au.ColourJitter().apply(au.Annotated(images, boxes, masks), generator)
    assert out.boxes is boxes
    assert out.masks is masks
    assert not torch.equal(out.images, images)


def test_components_by_hand():
    # the colours are (±2, ±2, 0) / 8 and (0, 0, ±1) / 8 around grey: variances 1/16 and 1/128
    steps = [(2, 2, 0), (-2, -2, 0), (0, 0, 1), (0, 0, -1)]
    image = coloured(*[[0.5 + step / 8 for step in each] for each in steps])
    components = au.colour_components(image)
    torch.testing.assert_close(components.mean, torch.full((3,), 0.5))
    torch.testing.assert_close(components.variances, torch.tensor([1 / 16, 1 / 128, 0]), rtol=0, atol=1e-7)
    torch.testing.assert_close(components.directions[:, 0], torch.tensor([1, 1, 0]) / 2**0.5)
    torch.testing.assert_close(components.directions[:, 1], torch.tensor([0.0, 0, 1]))
    offset = au.colour_offsets(components, torch.tensor([[2.0, 3.0, 5.0]]))[0]
    torch.testing.assert_close(offset, torch.tensor([2 / 16 / 2**0.5, 2 / 16 / 2**0.5, 3 / 128]))
    rooted = au.colour_offsets(components, torch.tensor([[2.0, 0, 0]]), by="deviation")[0]
    torch.testing.assert_close(rooted, torch.tensor([2 / 4 / 2**0.5, 2 / 4 / 2**0.5, 0]))


def test_components_agree_with_numpy(images):
    mean, variances, directions = au.colour_components(images)
    colours = images.numpy().astype(float).transpose(0, 2, 3, 1).reshape(-1, 3)
    covariance = np.cov(colours.T, bias=True)
    np.testing.assert_allclose(mean, colours.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(directions * variances @ directions.T, covariance, atol=1e-7)
    np.testing.assert_allclose(directions.T @ directions, np.eye(3), atol=1e-6)
    assert (variances.diff() <= 0).all()


def test_offsets_vary_as_the_paper_has_it(images, generator):
    components = au.colour_components(images)
    (offsets,) = au.PCAColour(components).draw(torch.zeros(20_000, 3, 1, 1), generator)
    _, variances, directions = components
    expected = 0.1**2 * directions * variances**2 @ directions.T
    # of a variance estimated from 20,000 values the relative deviation is 1 per cent
    np.testing.assert_allclose(np.cov(offsets.T), expected, atol=0.05 * expected.max().item())


def test_all_pixels_of_an_image_get_the_same_offset(images, generator):
    images = 0.4 + 0.2 * images
    difference = au.PCAColour(au.colour_components(images), deviation=5)(images, generator) - images
    torch.testing.assert_close(difference, difference[:, :, :1, :1].expand_as(images), rtol=0, atol=1e-6)
    assert (difference[0, :, 0, 0] - difference[1, :, 0, 0]).abs().max() > 1e-4


def test_what_interpolation_rounds_is_no_error():
    """Resizing brings white to a little more than 1."""
    images = torch.full((1, 3, 2, 2), 1 + 1e-6)
    changed = au.ColourJitter()(images, torch.Generator().manual_seed(0))
    assert 0 <= changed.min() <= changed.max() <= 1


COMPONENTS = au.ColourComponents(torch.zeros(3), torch.ones(3), torch.eye(3))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: au.ColourJitter(brightness=-0.1), ValueError, "brightness must be from 0 to 1, got -0.1"),
        (lambda: au.ColourJitter(contrast=2), ValueError, "contrast must be from 0 to 1, got 2"),
        (
            lambda: au.change_contrast(torch.zeros(2, 1, 4, 4), torch.ones(2)),
            ValueError,
            r"three channels \(N, 3, H, W\), their shape is \(2, 1, 4, 4\)",
        ),
        (
            lambda: au.ColourJitter()(torch.full((1, 3, 2, 2), -2.0), torch.Generator()),
            ValueError,
            "reach from -2 to -2: change colours before normalising",
        ),
        (lambda: au.change_brightness(torch.zeros(2, 3, 1, 1), [1.0]), ValueError, "each of the 2 images"),
        (lambda: au.colour_components(torch.zeros(0, 3, 4, 4)), ValueError, "no images, no colours"),
        (lambda: au.PCAColour(COMPONENTS, by="root"), ValueError, "'variance' or 'deviation', got 'root'"),
        (lambda: au.PCAColour(COMPONENTS, deviation=-1), ValueError, "deviation must be at least 0, got -1"),
        (
            lambda: au.add_colour(torch.zeros(2, 3, 4, 4), torch.zeros(3)),
            ValueError,
            r"shape \(2, 3\), one colour for each image, their shape is \(3,\)",
        ),
    ],
    ids=["negative", "much", "grey", "normalised", "factors", "none", "by", "deviation", "offsets"],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
