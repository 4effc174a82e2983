"""The grader's settings, given to nbgrader through its own traits, however it is started.

A course's own ``nbgrader_config.py`` imports this module by its name, which therefore stays what it is.
"""

import copy
import functools
import os
import shutil
import sys
from pathlib import Path

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.layout import TEMPLATES, Course, CourseError

__all__ = ["apply", "config_of", "let_nbgrader_find_alembic"]


def apply(c: Config, root: str | Path, solutions: str | Path) -> None:
    """Set what differs from nbgrader's defaults on a configuration object.

    Parameters
    ----------
    c : traitlets.config.Config
        Changed in place.
    root : path
        nbgrader's working tree, absolute.
    solutions : path
        Folder of the assignments' sources, from which the oracle reads the exercises.
    """
    from nbgrader.converters import Autograde
    from nbgrader.preprocessors import Execute, GetGrades, OverwriteCells

    from autograder.authoring.build import DEMONSTRATION
    from autograder.engine.execute import OracleExecute
    from autograder.engine.harmless import Harmless
    from autograder.intake.plain_nbgrader import Graft, refuse_odd_folders
    from autograder.late import LatePenalty
    from autograder.results.export import CsvExporter
    from autograder.results.feedback import CleanFeedback, delete_all_but_pages

    let_nbgrader_find_alembic()
    course = Course(Path(root), Path(solutions))
    c.CourseDirectory.root = str(course.root)
    c.CourseDirectory.course_id = "convnets"
    c.CourseDirectory.db_url = course.db_url
    c.ClearSolutions.code_stub = {"python": "# your code here\nraise NotImplementedError"}

    usual = Autograde.class_traits()
    sanitize = usual["sanitize_preprocessors"].default()
    grade = usual["autograde_preprocessors"].default()
    c.Autograde.sanitize_preprocessors = [Graft, *sanitize[sanitize.index(OverwriteCells) - 1 :]]
    after = grade.index(Execute) + 1
    c.Autograde.autograde_preprocessors = [*grade[: after - 1], OracleExecute, Harmless, *grade[after:]]
    c.Autograde.pre_convert_hook = refuse_odd_folders
    c.OracleExecute.solutions = str(course.solutions)
    c.ExecutePreprocessor.shutdown_kernel = "immediate"
    c.Execute.timeout = 30
    c.Execute.iopub_timeout = 30
    c.Execute.skip_cells_with_tag = DEMONSTRATION
    c.LimitOutput.max_lines = 200
    c.AssignLatePenalties.plugin_class = LatePenalty
    c.ExportApp.plugin_class = CsvExporter
    returned = _feedback_default()
    returned = [CleanFeedback if step is GetGrades else step for step in returned]
    c.GenerateFeedback.preprocessors = [Harmless, *returned]
    c.GenerateFeedback.post_convert_hook = delete_all_but_pages
    c.GenerateFeedback.HTMLExporter.extra_template_basedirs = _templates()


def let_nbgrader_find_alembic() -> None:
    """Put this interpreter's programs on the path: nbgrader starts one to make a gradebook."""
    if shutil.which("alembic") is None:
        os.environ["PATH"] = os.pathsep.join(
            [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
        )


def _feedback_default() -> list[type]:
    from nbgrader.converters import GenerateFeedback

    return GenerateFeedback.class_traits()["preprocessors"].default()


def _templates() -> list[str]:
    """Return where the feedback page's parts are looked for: first here, then in nbgrader."""
    import nbgrader

    stock = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
    return [str(TEMPLATES), str(stock)]


def config_of(course: Course) -> Config:
    """Return the configuration of a course, for nbgrader's classes used in this process.

    What an instructor has set in the course's ``nbgrader_config.py`` comes after what `apply` sets.

    Raises
    ------
    CourseError
        That file does not run.
    """
    c = Config()
    apply(c, course.root, course.solutions)
    if course.config.is_file():
        c.merge(copy.deepcopy(_own(course.config, course.config.stat().st_mtime_ns)))
    return c


@functools.lru_cache(maxsize=8)
def _own(path: Path, changed: int) -> Config:
    """Run a configuration file as nbgrader would; once for each version of it."""
    try:
        return PyFileConfigLoader(path.name, path=str(path.parent)).load_config()
    except Exception as error:
        raise CourseError(f"{path} does not run: {type(error).__name__}: {error}") from error
