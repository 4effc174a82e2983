"""What augmentations accept, checked in one place, and how they draw their numbers."""

from numbers import Integral, Real

import torch

__all__ = [
    "bernoulli",
    "check_boxes",
    "check_colours",
    "check_images",
    "check_masks",
    "check_number",
    "check_size",
    "integers",
    "one_for_each",
    "uniform",
]

ROUNDING = 1e-5
"""How far beyond 0 and 1 interpolation may bring a value."""


def check_images(images):
    """Raise TypeError if ``images`` is no tensor of floats, ValueError if it is not (N, C, H, W)."""
    if not isinstance(images, torch.Tensor):
        raise TypeError(f"images must be a torch.Tensor, got {type(images).__name__}")
    if not images.is_floating_point():
        raise TypeError(f"images must hold floats from 0 to 1, their dtype is {images.dtype}")
    if images.ndim != 4 or 0 in images.shape[1:]:
        raise ValueError(f"images must have shape (N, C, H, W), their shape is {tuple(images.shape)}")


def check_colours(images):
    """Raise ValueError if ``images`` are not in three colours with values from 0 to 1."""
    check_images(images)
    if images.shape[1] != 3:
        raise ValueError(
            f"images must have three channels (N, 3, H, W), their shape is {tuple(images.shape)}"
        )
    check_values(images)


def check_values(images):
    """Raise ValueError if values are outside 0..1, as they are once images have been normalised.

    What resizing and other interpolation add by rounding is let pass.
    """
    if images.numel():
        low, high = (float(value) for value in images.aminmax())
        if low < -ROUNDING or high > 1 + ROUNDING:
            raise ValueError(
                f"images must hold values from 0 to 1, these reach from {low:.3g} to {high:.3g}: "
                "change colours before normalising"
            )


def check_boxes(boxes, images):
    """Raise TypeError if ``boxes`` hold no floats, ValueError if they are not (N, B, 4) for these images."""
    if not isinstance(boxes, torch.Tensor) or not boxes.is_floating_point():
        kind = boxes.dtype if isinstance(boxes, torch.Tensor) else type(boxes).__name__
        raise TypeError(f"boxes must be a tensor of floats, got {kind}")
    if boxes.ndim != 3 or boxes.shape[2] != 4 or len(boxes) != len(images):
        raise ValueError(
            f"boxes must have shape (N, B, 4) with N = {len(images)} images, "
            f"their shape is {tuple(boxes.shape)}"
        )


def check_masks(masks, images):
    """Raise TypeError if ``masks`` hold floats, ValueError if they do not fit the images."""
    if not isinstance(masks, torch.Tensor) or masks.is_floating_point() or masks.is_complex():
        kind = masks.dtype if isinstance(masks, torch.Tensor) else type(masks).__name__
        raise TypeError(f"masks must be a tensor of integers or truth values, got {kind}")
    fits = masks.ndim in (3, 4) and masks.shape[-2:] == images.shape[-2:] and len(masks) == len(images)
    if not fits:
        raise ValueError(
            f"masks must have shape (N, H, W) or (N, B, H, W) for images {tuple(images.shape)}, "
            f"their shape is {tuple(masks.shape)}"
        )


def check_number(name, value, least=0.0, most=None):
    """Return a real number as float.

    Raises
    ------
    TypeError
        If it is no real number.
    ValueError
        If it is below ``least`` or above ``most``.
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if not least <= value <= (float("inf") if most is None else most):
        bound = f"at least {least:g}" if most is None else f"from {least:g} to {most:g}"
        raise ValueError(f"{name} must be {bound}, got {value!r}")
    return float(value)


def check_size(name, value, least=1):
    """Return a whole number as int.

    Raises
    ------
    TypeError
        If it is no whole number.
    ValueError
        If it is below ``least``.
    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be a whole number, got {value!r}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, got {value}")
    return int(value)


def one_for_each(name, values, images):
    """Return ``values`` as a tensor with one entry for each image, on the images' device.

    Raises
    ------
    ValueError
        If there are more or fewer.
    """
    values = torch.as_tensor(values, device=images.device)
    if values.ndim != 1 or len(values) != len(images):
        raise ValueError(
            f"{name} must have one entry for each of the {len(images)} images, "
            f"its shape is {tuple(values.shape)}"
        )
    return values


def uniform(low, high, images, generator):
    """Return a number from ``low`` to ``high`` for each image, in float32 on the images' device."""
    drawn = torch.rand(len(images), generator=generator, device=generator.device)
    return (low + (high - low) * drawn).to(images.device, non_blocking=True)


def integers(low, high, images, generator):
    """Return a whole number from ``low`` to ``high``, both included, for each image."""
    drawn = torch.randint(low, high + 1, (len(images),), generator=generator, device=generator.device)
    return drawn.to(images.device, non_blocking=True)


def bernoulli(p, images, generator):
    """Return for each image whether something with probability ``p`` happens."""
    return uniform(0.0, 1.0, images, generator) < p
