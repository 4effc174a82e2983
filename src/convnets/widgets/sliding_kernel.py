"""A kernel slid over an image, one place at a time (chapter *Convolution*)."""

from collections.abc import Mapping

import numpy as np
import traitlets

from convnets.widgets import parts
from convnets.widgets.base import BookWidget

__all__ = ["SlidingKernel"]

OPERATIONS = ("cross-correlation", "convolution")
PADDINGS = ("valid", "same")
LARGEST_SIDE = 48  # beyond it single pixels are too small to point at


class SlidingKernel(BookWidget):
    """See how each output of a convolution is made: pixels times weights, summed, place after place.

    Parameters
    ----------
    images : mapping of str to array_like of shape (H, W)
        Grey images by the name shown, at most 48 pixels a side, values from 0 to 255; they are rounded to
        whole numbers.
    kernels : mapping of str to (array_like of shape (K, K)) or Kernel
        Kernels by name, K odd. Of a :class:`convnets.convolution.Kernel` the page also says what it does.
    image, kernel : str, optional
        What is chosen at the start; the first of each if left out. ``"custom"`` is the reader's own kernel.
    operation : {"cross-correlation", "convolution"}
        Whether the kernel is laid on as written or turned by 180 degrees.
    padding : {"valid", "same"}
        Whether the kernel stays inside the image, or zeros around it give an output of the image's size.
    custom : array_like of shape (K, K), optional
        Where the reader's own kernel starts.
    shown : {"signed", "grey"}
        Whether outputs are coloured by sign and size, or shown as grey values clamped to 0 … 255.
    normalise : bool
        Whether outputs are divided by the sum of the weights, if that is positive.
    fill : bool
        Whether the whole output is shown from the start, not only up to the kernel's place.
    position : int
        The kernel's place at the start, counted row by row.

    Raises
    ------
    TypeError
        If images or kernels are no mappings, or hold something else than numbers.
    ValueError
        If there is no image or no kernel, a shape or a range is wrong, or a name is unknown.
    """

    alt = (
        "A kernel slides over a small grey image: choose image, kernel, padding and whether the kernel is "
        "turned, step through the places, and see the pixels, the products and their sum fill the output."
    )
    _esm = parts.module("sliding_kernel")
    _own_css = parts.style("sliding_kernel")

    images = traitlets.Dict().tag(sync=True)
    kernels = traitlets.Dict().tag(sync=True)
    image = traitlets.Unicode().tag(sync=True)
    kernel = traitlets.Unicode().tag(sync=True)
    custom = traitlets.List().tag(sync=True)
    operation = traitlets.Enum(OPERATIONS).tag(sync=True)
    padding = traitlets.Enum(PADDINGS).tag(sync=True)
    shown = traitlets.Enum(("signed", "grey")).tag(sync=True)
    normalise = traitlets.Bool().tag(sync=True)
    fill = traitlets.Bool().tag(sync=True)
    position = traitlets.Int(min=0).tag(sync=True)

    def __init__(
        self,
        images,
        kernels,
        *,
        image=None,
        kernel=None,
        operation="cross-correlation",
        padding="valid",
        custom=((0, 0, 0), (0, 0, 1), (0, 0, 0)),
        shown="signed",
        normalise=False,
        fill=False,
        position=0,
    ):
        _check_choice("operation", operation, OPERATIONS)
        _check_choice("padding", padding, PADDINGS)
        _check_choice("shown", shown, ("signed", "grey"))
        images = {name: _pixels(name, value) for name, value in _mapping("images", images).items()}
        kernels = {name: _kernel(name, value) for name, value in _mapping("kernels", kernels).items()}
        image = next(iter(images)) if image is None else image
        kernel = next(iter(kernels)) if kernel is None else kernel
        _check_choice("image", image, images)
        _check_choice("kernel", kernel, (*kernels, "custom"))
        custom = _weights("custom", custom)
        _check_fit(images, [len(each["weights"]) for each in kernels.values()] + [len(custom)])
        super().__init__(
            images=images,
            kernels=kernels,
            image=image,
            kernel=kernel,
            operation=operation,
            padding=padding,
            custom=custom,
            shown=shown,
            normalise=normalise,
            fill=fill,
            position=position,
        )

    @classmethod
    def default(cls, size=24, **options):
        """Return the explorer of the chapter: photographs, a digit, one bright point; the gallery's kernels.

        Parameters
        ----------
        size : int
            Side of the photographs in pixels.
        **options
            As for the class: ``image``, ``kernel``, ``operation`` and so on.
        """
        from convnets import data
        from convnets.convolution import KERNELS

        digits = data.load("digits")
        photographs = ("camera", "coffee", "chelsea")
        images = {
            **{name: 255 * data.photograph(name, size, grey=True) for name in photographs},
            "a written 7": 255 * digits.images[digits.labels == 7][0, 0],
            "one bright pixel": one_point(),
        }
        return cls(images, KERNELS, **options)


def one_point(size=7):
    """Return an image of shape (size, size) that is black but for one bright pixel in the middle."""
    image = np.zeros((size, size), dtype=int)
    image[size // 2, size // 2] = 255
    return image


def _mapping(name, value):
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} expects a mapping of names to arrays, got {type(value).__name__}")
    if not value:
        raise ValueError(f"{name} expects at least one entry, got none")
    return value


def _matrix(name, value):
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name!r} expects a matrix of numbers") from error
    if array.ndim != 2 or array.size == 0:
        raise ValueError(f"{name!r} expects two axes with at least one number, its shape is {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name!r} expects finite numbers")
    return array


def _pixels(name, value):
    array = _matrix(name, value)
    if max(array.shape) > LARGEST_SIDE:
        raise ValueError(
            f"image {name!r} expects at most {LARGEST_SIDE} pixels a side, its shape is {array.shape}"
        )
    if array.min() < 0 or array.max() > 255:
        raise ValueError(
            f"image {name!r} expects values from 0 to 255, has {array.min():g} to {array.max():g}"
        )
    return np.rint(array).astype(int).tolist()


def _weights(name, value):
    array = _matrix(name, value)
    height, width = array.shape
    if height != width or height % 2 == 0:
        raise ValueError(f"kernel {name!r} expects shape (K, K) with odd K, its shape is {array.shape}")
    return [[int(w) if w == int(w) else w for w in row] for row in array.tolist()]


def _kernel(name, value):
    weights = _weights(name, getattr(value, "weights", value))
    return {"weights": weights, "does": getattr(value, "does", "")}


def _check_choice(name, value, known):
    if value not in known:
        raise ValueError(f"{name} expects one of {', '.join(map(repr, known))}, got {value!r}")


def _check_fit(images, sizes):
    for name, image in images.items():
        side = min(len(image), len(image[0]))
        if side < max(sizes):
            raise ValueError(
                f"image {name!r} has a side of {side} pixels, the largest kernel one of {max(sizes)}"
            )
