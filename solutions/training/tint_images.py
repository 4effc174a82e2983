"""PCA colour: offsets along the principal directions of all training pixels (coverage row 7.4)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake, Tolerance
from solutions.allowances import LIBRARIES

SECTION = "training.html#pca-colour"


def tint_images(images, pixels, draws):
    centred = pixels - pixels.mean(axis=0)
    eigenvalues, vectors = np.linalg.eigh(centred.T @ centred / len(pixels))
    eigenvalues, vectors = eigenvalues[::-1], vectors[:, ::-1]
    largest = np.abs(vectors).argmax(axis=0)
    vectors = vectors * np.sign(vectors[largest, np.arange(3)])
    offsets = (draws * eigenvalues) @ vectors.T
    return images + offsets[:, :, None, None]


def rows_for_columns(images, pixels, draws):
    c = pixels - pixels.mean(0)
    w, v = np.linalg.eigh(c.T @ c / len(c))
    w, v = w[::-1], v[:, ::-1]
    v = v * np.sign(v[abs(v).argmax(0), [0, 1, 2]])
    return images + ((draws * w) @ v)[:, :, None, None]


def smallest_first(images, pixels, draws):
    c = pixels - pixels.mean(0)
    w, v = np.linalg.eigh(c.T @ c / len(c))
    v = v * np.sign(v[abs(v).argmax(0), [0, 1, 2]])
    return images + ((draws * w) @ v.T)[:, :, None, None]


def root_of_the_eigenvalue(images, pixels, draws):
    c = pixels - pixels.mean(0)
    w, v = np.linalg.eigh(c.T @ c / len(c))
    w, v = w[::-1], v[:, ::-1]
    v = v * np.sign(v[abs(v).argmax(0), [0, 1, 2]])
    return images + ((draws * np.sqrt(w)) @ v.T)[:, :, None, None]


def eigenvalue_forgotten(images, pixels, draws):
    c = pixels - pixels.mean(0)
    _, v = np.linalg.eigh(c.T @ c / len(c))
    v = v[:, ::-1] * np.sign(v[abs(v).argmax(0), [0, 1, 2]])[::-1]
    return images + (draws @ v.T)[:, :, None, None]


def not_centred(images, pixels, draws):
    w, v = np.linalg.eigh(pixels.T @ pixels / len(pixels))
    w, v = w[::-1], v[:, ::-1]
    v = v * np.sign(v[abs(v).argmax(0), [0, 1, 2]])
    return images + ((draws * w) @ v.T)[:, :, None, None]


def summed_not_averaged(images, pixels, draws):
    c = pixels - pixels.mean(0)
    w, v = np.linalg.eigh(c.T @ c)
    w, v = w[::-1], v[:, ::-1]
    v = v * np.sign(v[abs(v).argmax(0), [0, 1, 2]])
    return images + ((draws * w) @ v.T)[:, :, None, None]


def one_draw_for_the_batch(images, pixels, draws):
    c = pixels - pixels.mean(0)
    w, v = np.linalg.eigh(c.T @ c / len(c))
    w, v = w[::-1], v[:, ::-1]
    v = v * np.sign(v[abs(v).argmax(0), [0, 1, 2]])
    return images + ((draws[0] * w) @ v.T)[:, None, None]


def along_the_channels(images, pixels, draws):
    c = pixels - pixels.mean(0)
    w = np.linalg.eigvalsh(c.T @ c / len(c))
    return images + (draws * w[::-1])[:, :, None, None]


def by_singular_values(images, pixels, draws):
    _, scales, directions = np.linalg.svd(pixels - np.mean(pixels, axis=0), full_matrices=False)
    spread = scales**2 / pixels.shape[0]
    tinted = np.array(images, dtype=float)
    for n in range(len(tinted)):
        for k in range(3):
            direction = directions[k]
            if direction[np.argmax(np.abs(direction))] < 0:
                direction = -direction
            tinted[n] += (draws[n, k] * spread[k] * direction).reshape(3, 1, 1)
    return tinted


def with_numpys_covariance(images, pixels, draws):
    values, vectors = np.linalg.eig(np.cov(pixels, rowvar=False, bias=True))
    offsets = np.zeros((len(images), 3))
    for rank, column in enumerate(np.argsort(-values)):
        axis = vectors[:, column]
        axis = axis if axis.max() > -axis.min() else -axis
        offsets += np.outer(draws[:, rank] * values[column], axis)
    return (images.transpose(2, 3, 0, 1) + offsets).transpose(2, 3, 0, 1)


def hidden(rng):
    def case(group, label, N, size, M, spread=(0.3, 0.15, 0.07)):
        while True:
            turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
            heights = np.sort(np.abs(turn), axis=0)
            if (heights[2] - heights[1]).min() > 0.05:  # which component is largest must be beyond doubt
                break
        white = rng.normal(size=(M, 3))
        white -= white.mean(axis=0)
        white = np.linalg.qr(white)[0] * np.sqrt(M)
        pixels = rng.uniform(0.3, 0.6, 3) + (white * spread) @ turn.T
        return Case(group, label, (rng.uniform(0, 1, (N, 3, *size)), pixels, rng.normal(0, 0.1, (N, 3))))

    yield case("one", "not square", 1, (3, 5), 40)
    yield case("one", "few pixels", 1, (2, 3), 7)
    yield case("one", "much light, little colour", 1, (4, 3), 60, (0.5, 0.05, 0.02))
    yield case("batch", "four pictures", 4, (3, 2), 50)
    yield case("batch", "three pictures of three pixels", 3, (1, 3), 30)


EXERCISE = Exercise(
    name="tint_images",
    title="Colours that vary as those of the training set do",
    task=(
        "The light makes a picture warmer in the evening and bluer in the shade, all of its pixels "
        "together. AlexNet's authors measured in which directions the colours of all training pixels vary, "
        "and moved the colour of each training picture along these. Write `tint_images(images, pixels, "
        "draws)`, where `pixels` holds the red, green and blue of $M$ training pixels.\n\n"
        "The covariance of the colours is the mean, over all pixels, of $(p - \\bar p)(p - \\bar "
        "p)^\\top$, a matrix of $3 \\times 3$. It has eigenvalues $\\lambda_1 > \\lambda_2 > \\lambda_3$ "
        "and eigenvectors $v_1, v_2, v_3$ of length 1. To every pixel of picture $n$ the same colour is "
        "added:\n\n$$\\sum_{k=1}^{3} a_k \\lambda_k v_k, \\quad a = \\text{draws}[n]$$\n\n"
        "An eigenvector may point either way, so let us agree on one: its largest component, regardless of "
        "signs, is positive."
    ),
    reference=tint_images,
    groups=(
        Group("one", 6, "One picture"),
        Group("batch", 4, "Several pictures, each with its own draw"),
    ),
    public=(
        Case(
            "one",
            "directions with simple numbers",
            (
                np.array([[[[0.5, 0.2]], [[0.5, 0.4]], [[0.5, 0.6]]]]),
                np.array(
                    [
                        [0.5, 0.5, 0.5 + 0.45],
                        [0.5, 0.5, 0.5 - 0.45],
                        [0.5 + 0.18, 0.5 + 0.24, 0.5],
                        [0.5 - 0.18, 0.5 - 0.24, 0.5],
                        [0.5 + 0.12, 0.5 - 0.09, 0.5],
                        [0.5 - 0.12, 0.5 + 0.09, 0.5],
                    ]
                ),
                np.array([[0.5, 1.0, -2.0]]),
            ),
        ),
        Case(
            "batch",
            "two pictures of one pixel",
            (
                np.array([[[[0.5]], [[0.5]], [[0.5]]], [[[0.5]], [[0.5]], [[0.5]]]]),
                np.array(
                    [
                        [0.5, 0.9, 0.3],
                        [0.5, 0.1, 0.3],
                        [0.7, 0.5, 0.3],
                        [0.3, 0.5, 0.3],
                        [0.5, 0.5, 0.4],
                        [0.5, 0.5, 0.2],
                    ]
                ),
                np.array([[1.0, 0, 0], [0, 1, 10]]),
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            rows_for_columns,
            "You took the rows of NumPy's matrix for the eigenvectors. They are its *columns*: "
            "`vectors[:, k]` belongs to `eigenvalues[k]`.",
            SECTION,
        ),
        Mistake(
            smallest_first,
            "Your first draw moves the colour along the direction of the *smallest* eigenvalue. "
            "`np.linalg.eigh` gives the eigenvalues in ascending order, and here the largest one is the "
            "first.",
            SECTION,
        ),
        Mistake(
            root_of_the_eigenvalue,
            "You multiplied by the roots of the eigenvalues, the standard deviations. It would be natural, "
            "but AlexNet's authors took the eigenvalues themselves, and so does the formula above.",
            SECTION,
        ),
        Mistake(
            eigenvalue_forgotten,
            "Your offsets are as long in every direction: the eigenvalues are missing. Colours vary much in "
            "brightness and little from green to red, and the offsets should do so as well.",
            SECTION,
        ),
        Mistake(
            not_centred,
            "You did not subtract the mean colour first. Then your first direction points from black to the "
            "mean colour, which is no direction in which anything varies.",
            SECTION,
        ),
        Mistake(
            summed_not_averaged,
            "You added up over all pixels and did not divide by their number. Your offsets would grow with "
            "the training set; a covariance is a mean.",
            SECTION,
        ),
        Mistake(
            one_draw_for_the_batch,
            "All your pictures got the draw of the first one. Each picture has its own light, "
            "so each has its own three numbers, `draws[n]`.",
            SECTION,
        ),
        Mistake(
            along_the_channels,
            "You added the three stretched draws to red, green and blue directly. They are steps along the "
            "*eigenvectors*, and each eigenvector is a mixture of the three colours.",
            SECTION,
        ),
    ),
    variants=(by_singular_values, with_numpys_covariance),
    tolerance=Tolerance(
        1e-8,
        1e-8,
        "float64; an eigenvector is as exact as its eigenvalue is apart from the next, here by 1e-3",
    ),
    banned=LIBRARIES,
    difficulty=2,
    minutes=30,
    hints=(
        "Three parts: the covariance of the pixels, its eigenvectors, and one colour per picture. Only the "
        "last one has to do with the pictures; the first two are the same for all.",
        "`np.linalg.eigh` takes a symmetric matrix and returns eigenvalues in *ascending* order and "
        "eigenvectors as the *columns* of a matrix. Turn both around, then look at the sign of the largest "
        "component of each column.",
        "With `vectors` of shape (3, 3), one eigenvector per column, `(draws * eigenvalues) @ vectors.T` has "
        "one colour per row. `[:, :, None, None]` lines it up with images of shape (N, 3, H, W).",
    ),
    section=SECTION,
)
