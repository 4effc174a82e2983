"""The instructor's side: builds, releases, grades and returns assignments with an unpatched nbgrader.

``authoring`` makes releases of the sources, ``collecting`` and ``intake`` take in what students hand in,
``sandbox`` shuts their code in, ``engine`` grades it, ``results`` shows what came of it; ``lms`` knows Canvas
and Moodle, ``hub`` JupyterHub.

``python -m autograder --help`` lists the commands; the plain ``nbgrader`` commands work in this folder as
well. nbgrader is loaded only when it is needed.
"""

__all__ = ["run_course"]


def run_course():
    """Build, release and grade everything, and print the tables; see `autograder.pipeline`."""
    from autograder import pipeline

    return pipeline.run_course()
