"""What a learner's notebook imports: run the public cases, compare, name the mistake, draw the difference.

It ships with each assignment and needs NumPy only; PyTorch where an exercise is about tensors.
"""

import sys

from checks.checking import report_on
from checks.reporting import show

__all__ = ["check"]


def check(function: object) -> None:
    """Try a function on the public cases of its exercise and show what came of it.

    Parameters
    ----------
    function : callable
        The function that the exercise asks for, under the exercise's name: ``check(conv1d_flip_and_filter)``.
    """
    try:
        show(report_on(function, sys._getframe(1).f_globals))
    except Exception as error:  # the learner's page is no place for this package's own traceback
        print(
            f"`check` itself failed ({type(error).__name__}: {error}). This is not your mistake: report it."
        )
