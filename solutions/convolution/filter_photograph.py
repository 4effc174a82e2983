"""A filter as photo programs have it: brightness kept, bytes in, bytes out (coverage row 2.6)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.convolution import conv2d_flip_and_filter
from solutions.allowances import EXACT, LIBRARIES

SECTION = "convolution.html#kernels"


def filter_photograph(image, kernel):
    rows, columns = kernel.shape[0] // 2, kernel.shape[1] // 2
    padded = np.pad(image.astype(float), ((rows, rows), (columns, columns)), mode="edge")
    filtered = conv2d_flip_and_filter(padded, kernel, mode="valid")
    total = kernel.sum()
    if total != 0:
        filtered = filtered / total
    return np.clip(np.rint(filtered), 0, 255).astype(np.uint8)


def brightness_not_kept(image, kernel):
    height, width = kernel.shape
    padded = np.pad(image.astype(float), ((height // 2,) * 2, (width // 2,) * 2), mode="edge")
    out = np.zeros(image.shape)
    for i in range(height):
        for j in range(width):
            out += kernel[-1 - i, -1 - j] * padded[i : i + out.shape[0], j : j + out.shape[1]]
    return np.clip(np.rint(out), 0, 255).astype(np.uint8)


def edges_of_bytes_wrap_round(image, kernel):
    height, width = kernel.shape
    padded = np.pad(image.astype(float), ((height // 2,) * 2, (width // 2,) * 2), mode="edge")
    out = np.zeros(image.shape)
    for i in range(height):
        for j in range(width):
            out += kernel[-1 - i, -1 - j] * padded[i : i + out.shape[0], j : j + out.shape[1]]
    if kernel.sum() != 0:
        out = out / kernel.sum()
    return np.rint(out).astype(np.int64).astype(np.uint8)


def decimals_cut_off(image, kernel):
    height, width = kernel.shape
    padded = np.pad(image.astype(float), ((height // 2,) * 2, (width // 2,) * 2), mode="edge")
    out = np.zeros(image.shape)
    for i in range(height):
        for j in range(width):
            out += kernel[-1 - i, -1 - j] * padded[i : i + out.shape[0], j : j + out.shape[1]]
    if kernel.sum() != 0:
        out = out / kernel.sum()
    return np.clip(out, 0, 255).astype(np.uint8)


def black_frame(image, kernel):
    height, width = kernel.shape
    padded = np.pad(image.astype(float), ((height // 2,) * 2, (width // 2,) * 2))
    out = np.zeros(image.shape)
    for i in range(height):
        for j in range(width):
            out += kernel[-1 - i, -1 - j] * padded[i : i + out.shape[0], j : j + out.shape[1]]
    if kernel.sum() != 0:
        out = out / kernel.sum()
    return np.clip(np.rint(out), 0, 255).astype(np.uint8)


def divided_by_the_sum_of_sizes(image, kernel):
    height, width = kernel.shape
    padded = np.pad(image.astype(float), ((height // 2,) * 2, (width // 2,) * 2), mode="edge")
    out = np.zeros(image.shape)
    for i in range(height):
        for j in range(width):
            out += kernel[-1 - i, -1 - j] * padded[i : i + out.shape[0], j : j + out.shape[1]]
    return np.clip(np.rint(out / np.abs(kernel).sum()), 0, 255).astype(np.uint8)


def kernel_not_flipped(image, kernel):
    height, width = kernel.shape
    padded = np.pad(image.astype(float), ((height // 2,) * 2, (width // 2,) * 2), mode="edge")
    out = np.zeros(image.shape)
    for i in range(height):
        for j in range(width):
            out += kernel[i, j] * padded[i : i + out.shape[0], j : j + out.shape[1]]
    if kernel.sum() != 0:
        out = out / kernel.sum()
    return np.clip(np.rint(out), 0, 255).astype(np.uint8)


def pixel_by_pixel(image, kernel):
    height, width = kernel.shape
    flipped = kernel[::-1, ::-1] / (kernel.sum() or 1)
    out = np.zeros(image.shape, dtype=np.uint8)
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            total = 0.0
            for i in range(height):
                for j in range(width):
                    row = min(max(y + i - height // 2, 0), image.shape[0] - 1)
                    column = min(max(x + j - width // 2, 0), image.shape[1] - 1)
                    total += flipped[i, j] * float(image[row, column])
            out[y, x] = min(max(round(total), 0), 255)
    return out


def in_whole_numbers(image, kernel):
    rows, columns = kernel.shape[0] // 2, kernel.shape[1] // 2
    padded = np.pad(image, ((rows, rows), (columns, columns)), mode="edge").astype(np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)
    sums = np.tensordot(windows, kernel[::-1, ::-1], axes=2)
    total = int(kernel.sum()) or 1
    return np.asfortranarray(np.clip((2 * sums + total) // (2 * total), 0, 255).astype(np.uint8))


def hidden(rng):
    photograph = rng.integers(0, 256, (7, 9)).astype(np.uint8)
    wide = rng.integers(0, 3, (3, 5))
    wide[0, 1] += 5 - wide.sum() % 2  # an odd sum: no quotient ends in one half
    yield Case("brightness", "an asymmetric average", (photograph, wide))
    yield Case(
        "brightness",
        "a uniform wall",
        (np.full((4, 3), rng.integers(50, 200), np.uint8), np.ones((3, 3), int)),
    )
    sharpen = np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]])
    yield Case("limits", "sharpen black and white", (rng.choice([0, 255], (6, 5)).astype(np.uint8), sharpen))
    yield Case("limits", "edges", (photograph, np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])))
    yield Case("limits", "a Laplacian", (photograph, np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]])))
    yield Case(
        "border", "a kernel taller than the image", (photograph[:2], np.array([[3], [1], [1], [1], [1]]))
    )
    yield Case("border", "one pixel", (photograph[:1, :1], np.ones((3, 5), int)))
    yield Case("border", "moved by one pixel", (photograph, np.array([[0, 0, 0], [0, 0, 1], [0, 0, 0]])))


EXERCISE = Exercise(
    name="filter_photograph",
    title="A filter for photographs",
    task=(
        "A photograph is an array of bytes: whole numbers from 0 (black) to 255 (white). Write "
        "`filter_photograph(image, kernel)`, which convolves a grey photograph as a photo program does, and "
        "gives bytes back:\n\n"
        "- The result has the image's size. The kernel's sides are odd, and around the image the nearest "
        "border pixel is repeated as far as the kernel reaches.\n"
        "- The brightness is kept: the result is divided by the sum of the kernel's weights, unless that "
        "sum is 0 (as in a kernel that finds edges). The sum is never negative.\n"
        "- Each value is rounded to the nearest whole number; what is below 0 becomes 0, what is above 255 "
        "becomes 255, and the result has dtype `uint8`.\n\n"
        "The weights are whole numbers, and no case leads to exactly one half, so it does not matter how "
        "you round that."
    ),
    reference=filter_photograph,
    groups=(
        Group("brightness", 4, "Brightness is kept"),
        Group("limits", 3, "Values below 0 and above 255"),
        Group("border", 3, "The border of the image"),
    ),
    public=(
        Case(
            "brightness",
            "a bright dot is blurred",
            (
                np.array(
                    [[0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 240, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]],
                    np.uint8,
                ),
                np.array([[0, 1, 0], [1, 4, 1], [0, 1, 0]]),
            ),
        ),
        Case(
            "brightness",
            "an average of three",
            (np.array([[10, 20, 60, 90, 100]], np.uint8), np.array([[1, 1, 1]])),
        ),
        Case(
            "limits",
            "sharpen a step from 40 to 240",
            (
                np.repeat([[40, 40, 40, 240, 240, 240]], 4, axis=0).astype(np.uint8),
                np.array([[0, -1, 0], [-1, 8, -1], [0, -1, 0]]),
            ),
        ),
        Case(
            "limits",
            "a kernel that sums to 0",
            (np.array([[100, 100, 30, 30, 90]], np.uint8), np.array([[1, 0, -1]])),
        ),
        Case("border", "a uniform wall", (np.full((3, 4), 100, np.uint8), np.ones((3, 3), int))),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            brightness_not_kept,
            "The picture became far too bright: a kernel whose weights sum to 8 makes every uniform area 8 "
            "times as bright. Divide by that sum, and a white wall stays as white as it was.",
            SECTION,
        ),
        Mistake(
            edges_of_bytes_wrap_round,
            "Dark spots turned white, or white ones black: a byte that would be −30 becomes 226, since "
            "bytes count round in a circle of 256. Clip to the range 0 to 255 while the numbers are still "
            "floats.",
            SECTION,
        ),
        Mistake(
            decimals_cut_off,
            "Some pixels are one grey level too dark. Turning a float into a byte cuts its decimals off: "
            "56.67 becomes 56. Round first, to the nearest whole number.",
            SECTION,
        ),
        Mistake(
            black_frame,
            "Your picture has got a frame: outside the image you took black (zeros). Here the nearest "
            "border pixel is repeated, so a uniform wall stays uniform up to its edge.",
            SECTION,
        ),
        Mistake(
            divided_by_the_sum_of_sizes,
            "You divided by the sum of the weights' absolute values. What counts for brightness is their "
            "sum with signs: on a uniform wall, positive and negative weights cancel. Where they cancel "
            "completely, do not divide.",
            SECTION,
        ),
        Mistake(
            kernel_not_flipped,
            "The kernel was not turned round. For blur and sharpen nobody notices, since they look the same "
            "upside down; a kernel that is not symmetric gives you away: bright and dark edges change "
            "places.",
            "convolution.html#cross-correlation",
        ),
    ),
    variants=(pixel_by_pixel, in_whole_numbers),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=2,
    minutes=20,
    hints=(
        "Do all the arithmetic in floats and make bytes of the result in the very last step.",
        "`np.pad` has a mode that repeats the border. Pad by half the kernel's height and half its width "
        "(rounded down), and your `conv2d_flip_and_filter` gives a result of just the right size.",
        "After the convolution, in this order: divide by `kernel.sum()` if it is not 0, round, clip to "
        "0…255, `astype(np.uint8)`.",
    ),
    section=SECTION,
)
