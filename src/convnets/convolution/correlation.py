"""Cross-correlation: sliding a kernel over a signal without flipping it (chapter *Convolution*).

(x ⋆ w)[i] = sum over k of x[i + k] w[k]. It is convolution with the flipped kernel, and it is what the
convolution layers of PyTorch and other libraries compute; mathematics, SciPy and this package call it
cross-correlation. Unlike convolution it does not commute.
"""

from convnets.convolution.arguments import as_numbers, check_signals
from convnets.convolution.fast import conv2d_windows
from convnets.convolution.one_dimensional import conv1d_flip_and_filter

__all__ = ["cross_correlate1d", "cross_correlate2d"]


def cross_correlate1d(x, weight, mode="valid"):
    """Slide a kernel along a signal, without flipping it.

    Parameters
    ----------
    x : array_like of shape (N,)
        The signal.
    weight : array_like of shape (K,)
        The kernel.
    mode : {"valid", "same", "full"}
        Which outputs to keep: those that convolution with the flipped kernel keeps, as in
        ``scipy.signal.correlate``. For an even K, ``"same"`` begins one place earlier than in PyTorch and in
        ``scipy.signal.correlate2d``.

    Returns
    -------
    ndarray of shape (N - K + 1,), (N,) or (N + K - 1,)
        The cross-correlation, in ``np.result_type(x, weight)``.

    Raises
    ------
    ValueError
        If an argument is empty or not one-dimensional, or ``"valid"`` is asked with K > N.
    TypeError
        If an argument holds anything but integers or real floats.

    Examples
    --------
    >>> cross_correlate1d([0, 0, 1, 0, 0], [1, 2, 4])
    array([4, 2, 1])
    """
    x, weight = check_signals(x, weight, mode, names=("x", "weight"))
    return conv1d_flip_and_filter(x, weight[::-1], mode)


def cross_correlate2d(x, weight, mode="valid"):
    """Slide a kernel, or a bank of them, over images without flipping.

    Parameters
    ----------
    x : array_like of shape (H, W) or (N, C_in, H, W)
        One image of one channel, or a batch of images.
    weight : array_like of shape (K_h, K_w) or (C_out, C_in, K_h, K_w)
        The kernel, or a bank of them; results are summed over C_in.
    mode : {"valid", "same", "full"}
        As in :func:`cross_correlate1d`. With ``"valid"`` this is ``torch.nn.functional.conv2d``.

    Returns
    -------
    ndarray of shape (H_out, W_out) or (N, C_out, H_out, W_out)
        The cross-correlation, in ``np.result_type(x, weight)``.

    Raises
    ------
    ValueError
        If an argument is empty, the shapes or channels do not match, the mode is unknown, or ``"valid"`` is
        asked with a kernel larger than the image.
    TypeError
        If an argument holds anything but integers or real floats.
    """
    weight = as_numbers("weight", weight)
    if weight.ndim not in (2, 4):
        raise ValueError(f"weight must have 2 or 4 axes, its shape is {weight.shape}")
    return conv2d_windows(x, weight[..., ::-1, ::-1], mode)
