"""How strong an edge is, whichever way it runs: Sobel's two kernels together (coverage row 2.6)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.convolution import KERNELS, conv2d_flip_and_filter
from solutions.allowances import LIBRARIES, SUMS

SECTION = "convolution.html#kernels"


def edge_strength(image):
    image = image.astype(float)
    sobel = KERNELS["sobel_x"].weights
    across = conv2d_flip_and_filter(image, sobel, mode="valid")
    down = conv2d_flip_and_filter(image, sobel.T, mode="valid")
    return np.hypot(across, down)


def opposite_edges_cancel(image):
    p = image.astype(float)
    across = p[:-2, 2:] + 2 * p[1:-1, 2:] + p[2:, 2:] - p[:-2, :-2] - 2 * p[1:-1, :-2] - p[2:, :-2]
    down = p[2:, :-2] + 2 * p[2:, 1:-1] + p[2:, 2:] - p[:-2, :-2] - 2 * p[:-2, 1:-1] - p[:-2, 2:]
    return across + down


def sizes_added(image):
    p = image.astype(float)
    across = p[:-2, 2:] + 2 * p[1:-1, 2:] + p[2:, 2:] - p[:-2, :-2] - 2 * p[1:-1, :-2] - p[2:, :-2]
    down = p[2:, :-2] + 2 * p[2:, 1:-1] + p[2:, 2:] - p[:-2, :-2] - 2 * p[:-2, 1:-1] - p[:-2, 2:]
    return np.abs(across) + np.abs(down)


def one_direction_only(image):
    p = image.astype(float)
    across = p[:-2, 2:] + 2 * p[1:-1, 2:] + p[2:, 2:] - p[:-2, :-2] - 2 * p[1:-1, :-2] - p[2:, :-2]
    return np.abs(across)


def bytes_wrap_round(image):
    p = image
    across = p[:-2, 2:] + 2 * p[1:-1, 2:] + p[2:, 2:] - p[:-2, :-2] - 2 * p[1:-1, :-2] - p[2:, :-2]
    down = p[2:, :-2] + 2 * p[2:, 1:-1] + p[2:, 2:] - p[:-2, :-2] - 2 * p[:-2, 1:-1] - p[:-2, 2:]
    return np.hypot(across.astype(float), down.astype(float))


def root_forgotten(image):
    p = image.astype(float)
    across = p[:-2, 2:] + 2 * p[1:-1, 2:] + p[2:, 2:] - p[:-2, :-2] - 2 * p[1:-1, :-2] - p[2:, :-2]
    down = p[2:, :-2] + 2 * p[2:, 1:-1] + p[2:, 2:] - p[:-2, :-2] - 2 * p[:-2, 1:-1] - p[:-2, 2:]
    return across**2 + down**2


def middle_not_counted_twice(image):
    p = image.astype(float)
    across = p[:-2, 2:] + p[1:-1, 2:] + p[2:, 2:] - p[:-2, :-2] - p[1:-1, :-2] - p[2:, :-2]
    down = p[2:, :-2] + p[2:, 1:-1] + p[2:, 2:] - p[:-2, :-2] - p[:-2, 1:-1] - p[:-2, 2:]
    return np.hypot(across, down)


def window_by_window(image):
    sobel = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
    out = np.zeros((image.shape[0] - 2, image.shape[1] - 2))
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            window = image[y : y + 3, x : x + 3].astype(float)
            out[y, x] = np.sqrt((window * sobel).sum() ** 2 + (window * sobel.T).sum() ** 2)
    return out


def separable(image):
    p = image.astype(np.float32)
    columns = p[:-2] + 2 * p[1:-1] + p[2:]
    rows = p[:, :-2] + 2 * p[:, 1:-1] + p[:, 2:]
    across = columns[:, 2:] - columns[:, :-2]
    down = rows[2:] - rows[:-2]
    return np.asfortranarray(np.sqrt(across**2 + down**2))


def complex_numbers(image):
    sobel = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
    windows = np.lib.stride_tricks.sliding_window_view(image.astype(float), (3, 3))
    return np.abs(np.tensordot(windows, sobel + 1j * sobel.T, axes=2))


def hidden(rng):
    step = np.zeros((6, 8))
    step[:, int(rng.integers(2, 6)) :] = rng.integers(1, 9)
    yield Case("steps", "an upright edge", (step,))
    yield Case("steps", "a level edge, bright above", (step.T[::-1].copy(),))
    yield Case("steps", "bright, then dark", (step[:, ::-1].copy(),))
    yield Case("all", "floating point numbers", (rng.normal(size=(7, 5)),))
    yield Case("all", "the smallest image", (rng.integers(-9, 10, (3, 3)),))
    yield Case("bytes", "a photograph's bytes", (rng.integers(0, 256, (6, 9)).astype(np.uint8),))
    yield Case("bytes", "black and white", (rng.choice([0, 255], (5, 6)).astype(np.uint8),))


EXERCISE = Exercise(
    name="edge_strength",
    title="How strong is an edge?",
    task=(
        "The kernel of Sobel and Feldman, $\\begin{pmatrix}1 & 0 & -1\\\\ 2 & 0 & -2\\\\ 1 & 0 & "
        "-1\\end{pmatrix}$, answers to brightness that changes from left to right; its transpose to "
        "brightness that changes from top to bottom. Together they are the two components of an arrow, the "
        "image's gradient. Write `edge_strength(image)`: convolve the image with both kernels (“valid”, so "
        "the result has $H - 2$ rows and $W - 2$ columns) and return the arrow's length, $\\sqrt{g_x^2 + "
        "g_y^2}$, as floats. The image may hold floats, integers or bytes (`uint8`)."
    ),
    reference=edge_strength,
    groups=(
        Group("steps", 4, "Edges that are upright or level"),
        Group("all", 3, "Edges of all directions"),
        Group("bytes", 3, "Images of bytes"),
    ),
    public=(
        Case("steps", "an upright edge", (np.array([[0.0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1, 1]]),)),
        Case(
            "steps", "a level edge, bright above", (np.array([[5.0, 5, 5], [5, 5, 5], [0, 0, 0], [0, 0, 0]]),)
        ),
        Case("all", "a corner", (np.array([[0.0, 0, 0], [0, 0, 3], [0, 3, 4]]),)),
        Case("bytes", "white, black, dark grey", (np.array([[255, 0, 85]] * 3, np.uint8),)),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            opposite_edges_cancel,
            "You added the two responses with their signs, so an edge that gets brighter to the right and "
            "darker downwards cancels itself. The length of an arrow is √(gx² + gy²), and it is never "
            "negative.",
            SECTION,
        ),
        Mistake(
            sizes_added,
            "You added |gx| and |gy|. That is the way along the streets of a city; the length of the arrow "
            "is the way of the crow, √(gx² + gy²). Only slanted edges tell the two apart.",
            SECTION,
        ),
        Mistake(
            one_direction_only,
            "You see upright edges but no level ones: only one of the two kernels was used. The other one "
            "is its transpose.",
            SECTION,
        ),
        Mistake(
            bytes_wrap_round,
            "Your code calculates with bytes, and among bytes 0 − 255 is not −255 but 1, since they have no "
            "minus sign. Turn the image into floats before the first subtraction.",
            SECTION,
        ),
        Mistake(
            root_forgotten,
            "Your numbers are the squares of the right ones: gx² + gy² is the square of the arrow's length. "
            "An edge that is twice as high would seem four times as strong.",
            SECTION,
        ),
        Mistake(
            middle_not_counted_twice,
            "You weighted the three rows alike; that is the kernel of Prewitt. Sobel's counts the middle "
            "twice, because it is the nearest to the pixel in question.",
            SECTION,
        ),
    ),
    variants=(window_by_window, separable, complex_numbers),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=1,
    minutes=15,
    hints=(
        "You have a function that convolves an image with a kernel. How often do you need it here?",
        "Bytes cannot be negative, and the differences of pixels can: begin with `image.astype(float)`.",
        "Call the two results `gx` and `gy`; the second kernel is `sobel.T`. Then `np.hypot(gx, gy)` or the "
        "square root of the sum of squares.",
    ),
    section=SECTION,
)
