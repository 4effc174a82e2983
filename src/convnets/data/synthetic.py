"""Scenes drawn from a random generator, in which everything that could be asked for is known exactly.

:func:`digits_on_canvas` places real digits; :func:`shapes` draws discs, squares and triangles and tells
class, box, mask, keypoints and a caption of each scene. The same seed draws the same scenes.
"""

from dataclasses import dataclass

import numpy as np

from convnets.data import embedded

__all__ = ["PlacedDigits", "Scene", "check_num", "digits_on_canvas", "shapes", "smallest_box"]

CLASSES = ("disc", "square", "triangle")
COLOURS = {
    "red": (0.84, 0.19, 0.15),
    "green": (0.20, 0.63, 0.27),
    "blue": (0.15, 0.39, 0.80),
    "yellow": (0.95, 0.80, 0.15),
}
MAX_CORNERS = 4
MIN_VISIBLE = 0.6
"""Least part of a shape that other shapes leave visible."""
NUM_ATTEMPTS = 50
"""How often a place is sought for a shape before the scene does without it."""


@dataclass(frozen=True, eq=False)
class PlacedDigits:
    """Digits on larger canvases.

    Attributes
    ----------
    images : ndarray of shape (N, 1, size, size)
        float32 from 0 to 1.
    labels : ndarray of shape (N,)
        Which digit, int64.
    boxes : ndarray of shape (N, 4)
        Where its 8×8 pixels are: xyxy in pixels, int64.
    """

    images: np.ndarray
    labels: np.ndarray
    boxes: np.ndarray


def digits_on_canvas(rng, num, size=32):
    """Place randomly chosen digits at random places of empty canvases.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where chance comes from.
    num : int
        Number N of canvases, each with one digit.
    size : int
        Side of a canvas in pixels, at least 8.

    Returns
    -------
    PlacedDigits
        The canvases, the digits and their places.

    Raises
    ------
    ValueError
        If ``num`` is negative or a digit does not fit.
    """
    digits, labels = embedded.digits()
    side = digits.shape[-1]
    check_num(num)
    if size < side:
        raise ValueError(f"size must be at least {side}, the side of a digit, got {size}")
    chosen = rng.integers(len(digits), size=num)
    corners = rng.integers(size - side + 1, size=(num, 2))  # (x, y) of the upper left pixel
    images = np.zeros((num, 1, size, size), np.float32)
    for image, digit, (x, y) in zip(images, digits[chosen], corners, strict=True):
        image[:, y : y + side, x : x + side] = digit
    return PlacedDigits(images, labels[chosen], np.concatenate([corners, corners + side], axis=1))


@dataclass(frozen=True, eq=False)
class Scene:
    """A drawn scene of B shapes and everything there is to know about it.

    Attributes
    ----------
    image : ndarray of shape (3, H, W)
        float32 from 0 to 1.
    classes : ndarray of shape (B,)
        Indices into ``("disc", "square", "triangle")``, int64; from the farthest shape to the nearest.
    boxes : ndarray of shape (B, 4)
        The smallest box around what is visible of each shape: xyxy in pixels, int64; x2 and y2 are the edges
        behind the last pixel.
    masks : ndarray of shape (B, H, W)
        Which pixels show the shape; no pixel shows two.
    keypoints : ndarray of shape (B, 5, 2)
        The centre and the corners of each shape as (x, y) in pixels, clockwise from the topmost corner; NaN
        for corners that it does not have. Corners may be hidden behind nearer shapes.
    caption : str
        What there is from left to right, as in "a red disc left of a blue square".
    """

    image: np.ndarray
    classes: np.ndarray
    boxes: np.ndarray
    masks: np.ndarray
    keypoints: np.ndarray
    caption: str


def shapes(rng, num, size=64, max_shapes=3, noise=0.03):
    """Draw scenes of discs, squares and triangles on a plain background.

    Shapes differ in colour, size, place and rotation, and may hide one another in part; nearer ones are drawn
    over farther ones.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where chance comes from.
    num : int
        Number of scenes.
    size : int
        Side of a scene in pixels, at least 16.
    max_shapes : int
        Every scene holds from one to so many shapes.
    noise : float
        Standard deviation of the noise that is added to every pixel and colour.

    Returns
    -------
    list of Scene
        The scenes.

    Raises
    ------
    ValueError
        If ``num`` is negative, ``size`` is less than 16, ``max_shapes`` less than 1 or ``noise`` negative.
    """
    check_num(num)
    if size < 16 or max_shapes < 1 or noise < 0:
        raise ValueError(
            "expected size >= 16, max_shapes >= 1 and noise >= 0, "
            f"got size {size}, max_shapes {max_shapes} and noise {noise}"
        )
    return [_scene(rng, size, max_shapes, noise) for _ in range(num)]


def check_num(num):
    """Raise ValueError for a negative number of scenes."""
    if num < 0:
        raise ValueError(f"num must not be negative, got {num}")


@dataclass(frozen=True, eq=False)
class _Shape:
    kind: int
    colour: str
    keypoints: np.ndarray
    mask: np.ndarray  # all of it, hidden or not


def _scene(rng, size, max_shapes, noise):
    drawn = []
    for _ in range(rng.integers(1, max_shapes + 1)):
        for _ in range(NUM_ATTEMPTS):
            candidate = _random_shape(rng, size)
            if _all_visible([*drawn, candidate]):
                drawn.append(candidate)
                break
    masks = _visible_masks(drawn)
    image = np.full((3, size, size), rng.uniform(0.75, 0.95))
    for shape, mask in zip(drawn, masks, strict=True):
        image[:, mask] = np.array(COLOURS[shape.colour])[:, None] * rng.uniform(0.85, 1)
    image += rng.normal(0, noise, image.shape)
    return Scene(
        np.clip(image, 0, 1).astype(np.float32),
        np.array([shape.kind for shape in drawn]),
        np.stack([smallest_box(mask) for mask in masks]),
        masks,
        np.stack([shape.keypoints for shape in drawn]),
        _caption(drawn),
    )


def _random_shape(rng, size):
    kind = int(rng.integers(len(CLASSES)))
    colour = str(rng.choice(list(COLOURS)))
    radius = rng.uniform(0.11, 0.22) * size
    centre = rng.uniform(radius, size - radius, 2)
    num_corners = {"disc": 0, "square": 4, "triangle": 3}[CLASSES[kind]]
    corners = _corners(centre, radius, num_corners, rng.uniform(0, 2 * np.pi))
    keypoints = np.full((1 + MAX_CORNERS, 2), np.nan)
    keypoints[0], keypoints[1 : 1 + num_corners] = centre, corners
    return _Shape(kind, colour, keypoints, _inside(corners, centre, radius, size))


def _corners(centre, radius, num_corners, rotation):
    """Return the corners of a regular polygon, clockwise as seen, from the topmost one on."""
    angles = rotation + 2 * np.pi * np.arange(num_corners) / max(num_corners, 1)
    corners = centre + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.roll(corners, -corners[:, 1].argmin(), axis=0) if num_corners else corners


def _inside(corners, centre, radius, size):
    """Return which pixels have their centres in the polygon, or in the disc if there are no corners."""
    y, x = np.mgrid[:size, :size] + 0.5
    if not len(corners):
        return (x - centre[0]) ** 2 + (y - centre[1]) ** 2 <= radius**2
    inside = np.ones((size, size), bool)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        inside &= (x2 - x1) * (y - y1) - (y2 - y1) * (
            x - x1
        ) >= 0  # to the right of each edge, y pointing down
    return inside


def _visible_masks(drawn):
    covered = np.zeros_like(drawn[0].mask)
    masks = []
    for shape in reversed(drawn):
        masks.append(shape.mask & ~covered)
        covered |= shape.mask
    return np.stack(masks[::-1])


def _all_visible(drawn):
    parts = zip(drawn, _visible_masks(drawn), strict=True)
    return all(visible.sum() >= MIN_VISIBLE * shape.mask.sum() for shape, visible in parts)


def smallest_box(mask):
    """Return the smallest box (4,) xyxy around a mask (H, W)."""
    rows, columns = mask.any(axis=1).nonzero()[0], mask.any(axis=0).nonzero()[0]
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])


def _caption(drawn):
    from_left = sorted(drawn, key=lambda shape: shape.keypoints[0, 0])
    return " left of ".join(f"a {shape.colour} {CLASSES[shape.kind]}" for shape in from_left)
