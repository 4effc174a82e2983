"""A digit moved over a canvas, and what two networks say to it (chapter *Seeing*)."""

from collections.abc import Mapping

import numpy as np
import traitlets

from convnets.widgets import parts
from convnets.widgets.base import BookWidget

__all__ = ["ShiftDigit"]


class ShiftDigit(BookWidget):
    """Move a written digit and watch what networks, trained on digits in the middle, take it for.

    Parameters
    ----------
    images : array_like of shape (N, H, W)
        Canvases with a digit in the middle, from 0 to 1.
    labels : array_like of int, of shape (N,)
        Which digit each of them is.
    answers : mapping of str to array_like of shape (N, 2R + 1, 2R + 1, 10)
        For each network, by the name shown, the probability of each digit for each image moved by -R … R
        pixels down (second axis) and to the right (third axis).
    accuracy : mapping of str to array_like of shape (2R + 1, 2R + 1)
        For the same networks and shifts the share of all test digits that are named rightly.

    Raises
    ------
    TypeError
        If ``answers`` or ``accuracy`` are no mappings.
    ValueError
        If shapes or names do not match, or a value is not from 0 to 1.
    """

    alt = (
        "A written digit that can be moved over its canvas, with what a fully connected and a convolutional "
        "network say to it, and how many of all test digits each names rightly when moved like this."
    )
    _esm = parts.module("shift_digit")
    _own_css = parts.style("shift_digit")

    images = traitlets.List().tag(sync=True)
    labels = traitlets.List().tag(sync=True)
    answers = traitlets.Dict().tag(sync=True)
    accuracy = traitlets.Dict().tag(sync=True)
    digit = traitlets.Int(0, min=0).tag(sync=True)
    down = traitlets.Int(0).tag(sync=True)
    right = traitlets.Int(0).tag(sync=True)

    def __init__(self, images, labels, answers, accuracy):
        for name, value in (("answers", answers), ("accuracy", accuracy)):
            if not isinstance(value, Mapping):
                raise TypeError(
                    f"{name} expects a mapping of network names to arrays, got {type(value).__name__}"
                )
        if not answers or set(answers) != set(accuracy):
            raise ValueError(
                f"answers and accuracy expect the same networks, got {sorted(answers)} and {sorted(accuracy)}"
            )
        images, labels = _shares("images", images), np.asarray(labels)
        if images.ndim != 3 or labels.shape != images.shape[:1]:
            raise ValueError(
                f"expected images (N, H, W) and labels (N,), got {images.shape} and {labels.shape}"
            )
        size = np.shape(next(iter(accuracy.values())))[:1] * 2
        accuracy = {name: _shaped("accuracy", name, value, size) for name, value in accuracy.items()}
        if len(size) != 2 or size[0] % 2 == 0:
            raise ValueError(f"accuracy expects an odd number of shifts (2R + 1, 2R + 1), got {size}")
        answers = {
            name: _shaped("answers", name, answers[name], (*labels.shape, *size, 10)) for name in accuracy
        }
        super().__init__(
            images=np.rint(255 * images).astype(int).tolist(),
            labels=labels.astype(int).tolist(),
            answers={name: np.rint(100 * value).astype(int).tolist() for name, value in answers.items()},
            accuracy={name: np.round(100 * value, 1).tolist() for name, value in accuracy.items()},
        )

    @classmethod
    def default(cls, seed=0, num_digits=4, reach=4):
        """Train the two networks of :mod:`convnets.seeing` (seconds) and record what they say.

        Parameters
        ----------
        seed : int
            From which weights and order of training digits are drawn, as in ``shift_experiment``.
        num_digits : int
            How many test digits can be moved: the first one of each class that both networks name rightly in
            the middle.
        reach : int
            How far to move in each direction, 0 to 4 pixels.

        Returns
        -------
        ShiftDigit
            With accuracies on all test digits.
        """
        from convnets import data
        from convnets.seeing import networks, shift

        test = data.load("digits", "test")
        canvases = networks.on_canvas(test.images)
        steps = range(-reach, reach + 1)
        chances = {}
        for name in networks.NETWORKS:
            network = networks.trained_on_digits(name, seed)
            rows = [[_chances(network, shift(canvases, dy, dx)) for dx in steps] for dy in steps]
            chances[name.replace("_", " ")] = np.moveaxis(np.array(rows), 2, 0)
        right = {name: value.argmax(axis=-1) == test.labels[:, None, None] for name, value in chances.items()}
        chosen = _first_of_each(test.labels, [value[:, reach, reach] for value in right.values()])[
            :num_digits
        ]
        return cls(
            canvases[chosen, 0],
            test.labels[chosen],
            {name: value[chosen] for name, value in chances.items()},
            {name: value.mean(axis=0) for name, value in right.items()},
        )


def _chances(network, images, batch_size=50):
    """Return the probability of each class for each image; small batches stay in a processor's cache."""
    import torch

    with torch.no_grad():
        scores = torch.cat([network(batch) for batch in torch.from_numpy(images).split(batch_size)])
    return scores.double().softmax(dim=1).numpy()


def _first_of_each(labels, right):
    """Return the places of the first digit of each class that all networks name rightly."""
    known = np.all(right, axis=0)
    return [int(np.flatnonzero((labels == label) & known)[0]) for label in np.unique(labels[known])]


def _shares(name, value):
    array = np.asarray(value, dtype=float)
    if not array.size or not np.all((array >= 0) & (array <= 1)):
        raise ValueError(f"{name} expects numbers from 0 to 1")
    return array


def _shaped(what, name, value, shape):
    array = _shares(f"{what} of {name!r}", value)
    if array.shape != tuple(shape):
        raise ValueError(f"{what} of {name!r} expects shape {tuple(shape)}, its shape is {array.shape}")
    return array
