"""Flip-and-filter on grey and colour images (coverage row 2.5)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets import convolution
from solutions.allowances import LIBRARIES, SUMS

SECTION = "convolution.html#two-dimensions"


def conv2d_flip_and_filter(image, kernel):
    if image.ndim == 2:
        return convolution.conv2d_flip_and_filter(image, kernel, mode="valid")
    channels = np.moveaxis(image, 2, 0)
    return np.stack([convolution.conv2d_flip_and_filter(c, kernel, mode="valid") for c in channels], axis=2)


def kernel_not_flipped(image, kernel):
    height, width = kernel.shape
    out = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1, *image.shape[2:]))
    for i in range(height):
        for j in range(width):
            out += kernel[i, j] * image[i : i + out.shape[0], j : j + out.shape[1]]
    return out


def flipped_upside_down_only(image, kernel):
    height, width = kernel.shape
    flipped = kernel[::-1]
    out = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1, *image.shape[2:]))
    for i in range(height):
        for j in range(width):
            out += flipped[i, j] * image[i : i + out.shape[0], j : j + out.shape[1]]
    return out


def flipped_left_to_right_only(image, kernel):
    height, width = kernel.shape
    flipped = kernel[:, ::-1]
    out = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1, *image.shape[2:]))
    for i in range(height):
        for j in range(width):
            out += flipped[i, j] * image[i : i + out.shape[0], j : j + out.shape[1]]
    return out


def transposed_instead_of_flipped(image, kernel):
    flipped = kernel.T
    height, width = flipped.shape
    out = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1, *image.shape[2:]))
    for i in range(height):
        for j in range(width):
            out += flipped[i, j] * image[i : i + out.shape[0], j : j + out.shape[1]]
    return out


def one_window_short(image, kernel):
    height, width = kernel.shape
    flipped = kernel[::-1, ::-1]
    out = np.zeros((image.shape[0] - height, image.shape[1] - width, *image.shape[2:]))
    for i in range(height):
        for j in range(width):
            out += flipped[i, j] * image[i : i + out.shape[0], j : j + out.shape[1]]
    return out


def colours_added_up(image, kernel):
    height, width = kernel.shape
    flipped = kernel[::-1, ::-1]
    out = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1, *image.shape[2:]))
    for i in range(height):
        for j in range(width):
            out += flipped[i, j] * image[i : i + out.shape[0], j : j + out.shape[1]]
    return out.sum(axis=2) if image.ndim == 3 else out


def window_by_window(image, kernel):
    height, width = kernel.shape
    flipped = kernel[::-1, ::-1]
    rows, columns = image.shape[0] - height + 1, image.shape[1] - width + 1
    out = np.zeros((rows, columns, *image.shape[2:]), dtype=np.float32)
    for y in range(rows):
        for x in range(columns):
            window = image[y : y + height, x : x + width]
            weights = flipped[:, :, None] if image.ndim == 3 else flipped
            out[y, x] = (window * weights).sum(axis=(0, 1))
    return out


def all_windows_at_once(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape, axis=(0, 1))
    return np.asfortranarray(np.tensordot(windows, kernel[::-1, ::-1], axes=2))


def hidden(rng):
    for shape, size in (
        ((6, 9), (2, 3)),
        ((5, 4), (3, 1)),
        ((4, 7), (4, 2)),
        ((3, 3), (3, 3)),
        ((1, 5), (1, 1)),
    ):
        kernel = rng.integers(1, 10, size) * rng.choice([-1, 1], size)
        label = f"{shape[0]} × {shape[1]}, kernel {size[0]} × {size[1]}"
        yield Case("grey", label, (rng.normal(size=shape), kernel))
        yield Case("colour", label, (rng.integers(-9, 10, (*shape, 3)), kernel))
    impulse = np.zeros((7, 9))
    impulse[3, 4] = 1
    yield Case("grey", "an impulse", (impulse, rng.permutation(12).reshape(3, 4) + 1))
    yield Case("colour", "four channels", (rng.normal(size=(5, 6, 4)), rng.normal(size=(2, 4))))


EXERCISE = Exercise(
    name="conv2d_flip_and_filter",
    title="Flip and filter an image",
    task=(
        "In two dimensions the kernel is turned round in both directions, a half turn, and slid over the "
        "image. Write `conv2d_flip_and_filter(image, kernel)` for the “valid” part of the convolution: only "
        "the positions where the whole kernel lies on the image. With an image of $H \\times W$ pixels and "
        "a kernel of $K_h \\times K_w$ weights there are $(H - K_h + 1) \\times (W - K_w + 1)$ of them.\n\n"
        "The image may be grey, of shape `(H, W)`, or in colour, of shape `(H, W, C)`; each colour channel "
        "is then convolved with the same kernel, and the result has as many channels as the image. The "
        "kernel is never larger than the image."
    ),
    reference=conv2d_flip_and_filter,
    groups=(
        Group("worked", 3, "The lecture's numbers and an impulse"),
        Group("grey", 4, "Grey images and kernels of all shapes"),
        Group("colour", 3, "Colour images"),
    ),
    public=(
        Case(
            "worked",
            "an impulse",
            (
                np.array([[0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]),
                np.array([[1, 2], [3, 4]]),
            ),
        ),
        Case(
            "worked",
            "the lecture's numbers",
            (np.array([[1, 3, 1], [0, -1, 1], [2, 2, -1]]), np.array([[1, 2], [0, -1]])),
        ),
        Case(
            "worked",
            "the lecture's numbers in a frame of zeros",
            (
                np.pad(np.array([[1, 3, 1], [0, -1, 1], [2, 2, -1]]), 1),
                np.array([[1, 2], [0, -1]]),
            ),
        ),
        Case("grey", "one row", (np.array([[0, 0, 1, 0, 0]]), np.array([[1, 2, 4]]))),
        Case(
            "colour",
            "red is 1, green 10, blue 100",
            (np.ones((2, 3, 3)) * np.array([1, 10, 100]), np.array([[1, 2]])),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            kernel_not_flipped,
            "You slid the kernel over the image as it is: that is cross-correlation. The impulse shows it: "
            "a convolution draws the kernel upright, and yours came out upside down and back to front.",
            "convolution.html#cross-correlation",
        ),
        Mistake(
            flipped_upside_down_only,
            "You turned the kernel upside down, but its left and right are still where they were. "
            "Convolution flips both axes: a half turn.",
            SECTION,
        ),
        Mistake(
            flipped_left_to_right_only,
            "You exchanged left and right in the kernel, but top and bottom are still where they were. "
            "Convolution flips both axes: a half turn.",
            SECTION,
        ),
        Mistake(
            transposed_instead_of_flipped,
            "You transposed the kernel: that reflects it in its diagonal and even exchanges its height and "
            "width. A flip reverses the order along each axis and leaves the shape alone.",
            SECTION,
        ),
        Mistake(
            one_window_short,
            "The last row and the last column of windows are missing. A kernel of 2 fits into a row of 3 "
            "pixels twice, not once: count the fence posts, H − K_h + 1.",
            "convolution.html#one-dimension",
        ),
        Mistake(
            colours_added_up,
            "Your colours have been added up into one grey image. That is what a layer of a network would "
            "do later on; here each channel is filtered on its own and stays a channel.",
            SECTION,
        ),
    ),
    variants=(window_by_window, all_windows_at_once),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=25,
    hints=(
        "Flip the kernel once, before any loop. After that you only lay it on the image, multiply and add.",
        "The window at row `y` and column `x` is `image[y:y + K_h, x:x + K_w]`. For a colour image it has a "
        "third axis that must survive the sum.",
        "Looping over the *kernel* is shorter: each weight multiplies a whole slice of the image, "
        "`image[i:i + H_out, j:j + W_out]`, and the slices are added. That works for grey and colour alike.",
    ),
    section=SECTION,
)
