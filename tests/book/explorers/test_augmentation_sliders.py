"""A photograph changed by sliders in the browser, compared with convnets.training.augmentation."""

import base64
import io
import re

import numpy as np
import pytest
import torch
from PIL import Image

from convnets import data
from convnets.training import augmentation as aug
from convnets.widgets.augmentation_sliders import CROP, CUP, DRAWN, PLAIN, RANGES, SIZE, AugmentationSliders

FILE = "augmentation_sliders"
SMALL = 12
"""Side of the crop from the small photographs of these tests."""


def grouped(settings):
    """Return settings as the functions take them: the strengths along the components in one list."""
    rest = {name: value for name, value in (PLAIN | settings).items() if not name.startswith("pca")}
    return rest | {"pca": [(PLAIN | settings)[f"pca{k}"] for k in range(3)]}


def place_of_crop(size, settings):
    sides = aug.resized_size(size, settings["shortSide"])
    places = zip(sides, (settings["down"], settings["right"]), strict=True)
    return [min(side - SMALL, int(share * (side - SMALL + 1))) for side, share in places]


def one(*values):
    return torch.tensor([values if len(values) > 1 else values[0]], dtype=torch.float64)


def matrix(size, s):
    move = one(s["moveX"], s["moveY"])
    return aug.affine_matrices(size, one(s["rotation"]), one(s["stretch"], 1), one(s["shear"]), move)


def expected(image, box, settings):
    """Return image (H, W, 3) and box after the functions of the library, one after the other."""
    s = grouped(settings)
    images, boxes = torch.from_numpy(image).movedim(-1, 0)[None], torch.tensor([[box]], dtype=torch.float64)
    flipped = torch.tensor([s["flipped"]])
    images, boxes = aug.flip(images, flipped), aug.flip_boxes(boxes, flipped, image.shape[1])
    if s["cropped"]:
        size = images.shape[-2:]
        place = [torch.tensor([each]) for each in (s["shortSide"], *place_of_crop(size, s))]
        boxes = aug.scale_and_crop_boxes(boxes, size, *place, SMALL)
        images = aug.scale_and_crop(images, *place, SMALL)
    size = images.shape[-2:]
    boxes = aug.distort_boxes(aug.affine_boxes(boxes, size, matrix(size, s)), size, one(s["lens"]))
    images = aug.distort(aug.affine(images, matrix(size, s)), one(s["lens"])).clamp(0, 1)
    images = aug.change_brightness(images, one(s["brightness"]))
    images = aug.change_contrast(images, one(s["contrast"]))
    images = aug.change_saturation(images, one(s["saturation"]))
    offsets = aug.colour_offsets(components(image), one(*s["pca"]), by="deviation")
    return aug.add_colour(images, offsets)[0].movedim(0, -1).numpy(), boxes[0, 0].tolist()


def components(image):
    return aug.colour_components(torch.from_numpy(image).movedim(-1, 0)[None])


def found(pure, image, box, settings):
    height, width = image.shape[:2]
    parts = {name: getattr(components(image), name).tolist() for name in ("variances", "directions")}
    sides = {"height": height, "width": width}
    picture = sides | {"data": image.ravel().tolist()}
    changed = pure(FILE, "augment", picture, grouped(settings), parts, SMALL)
    pixels = np.array(changed["data"]).reshape(changed["height"], changed["width"], 3)
    return pixels, pure(FILE, "moveBox", box, sides, grouped(settings), SMALL)


def photograph(size=(18, 26)):
    return data.photograph("coffee", size)


BOX = (7, 2, 19, 15)
CASES = {
    "flip": {"flipped": True},
    "crop": {"cropped": True, "shortSide": 15, "right": 0.8, "down": 0.1},
    "larger": {"cropped": True, "shortSide": 31, "right": 0.33, "down": 1},
    "rotation": {"rotation": 30},
    "shear": {"shear": -20},
    "stretch": {"stretch": 1.5},
    "translation": {"moveX": 4.5, "moveY": -3},
    "barrel": {"lens": 0.3},
    "pincushion": {"lens": -0.3},
    "brightness": {"brightness": 1.6},
    "contrast": {"contrast": 0.3},
    "saturation": {"saturation": 2},
    "colour": {"pca0": 0.7, "pca1": -1.2, "pca2": 1},
}


def by_lot(seed):
    rng = np.random.default_rng(seed)
    drawn = {name: float(rng.uniform(*span)) for name, span in RANGES.items()}
    return drawn | {"flipped": bool(seed % 2), "cropped": seed > 1, "shortSide": int(rng.integers(14, 40))}


def test_every_change_alone_and_all_together_agree_with_the_library(pure):
    image = photograph()
    for settings in (*CASES.values(), *(by_lot(seed) for seed in range(4))):
        pixels, box = found(pure, image, BOX, settings)
        expected_pixels, expected_box = expected(image, BOX, settings)
        # both in double precision; a bilinear weight loses a few digits in PyTorch's places from -1 to 1
        np.testing.assert_allclose(pixels, expected_pixels, rtol=0, atol=1e-12, err_msg=str(settings))
        # the library divides the sizes before and after resizing in single precision
        np.testing.assert_allclose(box, expected_box, rtol=0, atol=1e-5, err_msg=str(settings))


def test_a_box_worked_by_hand(pure):
    """A photograph of 10 × 20 flipped: x from 2 to 5 becomes 15 to 18; a quarter turn about (10, 5)."""
    sides = {"height": 10, "width": 20}
    assert pure(FILE, "moveBox", [2, 3, 5, 9], sides, grouped({"flipped": True}), 5) == [15, 3, 18, 9]
    turned = pure(FILE, "moveBox", [8, 4, 13, 6], sides, grouped({"rotation": 90}), 5)
    np.testing.assert_allclose(turned, [9, 3, 11, 8], atol=1e-12)


def test_the_photograph_arrives_as_it_is_in_the_data():
    widget = AugmentationSliders()
    np.testing.assert_array_equal(decoded(widget.photograph), np.rint(255 * data.photograph("coffee", SIZE)))
    directions = np.array(widget.components["directions"])
    np.testing.assert_allclose(directions.T @ directions, np.eye(3), atol=1e-12)
    assert len(widget._static_html()) < 120_000


def pixels_of(page, which):
    script = "which => document.querySelectorAll('canvas')[which].toDataURL()"
    return decoded(page.evaluate(script, which))


def decoded(uri):
    file = io.BytesIO(base64.b64decode(uri.removeprefix("data:image/png;base64,")))
    return np.asarray(Image.open(file))[:, :, :3].astype(int)


def ready(page):
    page.wait_for_function("document.querySelectorAll('canvas')[1].width === 192")
    return page


def test_what_is_drawn_is_the_photograph_and_what_the_library_makes_of_it(show):
    settings = {"flipped": True, "rotation": 12, "lens": 0.1, "saturation": 0.5, "pca1": 0.4}
    page = ready(show(lambda: AugmentationSliders(**settings)))
    image = np.rint(255 * data.photograph("coffee", SIZE)) / 255
    np.testing.assert_array_equal(pixels_of(page, 0), np.rint(255 * image))
    changed, _ = expected(image, CUP, settings)
    # what lies on the middle between two whole numbers may be rounded either way
    np.testing.assert_allclose(pixels_of(page, 1), 255 * changed, rtol=0, atol=0.5 + 1e-6)


def box_of(page):
    rectangle = page.locator(".cn-compared svg").nth(1).locator("rect").first
    x, y, width, height = (float(rectangle.get_attribute(name)) for name in ("x", "y", "width", "height"))
    return [x, y, x + width, y + height]


def test_sliders_change_the_picture_and_the_box_moves_along(show, said):
    page = ready(show(AugmentationSliders))
    assert said(page) == "As it was taken. The box is at 50, 6, 135, 111."
    before = pixels_of(page, 1)
    np.testing.assert_array_equal(before, pixels_of(page, 0))
    rotation = page.get_by_role("slider", name="Rotation")
    rotation.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    assert rotation.get_attribute("aria-valuetext") == "10°"
    assert said(page).startswith("Rotated by 10°. The box is at")
    assert (pixels_of(page, 1) != before).any()
    spoken = [float(text) for text in re.findall(r"\d+(?:\.\d)?", said(page).split("at ")[1])]
    np.testing.assert_allclose(box_of(page), spoken, atol=0.05 + 1e-9)  # said with one decimal
    page.get_by_role("button", name="As it was").press("Enter")
    page.get_by_role("checkbox", name="flip").check()
    assert said(page) == "Flipped. The box is at 57, 6, 142, 111."
    np.testing.assert_array_equal(pixels_of(page, 1), before[:, ::-1])


def test_a_square_is_cut_out_and_the_box_may_leave(show, said):
    page = ready(show(AugmentationSliders))
    side = page.get_by_role("slider", name="Short side L")
    assert side.is_disabled()
    page.get_by_role("checkbox", name="scale and crop").check()
    assert pixels_of(page, 1).shape == (CROP, CROP, 3)
    side.fill("256")
    page.get_by_role("slider", name="Crop, across").fill("1")
    page.get_by_role("slider", name="Crop, down").fill("1")
    place = (torch.tensor([each]) for each in (256, 256 - CROP, 341 - CROP))
    box = aug.scale_and_crop_boxes(one(*CUP)[None, None], SIZE, *place, CROP)
    np.testing.assert_allclose(box_of(page), box.ravel(), rtol=1e-6)  # sizes divided in single precision
    page.get_by_role("slider", name="Translation x").fill("-64")
    assert said(page) == (
        "Short side 256 pixels, a square of 128 cut out, moved left by 64 px. The box has left the picture."
    )
    assert page.locator(".cn-compared svg").nth(1).locator("rect").count() == 0


def test_settings_are_drawn_by_lot(show, said):
    page = ready(show(AugmentationSliders))
    page.get_by_role("button", name="Draw at random").click()
    assert f"a square of {CROP} cut out" in said(page)
    assert page.get_by_role("checkbox", name="scale and crop").is_checked()
    for name in ("Rotation", "Shear", "Lens distortion", "Contrast"):
        least, most = DRAWN[{"Lens distortion": "lens"}.get(name, name.lower())]
        assert least <= float(page.get_by_role("slider", name=name).input_value()) <= most


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"hue": 1}, ValueError, "settings are .*, got hue"),
        ({"rotation": 90}, ValueError, "rotation expects -45 to 45, got 90"),
        ({"rotation": "30"}, TypeError, "rotation expects a number"),
        ({"flipped": 1}, TypeError, "flipped expects a truth value"),
        ({"lens": True}, TypeError, "lens expects a number"),
    ],
)
def test_augmentation_sliders_refuse(settings, error, message):
    with pytest.raises(error, match=message):
        AugmentationSliders(**settings)


def test_what_is_drawn_by_lot_is_milder_than_what_can_be_set():
    for name, (least, most) in DRAWN.items():
        assert RANGES[name][0] <= least <= most <= RANGES[name][1]
