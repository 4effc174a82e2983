"""What the forms of convolution cost, as recorded."""

from convnets import plots

__all__ = ["crossover_chart"]


_FORMS = {
    "conv2d_im2col": ("im2col", "o-", "blue"),
    "conv2d_fft": ("FFT", "s-", "orange"),
    "conv2d_winograd tile=4": ("Winograd, 4 × 4", "*", "green"),
    "torch.nn.functional.conv2d": ("PyTorch", "^--", "purple"),
}


def crossover_chart(records, channels, size=64):
    """Draw the fast forms' processor time over the size of the kernel, a panel for each number of channels.

    Parameters
    ----------
    records : list of dict
        What :func:`convnets.convolution.benchmark.measure` returned.
    channels : sequence of int
    size : int
        Side of the images.

    Returns
    -------
    Drawing
        Medians, with a band from the lower to the upper quartile.
    """
    with plots.figure(5.0, 2.6 * len(channels) + 0.5, nrows=len(channels), sharex=True, squeeze=False) as (
        fig,
        axes,
    ):
        for ax, number in zip(axes[:, 0], channels, strict=True):
            for form, style in _FORMS.items():
                mine = [r for r in records if (r["form"], r["channels"], r["size"]) == (form, number, size)]
                _timings(ax, sorted(mine, key=lambda record: record["kernel_size"]), *style)
            ax.set_yscale("log")
            ax.set_ylabel("processor time in s")
            ax.set_title(f"{number} channel{'s' if number > 1 else ''}", loc="left")
        sizes = sorted({record["kernel_size"] for record in records if record["size"] == size})
        axes[-1, 0].set_xticks(sizes)
        axes[-1, 0].set_xlabel("side of the kernel in pixels")
        fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return plots.drawing(fig)


def _timings(ax, records, label, style, colour):
    sides, middle, low, high = (
        [record[key] for record in records]
        for key in ("kernel_size", "median_s", "lower_quartile_s", "upper_quartile_s")
    )
    size = 12 if style == "*" else 5
    ax.plot(sides, middle, style, color=plots.COLOURS[colour], markersize=size, label=label)
    ax.fill_between(sides, low, high, color=plots.COLOURS[colour], alpha=0.2, linewidth=0)
