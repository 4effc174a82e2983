"""More than one process: each takes its share of every batch, and all take the same step.

``torchrun --nproc-per-node 2 -m convnets.training NAME`` starts the processes; :func:`processes` lets them
meet (NCCL between GPUs, gloo between CPUs). Every process draws the same batch and the same augmentation and
keeps its own share, PyTorch adds the gradients, and batch normalisation counts over the whole batch, so that
two processes do what one does, up to rounding. Only dropout differs: each process draws its own.
"""

import os
from contextlib import contextmanager
from datetime import timedelta
from typing import NamedTuple

import torch
from torch import distributed

__all__ = ["Place", "SynchronisedBatchNorm2d", "here", "processes", "share", "synchronised"]


class Place(NamedTuple):
    """Which of how many processes this is, counted from 0."""

    rank: int
    num: int


def here():
    """Return which of how many processes this is: the first of one where none have met."""
    if distributed.is_available() and distributed.is_initialized():
        return Place(distributed.get_rank(), distributed.get_world_size())
    return Place(0, 1)


@contextmanager
def processes():
    """Let the processes that torchrun has started meet, and part at the end; a single one goes on alone."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield
        return
    on_gpu = torch.cuda.is_available()
    if on_gpu:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    distributed.init_process_group("nccl" if on_gpu else "gloo", timeout=timedelta(minutes=10))
    try:
        yield
    finally:
        distributed.destroy_process_group()


def share(values):
    """Return every so many-th row of a tensor, beginning with the rank of this process."""
    rank, num = here()
    return values[rank::num]


def total(values):
    """Return the sum of a tensor over all processes; gradients are not followed."""
    if here().num > 1:
        values = values.clone()
        distributed.all_reduce(values)
    return values


class _Total(torch.autograd.Function):
    """The sum over all processes; each process's loss depends on it, so the gradients are summed too."""

    @staticmethod
    def forward(ctx, values):
        return total(values)

    @staticmethod
    def backward(ctx, grad_output):
        return total(grad_output)


class SynchronisedBatchNorm2d(torch.nn.BatchNorm2d):
    """Batch normalisation whose mean and variance are those of the whole batch, over all processes.

    With one process, and when it does not train, it is PyTorch's.
    """

    def forward(self, x):
        """Normalise x of shape (N, C, H, W)."""
        if not self.training or here().num == 1:
            return super().forward(x)
        pixels = x.float()
        count = total(pixels.new_tensor(x.numel() // x.shape[1]))
        mean = _Total.apply(pixels.sum((0, 2, 3))) / count
        centred = pixels - mean.view(1, -1, 1, 1)
        variance = _Total.apply((centred**2).sum((0, 2, 3))) / count
        if self.track_running_stats:
            self._remember(mean, variance * count / (count - 1))
        out = centred * (variance + self.eps).rsqrt().view(1, -1, 1, 1)
        if self.affine:
            out = out * self.weight.view(1, -1, 1, 1) + self.bias.view(1, -1, 1, 1)
        return out.to(x.dtype)

    @torch.no_grad()
    def _remember(self, mean, variance):
        self.num_batches_tracked.add_(1)
        momentum = 1 / float(self.num_batches_tracked) if self.momentum is None else self.momentum
        self.running_mean.lerp_(mean, momentum)
        self.running_var.lerp_(variance, momentum)


def synchronised(network):
    """Let every 2-D batch normalisation inside a network count over all processes; change it in place.

    Parameters
    ----------
    network : torch.nn.Module
        Parameters, buffers and their names stay what they are.

    Returns
    -------
    torch.nn.Module
        The same network.
    """
    for name, child in network.named_children():
        if isinstance(child, torch.nn.BatchNorm2d) and not isinstance(child, SynchronisedBatchNorm2d):
            norm = SynchronisedBatchNorm2d(
                child.num_features, child.eps, child.momentum, child.affine, child.track_running_stats
            )
            norm.__dict__.update(
                {key: child.__dict__[key] for key in ("_parameters", "_buffers", "training")}
            )
            setattr(network, name, norm)
        else:
            synchronised(child)
    return network
