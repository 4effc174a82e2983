"""Which part of a convolution is kept: ``full``, ``same`` or ``valid`` (chapter *Convolution*).

A kernel of size K over a signal of size N touches it in N + K - 1 places. ``full`` keeps them all, ``same``
the N in the middle, ``valid`` the N - K + 1 where the kernel lies wholly inside. A form reaches its mode in
one of two ways: it computes everything and crops, or it pads with zeros just enough and computes no more.
Both are here, along one axis, so that all forms agree about the middle of an even size.
"""

import numpy as np

__all__ = ["MODES", "check_mode", "crop", "output_size", "pad_amounts", "zero_pad"]

MODES = ("full", "same", "valid")


def check_mode(mode, sizes, kernel_sizes):
    """Raise unless ``mode`` exists and, for ``"valid"``, the kernel fits inside along each axis.

    Parameters
    ----------
    mode : str
        What the caller asked for.
    sizes, kernel_sizes : tuple of int
        Extent of the signal and of the kernel along the convolved axes.

    Raises
    ------
    ValueError
        If the mode is unknown, or ``"valid"`` would leave no output.
    """
    if mode not in MODES:
        raise ValueError(f"mode must be one of {', '.join(map(repr, MODES))}, got {mode!r}")
    if mode == "valid" and any(k > n for n, k in zip(sizes, kernel_sizes, strict=True)):
        raise ValueError(
            f"mode 'valid' needs a kernel that fits inside the first argument: "
            f"kernel {tuple(kernel_sizes)} is larger than {tuple(sizes)}"
        )


def output_size(size, kernel_size, mode):
    """Return how many outputs a mode keeps along one axis: N + K - 1, N, or N - K + 1."""
    return {"full": size + kernel_size - 1, "same": size, "valid": size - kernel_size + 1}[mode]


def crop(full, sizes, kernel_sizes, mode):
    """Cut the part that ``mode`` keeps out of a full convolution, along its last axes.

    Parameters
    ----------
    full : ndarray of shape (..., N + K - 1) or (..., H + K_h - 1, W + K_w - 1)
        The full convolution.
    sizes, kernel_sizes : tuple of int
        Extent of the signal and of the kernel, one number for each of the last axes of ``full``.
    mode : {"full", "same", "valid"}
        What to keep.

    Returns
    -------
    ndarray
        A view of ``full``. In ``"same"`` mode it begins at (K - 1) // 2, as in ``scipy.signal.convolve``.
    """
    window = []
    for n, k in zip(sizes, kernel_sizes, strict=True):
        start = {"full": 0, "same": (k - 1) // 2, "valid": k - 1}[mode]
        window.append(slice(start, start + output_size(n, k, mode)))
    return full[(..., *window)]


def zero_pad(x, kernel_sizes, mode):
    """Surround the last axes of ``x`` with the zeros that let a kernel slide over exactly ``mode``'s outputs.

    Parameters
    ----------
    x : ndarray of shape (..., N) or (..., H, W)
        The signal; one axis is padded for each entry of ``kernel_sizes``.
    kernel_sizes : tuple of int
        Extent K of the kernel along the last axes of ``x``.
    mode : {"full", "same", "valid"}
        K - 1 zeros on either side, K // 2 before and (K - 1) // 2 after, or none.

    Returns
    -------
    ndarray
        The padded signal; as large as the output plus K - 1 along each axis.
    """
    amounts = [pad_amounts(kernel_size, mode) for kernel_size in kernel_sizes]
    return np.pad(x, [(0, 0)] * (x.ndim - len(kernel_sizes)) + amounts)


def pad_amounts(kernel_size, mode):
    """Return how many zeros :func:`zero_pad` adds before and after, along one axis."""
    before_and_after = {
        "full": (kernel_size - 1, kernel_size - 1),
        "same": (kernel_size // 2, (kernel_size - 1) // 2),
        "valid": (0, 0),
    }
    return before_and_after[mode]
