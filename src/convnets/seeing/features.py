"""What the first layers of networks come to look for: edges first, then what is made of edges.

Sources: D. Hubel and T. Wiesel (1959) for edges in the cat's visual cortex; B. Olshausen and D. Field,
"Emergence of simple-cell receptive field properties by learning a sparse code for natural images" (1996);
Q. Le, A. Karpenko, J. Ngiam and A. Ng, "ICA with reconstruction cost" (2011), for the one-layer network here;
M. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks" (2014), for strongest patches.
"""

from dataclasses import dataclass

import lazy_loader
import numpy as np

from convnets.data import load, photograph
from convnets.seeing import networks
from convnets.seeing.networks import on_canvas

torch = lazy_loader.load("torch")

__all__ = ["StrongestPatches", "first_layer_filters", "strongest_patches"]

COLOURFUL = ("astronaut", "chelsea", "china", "coffee", "flower", "rocket")
NUM_PATCHES = 24_000
VARIANCE_FLOOR = 1e-3
"""Directions in which patches vary less than this part of the most are left out."""
SPARSITY = 2.0


def first_layer_filters(seed=0, num_filters=32, size=10):
    """Learn a first layer from patches of photographs, without labels.

    The network has one layer of linear units. It is asked to rebuild each patch from its units, by the same
    weights, while as few units as possible answer. What each unit looks for is not given: edges and bars of
    all directions, and some colours, come out of the photographs.

    Parameters
    ----------
    seed : int
        From which patches and first weights are drawn.
    num_filters : int
        How many units.
    size : int
        Side of a patch in pixels.

    Returns
    -------
    ndarray of shape (num_filters, 3, size, size)
        The pattern that each unit contributes to a patch, scaled so that its largest value is 1 in magnitude.

    Raises
    ------
    ValueError
        If ``num_filters`` is less than 1 or ``size`` less than 2.
    """
    if num_filters < 1 or size < 2:
        raise ValueError(f"expected num_filters >= 1 and size >= 2, got {num_filters} and {size}")
    patches = _contrast_normalised(_random_patches(np.random.default_rng(seed), size))
    variance, directions = np.linalg.eigh(patches.T @ patches / len(patches))
    kept = variance > VARIANCE_FLOOR * variance.max()
    spread, directions = np.sqrt(variance[kept]), directions[:, kept]
    whitened = patches @ (directions / spread)
    weight = _sparse_weights(torch.from_numpy(whitened.astype(np.float32)), num_filters, seed)
    patterns = weight @ (directions * spread).T
    patterns /= np.abs(patterns).max(axis=1, keepdims=True)
    return patterns.reshape(num_filters, 3, size, size)


def _random_patches(rng, size):
    """Cut patches out of the photographs, as many from each; (NUM_PATCHES, 3 size²)."""
    patches = []
    for name in COLOURFUL:
        windows = np.lib.stride_tricks.sliding_window_view(photograph(name), (size, size), axis=(0, 1))
        rows, columns = rng.integers(windows.shape[:2], size=(NUM_PATCHES // len(COLOURFUL), 2)).T
        patches.append(windows[rows, columns].reshape(len(rows), -1))
    return np.concatenate(patches)


def _contrast_normalised(patches):
    """Take away each patch's mean and divide by its contrast; leave out patches without any."""
    patches = patches - patches.mean(axis=1, keepdims=True)
    contrast = patches.std(axis=1, keepdims=True)
    patches = (patches / np.maximum(contrast, 1e-12))[contrast[:, 0] > 0.03]
    return patches - patches.mean(axis=0)


def _sparse_weights(whitened, num_filters, seed, num_epochs=6):
    """Minimise reconstruction error plus a smooth count of active units, by Adam; rows have length one."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        weight = torch.nn.functional.normalize(torch.randn(num_filters, whitened.shape[1])).requires_grad_()
        optimizer = torch.optim.Adam([weight], lr=0.02)
        for _ in range(num_epochs):
            for batch in torch.randperm(len(whitened)).split(256):
                rows = torch.nn.functional.normalize(weight)
                units = whitened[batch] @ rows.T
                error = (units @ rows - whitened[batch]).square().sum(1) / 2
                activity = torch.log(torch.cosh(units)).sum(1)
                optimizer.zero_grad()
                (error + SPARSITY * activity).mean().backward()
                optimizer.step()
    return torch.nn.functional.normalize(weight).detach().numpy().astype(float)


@dataclass(frozen=True, eq=False)
class StrongestPatches:
    """What the units of two layers answer to most.

    Attributes
    ----------
    filters : ndarray of shape (8, 5, 5)
        The weights of the first layer.
    first : ndarray of shape (8, num_patches, 5, 5)
        For each unit of the first layer the windows with the largest answers, at most one from a test digit.
    second : ndarray of shape (24, num_patches, 9, 9)
        The same for the second layer, whose units see 9×9 pixels through the first.
    first_labels, second_labels : ndarray of shape (8, num_patches) and (24, num_patches)
        Of which digits these windows are parts.
    """

    filters: np.ndarray
    first: np.ndarray
    second: np.ndarray
    first_labels: np.ndarray
    second_labels: np.ndarray


def strongest_patches(seed=0, num_patches=8):
    """Train the convolutional network of :func:`convnets.seeing.shift_experiment` and ask what excites it.

    Parameters
    ----------
    seed : int
        From which weights and order of training digits are drawn.
    num_patches : int
        How many windows to keep for each unit, from 1 to 500.

    Returns
    -------
    StrongestPatches
        First-layer filters, and the windows of the 500 test digits that each unit of both layers prefers.

    Raises
    ------
    ValueError
        If ``num_patches`` is out of range.
    """
    test = load("digits", "test")
    if not 1 <= num_patches <= len(test.labels):
        raise ValueError(f"num_patches must be from 1 to {len(test.labels)}, got {num_patches}")
    network = networks.trained_on_digits("convolutional", seed)
    images = torch.from_numpy(on_canvas(test.images))
    K = networks.KERNEL_SIZE
    with torch.no_grad():
        first = network[:1](images).numpy()
        second = network[:3](images).numpy()
    padded = np.pad(images[:, 0].numpy(), [(0, 0), (2 * K - 2,) * 2, (2 * K - 2,) * 2])
    first_patches, first_names = _strongest(first, padded, K, num_patches)
    second_patches, second_names = _strongest(second, padded, 2 * K - 1, num_patches)
    return StrongestPatches(
        network[0].weight.detach().numpy()[:, 0],
        first_patches,
        second_patches,
        test.labels[first_names],
        test.labels[second_names],
    )


def _strongest(answers, padded, size, num_patches):
    """Return the windows of ``size``² with each unit's largest answers, and the images they are from."""
    N, num_units, _, columns = answers.shape
    places = answers.reshape(N, num_units, -1)
    best = np.argsort(-places.max(axis=2), axis=0, kind="stable")[:num_patches].T  # (num_units, num_patches)
    units = np.arange(num_units)[:, None]
    tops, lefts = np.divmod(places[best, units].argmax(axis=2), columns)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(1, 2))
    return windows[best, tops, lefts], best
