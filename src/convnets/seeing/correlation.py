"""How much a pixel says about another one some columns away.

Source of the observation that photographs correlate over long distances: D. J. Field, "Relations between the
statistics of natural images and the response properties of cortical cells" (1987).
"""

import numpy as np

__all__ = ["pixel_correlation"]


def pixel_correlation(images, distance):
    """Return the correlation of pixels that are ``distance`` columns apart, averaged over images.

    Parameters
    ----------
    images : sequence of ndarray of shape (H, W)
        Images of one channel; their sizes may differ.
    distance : int
        Columns between the two pixels of a pair, at least 1 and less than the narrowest image is wide.

    Returns
    -------
    float
        Mean over the images of the correlation coefficient over all pairs of an image, -1 to 1.

    Raises
    ------
    ValueError
        If there is no image, one is not of two axes or not wide enough, or one has no variance.

    Examples
    --------
    >>> pixel_correlation([[[0, 1, 0, 1], [1, 0, 1, 0]]], 1)
    -1.0
    """
    images = [np.asarray(image) for image in images]
    if not images:
        raise ValueError("images must hold at least one image")
    for image in images:
        if image.ndim != 2:
            raise ValueError(f"images must have shape (H, W), one has {image.shape}")
        if not 1 <= distance < image.shape[1]:
            raise ValueError(f"distance must be between 1 and {image.shape[1] - 1}, got {distance}")
        if image[:, :-distance].std() == 0 or image[:, distance:].std() == 0:
            raise ValueError("correlation is not defined for an image without variance")
    pairs = ((image[:, :-distance].ravel(), image[:, distance:].ravel()) for image in images)
    return float(np.mean([np.corrcoef(left, right)[0, 1] for left, right in pairs]))
