"""Modules as graphs: what is taken from where, read off the module by :func:`flow`."""

import re

import matplotlib as mpl

from convnets import plots
from convnets.drawings.architectures.flow import without
from convnets.drawings.architectures.towers import COLOURS, label

__all__ = ["graphs"]

_HEIGHT = 0.62  # of a box, in levels
_ASIDE = 0.72  # how far to the right a shortcut leads around, in columns


def graphs(modules, hidden=("dropout", "rearranged"), columns=1, widest=4):
    """Draw what modules do as boxes and arrows, one panel for each.

    Parameters
    ----------
    modules : dict of str to list of Step
        What :func:`flow` returns for each, by the title of its panel.
    hidden : collection of str
        Kinds of steps that are not drawn.
    columns : int
        Panels in a row.
    widest : int
        How many branches fit beside one another in a panel.

    Returns
    -------
    Drawing
        Convolutions state filters and number of maps.
    """
    shown = {title: without(steps, hidden) for title, steps in modules.items()}
    laid_out = {title: _Layout(steps) for title, steps in shown.items()}
    rows = -(-len(shown) // columns)
    depth = max(layout.levels[-1] if layout.levels else 0 for layout in laid_out.values())
    depth = max(depth, *(max(layout.levels) for layout in laid_out.values()))
    with plots.figure(5.0, rows * (0.4 * (depth + 1) + 0.35), nrows=rows, ncols=columns, squeeze=False) as (
        fig,
        axes,
    ):
        for ax in axes.flat:
            ax.axis("off")
        for ax, (title, layout) in zip(axes.flat, laid_out.items(), strict=False):
            layout.draw(ax)
            ax.set(xlim=layout.limits(widest), ylim=(depth + 0.5, -0.5))
            ax.set_title(title)
    return plots.drawing(fig)


class _Layout:
    """Where each step of a list stands: its level from above, its column, and how wide its box is."""

    def __init__(self, steps):
        self.steps = steps
        self.taken_by = [[] for _ in steps]
        for place, step in enumerate(steps):
            for source in sorted(set(step.inputs)):
                self.taken_by[source].append(place)
        self.levels = []
        for step in steps:
            self.levels.append(1 + max((self.levels[source] for source in step.inputs), default=-1))
        self.remaining = [0] * len(steps)
        for place in range(len(steps) - 1, -1, -1):
            following = [1 + self.remaining[target] for target in self.taken_by[place]]
            self.remaining[place] = max(following, default=0)
        self.at = []
        for place in range(len(steps)):
            self.at.append(self._column(place))
        self.spans = [self._span(place) for place in range(len(steps))]

    def _branches(self, source):
        """Return the steps that take the result of `source` and nothing else."""
        return [place for place in self.taken_by[source] if len(set(self.steps[place].inputs)) == 1]

    def _column(self, place):
        step = self.steps[place]
        sources = sorted(set(step.inputs))
        if not sources:
            return 0.0
        if len(sources) > 1:
            if step.kind == "add":
                return self.at[step.inputs[0]]
            return sum(self.at[source] for source in sources) / len(sources)
        branches = self._branches(sources[0])
        if len(branches) > 2:
            return self.at[sources[0]] + branches.index(place) - (len(branches) - 1) / 2
        straight = max(branches, key=lambda each: self.remaining[each])
        return self.at[sources[0]] + (place != straight)

    def _span(self, place):
        """Return the left and right end of a box; it reaches over branches that begin or end in it."""
        step, own = self.steps[place], self.at[place]
        near = [own]
        if len(self._branches(place)) > 2:
            near += [self.at[each] for each in self._branches(place)]
        if step.kind == "concatenate":
            near += [self.at[source] for source in step.inputs]
        half = 0.16 if step.kind == "add" else 0.45
        return min(near) - half, max(near) + half

    def limits(self, widest):
        """Return the limits of the axis, so that boxes of panels beside one another are equally wide."""
        left = min(left for left, _ in self.spans)
        right = max(right for _, right in self.spans)
        right = max(right, *(at + _ASIDE for at in self._asides()), left)
        middle, half = (left + right) / 2, max(widest, right - left) / 2
        return middle - half - 0.05, middle + half + 0.05

    def _asides(self):
        return [self.at[source] for source, target in self._arrows() if self._leads_around(source, target)]

    def _arrows(self):
        return [
            (source, place) for place, step in enumerate(self.steps) for source in dict.fromkeys(step.inputs)
        ]

    def _leads_around(self, source, target):
        """Return whether boxes stand in the way of a straight arrow."""
        same = self.at[source] == self.at[target]
        return same and self.levels[target] - self.levels[source] > 1

    def draw(self, ax):
        """Draw the boxes and the arrows."""
        for source, target in self._arrows():
            _arrow(ax, self._corners(source, target))
        for place, step in enumerate(self.steps):
            _box(ax, *self.spans[place], self.levels[place], step)

    def _corners(self, source, target):
        """Return the corners of an arrow's line."""
        top, bottom = self.levels[source], self.levels[target]
        half = _HEIGHT / 2
        if self._leads_around(source, target):
            aside = self.at[source] + _ASIDE
            return [
                (self.spans[source][1], top),
                (aside, top),
                (aside, bottom),
                (self.spans[target][1], bottom),
            ]
        for column in (self.at[source], self.at[target]):
            if all(self.spans[each][0] <= column <= self.spans[each][1] for each in (source, target)):
                return [(column, top + half), (column, bottom - half)]
        if len(set(self.steps[target].inputs)) == 1:
            return [(self.spans[source][1], top), (self.at[target], top), (self.at[target], bottom - half)]
        side = self.spans[target][self.at[source] > self.at[target]]
        return [(self.at[source], top + half), (self.at[source], bottom), (side, bottom)]


def _arrow(ax, corners):
    colour = plots.COLOURS["muted"]
    ax.plot(*zip(*corners, strict=True), color=colour, linewidth=1.2, zorder=1)
    style = {"arrowstyle": "-|>,head_width=0.22,head_length=0.4", "color": colour, "linewidth": 0}
    ax.annotate("", corners[-1], corners[-2], arrowprops={**style, "shrinkA": 0, "shrinkB": 0}, zorder=1)


def _box(ax, left, right, level, step):
    colour = plots.COLOURS[COLOURS.get(step.kind, "muted")]
    corner, width = (left, level - _HEIGHT / 2), right - left
    paper = mpl.patches.Rectangle(
        corner, width, _HEIGHT, facecolor=plots.COLOURS["bg"], linewidth=0, zorder=2
    )
    tint = mpl.patches.Rectangle(corner, width, _HEIGHT, facecolor=colour, alpha=0.28, linewidth=0, zorder=3)
    ax.add_patch(paper)
    ax.add_patch(tint)
    ax.text((left + right) / 2, level, _words(step), ha="center", va="center", fontsize=11, zorder=4)


def _words(step):
    """Return what stands in a box: filters and maps of a convolution, maps of the image and of stacks."""
    maps = step.out_shape[0]
    if step.kind == "image":
        return f"{maps} maps"
    if step.kind == "block":
        return re.sub(r"(?<=[a-z])(?=\d)", " ", step.name)
    if step.kind == "convolution":
        return f"{label(step)}, {maps}"
    if step.kind == "concatenate":
        return f"stacked: {maps} maps"
    if step.kind == "fully connected":
        return f"full, {maps}"
    return label(step)
