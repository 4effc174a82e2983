"""Makes what was handed in the folder that nbgrader expects: ``<slug>.ipynb`` on top, within the limits."""

import re

from autograder.collecting import unpacking
from autograder.collecting.received import Received
from autograder.collecting.unpacking import Limits, Refused

__all__ = ["tidy"]


def tidy(one: Received, slug: str, limits: Limits) -> None:
    """Unpack a student's own archive, name the notebook as it must be named, and keep to the limits.

    An archive within an archive stays one. A folder around everything, as the learner's archive has it, is
    taken off. Canvas and browsers add a number to a name that was there before (``layers-1.ipynb``,
    ``layers (2).ipynb``): where there is one such notebook and none of the right name, it is the one. So is
    ``ada.ipynb``, handed in by ada.
    """
    for name in [name for name, content in one.files.items() if _is_archive(name, content)]:
        with unpacking.opened(one.files.pop(name), limits) as found:
            for part in found:
                one.add(part.path or name, part)
    if f"{slug}.ipynb" not in one.files:
        _take_off_a_folder(one, slug)
        _rename(one, slug)
    _keep_to(limits, one, slug)


def _is_archive(name: str, content: bytes) -> bool:
    return name.lower().endswith(".zip") and unpacking.is_zip(content)


def _take_off_a_folder(one: Received, slug: str) -> None:
    """Take off the folder around the notebook, the shortest one where there are several."""
    notebook = _like(slug)
    around = {name.rpartition("/")[0] for name in one.files if notebook.fullmatch(name.rpartition("/")[2])}
    if around and (folder := min(around, key=lambda path: (path.count("/"), path))):
        one.files = {name.removeprefix(f"{folder}/"): content for name, content in one.files.items()}


def _like(slug: str) -> re.Pattern:
    return re.compile(rf"{re.escape(slug)}(?:-\d+| ?\(\d+\))?\.ipynb", re.IGNORECASE)


def _rename(one: Received, slug: str) -> None:
    if f"{slug}.ipynb" in one.files:
        return
    found = [name for name in one.files if _like(slug).fullmatch(name) or name == f"{one.name}.ipynb"]
    if len(found) == 1:
        one.files[f"{slug}.ipynb"] = one.files.pop(found[0])


def _keep_to(limits: Limits, one: Received, slug: str) -> None:
    """Leave out what is too much; the notebook comes first."""
    total, kept = 0, {}
    for name in sorted(one.files, key=lambda name: (name != f"{slug}.ipynb", name)):
        content = one.files[name]
        if len(kept) >= limits.files:
            one.refused.append(Refused(name, f"there are more than {limits.files} files"))
        elif total + len(content) > limits.submission:
            one.refused.append(Refused(name, f"there is more than {limits.submission / 2**20:.3g} MiB"))
        else:
            kept[name], total = content, total + len(content)
    one.files = kept
