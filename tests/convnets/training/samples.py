"""A network and images small enough for a hundred runs of the trainer."""

import torch

from convnets.training import Images

SHAPE = (1, 6, 6)


def small_network(seed=0, dropout=0.0, norm=True):
    torch.manual_seed(seed)
    layers = [torch.nn.Conv2d(1, 4, 3), torch.nn.BatchNorm2d(4) if norm else torch.nn.Identity()]
    rest = [torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Dropout(dropout), torch.nn.Linear(64, 3)]
    return torch.nn.Sequential(*layers, *rest)


def stripes(num=30, seed=0):
    """Images whose class is which third of the rows is bright, with noise."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(num) % 3
    images = 0.3 * torch.rand(num, *SHAPE, generator=generator)
    for image, label in zip(images, labels, strict=True):
        image[0, 2 * label : 2 * label + 2] += 0.5
    return Images(images, labels, mean=(0.3,), std=(0.3,))


def jitter(images, generator):
    """An augmentation: noise on every pixel."""
    return images + 0.1 * torch.randn(images.shape, generator=generator, device=images.device)
