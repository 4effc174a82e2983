"""Which numbers share a mean: batch normalisation per location and per filter (chapter *Training*)."""

import numpy as np
import traitlets

from convnets.widgets import parts
from convnets.widgets.base import BookWidget
from convnets.widgets.ranges import check_range

__all__ = ["BatchNormAxes"]

OVER = ("location", "filter", "image", "instance")
RANGES = {"images": (1, 4), "channels": (1, 3), "height": (1, 3), "width": (1, 3), "numbers": (-9, 9)}
LARGEST_SHAPE = tuple(RANGES[axis][1] for axis in ("images", "channels", "height", "width"))


def _numbers():
    """Return whole numbers of the largest shape; each filter has a level of its own."""
    noise = np.random.default_rng(7).integers(-3, 4, size=LARGEST_SHAPE)
    return noise + np.array([5, -2, 1])[:, None, None]


class BatchNormAxes(BookWidget):
    """A small tensor N × C × H × W, drawn as blocks, and the numbers that share a mean.

    Normalised numbers are those of :func:`convnets.backprop.batch_norm2d` while training, with scale 1 and
    shift 0, if ``over`` is ``"filter"``.

    Parameters
    ----------
    over : {"location", "filter", "image", "instance"}
        What has a mean of its own at the start: each place of each filter, each filter, each image, or each
        filter of each image.
    images, channels, height, width : int
        The shape at the start, at most 4 × 3 × 3 × 3.
    numbers : array_like of int, of shape (4, 3, 3, 3), optional
        The numbers of the largest tensor, from -9 to 9, of which the first are taken.
    index : int
        The number that is chosen at the start, counted along the last axis first.

    Raises
    ------
    TypeError
        If a size or a number is no integer.
    ValueError
        If a shape, a range or a name is wrong.
    """

    alt = (
        "A small batch of maps drawn as blocks of numbers: choose whether a mean is shared per location, per "
        "filter or per image, and see which numbers share it, how many means there are, and the normalised "
        "numbers."
    )
    _esm = parts.module("batch_norm_axes")
    _own_css = parts.style("batch_norm_axes")

    images = traitlets.Int().tag(sync=True)
    channels = traitlets.Int().tag(sync=True)
    height = traitlets.Int().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    over = traitlets.Enum(OVER).tag(sync=True)
    numbers = traitlets.List().tag(sync=True)
    index = traitlets.Int(min=0).tag(sync=True)
    ranges = traitlets.Dict().tag(sync=True)

    def __init__(self, over="filter", images=3, channels=2, height=2, width=2, *, numbers=None, index=0):
        sizes = {"images": images, "channels": channels, "height": height, "width": width}
        for name, value in sizes.items():
            check_range(name, value, *RANGES[name])
        check_range("index", index, 0, images * channels * height * width - 1)
        if over not in OVER:
            raise ValueError(f"over expects one of {', '.join(map(repr, OVER))}, got {over!r}")
        super().__init__(
            **sizes,
            over=over,
            numbers=_tensor(_numbers() if numbers is None else numbers),
            index=index,
            ranges=RANGES,
        )


def _tensor(numbers):
    array = np.asarray(numbers)
    if array.shape != LARGEST_SHAPE:
        raise ValueError(f"numbers expects shape {LARGEST_SHAPE}, its shape is {array.shape}")
    if array.dtype.kind not in "iu":
        raise TypeError(f"numbers expects whole numbers, got {array.dtype}")
    least, most = RANGES["numbers"]
    if array.min() < least or array.max() > most:
        raise ValueError(f"numbers expects {least} to {most}, has {array.min()} to {array.max()}")
    return array.tolist()
