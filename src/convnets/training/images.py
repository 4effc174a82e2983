"""Labelled images that lie in memory, on the device that trains (chapter *Training*, data-sets).

MNIST and CIFAR-10 fit into the memory of any GPU, so a batch is picked by indices where the images lie: no
process has to load, decode or copy anything meanwhile. What does not fit in memory is left out.
"""

import dataclasses
from dataclasses import dataclass
from functools import cached_property

import torch

from convnets import data

__all__ = ["Images", "load_images", "mean_and_std", "normalise"]

STATISTICS = {
    "mnist": ((0.1306605,), (0.3081078,)),
    "cifar10": ((0.4913997, 0.4821584, 0.4465309), (0.2470322, 0.2434851, 0.2615878)),
}
"""Mean and standard deviation of all training pixels, by channel, as :func:`mean_and_std` counts them."""


def mean_and_std(images):
    """Return the mean and the standard deviation of each channel, over images and places.

    Parameters
    ----------
    images : Tensor of shape (N, C, H, W)

    Returns
    -------
    mean, std : tuple of C float

    Raises
    ------
    ValueError
        If there is no pixel.
    """
    if images.dim() != 4 or images.numel() == 0:
        raise ValueError(f"expected images of shape (N, C, H, W) with pixels, got {tuple(images.shape)}")
    std, mean = torch.std_mean(images.double(), dim=(0, 2, 3), correction=0)
    return tuple(mean.tolist()), tuple(std.tolist())


def normalise(images, mean, std):
    """Return images with the mean of each channel taken off and divided by its standard deviation.

    Parameters
    ----------
    images : Tensor of shape (N, C, H, W)
    mean, std : sequence of C float

    Returns
    -------
    Tensor of shape (N, C, H, W)

    Raises
    ------
    ValueError
        If the numbers of channels differ, or a deviation is not positive.
    """
    if images.dim() != 4 or not images.shape[1] == len(mean) == len(std):
        raise ValueError(
            f"images of shape {tuple(images.shape)} need a mean and a deviation for each channel, "
            f"got {len(mean)} and {len(std)}"
        )
    if min(std) <= 0:
        raise ValueError(f"every standard deviation must be positive, got {tuple(std)}")
    mean, std = (_by_channel(values, images) for values in (mean, std))
    return (images - mean) / std


def _by_channel(values, images):
    return torch.tensor(values, dtype=images.dtype, device=images.device).view(1, -1, 1, 1)


@dataclass(frozen=True, eq=False)
class Images:
    """Images with one label each, and what they are normalised by.

    Attributes
    ----------
    images : Tensor of shape (N, C, H, W)
        float32 from 0 to 1; arrays are turned into tensors.
    labels : Tensor of shape (N,)
        int64.
    mean, std : tuple of C float, optional
        What :meth:`prepared` normalises by; by nothing if None.

    Raises
    ------
    ValueError
        If the shapes do not fit together.
    """

    images: torch.Tensor
    labels: torch.Tensor
    mean: tuple | None = None
    std: tuple | None = None

    def __post_init__(self):
        object.__setattr__(self, "images", torch.as_tensor(self.images, dtype=torch.float32))
        object.__setattr__(self, "labels", torch.as_tensor(self.labels, dtype=torch.int64))
        if self.images.dim() != 4 or self.labels.shape != self.images.shape[:1]:
            raise ValueError(
                "expected images of shape (N, C, H, W) and as many labels, "
                f"got {tuple(self.images.shape)} and {tuple(self.labels.shape)}"
            )
        if self.mean is not None:
            normalise(self.images[:0], self.mean, self.std)  # says what does not fit

    def __len__(self):
        return len(self.labels)

    @property
    def shape(self):
        """(C, H, W) of each image."""
        return tuple(self.images.shape[1:])

    @property
    def num_classes(self):
        """One more than the largest label."""
        return int(self.labels.max()) + 1 if len(self) else 0

    def to(self, device):
        """Return the same images on `device`."""
        return dataclasses.replace(self, images=self.images.to(device), labels=self.labels.to(device))

    def take(self, indices):
        """Return the images with these indices, in this order."""
        return dataclasses.replace(self, images=self.images[indices], labels=self.labels[indices])

    def first(self, num):
        """Return the first `num` images, all for None."""
        return self if num is None else self.take(slice(None, num))

    def normalised_by(self, mean, std):
        """Return the same images with another mean and standard deviation for each channel."""
        return dataclasses.replace(self, mean=mean, std=std)

    def prepared(self, index=None, augment=None, generator=None):
        """Return images as a network sees them: picked, augmented, and normalised after that.

        Parameters
        ----------
        index : Tensor of shape (n,) or slice, optional
            Which; all by default.
        augment : callable, optional
            Takes images from 0 to 1 and `generator`, returns images.
        generator : torch.Generator, optional
            From which `augment` draws.

        Returns
        -------
        Tensor of shape (n, C, H, W)
        """
        images = self.images if index is None else self.images[index]
        if augment is not None:
            images = augment(images, generator)
        if self.mean is None:
            return images
        mean, std = self._statistics
        return (images - mean) / std

    @cached_property
    def _statistics(self):
        """Mean and deviation on the device: sent there once, since a GPU is waited for each time."""
        return _by_channel(self.mean, self.images), _by_channel(self.std, self.images)


def load_images(name, split="train", *, num=None, size=None, channels=None):
    """Return a set of :func:`convnets.data.load`, normalised by the statistics of its training images.

    Parameters
    ----------
    name : str
        A key of :data:`convnets.data.REGISTRY`.
    split : {"train", "test"}
        Which part.
    num : int, optional
        How many, from the front; all by default.
    size : int, optional
        Height and width to which each image is resized: by repeating pixels where that is a whole number of
        times, else by bilinear interpolation with anti-aliasing.
    channels : int, optional
        How often grey is repeated, 3 for networks that expect colours.

    Returns
    -------
    Images

    Raises
    ------
    ValueError
        If there is no such set or split, or images in colour are to be given other channels.
    convnets.data.DataUnavailableError
        If a file is missing and cannot be downloaded.
    """
    loaded = data.load(name, split)
    if name in STATISTICS:
        mean, std = STATISTICS[name]
    else:
        mean, std = mean_and_std(torch.from_numpy(data.load(name).images))
    images = _resized(torch.from_numpy(loaded.images[:num]), size)
    if channels not in (None, images.shape[1]):
        if images.shape[1] != 1:
            raise ValueError(f"only grey can be repeated, {name} has {images.shape[1]} channels")
        images, mean, std = images.repeat(1, channels, 1, 1), mean * channels, std * channels
    return Images(images, torch.from_numpy(loaded.labels[:num]), mean, std)


def _resized(images, size):
    height, width = images.shape[2:]
    if size in (None, height) and size in (None, width):
        return images
    if height == width and size % height == 0:
        return images.repeat_interleave(size // height, 2).repeat_interleave(size // height, 3)
    resize = torch.nn.functional.interpolate
    return resize(images, (size, size), mode="bilinear", align_corners=False, antialias=True)
