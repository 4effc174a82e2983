"""A gallery of small kernels, each with its facts (chapter *Convolution*).

Four of them carry the numbers that the lectures of CSC321 and CSC421 at the University of Toronto show, under
the names they give there; ``note`` says where name and numbers part ways.
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["KERNELS", "Kernel", "normalised"]

LECTURES = "University of Toronto CSC421/2516, lecture on convolutional networks (J. Ba, B. Wang)"


@dataclass(frozen=True, eq=False)
class Kernel:
    """A kernel and what there is to know about it.

    Attributes
    ----------
    name : str
        Its name in the gallery.
    weights : ndarray of shape (K_h, K_w)
        The numbers, read-only.
    does : str
        What it does to an image.
    source : str
        Where these numbers come from.
    note : str
        What its name does not say.
    """

    name: str
    weights: np.ndarray
    does: str
    source: str
    note: str

    def __post_init__(self):
        weights = np.array(self.weights)
        weights.setflags(write=False)
        object.__setattr__(self, "weights", weights)

    @property
    def sum(self):
        """Sum of the weights: by how much a uniform area of an image is multiplied."""
        return self.weights.sum().item()

    @property
    def is_separable(self):
        """Whether the kernel is the outer product of a column and a row, that is, of rank one."""
        return bool(np.linalg.matrix_rank(self.weights) == 1)


def normalised(kernel):
    """Divide a kernel's weights by their sum, so that it keeps the brightness of uniform areas.

    Parameters
    ----------
    kernel : Kernel or array_like
        The kernel, or its weights alone.

    Returns
    -------
    ndarray
        The weights, with sum 1, in floating point.

    Raises
    ------
    ValueError
        If the weights sum to zero, as those of edge detectors do.
    """
    weights = np.asarray(kernel.weights if isinstance(kernel, Kernel) else kernel)
    total = weights.sum()
    if total == 0:
        raise ValueError("the weights sum to zero, no factor makes them sum to one")
    return weights / total


_GALLERY = (
    Kernel(
        "identity",
        [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
        "leaves the image as it is",
        "the unit impulse",
        "Move the one, and the image moves with it.",
    ),
    Kernel(
        "blur",
        [[0, 1, 0], [1, 4, 1], [0, 1, 0]],
        "mixes each pixel with its four neighbours",
        LECTURES,
        "Its weights sum to 8, so it makes an image eight times as bright unless it is normalised.",
    ),
    Kernel(
        "box",
        [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
        "adds up the 3×3 neighbourhood; normalised, it is the mean",
        "the moving average of two dimensions",
        "It weighs corners like direct neighbours, and leaves square traces around bright points.",
    ),
    Kernel(
        "gaussian",
        [[1, 2, 1], [2, 4, 2], [1, 2, 1]],
        "blurs smoothly, near neighbours more than far ones",
        "the binomial kernel (1, 2, 1) in both directions",
        "Separable: a blur along columns, then one along rows.",
    ),
    Kernel(
        "sharpen",
        [[0, -1, 0], [-1, 8, -1], [0, -1, 0]],
        "raises each pixel against its four neighbours",
        LECTURES,
        "Its weights sum to 4, so it also makes an image four times as bright unless it is normalised.",
    ),
    Kernel(
        "laplacian",
        [[0, -1, 0], [-1, 4, -1], [0, -1, 0]],
        "answers where a pixel differs from its neighbours, in any direction",
        LECTURES,
        "The negative of the discrete Laplace operator; its weights sum to 0, so uniform areas vanish.",
    ),
    Kernel(
        "sobel_x",
        [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
        "answers to vertical edges: differences along x, smoothed along y",
        LECTURES + '; named after I. Sobel and G. Feldman\'s "3×3 isotropic gradient operator" (1968)',
        "Convolved (flipped) it is positive where the image grows brighter to the right; correlated, where "
        "it grows darker. The lectures call it stronger edge detection, but edges that run along x do not "
        "exist for it.",
    ),
    Kernel(
        "sobel_y",
        [[1, 2, 1], [0, 0, 0], [-1, -2, -1]],
        "answers to horizontal edges: differences along y, smoothed along x",
        "the transpose of sobel_x",
        "Convolved it is positive where the image grows brighter downwards.",
    ),
    Kernel(
        "emboss",
        [[2, 1, 0], [1, 1, -1], [0, -1, -2]],
        "lights the image from one side, like a relief",
        "a diagonal difference plus the image itself",
        "Its weights sum to 1, and it is neither symmetric nor antisymmetric: flip it, and the light changes "
        "side.",
    ),
)

KERNELS = {kernel.name: kernel for kernel in _GALLERY}
"""The gallery by name."""
