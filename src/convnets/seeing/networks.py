"""The two small networks of this chapter, and how they are trained: seconds, on one core of a CPU."""

from functools import cache

import lazy_loader
import numpy as np

from convnets.data import load

torch = lazy_loader.load("torch")

__all__ = ["CANVAS", "KERNEL_SIZE", "NETWORKS", "accuracy", "on_canvas", "trained", "trained_on_digits"]

CANVAS = 16
"""Side of the canvas in pixels: a digit of 8×8 in its middle has four pixels of room on every side."""
KERNEL_SIZE = 5


def on_canvas(images, size=CANVAS):
    """Put images into the middle of larger, empty ones.

    Parameters
    ----------
    images : ndarray of shape (..., H, W)
        One image or many.
    size : int
        Side of the canvases in pixels.

    Returns
    -------
    ndarray of shape (..., size, size)
        The canvases; where the margins cannot be equal, the lower and right ones are larger by one.

    Raises
    ------
    ValueError
        If the images are larger than the canvas.
    """
    images = np.asarray(images)
    H, W = images.shape[-2:]
    if max(H, W) > size:
        raise ValueError(f"images of {H} × {W} do not fit on a canvas of {size} × {size}")
    rows, columns = size - H, size - W
    margins = [(0, 0)] * (images.ndim - 2)
    margins += [(rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2)]
    return np.pad(images, margins)


def fully_connected_network():
    """Return a network of one hidden layer, in which every unit sees the whole canvas."""
    return torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(CANVAS**2, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10)
    )


def convolutional_network():
    """Return a network that looks for patterns of 5×5 and 9×9 pixels and keeps only how strong each is found.

    The canvas is surrounded by zeros wide enough that every window that touches it is seen. The output
    therefore depends neither on where on a black canvas a digit is, nor on the size of the canvas.
    """
    return torch.nn.Sequential(
        torch.nn.Conv2d(1, 8, KERNEL_SIZE, padding=2 * (KERNEL_SIZE - 1)),
        torch.nn.ReLU(),
        torch.nn.Conv2d(8, 24, KERNEL_SIZE),
        torch.nn.ReLU(),
        torch.nn.AdaptiveMaxPool2d(1),
        torch.nn.Flatten(),
        torch.nn.Linear(24, 10),
    )


NETWORKS = {"fully_connected": fully_connected_network, "convolutional": convolutional_network}
"""What builds each network."""


def trained(name, digits, labels, seed, num_epochs=8, batch_size=50, learning_rate=4e-3):
    """Build a network and train it, with Adam on the cross-entropy, on digits in the middle of the canvas.

    Parameters
    ----------
    name : str
        A key of ``NETWORKS``.
    digits : ndarray of shape (N, 1, 8, 8)
        float32.
    labels : ndarray of shape (N,)
        int64.
    seed : int
        From which weights and order of images are drawn; the global generator is left as it was.
    num_epochs, batch_size : int
        How often each image is seen, and how many at once.
    learning_rate : float
        Adam's.

    Returns
    -------
    torch.nn.Module
        The trained network.
    """
    # the convolutional network answers the same without the canvas, and learns in half the time
    images = digits if name == "convolutional" else on_canvas(digits)
    images, labels = torch.from_numpy(images), torch.from_numpy(labels)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = NETWORKS[name]()
        optimizer = torch.optim.Adam(network.parameters(), lr=learning_rate)
        for _ in range(num_epochs):
            for batch in torch.randperm(len(images)).split(batch_size):
                loss = torch.nn.functional.cross_entropy(network(images[batch]), labels[batch])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    return network


@cache
def trained_on_digits(name, seed):
    """Return the network of that name, trained on centred digits; asked again, the very same one."""
    train = load("digits")
    return trained(name, train.images, train.labels, seed)


def accuracy(network, images, labels):
    """Return the share of images to which the network gives the right label."""
    with torch.no_grad():
        answers = network(torch.from_numpy(images)).argmax(dim=1)
    return (answers == torch.from_numpy(labels)).double().mean().item()
