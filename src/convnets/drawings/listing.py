"""The code of a function as a figure: what a chapter shows is what the package runs."""

import ast
import inspect
import textwrap

__all__ = ["Listing"]


class Listing:
    """The source of functions without decorators and docstrings; notebooks and the book show it highlighted.

    What a docstring says at length (shapes, errors) the chapter says in its own words.

    Parameters
    ----------
    *functions : callable
        Functions of the package, shown in this order.

    Raises
    ------
    TypeError
        When a function has no Python source.
    """

    def __init__(self, *functions):
        self.source = "\n\n".join(map(_without_docstring, functions))

    def _repr_markdown_(self):
        return f"```python\n{self.source}\n```"


def _without_docstring(function):
    lines, _ = inspect.getsourcelines(inspect.unwrap(function))
    text = textwrap.dedent("".join(lines))
    definition = ast.parse(text).body[0]
    lines = text.splitlines()
    if ast.get_docstring(definition) is not None:
        documentation = definition.body[0]
        del lines[documentation.lineno - 1 : documentation.end_lineno]
    return "\n".join(lines[definition.lineno - 1 :])
