"""Dropout, written out (chapter *Training*, section *weight-decay-and-dropout*).

While training every number is kept with probability 1 − p and otherwise set to 0; what is kept is divided by
1 − p, so that sums keep their expected value and nothing is left to do at test time.

Source: N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever and R. Salakhutdinov, "Dropout: a simple way to
prevent neural networks from overfitting" (2014). The paper multiplies by 1 − p at test time instead. Left
out: dropping whole channels.
"""

import torch

from convnets.training.augmentation.arguments import check_number

__all__ = ["dropout"]


def dropout(x, p=0.5, training=True, generator=None):
    """Set numbers to 0 at random and scale the others up.

    Parameters
    ----------
    x : Tensor
        Of floats, of any shape.
    p : float
        The probability of being dropped, from 0 up to but not including 1.
    training : bool
        Whether to drop at all.
    generator : torch.Generator, optional
        On the device of x.

    Returns
    -------
    Tensor of the same shape
        x · kept / (1 − p) while training, afterwards x itself.

    Raises
    ------
    ValueError
        If p is no probability below 1.
    """
    if check_number("p", p, 0, 1) == 1:
        raise ValueError("p must be less than 1: with p = 1 nothing is left")
    if not training or p == 0:
        return x
    kept = torch.rand(x.shape, generator=generator, device=x.device) >= p
    return x * kept / (1 - p)
