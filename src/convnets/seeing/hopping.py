"""When what one input codes hops to another: the pixels of an image, in another order.

Geoffrey Hinton likens the shift of an image to a medical database in which the age of the patient sometimes
stands in the column of the weight. A fully connected network does not even know which columns are neighbours:
give it the pixels in any fixed order and it learns as well, as long as that order never changes.
"""

from dataclasses import dataclass

import numpy as np

from convnets.data import load
from convnets.seeing import networks
from convnets.seeing.networks import on_canvas

__all__ = ["HoppingExperiment", "hop", "hopping_experiment"]


def hop(images, order):
    """Let the values of images change places: input i receives what input ``order[i]`` held.

    Parameters
    ----------
    images : ndarray of shape (..., H, W)
        One image or many.
    order : array_like of shape (H * W,)
        A permutation of 0, 1, ..., H · W - 1.

    Returns
    -------
    ndarray of shape (..., H, W)
        The same values, in other places.

    Raises
    ------
    ValueError
        If ``order`` is not a permutation of the pixels.

    Examples
    --------
    >>> hop(np.array([[1, 2], [3, 4]]), [1, 0, 3, 2])
    array([[2, 1],
           [4, 3]])
    """
    images, order = np.asarray(images), np.asarray(order)
    if images.ndim < 2:
        raise ValueError(f"images must have at least two axes (..., H, W), their shape is {images.shape}")
    H, W = images.shape[-2:]
    if order.shape != (H * W,) or not np.array_equal(np.sort(order), np.arange(H * W)):
        raise ValueError(f"order must be a permutation of {H * W} pixels, its shape is {order.shape}")
    return images.reshape(*images.shape[:-2], H * W)[..., order].reshape(images.shape)


@dataclass(frozen=True)
class HoppingExperiment:
    """How well networks read digits whose 64 pixels stand in one other, fixed order.

    Attributes
    ----------
    in_order : dict of str to float
        The accuracy of each network when all pixels are where they belong.
    hopped_at_test : dict of str to float
        When they hop only after training, as in Hinton's database.
    hopped_always : dict of str to float
        When they stand in the other order in training, too.
    """

    in_order: dict
    hopped_at_test: dict
    hopped_always: dict


def hopping_experiment(seed=0):
    """Train the networks of :func:`convnets.seeing.shift_experiment` on digits with their pixels rearranged.

    Parameters
    ----------
    seed : int
        From which the order of the pixels, the weights and the order of training digits are drawn.

    Returns
    -------
    HoppingExperiment
        Accuracies on the 500 test digits, in the middle of the canvas.
    """
    train, test = load("digits"), load("digits", "test")
    order = np.random.default_rng(seed).permutation(test.images[0].size)
    seen_hopped = hop(train.images, order)
    asked, asked_hopped = on_canvas(test.images), on_canvas(hop(test.images, order))
    results = HoppingExperiment({}, {}, {})
    for name in networks.NETWORKS:
        network = networks.trained_on_digits(name, seed)
        results.in_order[name] = networks.accuracy(network, asked, test.labels)
        results.hopped_at_test[name] = networks.accuracy(network, asked_hopped, test.labels)
        network = networks.trained(name, seen_hopped, train.labels, seed)
        results.hopped_always[name] = networks.accuracy(network, asked_hopped, test.labels)
    return results
