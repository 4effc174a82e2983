"""Before networks: histograms of gradients and a linear classifier (chapter *Architectures*).

Somebody chose the features, and only the last step was learned: how to weigh them. Histograms of oriented
gradients are from N. Dalal and B. Triggs, "Histograms of oriented gradients for human detection" (2005);
scikit-image computes them, scikit-learn learns the weights. Left out: codebooks and pyramids of such
features, which were the state of the art until 2012.
"""

from functools import partial

import lazy_loader
import numpy as np
import skimage

sklearn = lazy_loader.load("sklearn")

__all__ = ["hog_features", "hog_svm"]


def hog_features(images, orientations=9, cell=4, block=2):
    """Return the histograms of oriented gradients of images.

    Each cell of pixels tells how strong its edges are in each direction; blocks of neighbouring cells are
    scaled to one length together, so that light and contrast matter less.

    Parameters
    ----------
    images : ndarray of shape (N, C, H, W)
        With several channels, each pixel takes the gradient of the channel in which it is largest.
    orientations : int
        Directions between 0° and 180°.
    cell : int
        Side of a cell in pixels; what is left over at the lower and right rim is not used.
    block : int
        Side of a block in cells; blocks overlap.

    Returns
    -------
    ndarray of shape (N, D)
        float32, with D = (H' − block + 1) · (W' − block + 1) · block² · orientations for H' × W' cells.

    Raises
    ------
    ValueError
        If the images have other axes, or are smaller than a block.
    """
    images = np.asarray(images)
    if images.ndim != 4:
        raise ValueError(f"images must have the shape (N, C, H, W), got {images.shape}")
    rows, columns = (size // cell - block + 1 for size in images.shape[2:])
    if rows < 1 or columns < 1:
        raise ValueError(
            f"images of {images.shape[2]}×{images.shape[3]} are smaller than a block of {block}×{block} "
            f"cells of {cell}×{cell} pixels"
        )
    describe = partial(
        skimage.feature.hog,
        orientations=orientations,
        pixels_per_cell=(cell, cell),
        cells_per_block=(block, block),
        channel_axis=0,
    )
    features = np.empty((len(images), rows * columns * block**2 * orientations), np.float32)
    for index, image in enumerate(images):
        features[index] = describe(image)
    return features


def hog_svm(C=0.1, seed=0, **settings):
    """Return a classifier of images: their histograms of gradients, and a linear support vector machine.

    Parameters
    ----------
    C : float
        How much an error on a training image counts against small weights.
    seed : int
        Of the order in which the solver visits images.
    **settings
        Of :func:`hog_features`.

    Returns
    -------
    sklearn.pipeline.Pipeline
        With ``fit(images, labels)``, ``predict(images)`` and ``score(images, labels)``, the share of right
        answers. One class is told from all the others, for each class.
    """
    describe = sklearn.preprocessing.FunctionTransformer(hog_features, kw_args=settings)
    machine = sklearn.svm.LinearSVC(C=C, dual="auto", random_state=seed)
    return sklearn.pipeline.make_pipeline(describe, machine)
