"""How R-CNN became one network: which of its parts are learnt together, step by step."""

import matplotlib as mpl

from convnets import plots

__all__ = ["METHODS", "PARTS", "parts_learnt"]

PARTS = ("proposals", "features", "regions", "class", "box", "mask")
METHODS = {
    "R-CNN": (
        ("selective\nsearch", False),
        ("one pass\na region", False),
        ("warped", False),
        ("SVM", False),
        ("regression", False),
        None,
    ),
    "Fast": (
        ("selective\nsearch", False),
        ("one pass", True),
        ("RoI pooling", True),
        ("softmax", True),
        ("regression", True),
        None,
    ),
    "Faster": (
        ("anchors", True),
        ("one pass", True),
        ("RoI pooling", True),
        ("softmax", True),
        ("regression", True),
        None,
    ),
    "Mask": (
        ("anchors", True),
        ("one pass", True),
        ("RoI align", True),
        ("softmax", True),
        ("regression", True),
        ("28×28", True),
    ),
}
"""What each part is, in the order of `PARTS`, and whether it belongs to the one network that is trained."""


def parts_learnt():
    """Draw the parts of the four networks in columns: blue what is trained together, dashed what is apart.

    Returns
    -------
    Drawing
    """
    with plots.figure(5.0, 3.3) as (fig, ax):
        ax.set(xlim=(-0.95, len(METHODS)), ylim=(len(PARTS), -0.6))
        ax.axis("off")
        for row, part in enumerate(PARTS):
            ax.text(-0.05, row + 0.5, part, ha="right", va="center", fontsize=11)
        for column, (method, parts) in enumerate(METHODS.items()):
            ax.text(column + 0.5, -0.25, method, ha="center", va="center")
            for row, part in enumerate(parts):
                if part is not None:
                    _box(ax, column, row, *part)
    return plots.drawing(fig)


def _box(ax, column, row, text, is_together):
    colour = plots.COLOURS["blue" if is_together else "orange"]
    ground = mpl.patches.Rectangle((column + 0.04, row + 0.05), 0.92, 0.9, facecolor=colour, linewidth=0)
    ground.set_alpha(0.2)
    ax.add_patch(ground)
    style = "solid" if is_together else "dashed"
    frame = mpl.patches.Rectangle((column + 0.04, row + 0.05), 0.92, 0.9, fill=False, linestyle=style)
    frame.set_edgecolor(colour)
    ax.add_patch(frame)
    ax.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=10)
