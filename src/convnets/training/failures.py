"""When a run cannot go on: where the numbers broke, and what to lower when the memory is full."""

import torch

__all__ = ["NotFiniteError", "where_it_broke", "without_memory"]


ALL_FINITE = "Every output of the network is finite; the loss itself is not."
"""What is said where no place in the network can be named."""


class NotFiniteError(FloatingPointError):
    """The loss is infinite or not a number; the message says since when, where, and what to try."""


@torch.no_grad()
def where_it_broke(network, images, forward=None):
    """Return a sentence that names the first place where a number is not finite.

    Parameters
    ----------
    network : torch.nn.Module
        As it was when the loss was computed, or after later steps, which spread what is not finite.
    images : Tensor of shape (N, C, H, W)
        The batch.
    forward : callable, optional
        What to call with the images where that is not the network itself.

    Returns
    -------
    str
        The images, a parameter, the output of a layer or, if all of these are finite, the loss itself.
    """
    if not images.isfinite().all():
        return "The images of that batch are not finite before the network has touched them."
    for name, values in network.named_parameters():
        if not values.isfinite().all():
            return f"The parameter {name} is not finite: a step before that was too large."
    for name, module in _in_order_of_output(network, images, forward or network):
        return f"The first output that is not finite is that of {name or 'the network'} ({module})."
    return ALL_FINITE


def _in_order_of_output(network, images, forward):
    """Return (name, kind) of the modules whose output is not finite, in the order in which they finish."""
    broken = []

    def look(name):
        def hook(module, inputs, output):
            tensors = output if isinstance(output, tuple | list) else [output]
            if not all(each.isfinite().all() for each in tensors if isinstance(each, torch.Tensor)):
                broken.append((name, type(module).__name__))

        return hook

    hooks = [module.register_forward_hook(look(name)) for name, module in network.named_modules()]
    buffers = {name: values.clone() for name, values in network.named_buffers()}
    try:
        forward(images)  # in training mode, as it was: batch normalisation must see this batch alone
    finally:
        for hook in hooks:
            hook.remove()
        for name, values in network.named_buffers():
            values.copy_(buffers[name])
    return broken


def without_memory(settings, shape, device):
    """Return what to say when the memory of the device is full.

    Parameters
    ----------
    settings : Settings
        Of the run.
    shape : tuple of int
        (C, H, W) of an image.
    device : torch.device

    Returns
    -------
    str
        What was tried, and what to lower, in the order in which it costs least.
    """
    half = max(1, settings.batch_size // 2)
    advice = [f"lower batch_size, for example to {half} (and learning_rate by as much)"]
    if settings.precision == "float32":
        advice.insert(0, 'set precision="bfloat16", which halves what the layers keep (not for detectors)')
    return (
        f"{device} has not enough memory for batches of {settings.batch_size} images of "
        f"{'×'.join(map(str, shape))} in {settings.precision}: {'; or '.join(advice)}; or take a network "
        "with fewer channels. Other programs on the device count too."
    )
