"""Run the notebooks of the book side by side and keep their outputs in the cache that the book is built from.

``python -m course.execution CACHE SECONDS PAGE...`` is started by :mod:`course.book` as a process of its own,
so that what the notebooks see of the environment is set there and nowhere else. Prints the traceback of each
cell that failed; the exit status is 1 where there is one.
"""

import logging
import sys
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor

READER = {"name": "myst_nb_md", "type": "plugin"}


def main(cache_folder: str, seconds: str, *pages: str) -> int:
    """Execute those of `pages` that the cache does not hold, each cell for at most so many seconds."""
    cache = get_cache(cache_folder)
    for record in cache.list_project_records():
        cache.remove_nb_from_project(record.pk)
    for page in pages:
        cache.add_nb_to_project(page, read_data=READER)
    quiet = logging.getLogger(__name__)
    quiet.setLevel(logging.CRITICAL)
    result = load_executor("local-parallel", cache, logger=quiet).run_and_cache(timeout=int(seconds))
    for page in result.excepted + result.errored:
        traceback = cache.get_project_record(page).traceback or "it could not be read as a notebook"
        _, marker, told = traceback.partition("An error occurred while executing the following cell:")
        print(f"\n{Path(page).name} failed:\n{marker + told if told else traceback}")
    return 1 if result.excepted or result.errored else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
