"""Precision over recall, as it comes and filled up, with the recalls at which VOC once looked."""

import numpy as np

from convnets import plots

__all__ = ["precision_over_recall"]


def precision_over_recall(precision, recall, levels=None):
    """Draw a curve of precision over recall, and the filled-up one whose area is the average precision.

    Parameters
    ----------
    precision, recall : array_like of shape (D,)
        After each detection, the surest first; at least one.
    levels : array_like of shape (L,), optional
        Recalls at which the filled-up curve is marked.

    Returns
    -------
    Drawing
    """
    precision, recall = np.asarray(precision, dtype=float), np.asarray(recall, dtype=float)
    filled = np.maximum.accumulate(precision[::-1])[::-1]
    with plots.figure(5.0, 3.3) as (fig, ax):
        left, top = np.concatenate([[0], recall, recall[-1:]]), np.concatenate([filled[:1], filled, [0]])
        blue = plots.COLOURS["blue"]
        ax.fill_between(left, top, step="pre", color=blue, alpha=0.2, linewidth=0)
        ax.plot(recall, precision, "o-", color=plots.COLOURS["orange"], markersize=5, label="as it comes")
        ax.step(left, top, where="pre", color=blue, label="filled up")
        if levels is not None:
            levels = np.asarray(levels, dtype=float)
            reached = np.searchsorted(recall, levels)
            heights = np.append(filled, 0)[reached]
            ax.plot(
                levels, heights, "D", color=plots.COLOURS["green"], markersize=5, label="at eleven recalls"
            )
        ax.set(xlabel="recall", ylabel="precision", xlim=(-0.03, 1.03), ylim=(0, 1.06))
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize=11)
    return plots.drawing(fig)
