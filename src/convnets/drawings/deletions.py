"""Drawings of networks that have lost some of their blocks (notebook *degradation*).

They read what :func:`convnets.training.experiments.degradation.deletions` recorded.
"""

import numpy as np

from convnets import plots
from convnets.drawings.numbers import HUES

__all__ = ["one_block", "several_blocks"]


def one_block(result, variants):
    """Draw the test error of networks without each of their blocks.

    Parameters
    ----------
    result : convnets.training.Result
        With ``deleted`` in its records.
    variants : sequence of str
        Which networks. Points stand where in the depth of the network the block was, gaps for plain blocks
        without which nothing fits; a dotted line is the error with all blocks. Means over the seeds.

    Returns
    -------
    Drawing
    """
    with plots.figure(6.4, 3.4) as (fig, ax):
        for number, variant in enumerate(variants):
            colour = plots.COLOURS[HUES[number % len(HUES)]]
            deleted = [record["deleted"] for record in result.of(variant)]
            errors = 100 * np.array([each["one"] for each in deleted], float).mean(axis=0)
            places = (np.arange(len(errors)) + 0.5) / len(errors)
            ax.plot(places, errors, "o-", color=colour, label=variant, markersize=4)
            whole = 100 * np.mean([each["none"] for each in deleted])
            ax.axhline(whole, color=colour, linestyle="dotted", linewidth=1.2)
        ax.legend(fontsize=10)
        ax.set(xlabel="where in the network the block was: image on the left", ylabel="test error, %")
        ax.set(xlim=(0, 1), ylim=(0, 100), xticks=[], title=result.label)
    return plots.drawing(fig)


def several_blocks(result, variants):
    """Draw the test error of networks against how many of their blocks are deleted at once.

    Parameters
    ----------
    result : convnets.training.Result
        With ``deleted`` in its records.
    variants : sequence of str
        Which networks. A line is the mean over draws and seeds, a band spans them.

    Returns
    -------
    Drawing
    """
    with plots.figure(6.4, 3.2) as (fig, ax):
        for number, variant in enumerate(variants):
            colour = plots.COLOURS[HUES[number % len(HUES)]]
            deleted = [record["deleted"] for record in result.of(variant)]
            errors = {0: [each["none"] for each in deleted]}
            for num in deleted[0]["several"]:
                errors[int(num)] = [error for each in deleted for error in each["several"][num]]
            least, mean, most = (
                [100 * of(drawn) for drawn in errors.values()] for of in (np.min, np.mean, np.max)
            )
            ax.plot(list(errors), mean, "o-", color=colour, label=variant, markersize=4)
            ax.fill_between(list(errors), least, most, color=colour, alpha=0.15, linewidth=0)
        ax.legend(fontsize=10)
        ax.set(xlabel="blocks deleted at once", ylabel="test error, %", ylim=(0, 100), title=result.label)
    return plots.drawing(fig)
