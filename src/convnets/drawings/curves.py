"""Drawings of recorded runs: their course, and how they compare (training notebooks, chapter *Training*)."""

import numpy as np

from convnets import plots
from convnets.drawings.numbers import HUES

__all__ = ["compared", "errors", "losses"]

NAMES = {"epoch": "epoch", "seconds": "seconds of training"}
STYLES = {"train": (0, (4, 2)), "test": "solid"}


def errors(result, variants=None, keys=("train_error", "test_error"), against="epoch"):
    """Draw training and test error of several variants, in per cent.

    Parameters
    ----------
    result : convnets.training.Result
    variants : sequence of str, optional
        Which; all by default.
    keys : sequence of str
        ``"train_error"`` is dashed, ``"test_error"`` solid; a band spans the seeds, the line is their mean.
    against : {"epoch", "seconds"}
        What the horizontal axis shows.

    Returns
    -------
    Drawing
    """
    return _courses(result, variants, keys, against, "error, %", 100)


def losses(result, variants=None, keys=("train_loss", "test_loss"), against="epoch"):
    """Draw training and test loss of several variants; arguments as of :func:`errors`."""
    return _courses(result, variants, keys, against, "loss", 1)


def _courses(result, variants, keys, against, label, factor):
    if against not in NAMES:
        raise ValueError(f"against must be 'epoch' or 'seconds', got {against!r}")
    with plots.figure(6.4, 3.6) as (fig, ax):
        for number, variant in enumerate(variants or result.variants):
            colour = plots.COLOURS[HUES[number % len(HUES)]]
            for key in keys:
                _course(ax, result, variant, key, against, colour, factor)
        handles, names = ax.get_legend_handles_labels()
        ax.legend(handles, names, fontsize=10, ncols=2 if len(names) > 3 else 1)
        ax.set(xlabel=NAMES[against], ylabel=label, title=result.label)
        ax.set_ylim(bottom=0)
        ax.xaxis.get_major_locator().set_params(integer=against == "epoch")
    return plots.drawing(fig)


def _course(ax, result, variant, key, against, colour, factor):
    curves = factor * result.curves(variant, key)
    epochs = np.arange(1, curves.shape[1] + 1)
    x = epochs if against == "epoch" else result.curves(variant, "seconds").mean(axis=0)
    tested = ~np.isnan(curves).any(axis=0)
    x, curves = x[tested], curves[:, tested]
    part = key.split("_")[0]
    name = f"{variant}, {'training' if part == 'train' else part}"
    marker = "o" if len(x) == 1 else None
    ax.plot(x, curves.mean(axis=0), color=colour, linestyle=STYLES[part], label=name, marker=marker)
    if len(curves) > 1:
        ax.fill_between(x, curves.min(axis=0), curves.max(axis=0), color=colour, alpha=0.15, linewidth=0)


def compared(result, key="error", variants=None, factor=100, label="test error, %"):
    """Draw one dot for each run, a row for each variant, and a bar at their mean.

    Parameters
    ----------
    result : convnets.training.Result
    key : str
        Which number of the records.
    variants : sequence of str, optional
        Which, from the top; all by default.
    factor : float
        What the numbers are multiplied by.
    label : str
        What the axis is called.

    Returns
    -------
    Drawing
    """
    chosen = list(variants or result.variants)
    with plots.figure(6.4, 1.1 + 0.36 * len(chosen)) as (fig, ax):
        for row, variant in enumerate(chosen):
            values = factor * result.values(variant, key)
            ax.plot(
                values, np.full(len(values), row), "o", color=plots.COLOURS["blue"], markersize=5, alpha=0.7
            )
            ax.vlines(values.mean(), row - 0.3, row + 0.3, color=plots.COLOURS["orange"], linewidth=2.5)
        ax.set_yticks(range(len(chosen)), chosen)
        ax.invert_yaxis()
        ax.set(xlabel=label, title=result.label)
        ax.grid(axis="x", linewidth=0.6)
        ax.margins(x=0.08)
    return plots.drawing(fig)
