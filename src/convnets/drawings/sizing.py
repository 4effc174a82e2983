"""Figures of the chapter on sizing."""

import matplotlib as mpl

from convnets import plots
from convnets.sizing import Window, output_size, receptive_field, window_extent

__all__ = ["memory_and_weights", "shares_chart", "unit_seen_through", "windows_on_a_line"]


def windows_on_a_line(size, kernel_size, stride=1, padding=0):
    """Draw the windows that fit along one axis, and dotted the one that would hang over the end.

    Parameters
    ----------
    size, kernel_size, stride, padding : int
        As in :func:`convnets.sizing.output_size`.

    Returns
    -------
    Drawing
    """
    fitting = output_size(size, kernel_size, stride, padding)
    starts = [index * stride - padding for index in range(fitting + 1)]
    if starts[-1] >= size:
        starts.pop()
    end = max(size + padding, starts[-1] + kernel_size)
    with plots.figure(5.0, 0.42 * (len(starts) + 1) + 0.2) as (fig, ax):
        for place in range(-padding, size + padding):
            is_pixel = 0 <= place < size
            _box(ax, place, 0, 1, "blue" if is_pixel else "muted", 0.22 if is_pixel else 0.1)
            ax.text(place + 0.5, 0.4, str(place) if is_pixel else "0", ha="center", va="center")
        for index, start in enumerate(starts):
            fits = index < fitting
            _box(ax, start, index + 1.1, kernel_size, "orange", 0.3 if fits else 0, dotted=not fits)
            label = f"window {index}" if fits else "does not fit"
            ax.text(start + kernel_size / 2, index + 1.5, label, ha="center", va="center")
        ax.set(xlim=(-padding - 0.1, end + 0.1), ylim=(len(starts) + 1.1, -0.1))
        ax.axis("off")
    return plots.drawing(fig)


def _box(ax, left, top, width, colour, alpha, dotted=False):
    box = mpl.patches.Rectangle((left, top), width, 0.8, facecolor=plots.COLOURS[colour], linewidth=0)
    box.set_alpha(alpha)
    frame = mpl.patches.Rectangle((left, top), width, 0.8, fill=False, linewidth=1)
    frame.set_edgecolor(plots.COLOURS["line"])
    frame.set_linestyle(":" if dotted else "-")
    ax.add_patch(box)
    ax.add_patch(frame)


def unit_seen_through(windows, names, size):
    """Draw a stack of layers from the side, and what one unit on top depends on, layer by layer.

    Parameters
    ----------
    windows : sequence of Window or tuple of int
        The layers, from the image upwards.
    names : sequence of str
        One for each layer.
    size : int
        Number of pixels.

    Returns
    -------
    Drawing
    """
    windows = [Window(*window) for window in windows]
    sizes = [size]
    for window in windows:
        sizes.append(output_size(sizes[-1], *window))
    first = last = sizes[-1] // 2
    with plots.figure(5.0, 0.62 * len(sizes) + 0.2) as (fig, ax):
        for level in range(len(windows), -1, -1):
            field = receptive_field(windows[:level])
            for unit in range(sizes[level]):
                centre = field.start + unit * field.jump + field.size / 2
                ax.add_patch(_dot(centre, level, seen=first <= unit <= last))
            label = f"{names[level - 1]}: sees {field.size}" if level else f"image: {last - first + 1} pixels"
            ax.text(-0.8, level, label, ha="right", va="center")
            if level:
                window = windows[level - 1]
                first = first * window.stride - window.padding
                last = (
                    last * window.stride
                    - window.padding
                    + window_extent(window.kernel_size, window.dilation)
                    - 1
                )
        ax.set(xlim=(-0.62 * size, size + 0.2), ylim=(-0.5, len(windows) + 0.5))
        ax.axis("off")
    return plots.drawing(fig)


def _dot(centre, level, seen):
    colour = plots.COLOURS["orange" if seen else "line"]
    return mpl.patches.Rectangle(
        (centre - 0.38, level - 0.28), 0.76, 0.56, facecolor=colour, alpha=1 if seen else 0.35, linewidth=0
    )


_KINDS = {"convolution": "blue", "pooling": "green", "fully connected": "orange"}
_QUANTITIES = {"units": "units", "connections": "connections", "parameters": "parameters"}


def shares_chart(summaries):
    """Draw which kind of layer has the units, the connections and the parameters of each network.

    Parameters
    ----------
    summaries : dict of str to Summary

    Returns
    -------
    Drawing
    """
    names = list(summaries)
    height = 0.24 * len(names) * len(_QUANTITIES) + 1.8
    with plots.figure(5.0, height, nrows=len(_QUANTITIES), sharex=True) as (fig, axes):
        for ax, (quantity, title) in zip(axes, _QUANTITIES.items(), strict=True):
            for place, counted in enumerate(summaries.values()):
                _share_bar(ax, place, counted, quantity)
            ax.set_yticks(range(len(names)), names)
            ax.set(ylim=(len(names) - 0.5, -0.5), xlim=(0, 100))
            ax.set_title(title, loc="left")
            ax.tick_params(axis="y", length=0)
            ax.spines["left"].set_visible(False)
        axes[-1].set_xlabel("per cent")
        handles = [
            mpl.patches.Patch(facecolor=plots.COLOURS[colour], label=kind) for kind, colour in _KINDS.items()
        ]
        fig.legend(handles=handles, loc="outside upper center", ncols=3, columnspacing=1, handlelength=1)
    return plots.drawing(fig)


def _share_bar(ax, place, counted, quantity):
    whole = sum(getattr(row, quantity) for row in counted.of_kind(*_KINDS))
    left = 0
    for kind, colour in _KINDS.items():
        share = 100 * sum(getattr(row, quantity) for row in counted.of_kind(kind)) / whole
        ax.barh(place, share, left=left, height=0.78, color=plots.COLOURS[colour])
        left += share


def memory_and_weights(counted):
    """Draw for each layer of a network how many numbers it keeps and how many parameters it has.

    Parameters
    ----------
    counted : Summary

    Returns
    -------
    Drawing
    """
    names = [row.name for row in counted.rows]
    panels = (
        ("numbers kept, millions", "activations", "blue"),
        ("parameters, millions", "parameters", "orange"),
    )
    with plots.figure(5.0, 0.22 * len(names) + 0.9, ncols=2, sharey=True) as (fig, axes):
        for ax, (title, quantity, colour) in zip(axes, panels, strict=True):
            values = [getattr(row, quantity) / 1e6 for row in counted.rows]
            ax.barh(range(len(names)), values, height=0.75, color=plots.COLOURS[colour])
            ax.set_xlabel(title)
            ax.tick_params(axis="y", length=0)
        axes[0].set_yticks(range(len(names)), names)
        axes[0].set_ylim(len(names) - 0.5, -0.5)
    return plots.drawing(fig)
