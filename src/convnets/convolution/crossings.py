"""Where the forms of 2-D convolution overtake one another, computed from the records of a benchmark.

The records are those of :func:`convnets.convolution.benchmark.measure`.
"""

__all__ = ["crossover", "speedup", "summary"]


def crossover(records, form="conv2d_fft", rival="conv2d_im2col", size=64):
    """Find from which kernel size on one form is faster than another, for each number of channels.

    Parameters
    ----------
    records : list of dict
        What the benchmark measured.
    form, rival : str
        Names of two contestants.
    size : int
        Of which image size.

    Returns
    -------
    dict of int to (int or None)
        Number of channels to the smallest measured kernel size at which, and at every larger one measured,
        the median of ``form`` is below that of ``rival``; None where there is no such size.

    Raises
    ------
    ValueError
        If the two have no case in common.
    """
    found = {}
    for channels, gains in _gains(records, form, rival, size).items():
        found[channels] = None
        for kernel_size in sorted(gains, reverse=True):
            if gains[kernel_size] <= 1:
                break
            found[channels] = kernel_size
    return found


def speedup(records, form, rival="conv2d_im2col", kernel_size=3, size=64):
    """Compute how many times as fast one form is as another, for each number of channels.

    Parameters
    ----------
    records : list of dict
        What the benchmark measured.
    form, rival : str
        Names of two contestants.
    kernel_size, size : int
        Of which kernels and images.

    Returns
    -------
    dict of int to float
        Number of channels to the median of ``rival`` divided by the median of ``form``.

    Raises
    ------
    ValueError
        If the two have no such case in common.
    """
    gains = _gains(records, form, rival, size)
    found = {channels: by_size[kernel_size] for channels, by_size in gains.items() if kernel_size in by_size}
    if not found:
        raise ValueError(f"{form} and {rival} have no case with kernel size {kernel_size} in common")
    return found


def _gains(records, form, rival, size):
    """Return rival's median over form's, by channels and by kernel size, wherever both were timed."""
    medians = {
        (record["form"], record["channels"], record["kernel_size"]): record["median_s"]
        for record in records
        if record["size"] == size
    }
    gains = {}
    for name, channels, kernel_size in medians:
        if name == form and (rival, channels, kernel_size) in medians:
            gain = medians[rival, channels, kernel_size] / medians[form, channels, kernel_size]
            gains.setdefault(channels, {})[kernel_size] = gain
    if not gains:
        raise ValueError(f"{form} and {rival} have no case with images of {size} × {size} in common")
    return gains


def summary(records):
    """Return in a few lines where the FFT overtakes its rivals, and how Winograd does at 3×3."""
    lines = []
    for rival in ("conv2d_im2col", "torch.nn.functional.conv2d"):
        for channels, side in crossover(records, rival=rival).items():
            since = f"from {side}×{side} on" if side else "at no size measured"
            lines.append(f"{channels:2} channels: conv2d_fft is faster than {rival} {since}")
    for channels, gain in speedup(records, "conv2d_winograd tile=4").items():
        lines.append(
            f"{channels:2} channels: conv2d_winograd tile=4 is {gain:.2f} times as fast as im2col at 3×3"
        )
    return "\n".join(lines)
