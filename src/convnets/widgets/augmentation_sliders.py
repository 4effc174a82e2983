"""A photograph in many guises: place, shape and colour by sliders (chapter *Training*)."""

import base64
import io

import numpy as np
import traitlets

from convnets.widgets import parts
from convnets.widgets.base import BookWidget

__all__ = ["AugmentationSliders"]

SIZE = (144, 192)
"""Height and width of the photograph in pixels."""

CROP = 128
"""Side of the square that is cut out."""

RANGES = {
    "shortSide": (CROP, 2 * CROP),
    "right": (0, 1),
    "down": (0, 1),
    "rotation": (-45, 45),
    "shear": (-30, 30),
    "stretch": (0.5, 2),
    "moveX": (-64, 64),
    "moveY": (-48, 48),
    "lens": (-0.3, 0.3),
    "brightness": (0, 2),
    "contrast": (0, 2),
    "saturation": (0, 2),
    "pca0": (-1.5, 1.5),
    "pca1": (-1.5, 1.5),
    "pca2": (-1.5, 1.5),
}
DRAWN = RANGES | {
    "rotation": (-15, 15),
    "shear": (-10, 10),
    "stretch": (0.8, 1.25),
    "moveX": (-16, 16),
    "moveY": (-12, 12),
    "lens": (-0.15, 0.15),
    "brightness": (0.6, 1.4),
    "contrast": (0.6, 1.4),
    "saturation": (0.6, 1.4),
    "pca0": (-0.5, 0.5),
    "pca1": (-0.5, 0.5),
    "pca2": (-0.5, 0.5),
}
"""Between which numbers the button draws, as in a training run: what comes out still shows a cup."""

PLAIN = {
    **dict.fromkeys(RANGES, 0),
    **dict.fromkeys(("stretch", "brightness", "contrast", "saturation"), 1),
    "shortSide": SIZE[0],
    "right": 0.5,
    "down": 0.5,
    "flipped": False,
    "cropped": False,
}
"""The settings that change nothing."""

CUP = (50, 6, 135, 111)
"""The cup in the photograph: x1, y1, x2, y2 in pixels."""


class AugmentationSliders(BookWidget):
    """A photograph of a cup, changed by sliders, with the box around the cup moving along.

    The formulas are those of :mod:`convnets.training.augmentation`, one after the other: flip, scale and
    crop, affine map, lens distortion, brightness, contrast, saturation, colours along the principal
    components. Outside the photograph all is black. Strengths along the components are in standard
    deviations of the photograph's own colours.

    Parameters
    ----------
    **settings
        What is changed at the start: ``flipped`` and ``cropped`` (truth values), and the sliders:
        ``shortSide`` (L in pixels), ``right`` and ``down`` (the crop's place, 0 to 1), ``rotation``,
        ``shear`` (degrees), ``stretch`` (a factor along x), ``moveX``, ``moveY`` (pixels), ``lens``,
        ``brightness``, ``contrast``, ``saturation`` (factors), ``pca0``, ``pca1``, ``pca2``.

    Raises
    ------
    TypeError
        If a setting is no number.
    ValueError
        If a setting is unknown or out of its range.
    """

    alt = (
        "A photograph of a cup with a box around it, beside it the same changed by sliders: flip, scale and "
        "crop, rotation, shear, stretch, translation, lens distortion, brightness, contrast, saturation and "
        "colours along principal components; the box moves along."
    )
    _esm = parts.module("augmentation_sliders")
    _own_css = parts.style("augmentation_sliders")

    photograph = traitlets.Unicode().tag(sync=True)
    shows = traitlets.Unicode().tag(sync=True)
    sides = traitlets.Dict().tag(sync=True)
    rectangle = traitlets.List().tag(sync=True)
    size = traitlets.Int(CROP).tag(sync=True)
    components = traitlets.Dict().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)
    plain = traitlets.Dict().tag(sync=True)
    ranges = traitlets.Dict().tag(sync=True)
    drawn = traitlets.Dict().tag(sync=True)

    def __init__(self, **settings):
        for name, value in settings.items():
            _check(name, value)
        from convnets import data

        pixels = np.rint(255 * data.photograph("coffee", SIZE)).astype(np.uint8)
        super().__init__(
            photograph=_png(pixels),
            shows=data.PHOTOGRAPHS["coffee"].shows,
            sides=dict(zip(("height", "width"), SIZE, strict=True)),
            rectangle=list(CUP),
            components=_components(pixels / 255),
            settings=PLAIN | settings,
            plain=PLAIN,
            ranges=RANGES,
            drawn=DRAWN,
        )


def _check(name, value):
    if name not in PLAIN:
        raise ValueError(f"settings are {', '.join(PLAIN)}, got {name}")
    if isinstance(PLAIN[name], bool):
        if not isinstance(value, bool):
            raise TypeError(f"{name} expects a truth value, got {value!r}")
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} expects a number, got {value!r}")
    least, most = RANGES[name]
    if not least <= value <= most:
        raise ValueError(f"{name} expects {least} to {most}, got {value}")


def _png(pixels):
    """Return an image (H, W, 3) of bytes as a data URI."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def _components(image):
    """Return variances and directions of the colours of an image (H, W, 3), largest first, as plain data."""
    import torch  # takes a second, which the other explorers need not wait

    from convnets.training.augmentation import colour_components

    found = colour_components(torch.from_numpy(image).movedim(-1, 0)[None])
    return {"variances": found.variances.tolist(), "directions": found.directions.tolist()}
