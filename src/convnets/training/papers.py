"""What papers report beside what this course's runs reached (page *Papers and ours*).

Each experiment lists the published figures of its variants (``PUBLISHED``); ours are read from the recorded
runs. A figure of a paper and a reduced run stand side by side only to be told apart.
"""

from convnets.sizing.tables import Table
from convnets.training import experiments

__all__ = ["SOURCES", "papers_and_ours"]

SOURCES = {
    "he2016deep": "He et al. 2016",
    "jordan2024ninety": "Jordan 2024",
    "lecun1989backpropagation": "LeCun et al. 1989",
    "lecun1998gradient": "LeCun et al. 1998",
}
"""How the sources of published figures are called in a table, by their keys in the bibliography."""


def papers_and_ours(results):
    """Return published test errors beside ours, as a table.

    Parameters
    ----------
    results : dict of str to Result
        Runs by the name of their experiment; experiments without published figures are passed over, and so
        are variants that were not run.

    Returns
    -------
    Table
        A row for each published figure.

    Raises
    ------
    ValueError
        If a source has no name in :data:`SOURCES`.
    """
    header = ("notebook", "network or variant", "paper, %", "source", "ours, %", "runs", "seconds", "ours is")
    rows = []
    for name, result in results.items():
        for figure in getattr(experiments.load(name), "PUBLISHED", ()):
            if figure["variant"] in result.variants:
                rows.append((name, *_row(figure, result)))
    caption = "Test errors: of the papers, and of the runs that are recorded for this book"
    return Table(header, rows, caption=caption)


def _row(figure, result):
    variant, source = figure["variant"], figure["source"]
    if source not in SOURCES:
        raise ValueError(f"the source {source!r} has no name; add it to SOURCES")
    ours = (
        result.written(variant),
        len(result.of(variant)),
        f"{result.mean(variant, 'seconds'):.3g}",
        result.label,
    )
    return variant, f"{100 * figure['error']:.2f}", SOURCES[source], *ours
