"""Batch normalisation in both of the lecture's ways, and folding it into a convolution (chapter *Training*).

Option 1 keeps a mean and a variance for every place of every feature map, as in a fully connected layer;
option 2 one for every map, over all places. Option 2 is :func:`convnets.backprop.batch_norm2d`, and option 1
is the same function on images that have been taken apart into single pixels. Option 2 is here as a module of
PyTorch as well, written out, whose gradients autograd finds.

Sources: S. Ioffe and C. Szegedy, "Batch normalization: accelerating deep network training by reducing
internal covariate shift" (2015), section 3.2; DD2424, Lecture 7 (2019). Left out: statistics over several
machines, modules without learnt scale or without running statistics.
"""

import copy

import numpy as np
import torch

from convnets.backprop import batch_norm2d, batch_norm2d_backward

__all__ = [
    "BatchNorm2d",
    "batch_norm_per_filter",
    "batch_norm_per_filter_backward",
    "batch_norm_per_location",
    "batch_norm_per_location_backward",
    "fold_batch_norm",
]

batch_norm_per_filter = batch_norm2d
batch_norm_per_filter_backward = batch_norm2d_backward


def batch_norm_per_location(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    """Normalise each place of each channel by itself, over the images of the batch: option 1.

    Parameters
    ----------
    x : array_like of shape (N, C, H, W)
        A batch of images.
    weight, bias : array_like of shape (C, H, W)
        The learnt scale and shift, as many as there are numbers in an image.
    running_mean, running_var : ndarray of shape (C, H, W)
        Averages over the batches so far, changed in place while training; the variance without bias.
    training : bool
        Whether to use, and take note of, the statistics of this batch.
    momentum : float
        Share of the newest batch in the averages.
    eps : float
        What is added to the variance, under the root.

    Returns
    -------
    ndarray of shape (N, C, H, W)
        Equation eq-batch-norm-locations.

    Raises
    ------
    ValueError
        If the shapes do not match, or while training there are fewer than two images.
    """
    x, pixels, (weight, bias, mean, var) = _taken_apart(
        x, weight=weight, bias=bias, running_mean=running_mean, running_var=running_var
    )
    _check_enough(x, training)
    out = batch_norm2d(pixels, weight, bias, mean, var, training, momentum, eps)
    if training:
        running_mean[...], running_var[...] = mean.reshape(x.shape[1:]), var.reshape(x.shape[1:])
    return out.reshape(x.shape)


def batch_norm_per_location_backward(
    grad_output, x, weight, running_mean=None, running_var=None, training=True, eps=1e-5
):
    """Return the gradients of :func:`batch_norm_per_location`.

    Parameters
    ----------
    grad_output, x : array_like of shape (N, C, H, W)
        Gradient at the output, and what went in.
    weight : array_like of shape (C, H, W)
        The scale.
    running_mean, running_var : ndarray of shape (C, H, W), optional
        The averages; needed only if ``training`` is false.
    training : bool
        Whether the forward pass used the statistics of the batch.
    eps : float
        As in the forward pass.

    Returns
    -------
    grad_x : ndarray of shape (N, C, H, W)
    grad_weight, grad_bias : ndarray of shape (C, H, W)

    Raises
    ------
    ValueError
        If the shapes do not match, or statistics are missing.
    """
    given = {"weight": weight}
    if not training and running_mean is not None and running_var is not None:
        given |= {"running_mean": running_mean, "running_var": running_var}
    x, pixels, (weight, *averages) = _taken_apart(x, **given)
    _check_enough(x, training)
    if np.shape(grad_output) != x.shape:
        raise ValueError(f"grad_output must have shape {x.shape}, it has {np.shape(grad_output)}")
    grad_pixels = np.asarray(grad_output).reshape(pixels.shape)
    mean, var = averages or (None, None)
    grad_x, *others = batch_norm2d_backward(grad_pixels, pixels, weight, mean, var, training, eps)
    return grad_x.reshape(x.shape), *(gradient.reshape(x.shape[1:]) for gradient in others)


def _taken_apart(x, **each):
    """Return x, x as images of one pixel with a channel for each number, and the other arrays as vectors."""
    x = np.asarray(x)
    if x.ndim != 4:
        raise ValueError(f"expected x (N, C, H, W), got {x.shape}")
    for name, values in each.items():
        if np.shape(values) != x.shape[1:]:
            raise ValueError(
                f"{name} must have shape (C, H, W) = {x.shape[1:]}, one number for each location, "
                f"it has {np.shape(values)}"
            )
    vectors = [np.array(values).ravel() for values in each.values()]
    return x, x.reshape(len(x), -1, 1, 1), vectors


def _check_enough(x, training):
    if training and len(x) < 2:
        raise ValueError(f"one image has no variance at a location: x has shape {x.shape}")


class BatchNorm2d(torch.nn.Module):
    """Batch normalisation per filter, written out: the same parameters, buffers and results as PyTorch's.

    Parameters
    ----------
    num_features : int
        Channels, C.
    eps : float
        What is added to the variance, under the root.
    momentum : float
        Share of the newest batch in the running statistics.

    Attributes
    ----------
    weight, bias : Parameter of shape (C,)
        The learnt scale and shift, 1 and 0 at first.
    running_mean, running_var : Tensor of shape (C,)
        What stands in for the statistics of the batch in evaluation mode.
    num_batches_tracked : Tensor
        How many batches they have seen.
    """

    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = torch.nn.Parameter(torch.ones(num_features))
        self.bias = torch.nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0, dtype=torch.long))

    def forward(self, x):
        """Return the normalised images, scaled and shifted.

        Parameters
        ----------
        x : Tensor of shape (N, C, H, W)

        Returns
        -------
        Tensor of shape (N, C, H, W)

        Raises
        ------
        ValueError
            If there are other axes or channels, or in training mode fewer than two values per channel.
        """
        if x.ndim != 4 or x.shape[1] != len(self.weight):
            raise ValueError(f"expected x (N, {len(self.weight)}, H, W), got {tuple(x.shape)}")
        if self.training:
            mean, var = self._statistics(x)
        else:
            mean, var = self.running_mean, self.running_var
        scale = self.weight / torch.sqrt(var + self.eps)
        shift = self.bias - mean * scale
        return (x * scale[:, None, None] + shift[:, None, None]).to(x.dtype)

    def _statistics(self, x):
        count = x.numel() // x.shape[1]
        if count < 2:
            raise ValueError(
                f"fewer than two values per channel have no variance: x has shape {tuple(x.shape)}"
            )
        values = x.to(self.weight.dtype)
        mean = values.mean(dim=(0, 2, 3))
        var = (values - mean[:, None, None]).square().mean(dim=(0, 2, 3))
        with torch.no_grad():
            self.running_mean += self.momentum * (mean - self.running_mean)
            self.running_var += self.momentum * (var * count / (count - 1) - self.running_var)
            self.num_batches_tracked += 1
        return mean, var

    def extra_repr(self):
        """Return what stands between the brackets when the module is printed."""
        return f"{len(self.weight)}, eps={self.eps}, momentum={self.momentum}"


def fold_batch_norm(conv, bn):
    """Return one convolution that does what a convolution followed by batch normalisation does in evaluation.

    Parameters
    ----------
    conv : torch.nn.Conv2d
        With or without bias, any stride, padding, dilation and groups.
    bn : BatchNorm2d or torch.nn.BatchNorm2d
        In evaluation mode, since in training mode its output depends on the whole batch.

    Returns
    -------
    torch.nn.Conv2d
        With a bias, in evaluation mode; filter k is γ / √(σ² + ε) times the old one, and the bias is
        β + (b − μ) γ / √(σ² + ε) (equation eq-folding). The two modules given stay as they are.

    Raises
    ------
    TypeError
        If the first is no convolution or the second no batch normalisation.
    ValueError
        If the channels do not match, or the normalisation is in training mode or has no running statistics.
    """
    if not isinstance(conv, torch.nn.Conv2d):
        raise TypeError(f"conv must be a torch.nn.Conv2d, got {type(conv).__name__}")
    if not isinstance(bn, BatchNorm2d | torch.nn.BatchNorm2d):
        raise TypeError(f"bn must be a BatchNorm2d, got {type(bn).__name__}")
    if bn.running_mean is None or len(bn.running_mean) != conv.out_channels:
        channels = None if bn.running_mean is None else len(bn.running_mean)
        raise ValueError(f"conv has {conv.out_channels} output channels, bn has statistics of {channels}")
    if bn.training:
        raise ValueError("bn is in training mode: call eval() first, only fixed statistics can be folded")
    scale = (bn.running_var + bn.eps).rsqrt()
    scale = scale if bn.weight is None else bn.weight * scale
    bias = -bn.running_mean if conv.bias is None else conv.bias - bn.running_mean
    bias = bias * scale if bn.bias is None else bn.bias + bias * scale
    folded = copy.deepcopy(conv).eval()
    folded.weight = torch.nn.Parameter((conv.weight * scale[:, None, None, None]).detach().clone())
    folded.bias = torch.nn.Parameter(bias.detach().clone())
    return folded
