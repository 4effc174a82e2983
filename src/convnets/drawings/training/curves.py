"""What was measured: by layer, by learning rate, by remedy, and runs to be diagnosed."""

import numpy as np

from convnets import plots
from convnets.drawings.numbers import HUES

__all__ = ["courses", "error_pairs", "lines"]


def lines(x, curves, xlabel, ylabel, logarithmic=""):
    """Draw curves over a common axis.

    Parameters
    ----------
    x : array_like of shape (P,)
    curves : mapping of str to array_like of shape (P,)
    xlabel, ylabel : str
    logarithmic : {"", "x", "y", "xy"}
        Which axes are.

    Returns
    -------
    Drawing
    """
    with plots.figure(5.0, 3.4) as (fig, ax):
        for marker, hue, (name, values) in zip("os^Dv*", HUES, curves.items(), strict=False):
            ax.plot(x, values, f"{marker}-", color=plots.COLOURS[hue], markersize=5, label=name)
        ax.set(xlabel=xlabel, ylabel=ylabel)
        ax.xaxis.get_major_locator().set_params(integer=True)
        if "x" in logarithmic:
            ax.set_xscale("log")
            ax.set_xticks(x, [f"{value:g}" for value in x])
        if "y" in logarithmic:
            ax.set_yscale("log")
        ax.minorticks_off()
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), fontsize=11)
    return plots.drawing(fig)


def error_pairs(runs):
    """Draw the final training and test error of several runs by what was done in them.

    Parameters
    ----------
    runs : mapping of str to sequence of convnets.training.Run

    Returns
    -------
    Drawing
        A row for each name; circles for the training error of each run, squares below for its test error.
    """
    with plots.figure(5.0, 0.55 * len(runs) + 1.2) as (fig, ax):
        for marker, hue, key, name, above in (
            ("o", "orange", "train_error", "training", 0.14),
            ("s", "blue", "error", "test", -0.14),
        ):
            points = [(100 * getattr(run, key), row - above) for row, several in enumerate(runs.values())
                      for run in several]  # fmt: skip
            ax.plot(*zip(*points, strict=True), marker, color=plots.COLOURS[hue], markersize=7, label=name)
        ax.set_yticks(range(len(runs)), list(runs))
        ax.set(xlabel="error, %", ylim=(len(runs) - 0.5, -0.5))
        ax.set_xlim(left=0)
        ax.grid(axis="y", linewidth=0.6)
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return plots.drawing(fig)


def courses(runs, level):
    """Draw the losses of runs over their epochs, in panels without names, to be diagnosed.

    Parameters
    ----------
    runs : sequence of convnets.training.Run
        Six at most; the panels are called A, B, C …
    level : float
        The loss of guessing, drawn as a dotted line.

    Returns
    -------
    Drawing
        The training loss is dashed, the test loss solid.
    """
    rows = -(-len(runs) // 2)
    with plots.figure(5.0, 1.65 * rows + 0.3, nrows=rows, ncols=2, sharex=True, sharey=True) as (fig, axes):
        for name, ax, run in zip("ABCDEF", np.ravel(axes), runs, strict=False):
            epochs = [epoch.epoch for epoch in run.history]
            ax.axhline(level, color=plots.COLOURS["line"], linestyle="dotted")
            for key, style, hue in (("train_loss", (0, (4, 2)), "orange"), ("test_loss", "solid", "blue")):
                values = [getattr(epoch, key) for epoch in run.history]
                ax.plot(epochs, values, linestyle=style, color=plots.COLOURS[hue])
            ax.set_title(name, loc="left")
            ax.set(ylim=(0, 3.6), xticks=[epoch for epoch in epochs if epoch == 1 or epoch % 5 == 0])
        for ax in np.atleast_2d(axes)[-1]:
            ax.set_xlabel("epoch")
        for ax in np.atleast_2d(axes)[:, 0]:
            ax.set_ylabel("loss")
    return plots.drawing(fig)
