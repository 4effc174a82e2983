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
        Runs by the name of their experiment; experiments without published figures are passed over.

    Returns
    -------
    Table
        A row for each published figure; without ours where that variant was not run at the recorded size.

    Raises
    ------
    ValueError
        If a source has no name in :data:`SOURCES`.
    """
    header = ("notebook: variant", "paper, %", "source", "ours, %", "ours is", "seconds")
    rows = [
        (f"{name}: {figure['variant']}", *_row(figure, result))
        for name, result in results.items()
        for figure in getattr(experiments.load(name), "PUBLISHED", ())
    ]
    caption = "Test errors: of the papers, and of the runs that are recorded for this book"
    return Table(header, rows, caption=caption)


def _row(figure, result):
    variant, source = figure["variant"], figure["source"]
    if source not in SOURCES:
        raise ValueError(f"the source {source!r} has no name; add it to SOURCES")
    theirs = f"{100 * figure['error']:.2f}", SOURCES[source]
    if variant not in result.variants:
        return *theirs, None, "not run", None
    return *theirs, result.written(variant), result.label, f"{result.mean(variant, 'seconds'):.3g}"
