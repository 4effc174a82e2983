"""Networks as towers of layers: the image at the top, the answer at the bottom."""

import matplotlib as mpl
import numpy as np

from convnets import plots
from convnets.drawings.architectures.flow import flow, ways, without

__all__ = ["COLOURS", "connections_picture", "depth_strips", "label", "towers", "versions"]

COLOURS = {
    "convolution": "blue",
    "pooling": "green",
    "fully connected": "orange",
    "normalisation": "purple",
    "block": "blue",
    "image": "muted",
}
"""Of the kinds of steps; all others are "muted"."""

HIDDEN = ("activation", "dropout", "rearranged", "other")
_STEP = 0.36  # inches


def label(step):
    """Return what is done in a step, as short as figures need: "11×11 / 4" and so on."""
    module = step.module
    if step.kind in ("convolution", "pooling"):
        return _windowed(step, module)
    names = {"fully connected": "full", "add": "+", "concatenate": "stacked", "image": "image"}
    if step.kind == "normalisation":
        return "local norm" if "Response" in type(module).__name__ else "batch norm"
    if step.kind == "activation":
        return "tanh" if "Tanh" in type(module).__name__ else "ReLU"
    return names.get(step.kind, step.name)


def _windowed(step, module):
    kind, size = type(module).__name__, getattr(module, "kernel_size", None)
    size = size or (module.shape[2:] if hasattr(module, "shape") else 2)
    if "Adaptive" in kind:
        return "average"
    height, width = size if isinstance(size, tuple) else (size, size)
    stride = getattr(module, "stride", 2)
    stride = stride[0] if isinstance(stride, tuple) else stride
    text = f"{height}×{width}" + (f" / {stride}" if stride != 1 else "")
    words = {"MaxPool2d": "max ", "AvgPool2d": "average ", "Subsampling": "sum ", "TableConv2d": "table "}
    return words.get(kind, "") + text


def towers(networks):
    """Draw networks beside one another, one box for each layer, as wide as its maps are.

    Parameters
    ----------
    networks : dict of str to (torch.nn.Module, tuple of int)
        Each with the shape (C, H, W) of its images.

    Returns
    -------
    Drawing
        A box that is cut in two is a convolution in two groups. Widths go with the logarithm of the maps'
        side, so that halving takes away the same everywhere.
    """
    listed = {name: without(flow(*network), HIDDEN) for name, network in networks.items()}
    longest = max(map(len, listed.values()))
    with plots.figure(5.0, _STEP * (longest + 1), ncols=len(listed), squeeze=False) as (fig, axes):
        for ax, (name, steps) in zip(axes[0], listed.items(), strict=True):
            for row, step in enumerate(steps):
                _box(ax, row, step)
                words = label(step)
                text = "×".join(map(str, step.out_shape))
                ax.text(0, row, f"{words}: {text}" if words else text, ha="center", va="center", fontsize=11)
            ax.set(xlim=(-1, 1), ylim=(longest - 0.4, -0.6))
            ax.set_title(name)
            ax.axis("off")
    return plots.drawing(fig)


def _box(ax, row, step):
    side = step.out_shape[-1] if len(step.out_shape) == 3 else 1
    half = 0.5 + 0.5 * np.log2(side) / np.log2(256)
    colour = plots.COLOURS[COLOURS.get(step.kind, "muted")]
    parts = [(-half, half)]
    if getattr(step.module, "groups", 1) == 2:
        parts = [(-half, -0.025), (0.025, half)]
    for left, right in parts:
        box = mpl.patches.Rectangle((left, row - 0.42), right - left, 0.84, facecolor=colour, linewidth=0)
        box.set_alpha(0.28)
        ax.add_patch(box)


def versions(networks):
    """Draw the versions of one network as columns that are aligned at their poolings.

    Parameters
    ----------
    networks : dict of str to (torch.nn.Module, tuple of int)

    Returns
    -------
    Drawing
        In each box the number of filters; "1×1" and "norm" where a layer is no convolution of 3×3.
    """
    columns = {name: _stages(without(flow(*network), HIDDEN)) for name, network in networks.items()}
    heights = [max(map(len, stage)) for stage in zip(*columns.values(), strict=True)]
    tops = np.concatenate([[0], np.cumsum([height + 0.35 for height in heights])])
    with plots.figure(5.0, 0.29 * (tops[-1] + 0.8)) as (fig, ax):
        for place, (name, stages) in enumerate(columns.items()):
            ax.text(place + 0.5, -0.6, name, ha="center", va="center")
            for top, stage in zip(tops, stages, strict=False):
                for row, step in enumerate(stage):
                    _cell(ax, place, top + row, step)
        ax.hlines(tops[1:-1] - 0.18, 0, len(columns), color=plots.COLOURS["green"], linewidth=2.5)
        ax.set(xlim=(0, len(columns)), ylim=(tops[-1] - 0.2, -1))
        ax.axis("off")
    return plots.drawing(fig)


def _stages(steps):
    """Return the steps between the poolings, without the image and the averaging after the last pooling."""
    stages = [[]]
    for step in steps[1:]:
        if step.kind == "pooling":
            if stages[-1]:
                stages.append([])
        else:
            stages[-1].append(step)
    return stages


def _cell(ax, left, top, step):
    colour = plots.COLOURS[COLOURS[step.kind]]
    box = mpl.patches.Rectangle((left + 0.05, top), 0.9, 0.88, facecolor=colour, linewidth=0, alpha=0.28)
    ax.add_patch(box)
    words = str(step.out_shape[0])
    if step.kind == "normalisation":
        words = "norm"
    elif label(step) == "1×1":
        words = f"1×1, {words}"
    ax.text(left + 0.5, top + 0.46, words, ha="center", va="center", fontsize=11)


_SIDES = {11: "red", 7: "orange", 5: "yellow", 3: "blue", 1: "green"}


def depth_strips(networks):
    """Draw each network as a row of its layers on the longest way, coloured by the side of their filters.

    Parameters
    ----------
    networks : dict of str to (torch.nn.Module, tuple of int)

    Returns
    -------
    Drawing
    """
    deep = {name: ways(flow(*network)) for name, network in networks.items()}
    most = max(map(len, deep.values()))
    with plots.figure(5.0, 0.62 * len(deep) + 0.5) as (fig, ax):
        for row, (name, steps) in enumerate(deep.items()):
            ax.text(0, row - 0.28, f"{name}: {len(steps)} layers", va="bottom")
            for place, step in enumerate(steps):
                colour = plots.COLOURS[_colour_of(step)]
                ax.add_patch(
                    mpl.patches.Rectangle((place, row - 0.2), 0.8, 0.42, facecolor=colour, linewidth=0)
                )
        ax.set(xlim=(-1, most + 1), ylim=(len(deep) - 0.6, -0.75))
        ax.axis("off")
        handles = [
            mpl.patches.Patch(facecolor=plots.COLOURS[colour], label=f"{side}×{side}")
            for side, colour in _SIDES.items()
        ]
        handles.append(mpl.patches.Patch(facecolor=plots.COLOURS["purple"], label="full"))
        fig.legend(handles=handles, loc="outside lower center", ncols=6, columnspacing=0.8, handlelength=0.9)
    return plots.drawing(fig)


def _colour_of(step):
    if step.kind == "fully connected":
        return "purple"
    return _SIDES[step.module.kernel_size[0]]


def connections_picture(table, num_inputs):
    """Draw which input maps each output map of a convolution sees.

    Parameters
    ----------
    table : sequence of sequences of int
        For each output map its input maps, as :data:`convnets.sizing.networks.C3_TABLE`.
    num_inputs : int

    Returns
    -------
    Drawing
    """
    with plots.figure(5.0, 5.0 * (num_inputs + 1.6) / (len(table) + 2)) as (fig, ax):
        for column, seen in enumerate(table):
            for row in range(num_inputs):
                box = mpl.patches.Rectangle((column, row), 1, 1, linewidth=0.8, fill=False)
                box.set_edgecolor(plots.COLOURS["line"])
                ax.add_patch(box)
                if row in seen:
                    tint = mpl.patches.Rectangle((column, row), 1, 1, linewidth=0, alpha=0.5)
                    tint.set_facecolor(plots.COLOURS["blue"])
                    ax.add_patch(tint)
            ax.text(column + 0.5, -0.5, str(column), ha="center", va="center")
        for row in range(num_inputs):
            ax.text(-0.3, row + 0.5, str(row), ha="right", va="center")
        ax.text(-0.3, -0.5, "S2 \\ C3", ha="right", va="center", fontsize=10.5)
        ax.set(xlim=(-2, len(table) + 0.05), ylim=(num_inputs + 0.05, -1), aspect="equal")
        ax.axis("off")
    return plots.drawing(fig)
