"""Drawings of what trained detectors find, and of what that takes (training notebooks on detection)."""

import numpy as np
from matplotlib.ticker import LogFormatter

from convnets import plots
from convnets.drawings.detection import Panel, panels
from convnets.drawings.numbers import HUES

__all__ = ["precision_over_seconds", "recall_over_proposals", "there_and_found"]


def there_and_found(images, detections, min_score=0.5):
    """Draw images in two columns: with what is there, and with what a detector has found.

    Parameters
    ----------
    images : convnets.detection.images.ObjectImages
    detections : sequence of Detections
        For each image.
    min_score : float
        Detections that are less sure are not drawn.

    Returns
    -------
    Drawing
        Each class has its colour, in the order blue, orange, green, purple, red, yellow, and from the seventh
        class on again; found masks are filled.
    """
    pictures = {}
    rows = zip(images.images, images.objects, detections, strict=True)
    for number, (image, there, found) in enumerate(rows, 1):
        sure = found.scores >= min_score
        masks = None if found.masks is None else _by_class(found.masks[sure], found.labels[sure])
        filled = masks and {hue: part.any(dim=0) for hue, part in masks.items()}
        pictures[f"{number}: there"] = Panel(image, _by_class(there.boxes, there.labels))
        boxes = _by_class(found.boxes[sure], found.labels[sure])
        pictures[f"{number}: found"] = Panel(image, boxes, masks=filled)
    return panels(pictures)


def _by_class(values, labels):
    hues = labels % len(HUES)
    return {HUES[hue]: values[hues == hue] for hue in hues.unique().tolist()}


def precision_over_seconds(result, key="ap50"):
    """Draw the average precision of each variant over the time that it takes for an image.

    Parameters
    ----------
    result : convnets.training.Result
        With `key` and ``seconds_per_image`` in its records.
    key : str
        Which average, from 0 to 1.

    Returns
    -------
    Drawing
        One dot for each run; milliseconds on a logarithmic axis.
    """
    with plots.figure(6.4, 3.2) as (fig, ax):
        for number, variant in enumerate(result.variants):
            colour = plots.COLOURS[HUES[number % len(HUES)]]
            milliseconds = 1000 * result.values(variant, "seconds_per_image")
            ax.plot(milliseconds, 100 * result.values(variant, key), "o", color=colour, label=variant)
        ax.set(
            xscale="log", xlabel="milliseconds for an image", ylabel=f"{key.upper()}, %", title=result.label
        )
        ax.xaxis.set_major_formatter("{x:g}")
        ax.xaxis.set_minor_formatter(LogFormatter(minor_thresholds=(2, 1)))
        ax.margins(x=0.15, y=0.3)
        ax.legend(fontsize=10, loc="lower left")
    return plots.drawing(fig)


def recall_over_proposals(result, proposed):
    """Draw which share of the objects has a proposal, over the number of proposals.

    Parameters
    ----------
    result : convnets.training.Result
        With ``proposal_recall`` in its records, one share for each of `proposed`.
    proposed : sequence of int

    Returns
    -------
    Drawing
        A line for each variant, the mean over the seeds; a band spans them.
    """
    with plots.figure(6.4, 3.2) as (fig, ax):
        for number, variant in enumerate(result.variants):
            colour = plots.COLOURS[HUES[number % len(HUES)]]
            shares = 100 * np.array([record["proposal_recall"] for record in result.of(variant)])
            ax.plot(proposed, shares.mean(axis=0), "o-", color=colour, label=variant, markersize=4)
            ax.fill_between(proposed, shares.min(axis=0), shares.max(axis=0), color=colour, alpha=0.15)
        ax.set(xlabel="proposals for an image", ylabel="objects with one, %", ylim=(0, 103))
        ax.set(title=result.label, xticks=proposed)
        ax.legend(fontsize=10, loc="lower right")
    return plots.drawing(fig)
