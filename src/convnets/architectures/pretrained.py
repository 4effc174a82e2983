"""Weights that were trained on ImageNet and published (chapter *Architectures*, section loading-weights).

They are the first weights (IMAGENET1K_V1) of torchvision, which need not be installed: the networks here have
its keys and shapes. PyTorch downloads a file once, compares it with the checksum in its name, and reads
nothing but tensors from it. Left out: VGG with batch normalisation, and later weights of the same networks.
"""

from functools import partial
from http.client import HTTPException
from pathlib import Path
from pickle import UnpicklingError

import torch

from convnets.architectures.alexnet import alexnet
from convnets.architectures.checking import check_state
from convnets.architectures.googlenet import googlenet
from convnets.architectures.resnet import resnet18, resnet34, resnet50, resnet101, resnet152
from convnets.architectures.vgg import vgg11, vgg13, vgg16, vgg19
from convnets.data import DataUnavailableError

__all__ = ["DEVIATION", "MEAN", "PRETRAINED", "load_pretrained"]

SERVER = "https://download.pytorch.org/models/"
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of red, green and blue from 0 to 1: what is subtracted from images, and what they are then divided by."""

PRETRAINED = {
    "alexnet": (alexnet, "alexnet-owt-7be5be79.pth"),
    "vgg11": (vgg11, "vgg11-8a719046.pth"),
    "vgg13": (vgg13, "vgg13-19584684.pth"),
    "vgg16": (vgg16, "vgg16-397923af.pth"),
    "vgg19": (vgg19, "vgg19-dcbb9e9d.pth"),
    "googlenet": (
        partial(googlenet, auxiliary=False, published=False, transform_input=True),
        "googlenet-1378be20.pth",
    ),
    "resnet18": (resnet18, "resnet18-f37072fd.pth"),
    "resnet34": (resnet34, "resnet34-b627a593.pth"),
    "resnet50": (resnet50, "resnet50-0676ba61.pth"),
    "resnet101": (resnet101, "resnet101-63fe2227.pth"),
    "resnet152": (resnet152, "resnet152-394f9c45.pth"),
}
"""For each name the builder of the network, and the file that holds its weights."""


def load_pretrained(name):
    """Return a network with the weights that torchvision published for it, ready for use.

    Parameters
    ----------
    name : str
        A key of `PRETRAINED`.

    Returns
    -------
    Network
        On the CPU and in evaluation mode, for images (N, 3, H, W) normalised by `MEAN` and `DEVIATION`, with
        1000 classes. GoogLeNet comes without its auxiliary heads, whose published weights are not trained.

    Raises
    ------
    ValueError
        If there are no weights by this name, or the file holds others.
    DataUnavailableError
        If the file is not here and cannot be downloaded; the message says where to put it.
    """
    if name not in PRETRAINED:
        raise ValueError(f"there are no weights for {name!r}; there are some for {', '.join(PRETRAINED)}")
    build, file = PRETRAINED[name]
    state = {key: tensor for key, tensor in _fetch(file).items() if not key.startswith("aux")}
    network = build()
    check_state(network, state)
    network.load_state_dict(state)
    return network.eval()


def _fetch(file):
    """Return the tensors in a file of torchvision's server, from PyTorch's cache if it is there."""
    address, folder = SERVER + file, Path(torch.hub.get_dir()) / "checkpoints"
    try:
        return torch.hub.load_state_dict_from_url(
            address, map_location="cpu", check_hash=True, weights_only=True
        )
    except (OSError, HTTPException) as error:
        raise DataUnavailableError(
            f"{file} is not here and cannot be downloaded from {address}. With a network, try again; without "
            f"one, put the file into {folder}, or set TORCH_HOME to a folder that has it in hub/checkpoints."
        ) from error
    except (EOFError, RuntimeError, UnpicklingError) as error:
        raise DataUnavailableError(
            f"{address}, or its copy in {folder}, is not the published file. Delete the copy and try again."
        ) from error
