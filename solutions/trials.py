"""What is done with the networks that exercises ask for: weights are drawn for them, and an image is shown.

All numbers are small and whole, so that float32 computes most outputs without rounding.
"""

import numpy as np
from torch import nn

from checks.contract import Trial
from checks.plain import Tensor

__all__ = ["drawn_weights", "image", "trial"]


def trial(network: nn.Module, rng: np.random.Generator, shape: tuple[int, ...], mode: str = "eval") -> Trial:
    """Return a trial with drawn weights of a network's names and shapes, and an image.

    Parameters
    ----------
    network : torch.nn.Module
        A right answer; its own weights play no part.
    rng : numpy.random.Generator
    shape : tuple of int
        Of the image, (N, C, H, W).
    mode : {"eval", "train"}
    """
    return Trial((image(rng, shape),), drawn_weights(network, rng), mode)


def drawn_weights(network: nn.Module, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return values for the parameters and buffers of a network by name: 1, 2 or 3, some of them negative."""
    weights = {}
    for name, tensor in network.state_dict().items():
        if not name.endswith("num_batches_tracked"):
            sizes = rng.integers(1, 4, tuple(tensor.shape))
            signs = 1 if name.endswith("running_var") else rng.choice([-1, 1], tuple(tensor.shape))
            weights[name] = (sizes * signs).astype(np.float32)
    return weights


def image(rng: np.random.Generator, shape: tuple[int, ...]) -> Tensor:
    """Return whole numbers from -9 to 9 as a float32 tensor."""
    return Tensor(rng.integers(-9, 10, shape).astype(np.float32))
