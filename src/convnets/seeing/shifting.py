"""What becomes of a network when its input moves by a few pixels.

Two small networks learn to read digits in the middle of a canvas. Then the digits of other writers are moved.
The fully connected network has learned about pixels; the convolutional one about patterns, wherever they are.
"""

from dataclasses import dataclass

import numpy as np

from convnets.data import load
from convnets.layers import shift
from convnets.seeing import networks
from convnets.seeing.networks import CANVAS, on_canvas

__all__ = ["ShiftExperiment", "shift_experiment"]


@dataclass(frozen=True)
class ShiftExperiment:
    """How well two networks read digits that have moved.

    Attributes
    ----------
    shifts : tuple of int
        By how many pixels the digits were moved.
    fully_connected, convolutional : tuple of float
        The accuracy of each network at each shift: the share of 500 test digits that it names rightly,
        averaged over moving up, down, left and right.
    num_weights : dict of str to int
        How many numbers each network learns.
    """

    shifts: tuple
    fully_connected: tuple
    convolutional: tuple
    num_weights: dict


def shift_experiment(seed=0, max_shift=4):
    """Train two networks on centred digits and test them on digits that have moved.

    Parameters
    ----------
    seed : int
        From which weights and order of training digits are drawn.
    max_shift : int
        How far to move, from 0 to 4 pixels: farther, digits would leave the canvas.

    Returns
    -------
    ShiftExperiment
        Accuracies for shifts by 0, 1, ..., ``max_shift`` pixels.

    Raises
    ------
    ValueError
        If ``max_shift`` is negative or moves a digit out of its canvas.
    """
    test = load("digits", "test")
    room = (CANVAS - test.images.shape[-1]) // 2
    if not 0 <= max_shift <= room:
        raise ValueError(f"max_shift must be from 0 to {room}, got {max_shift}")
    curves, num_weights = {}, {}
    for name in networks.NETWORKS:
        network = networks.trained_on_digits(name, seed)
        curves[name] = tuple(_accuracy_at(network, test, distance) for distance in range(max_shift + 1))
        num_weights[name] = sum(parameter.numel() for parameter in network.parameters())
    return ShiftExperiment(tuple(range(max_shift + 1)), **curves, num_weights=num_weights)


def _accuracy_at(network, test, distance):
    directions = {(distance, 0), (-distance, 0), (0, distance), (0, -distance)}
    images = on_canvas(test.images)
    found = [networks.accuracy(network, shift(images, *way), test.labels) for way in sorted(directions)]
    return float(np.mean(found))
