"""What weights are before the first step (chapter *Training*, initialisation).

A layer multiplies the variance of what it is given by its fan-in times the variance of a weight, and a
rectifier halves the mean square. He's weights undo both on the way forwards (or, by fan-out, backwards);
Xavier's are the compromise of both ways for units that are linear near zero.

Sources: X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks"
(2010), equation 12; K. He et al., "Delving deep into rectifiers" (2015), equations 10 and 14. Transposed
convolutions are left as they are (chapter *Transposed convolution*).
"""

import math

import torch

__all__ = ["fans", "he_", "xavier_"]

LAYERS = (torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Conv3d, torch.nn.Linear)
HALVED = {"relu": 2.0, "linear": 1.0}
"""By how much the variance must be raised before each nonlinearity."""


def fans(weight):
    """Return how many inputs each output adds up, and how many outputs each input takes part in.

    Parameters
    ----------
    weight : Tensor of shape (C_out, C_in, ...)
        Of a convolution, with the sizes of its kernel, or of a fully connected layer. A weight of a grouped
        convolution counts as if each group were alone.

    Returns
    -------
    fan_in, fan_out : int
        C_in and C_out times the places of the kernel.
    """
    places = math.prod(weight.shape[2:])
    return weight.shape[1] * places, weight.shape[0] * places


def he_(module, mode="fan_in", nonlinearity="relu", generator=None):
    """Draw the weights of all convolutions and fully connected layers in place, as He et al.

    Parameters
    ----------
    module : torch.nn.Module
        Biases are set to zero; what is no convolution or fully connected layer stays as it is.
    mode : {"fan_in", "fan_out"}
        Whether the variance is to be kept on the way forwards or backwards.
    nonlinearity : {"relu", "linear"}
        What follows each layer.
    generator : torch.Generator, optional
        From which to draw; PyTorch's own by default.

    Returns
    -------
    torch.nn.Module
        The same module.

    Raises
    ------
    ValueError
        If `mode` or `nonlinearity` is unknown.
    """
    if mode not in ("fan_in", "fan_out") or nonlinearity not in HALVED:
        raise ValueError(
            "mode must be 'fan_in' or 'fan_out' and nonlinearity 'relu' or 'linear', "
            f"got {mode!r} and {nonlinearity!r}"
        )
    which = ("fan_in", "fan_out").index(mode)
    return _draw(module, lambda weight: math.sqrt(HALVED[nonlinearity] / fans(weight)[which]), generator)


def xavier_(module, gain=1.0, generator=None):
    """Draw the weights of all convolutions and fully connected layers in place, as Glorot and Bengio.

    Parameters
    ----------
    module : torch.nn.Module
        Biases are set to zero; what is no convolution or fully connected layer stays as it is.
    gain : float
        A factor on the standard deviation.
    generator : torch.Generator, optional
        From which to draw; PyTorch's own by default.

    Returns
    -------
    torch.nn.Module
        The same module.
    """
    return _draw(module, lambda weight: gain * math.sqrt(2 / sum(fans(weight))), generator)


@torch.no_grad()
def _draw(module, deviation, generator):
    for layer in module.modules():
        if isinstance(layer, LAYERS):
            layer.weight.normal_(0, deviation(layer.weight), generator=generator)
            if layer.bias is not None:
                layer.bias.zero_()
    return module
