"""A transposed convolution made in three ways, and the checkerboard it leaves (chapter *Transposed*)."""

import numpy as np
import traitlets

from convnets.widgets import parts
from convnets.widgets.base import BookWidget
from convnets.widgets.ranges import check_range

__all__ = ["TransposedConvolution"]

FORMS = ("stamps", "zeros", "matrix")
WEIGHTS = ("equal", "tent", "counted")
RANGES = {"size": (1, 4), "kernel": (1, 5), "stride": (1, 4), "padding": (0, 4)}
NUMBERS = [[1, 2, 0, 1], [0, 1, 0, 2], [3, 0, 1, 0], [0, 1, 2, 1]]
"""The map that is enlarged: its corner of the chosen size; with size 3 the chapter's example."""

_PRESETS = (
    {"name": "2 → 4, K 3", "size": 2, "kernel": 3, "stride": 1, "padding": 0, "more": 0},
    {"name": "2 → 4, K 2, S 2", "size": 2, "kernel": 2, "stride": 2, "padding": 0, "more": 0},
    {"name": "3 → 5, K 3, S 2, P 1", "size": 3, "kernel": 3, "stride": 2, "padding": 1, "more": 0},
    {"name": "3 → 6, with output padding", "size": 3, "kernel": 3, "stride": 2, "padding": 1, "more": 1},
    {"name": "3 → 6, K 4, S 2, P 1", "size": 3, "kernel": 4, "stride": 2, "padding": 1, "more": 0},
    {"name": "K 2, S 3: holes", "size": 3, "kernel": 2, "stride": 3, "padding": 0, "more": 0},
)


class TransposedConvolution(BookWidget):
    """Walk through a transposed convolution as stamps, as a convolution with zeros, or as a matrix.

    The filter has the weights 1, 2, 3, …, row by row. Below, a photograph is enlarged with the same kernel
    size and stride, next to the count of stamps along one axis and the reading of
    :func:`convnets.transposed.checkerboard`.

    Parameters
    ----------
    size : int
        Height and width of the map that is enlarged, 1 to 4.
    kernel, stride, padding : int
        As in :func:`convnets.transposed.conv_transpose2d`: 1 to 5, 1 to 4 and 0 to 4.
    more : int
        The output padding, less than ``stride``.
    form : {"stamps", "zeros", "matrix"}
        What is shown at the start.
    weights : {"equal", "tent", "counted"}
        The weights that enlarge the photograph: all alike, those of a bilinear kernel, or 1, 2, 3, …
    image : array_like of shape (H, W), optional
        Grey values in 0..1, at most 32 pixels a side; a photograph by default.
    position : int
        The step at the start: a pixel of the map, or of the output if ``form`` is ``"zeros"``.

    Raises
    ------
    TypeError
        If a size is no integer.
    ValueError
        If an argument is out of its range, or a name is unknown.
    """

    alt = (
        "A small map of numbers is enlarged by a transposed convolution, step by step, as stamps, as a "
        "convolution with zeros between the pixels, or by a matrix; kernel, stride and padding can be set, "
        "and a photograph shows the checkerboard that they leave."
    )
    _esm = parts.module("transposed_convolution")
    _own_css = parts.style("transposed_convolution")

    size = traitlets.Int().tag(sync=True)
    kernel = traitlets.Int().tag(sync=True)
    stride = traitlets.Int().tag(sync=True)
    padding = traitlets.Int().tag(sync=True)
    more = traitlets.Int().tag(sync=True)
    form = traitlets.Enum(FORMS).tag(sync=True)
    weights = traitlets.Enum(WEIGHTS).tag(sync=True)
    position = traitlets.Int(min=0).tag(sync=True)
    image = traitlets.List().tag(sync=True)
    numbers = traitlets.List().tag(sync=True)
    presets = traitlets.List().tag(sync=True)
    ranges = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        size=3,
        kernel=3,
        stride=2,
        padding=1,
        more=0,
        *,
        form="stamps",
        weights="equal",
        image=None,
        position=0,
    ):
        sizes = {"size": size, "kernel": kernel, "stride": stride, "padding": padding}
        for name, value in sizes.items():
            check_range(name, value, *RANGES[name])
        check_range("more", more, 0, stride - 1)
        check_range("position", position, 0, 400)
        for name, value, known in (("form", form, FORMS), ("weights", weights, WEIGHTS)):
            if value not in known:
                raise ValueError(f"{name} expects one of {', '.join(map(repr, known))}, got {value!r}")
        super().__init__(
            **sizes,
            more=more,
            form=form,
            weights=weights,
            position=position,
            image=_grey_values(image),
            numbers=NUMBERS,
            presets=[dict(each) for each in _PRESETS],
            ranges=RANGES,
        )


def _grey_values(image):
    if image is None:
        from convnets import data

        image = data.photograph("camera", size=32, grey=True)
    image = np.asarray(image, dtype=float)
    if image.ndim != 2 or not 4 <= min(image.shape) <= max(image.shape) <= 32:
        raise ValueError(f"image expects shape (H, W) with 4 to 32 pixels a side, its shape is {image.shape}")
    if not (image.min() >= 0 and image.max() <= 1):
        raise ValueError(f"image expects values from 0 to 1, has {image.min():g} to {image.max():g}")
    return np.rint(255 * image).astype(int).tolist()
