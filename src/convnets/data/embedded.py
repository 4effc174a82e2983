"""Images that come inside scikit-learn and scikit-image: no download, no network."""

from collections.abc import Callable
from dataclasses import dataclass

import lazy_loader
import numpy as np
import skimage

sklearn = lazy_loader.load("sklearn")

__all__ = ["PHOTOGRAPHS", "Photograph", "digits", "part_of_digits", "photograph"]

NUM_TRAINING = 1297
"""How many of the digits are to be trained on; the last 500 are by other writers."""


def digits():
    """Return scikit-learn's digits, images (1797, 1, 8, 8) in float32 from 0 to 1, and their labels."""
    bunch = sklearn.datasets.load_digits()
    return (bunch.images[:, None] / 16).astype(np.float32), bunch.target.astype(np.int64)


def part_of_digits(split):
    """Return what :func:`digits` returns, but only the part ``"train"`` or the part ``"test"``."""
    images, labels = digits()
    part = slice(None, NUM_TRAINING) if split == "train" else slice(NUM_TRAINING, None)
    return images[part], labels[part]


@dataclass(frozen=True)
class Photograph:
    """A photograph and where it comes from.

    Attributes
    ----------
    name : str
        What :func:`photograph` calls it.
    shows : str
        What is to be seen, in a few words that fit into an alternative text.
    licence : str
        Under which terms it may be used, and by whom it was made.
    read : callable
        Returns its pixels as they are distributed.
    """

    name: str
    shows: str
    licence: str
    read: Callable


def _of_scikit_image(name, shows, licence):
    return Photograph(name, shows, licence, lambda: getattr(skimage.data, name)())


def _of_scikit_learn(name, shows, licence):
    return Photograph(name, shows, licence, lambda: sklearn.datasets.load_sample_image(f"{name}.jpg"))


PHOTOGRAPHS = {
    entry.name: entry
    for entry in (
        _of_scikit_image("astronaut", "an astronaut in an orange suit, smiling", "public domain, NASA"),
        _of_scikit_image("brick", "a brick wall, in grey", "CC0, cc0textures.com"),
        _of_scikit_image("camera", "a man with a camera on a tripod, in grey", "CC0, Lav Varshney"),
        _of_scikit_image("chelsea", "the face of a ginger cat", "CC0, Stefan van der Walt"),
        _of_scikit_learn("china", "a Chinese palace under a blue sky", "CC BY 2.0, danielbuechele"),
        _of_scikit_image("clock", "a wall clock, blurred by motion, in grey", "CC0, Stefan van der Walt"),
        _of_scikit_image("coffee", "a cup of coffee on a wooden table", "CC0, Rachel Michetti"),
        _of_scikit_image("coins", "Greek coins from Pompeii, in grey", "no known copyright, Brooklyn Museum"),
        _of_scikit_learn("flower", "a pink dahlia in bloom", "CC BY 2.0, vultilion"),
        _of_scikit_image("grass", "a lawn from above, in grey", "CC0, linolafett"),
        _of_scikit_image("gravel", "gravel from above, in grey", "CC0, cc0textures.com"),
        _of_scikit_image("rocket", "a rocket at its launch", "public domain, SpaceX"),
    )
}
"""Every embedded photograph by name."""


def photograph(name, size=None, grey=False):
    """Return an embedded photograph.

    Parameters
    ----------
    name : str
        A key of ``PHOTOGRAPHS``.
    size : int or tuple of int, optional
        Height and width (H, W) in pixels, one number for a square: the middle of the photograph in that shape
        is resized, with anti-aliasing. By default the photograph comes as it is.
    grey : bool
        Whether to turn colours into luminance.

    Returns
    -------
    ndarray of shape (H, W, 3) or (H, W)
        float64 from 0 to 1; two axes if ``grey`` is set or the photograph itself has no colours.

    Raises
    ------
    ValueError
        If there is no such photograph, or ``size`` is not positive.
    """
    if name not in PHOTOGRAPHS:
        raise ValueError(f"no photograph is called {name!r}; there are {', '.join(sorted(PHOTOGRAPHS))}")
    image = skimage.util.img_as_float64(PHOTOGRAPHS[name].read())
    if grey and image.ndim == 3:
        image = skimage.color.rgb2gray(image)
    if size is None:
        return image
    height, width = (size, size) if isinstance(size, int) else size
    if height < 1 or width < 1:
        raise ValueError(f"size must be positive, got {size}")
    middle = _crop_to_ratio(image, height / width)
    return np.clip(skimage.transform.resize(middle, (height, width), anti_aliasing=True), 0, 1)


def _crop_to_ratio(image, ratio):
    """Return the largest central part whose height is ``ratio`` times its width."""
    H, W = image.shape[:2]
    height, width = min(H, max(1, round(W * ratio))), min(W, max(1, round(H / ratio)))
    top, left = (H - height) // 2, (W - width) // 2
    return image[top : top + height, left : left + width]
