"""Errors that name the layer: images, classes, weights that do not fit (chapter *Architectures*).

PyTorch says "mat1 and mat2 shapes cannot be multiplied (8x6400 and 9216x4096)" and leaves it to the reader to
find out where. A :class:`Network` runs at full speed as long as all fits; after a failure it is run once more
without numbers, on PyTorch's meta device, to see which layer it was. Left out are networks compiled by
``torch.compile``, in which PyTorch's own message stands.
"""

from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import nn

__all__ = ["Misfit", "Network", "check_classes", "check_num_classes", "check_state", "first_misfit"]


class Network(nn.Module):
    """A module for images of one kind, whose errors name the layer and the sizes.

    A subclass sets `image_shape` and defines ``forward(self, images)``. Images of another height and width
    are taken wherever every layer fits.

    Attributes
    ----------
    image_shape : tuple of int
        (C_in, H, W) of the images that the network is made for.
    """

    image_shape = (3, 224, 224)

    def __call__(self, images):
        """Return what ``forward`` makes of images of shape (N, C_in, H, W).

        Raises
        ------
        TypeError
            If `images` is no tensor of floats.
        ValueError
            If its axes or channels are others, or a layer does not fit the maps that reach it.
        """
        _check_images(self, images)
        if torch.compiler.is_compiling():
            return super().__call__(images)
        try:
            return super().__call__(images)
        except RuntimeError as error:
            misfit = first_misfit(self, images.shape[1:])
            if misfit is None:  # something else went wrong, as memory
                raise
            raise ValueError(
                f"{type(self).__name__} is made for images of {_sizes(self.image_shape)}, those of "
                f"{_sizes(images.shape[1:])} do not fit: {misfit}"
            ) from error


def _check_images(network, images):
    name, expected = type(network).__name__, network.image_shape
    if not isinstance(images, torch.Tensor):
        raise TypeError(f"{name} expects a tensor of images, got {type(images).__name__}")
    if not images.is_floating_point():
        raise TypeError(f"{name} expects images of floats from 0 to 1 or normalised, got {images.dtype}")
    if images.dim() != 4 or images.shape[1] != expected[0]:
        raise ValueError(
            f"{name} takes images of shape (N, {', '.join(map(str, expected))}), got {tuple(images.shape)}: "
            f"layer {_ends(network)[0]} takes {expected[0]} channels"
        )


def _ends(network):
    """Return the names of the first and of the last layer with parameters of its own."""
    layers = [name for name, each in network.named_modules() if list(each.parameters(recurse=False))]
    return layers[0], layers[-1]


def _sizes(shape):
    return "×".join(map(str, shape))


class Misfit(NamedTuple):
    """A layer, and the maps that reach it and do not fit.

    Attributes
    ----------
    name : str
        Of the layer in its network, as "features.12".
    layer : torch.nn.Module
        A layer of a class of its own may have an attribute `expects`, which says in words what it takes.
    in_shape : tuple of int
        What reaches it for one image, without the batch.
    """

    name: str
    layer: nn.Module
    in_shape: tuple

    def __str__(self):
        expects = getattr(self.layer, "expects", None) or _expectation(self.layer)
        place = f"layer {self.name} ({type(self.layer).__name__})"
        return f"{place} expects {expects} and gets {_sizes(self.in_shape)}"


def _expectation(layer):
    if isinstance(layer, nn.Linear):
        return f"{layer.in_features} numbers for each image"
    size = getattr(layer, "kernel_size", None)
    if size is None:
        return "something else"
    window = _sizes(size if isinstance(size, tuple) else (size, size))
    channels = getattr(layer, "in_channels", None)
    maps = "maps" if channels is None else f"{channels} maps"
    return f"{maps} of {window} or more, padding included,"


def first_misfit(network, image_shape):
    """Return the Misfit at which a network fails on images of a shape; None if it does not fail.

    The network runs on the meta device, on shapes without numbers: this takes no memory, and weights and
    running statistics stay as they are.

    Parameters
    ----------
    network : torch.nn.Module
    image_shape : tuple of int
        (C_in, H, W).

    Returns
    -------
    Misfit or None
    """
    uncalled = _Uncalled(network)
    tensors = [*uncalled.named_parameters(), *uncalled.named_buffers()]
    shapes = {name: torch.empty_like(tensor, device="meta") for name, tensor in tensors}
    dtype = next(network.parameters(), torch.empty(0)).dtype
    images = torch.empty(2, *image_shape, dtype=dtype, device="meta")
    with _watched(network) as reached, torch.no_grad():
        try:
            torch.func.functional_call(uncalled, shapes, (images,))
        except RuntimeError:
            return reached[-1] if reached else None
    return None


class _Uncalled(nn.Module):
    """A network whose ``forward`` is run without the call around it, which would ask for its misfit again."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, images):
        return self.network.forward(images)


@contextmanager
def _watched(network):
    """Give a list to which is added, meanwhile, which layers are reached, and by what."""
    reached = []

    def note(name):
        return lambda layer, inputs: reached.append(Misfit(name, layer, tuple(inputs[0].shape[1:])))

    leaves = [(name, each) for name, each in network.named_modules() if not list(each.children())]
    hooks = [leaf.register_forward_pre_hook(note(name)) for name, leaf in leaves]
    try:
        yield reached
    finally:
        for hook in hooks:
            hook.remove()


def check_num_classes(num_classes, layer):
    """Raise if a network cannot have that many classes.

    Parameters
    ----------
    num_classes : int
    layer : str
        Name of the layer that gives a number for each class.

    Raises
    ------
    TypeError
        If `num_classes` is no integer.
    ValueError
        If it is less than one.
    """
    if isinstance(num_classes, bool) or not isinstance(num_classes, int):
        raise TypeError(f"num_classes must be an integer, got {num_classes!r} for layer {layer}")
    if num_classes < 1:
        raise ValueError(f"num_classes must be at least 1, got {num_classes} for layer {layer}")


def check_classes(network, outputs, labels):
    """Raise if labels are no classes of a network.

    Parameters
    ----------
    network : torch.nn.Module
    outputs : torch.Tensor of shape (N, num_classes)
        What the network gives for the images.
    labels : torch.Tensor of shape (N,)
        Integers from 0 to num_classes − 1.

    Raises
    ------
    ValueError
        If there are more or fewer labels than images, or a label is no class.
    """
    last = _ends(network)[1]
    if labels.shape != outputs.shape[:1]:
        raise ValueError(
            f"layer {last} gives numbers of shape {tuple(outputs.shape)}, labels of shape "
            f"({outputs.shape[0]},) are expected, got {tuple(labels.shape)}"
        )
    if labels.numel() and not 0 <= int(labels.min()) <= int(labels.max()) < outputs.shape[1]:
        raise ValueError(
            f"layer {last} has num_classes = {outputs.shape[1]}, labels from 0 to {outputs.shape[1] - 1}; "
            f"those given go from {int(labels.min())} to {int(labels.max())}"
        )


def check_state(network, state):
    """Raise if weights are not those of a network.

    Parameters
    ----------
    network : torch.nn.Module
    state : dict of str to torch.Tensor
        As a `state_dict`.

    Raises
    ------
    ValueError
        If tensors are missing, too many, or have other shapes; the message names the first and the sizes.
        Older files lack the number of batches that a batch normalisation has seen, which nothing needs.
    """
    own = network.state_dict()
    name = type(network).__name__
    missing = {key for key in own.keys() - state.keys() if not key.endswith("num_batches_tracked")}
    if missing:
        raise ValueError(f"{name} needs {min(missing)}, which is not among the {len(state)} tensors given")
    if unknown := state.keys() - own.keys():
        raise ValueError(
            f"{name} has no {min(unknown)}; {len(unknown)} of the tensors given are unknown to it"
        )
    for key, tensor in own.items():
        if key in state and tensor.shape != state[key].shape:
            raise ValueError(
                f"{name}: {key} has shape {tuple(tensor.shape)}, the weights given have "
                f"{tuple(state[key].shape)}"
            )
