"""From a fully connected layer to the filter hidden in it: look locally, then share (coverage row 1.4)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS

SECTION = "seeing.html#weight-sharing"


def tie_weights(matrix, image_shape, kernel_shape):
    (H, W), (K_h, K_w) = image_shape, kernel_shape
    H_out, W_out = H - K_h + 1, W - K_w + 1
    by_place = matrix.reshape(H_out, W_out, H, W)
    windows = [by_place[i, j, i : i + K_h, j : j + K_w] for i in range(H_out) for j in range(W_out)]
    return np.mean(windows, axis=0)


def added_but_not_averaged(matrix, image_shape, kernel_shape):
    (H, W), (K_h, K_w) = image_shape, kernel_shape
    out = np.zeros((K_h, K_w))
    for i in range(H - K_h + 1):
        for j in range(W - K_w + 1):
            row = matrix[i * (W - K_w + 1) + j].reshape(H, W)
            out += row[i : i + K_h, j : j + K_w]
    return out


def first_unit_speaks_for_all(matrix, image_shape, kernel_shape):
    (_, W), (K_h, K_w) = image_shape, kernel_shape
    return matrix[0].reshape(-1, W)[:K_h, :K_w].astype(float)


def windows_stay_in_the_corner(matrix, image_shape, kernel_shape):
    (H, W), (K_h, K_w) = image_shape, kernel_shape
    return matrix.mean(axis=0).reshape(H, W)[:K_h, :K_w]


def divided_by_the_number_of_pixels(matrix, image_shape, kernel_shape):
    (H, W), (K_h, K_w) = image_shape, kernel_shape
    out = np.zeros((K_h, K_w))
    for i in range(H - K_h + 1):
        for j in range(W - K_w + 1):
            row = matrix[i * (W - K_w + 1) + j].reshape(H, W)
            out += row[i : i + K_h, j : j + K_w]
    return out / (H * W)


def pixels_counted_down_the_columns(matrix, image_shape, kernel_shape):
    (H, W), (K_h, K_w) = image_shape, kernel_shape
    out = np.zeros((K_h, K_w))
    for i in range(H - K_h + 1):
        for j in range(W - K_w + 1):
            row = matrix[i * (W - K_w + 1) + j].reshape(W, H).T
            out += row[i : i + K_h, j : j + K_w]
    return out / len(matrix)


def weight_by_weight(matrix, image_shape, kernel_shape):
    (H, W), (K_h, K_w) = image_shape, kernel_shape
    H_out, W_out = H - K_h + 1, W - K_w + 1
    kernel = np.zeros((K_h, K_w))
    for k in range(K_h):
        for m in range(K_w):
            values = []
            for i in range(H_out):
                for j in range(W_out):
                    values.append(matrix[i * W_out + j, (i + k) * W + (j + m)])
            kernel[k, m] = sum(values) / len(values)
    return kernel


def with_index_arrays(matrix, image_shape, kernel_shape):
    (H, W), (K_h, K_w) = image_shape, kernel_shape
    top = (np.arange(H - K_h + 1)[:, None] * W + np.arange(W - K_w + 1)).ravel()
    inside = np.arange(K_h)[:, None] * W + np.arange(K_w)
    pixels = top[:, None, None] + inside
    units = np.arange(len(top))[:, None, None]
    return np.asfortranarray(matrix[units, pixels].mean(axis=0))


def connected(kernel, image_shape):
    """Return the fully connected matrix that does what one shared kernel does."""
    (H, W), (K_h, K_w) = image_shape, kernel.shape
    matrix = np.zeros((H - K_h + 1, W - K_w + 1, H, W))
    for i, j in np.ndindex(matrix.shape[:2]):
        matrix[i, j, i : i + K_h, j : j + K_w] = kernel
    return matrix.reshape(-1, H * W)


def hidden(rng):
    for image, size in (((3, 5), (2, 3)), ((5, 4), (3, 1)), ((2, 6), (2, 2)), ((4, 3), (1, 2))):
        kernel = rng.integers(1, 10, size)
        label = f"{image[0]} × {image[1]}, kernel {size[0]} × {size[1]}"
        yield Case("shared", label, (connected(kernel, image), image, size))
        noise = rng.normal(size=connected(kernel, image).shape)
        yield Case("untied", label, (connected(kernel, image) + noise, image, size))
    yield Case("untied", "one place only", (rng.normal(size=(1, 6)), (2, 3), (2, 3)))


EXERCISE = Exercise(
    name="tie_weights",
    title="The filter hidden in a fully connected layer",
    task=(
        "A fully connected layer has been trained on images of `image_shape = (H, W)`, with one unit for "
        "each place where a window of `kernel_shape = (K_h, K_w)` fits, taken row by row. Its `matrix` has "
        "a row for each of these $(H - K_h + 1)(W - K_w + 1)$ units and a column for each of the $H W$ "
        "pixels, row by row as well. You suspect that it has learnt the same small filter at every "
        "place.\n\n"
        "Write `tie_weights(matrix, image_shape, kernel_shape)`, which finds that filter in two steps. "
        "**Locality:** of each unit's weights keep only those on its own window. **Sharing:** average these "
        "windows over all units. Return the filter, of shape `(K_h, K_w)`."
    ),
    reference=tie_weights,
    groups=(
        Group("shared", 5, "The same filter everywhere"),
        Group("untied", 5, "Weights that differ from place to place"),
    ),
    public=(
        Case(
            "shared",
            "a filter [1 2] on three pixels; 0 elsewhere",
            (np.array([[1, 2, 0], [0, 1, 2]]), (1, 3), (1, 2)),
        ),
        Case(
            "untied",
            "two units that do not agree; 99 on pixels they should not see",
            (np.array([[1, 2, 99, 3, 4, 99], [99, 5, 6, 99, 7, 8]]), (2, 3), (2, 2)),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            added_but_not_averaged,
            "You added the windows up without dividing by their number. A shared filter must not grow with "
            "the image: take the mean.",
            SECTION,
        ),
        Mistake(
            first_unit_speaks_for_all,
            "You took the first unit's window and asked nobody else. Where the units do not agree, the "
            "shared filter is the average of them all.",
            SECTION,
        ),
        Mistake(
            windows_stay_in_the_corner,
            "You cut the same corner out of every unit's weights. Each unit has its own window: the next "
            "unit's begins one pixel further on.",
            "seeing.html#locally-connected",
        ),
        Mistake(
            divided_by_the_number_of_pixels,
            "You divided by the number of pixels. There are fewer windows than pixels, and the mean is over "
            "the windows, one for each unit.",
            SECTION,
        ),
        Mistake(
            pixels_counted_down_the_columns,
            "You folded each unit's weights into an image down the columns. Pixels are numbered row by row: "
            "after the last pixel of a row, the next row begins.",
            SECTION,
        ),
    ),
    variants=(weight_by_weight, with_index_arrays),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=3,
    minutes=25,
    hints=(
        "Fold one row of the matrix into an image of `H` × `W`. What you see is what that unit looks at; "
        "where is its window?",
        "The unit in row `i` and column `j` of places is row `i * W_out + j` of the matrix, with `W_out = W "
        "- K_w + 1`, and its window begins at pixel `(i, j)`.",
        "Collect `row.reshape(H, W)[i:i + K_h, j:j + K_w]` for all the units in a list, and take the mean "
        "over the list's axis.",
    ),
    section=SECTION,
)
