"""What was measured: errors of difference quotients, and a network in training."""

from convnets import plots
from convnets.drawings.numbers import HUES

__all__ = ["digits_with_guesses", "error_by_step", "learning_curves"]


def error_by_step(steps, curves):
    """Draw the error of a difference quotient over the size of the step, both logarithmic.

    Parameters
    ----------
    steps : array_like of shape (S,)
    curves : mapping of str to array_like of shape (S,)
        Relative errors by what is tried.

    Returns
    -------
    Drawing
    """
    with plots.figure(5.0, 3.6) as (fig, ax):
        for marker, colour, (name, errors) in zip("os^D", HUES, curves.items(), strict=False):
            ax.loglog(steps, errors, f"{marker}-", color=plots.COLOURS[colour], markersize=4, label=name)
        ax.set(xlabel="step", ylabel="relative error")
        ax.minorticks_off()
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1))
    return plots.drawing(fig)


def learning_curves(history):
    """Draw the loss and, below it, the accuracy of each epoch of a training.

    Parameters
    ----------
    history : sequence of convnets.backprop.Epoch
        With accuracies.

    Returns
    -------
    Drawing
    """
    epochs = [epoch.epoch for epoch in history]
    with plots.figure(5.0, 4.4, nrows=2, sharex=True) as (fig, (above, below)):
        losses = [epoch.loss for epoch in history]
        above.plot(epochs, losses, "o-", color=plots.COLOURS["blue"], markersize=5)
        above.set(ylabel="mean loss", ylim=(0, None))
        below.plot(epochs, [epoch.accuracy for epoch in history], "s-", color=plots.COLOURS["orange"])
        below.set(xlabel="epoch", ylabel="accuracy", ylim=(None, 1))
        below.set_xticks(epochs)
    return plots.drawing(fig)


def digits_with_guesses(images, labels, guesses, *, columns=6):
    """Draw digits in rows, each under what it is and what it was taken for.

    Parameters
    ----------
    images : array_like of shape (N, H, W)
        Grey values in 0..1, at least one image.
    labels, guesses : sequence of int
    columns : int
        Digits in a row.

    Returns
    -------
    Drawing
    """
    rows = -(-len(images) // columns)
    with plots.figure(5.0, 1.2 * rows, nrows=rows, ncols=columns, squeeze=False) as (fig, axes):
        for ax in axes.flat:
            ax.axis("off")
        for ax, image, label, guess in zip(axes.flat, images, labels, guesses, strict=False):
            plots.draw_image(ax, image, limits=(0, 1), title=f"{label} → {guess}")
    return plots.drawing(fig)
