"""What the book ships of a trained detector: its weights, and a few images that it has not seen.

Both are plain tensors by name, which :func:`convnets.training.write_result` puts into a file beside the
record. Weights with two axes or more are halved to float16, whose rounding is far below what a step of
training changes; images are kept with eight bits.
"""

import torch

from convnets.architectures.checking import check_state
from convnets.detection.annotations import Objects
from convnets.detection.images import ObjectImages

__all__ = ["pack_images", "pack_weights", "unpack_images", "unpack_weights"]

WEIGHTS = "weights/"


def pack_weights(network):
    """Return the parameters and buffers of a network, ready to be shipped, as a dict."""
    return {
        WEIGHTS + name: values.detach().cpu().half() if values.dim() > 1 else values.detach().cpu().clone()
        for name, values in network.state_dict().items()
    }


def unpack_weights(network, shipped):
    """Set a network to weights that were shipped, and to evaluation mode.

    Parameters
    ----------
    network : torch.nn.Module
        Built as it was.
    shipped : mapping of str to Tensor
        With what :func:`pack_weights` returned, and possibly more.

    Returns
    -------
    torch.nn.Module
        The same network.

    Raises
    ------
    ValueError
        If a name or a shape differs; the message says which, and the network is left as it was.
    """
    own = {
        name.removeprefix(WEIGHTS): values.float()
        for name, values in shipped.items()
        if name.startswith(WEIGHTS)
    }
    check_state(network, own)
    network.load_state_dict(own)
    return network.eval()


def pack_images(images):
    """Return images, and boxes and labels of their objects, ready to be shipped, as a dict."""
    objects = images.to("cpu").objects
    return {
        "images": (images.images.cpu() * 255).round().to(torch.uint8),
        "boxes": torch.cat([entry.boxes for entry in objects]),
        "labels": torch.cat([entry.labels for entry in objects]),
        "counts": torch.tensor([len(entry.boxes) for entry in objects]),
    }


def unpack_images(shipped):
    """Return images that were shipped, as :class:`ObjectImages`.

    Parameters
    ----------
    shipped : mapping of str to Tensor
        With what :func:`pack_images` returned, and possibly more.
    """
    counts = shipped["counts"].tolist()
    boxes, labels = (shipped[name].split(counts) for name in ("boxes", "labels"))
    objects = tuple(Objects(*pair) for pair in zip(boxes, labels, strict=True))
    return ObjectImages(shipped["images"].float() / 255, objects)
