"""Results of networks: errors by year, accuracy over cost, deleted blocks."""

from convnets import plots
from convnets.drawings.numbers import HUES
from convnets.sizing.competitions import HUMAN, WINNERS
from convnets.sizing.published import TORCHVISION

__all__ = ["complexity_chart", "deleted_blocks", "errors_by_year", "learning_curves"]


def errors_by_year():
    """Draw the errors of the winners on ImageNet, and where the lectures have another figure.

    Returns
    -------
    Drawing
        Data and sources are those of :mod:`convnets.sizing.competitions`.
    """
    with plots.figure(5.0, 4.0) as (fig, ax):
        for place, winner in enumerate(WINNERS):
            error = float(winner.test_top5)
            colour = plots.COLOURS["blue" if winner.is_learned else "orange"]
            ax.barh(place, error, height=0.62, color=colour)
            ax.text(max(error, float(winner.lecture)) + 0.5, place, winner.test_top5, va="center")
            if winner.lecture != winner.test_top5:
                ax.plot([float(winner.lecture)] * 2, [place - 0.38, place + 0.38], color=plots.COLOURS["fg"])
        names = [f"{winner.year}  {winner.name.split(':')[0]}" for winner in WINNERS]
        ax.set_yticks(range(len(names)), names)
        ax.set(ylim=(len(names) - 0.4, -0.9), xlim=(0, 32))
        ax.tick_params(axis="y", length=0)
        ax.axvline(float(HUMAN), color=plots.COLOURS["muted"], linestyle=":", linewidth=1.4)
        ax.text(float(HUMAN) + 0.4, -0.62, f"one trained person: {HUMAN}", va="center")
        ax.set_xlabel("top-5 error on the test images, per cent")
        handles = [
            ax.barh([0], [0], color=plots.COLOURS[colour], label=text)
            for text, colour in (("designed features", "orange"), ("learnt features", "blue"))
        ]
        handles += ax.plot([], [], color=plots.COLOURS["fg"], label="in the lectures")
        fig.legend(handles=handles, loc="outside upper left", ncols=2, columnspacing=1)
    return plots.drawing(fig)


_ABOVE, _BELOW = (0, 14, "center"), (0, -24, "center")
_BESIDE = {
    **dict.fromkeys(("VGG-11", "VGG-13", "VGG-19", "GoogLeNet"), _ABOVE),
    "VGG-16": _BELOW,
    "ResNet-18": (8, -14, "left"),
    "AlexNet": (14, -4, "left"),
}
"""Where names stand, in points from the middle of a bubble; to the right, if not said."""


def complexity_chart(summaries):
    """Draw right first answers over multiply-adds, each network as a bubble as large as its parameters.

    Parameters
    ----------
    summaries : dict of str to Summary
        By the names of :data:`convnets.sizing.published.TORCHVISION`, where the accuracies come from.

    Returns
    -------
    Drawing
        The area of a bubble is proportional to the number of parameters.
    """
    families = {"AlexNet": "orange", "VGG": "blue", "GoogLeNet": "green", "ResNet": "purple"}
    with plots.figure(5.0, 4.2) as (fig, ax):
        for name, counted in summaries.items():
            colour = plots.COLOURS[families[name.split("-")[0]]]
            place = counted.multiply_adds / 1e9, TORCHVISION[name].top1
            ax.scatter(*place, s=counted.parameters / 1.2e5, color=colour, alpha=0.35, linewidths=0)
            ax.scatter(*place, s=6, color=colour)
            right, up, align = _BESIDE.get(name, (8, -4, "left"))
            ax.annotate(name, place, (right, up), textcoords="offset points", ha=align, fontsize=10.5)
        for count, label in ((5e6, "5 M"), (50e6, "50 M"), (150e6, "150 M")):
            ax.scatter(
                [], [], s=count / 1.2e5, color=plots.COLOURS["muted"], alpha=0.35, linewidths=0, label=label
            )
        ax.legend(title="parameters", loc="lower right", labelspacing=1.6, borderpad=1, handletextpad=1.2)
        ax.set(xlim=(-1.5, 23), ylim=(54, 81))
        ax.set_xlabel("multiply-adds for one image, 10⁹")
        ax.set_ylabel("right first answers, per cent")
    return plots.drawing(fig)


def learning_curves(errors):
    """Draw the training error of networks over epochs.

    Parameters
    ----------
    errors : dict of str to sequence of float
        The share of wrong answers after each epoch, by the name of the network.

    Returns
    -------
    Drawing
    """
    with plots.figure(5.0, 3.4) as (fig, ax):
        for marker, colour, (name, values) in zip("os^D", HUES, errors.items(), strict=False):
            epochs = range(1, len(values) + 1)
            percent = [100 * value for value in values]
            ax.plot(epochs, percent, f"{marker}-", color=plots.COLOURS[colour], label=name)
        ax.set(xlabel="epoch", ylabel="error on training images, per cent", ylim=(-3, 100))
        ax.set_xticks(epochs)
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, columnspacing=1)
    return plots.drawing(fig)


def deleted_blocks(whole, errors, limit):
    """Draw the error of networks after one block was taken out, over the place of the block.

    Parameters
    ----------
    whole : dict of str to float
        Error of each network with all its blocks, in per cent.
    errors : dict of str to sequence of (float or None)
        The same without block 0, 1, …; None where nothing fits without the block.
    limit : float
        Error of guessing, drawn as a line.

    Returns
    -------
    Drawing
    """
    with plots.figure(5.0, 3.4) as (fig, ax):
        for marker, colour, (name, values) in zip("os^D", HUES, errors.items(), strict=False):
            shade = plots.COLOURS[colour]
            places = [place for place, value in enumerate(values) if value is not None]
            ax.plot(places, [values[place] for place in places], marker, color=shade, label=name)
            ax.axhline(whole[name], color=shade, linewidth=1, linestyle="--")
        ax.axhline(limit, color=plots.COLOURS["muted"], linewidth=1, linestyle=":")
        ax.text(0, limit + 1, "guessing", va="bottom")
        ax.set(xlabel="which block was taken out", ylabel="error, per cent", ylim=(-3, 108))
        most = max(map(len, errors.values()))
        ax.set_xticks(range(0, most, 1 + most // 12))
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, columnspacing=1)
    return plots.drawing(fig)
