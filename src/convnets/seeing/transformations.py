"""What makes vision hard, done to a photograph: the object stays, nearly every number changes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import skimage

from convnets.data import PHOTOGRAPHS, photograph

__all__ = ["TRANSFORMATIONS", "Transformation", "pixel_distance", "pixel_distances"]


@dataclass(frozen=True)
class Transformation:
    """Something that happens to a picture but not to what it shows.

    Attributes
    ----------
    name : str
        Its name.
    does : str
        What it is like, in a few words.
    apply : callable
        Takes an image of shape (H, W) or (H, W, 3), floats from 0 to 1, and returns a changed one of the same
        shape.
    """

    name: str
    does: str
    apply: Callable

    def __call__(self, image):
        """Return the changed image."""
        image = np.asarray(image, float)
        if image.ndim not in (2, 3) or image.size == 0:
            raise ValueError(f"image must have shape (H, W) or (H, W, C), it has {image.shape}")
        return np.clip(self.apply(image), 0, 1)


def _viewpoint(image):
    """Turn the picture plane away to the right, by a projective map of its corners."""
    size = np.array(image.shape[1::-1])  # (W, H)
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    seen_at = np.array([[0.12, 0.02], [0.92, 0.18], [0.92, 0.82], [0.12, 0.98]])
    to_source = skimage.transform.ProjectiveTransform.from_estimate(seen_at * size, corners * size)
    return skimage.transform.warp(image, to_source, mode="edge")


def _illumination(image):
    """Light from the right: gamma, and a gradient from a fifth of the brightness to all of it."""
    light = np.linspace(0.2, 1, image.shape[1])
    return image**1.3 * (light[:, None] if image.ndim == 3 else light)


def _deformation(image):
    """Swirl around the middle."""
    return skimage.transform.swirl(image, strength=1.5, radius=0.9 * min(image.shape[:2]), mode="reflect")


def _occlusion(image):
    """Put a dark post in front of a third of the picture."""
    out, width = image.copy(), image.shape[1]
    out[:, round(0.4 * width) : round(0.73 * width)] = 0.2
    return out


def _scale(image):
    """Step closer: enlarge the middle one and a half times."""
    middle = np.array(image.shape[1::-1]) / 2
    larger = skimage.transform.AffineTransform(scale=1 / 1.5, translation=middle * (1 - 1 / 1.5))
    return skimage.transform.warp(image, larger, mode="edge")


TRANSFORMATIONS = {
    entry.name: entry
    for entry in (
        Transformation("viewpoint", "seen from the side", _viewpoint),
        Transformation("illumination", "in weaker light that comes from one side", _illumination),
        Transformation("deformation", "bent out of shape", _deformation),
        Transformation("occlusion", "a third of it behind a post", _occlusion),
        Transformation("scale", "seen from closer, one and a half times as large", _scale),
    )
}
"""Five ways in which a picture changes while what it shows does not."""


def pixel_distance(image, other):
    """Return how far apart two images are, compared number by number.

    Parameters
    ----------
    image, other : ndarray
        Two images of one shape, floats from 0 to 1.

    Returns
    -------
    float
        The root of the mean squared difference: 0 for equal images, 1 for black against white. It is
        proportional to the Euclidean distance of the two as points in the space of all images.

    Raises
    ------
    ValueError
        If the shapes differ or there is no pixel.
    """
    image, other = np.asarray(image, float), np.asarray(other, float)
    if image.shape != other.shape or image.size == 0:
        raise ValueError(f"expected two images of one shape, got {image.shape} and {other.shape}")
    return float(np.sqrt(np.mean((image - other) ** 2)))


def pixel_distances(name, size=128):
    """Measure how far a photograph is from itself, changed, and from photographs of other things.

    Parameters
    ----------
    name : str
        A key of ``convnets.data.PHOTOGRAPHS``.
    size : int
        Side in pixels of the squares that are compared, in grey.

    Returns
    -------
    changed : dict of str to float
        The distance from the photograph under each of ``TRANSFORMATIONS``.
    others : dict of str to float
        The distance from every other photograph, nearest first.

    Raises
    ------
    ValueError
        If there is no such photograph.
    """
    image = photograph(name, size, grey=True)
    changed = {key: pixel_distance(image, change(image)) for key, change in TRANSFORMATIONS.items()}
    others = {
        other: pixel_distance(image, photograph(other, size, grey=True))
        for other in PHOTOGRAPHS
        if other != name
    }
    return changed, dict(sorted(others.items(), key=lambda item: item[1]))
