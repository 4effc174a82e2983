"""Find calls that an exercise asks to do without, by reading the code, not by running it.

The code that counts is the function's own and that of every function it leads to: helpers, their helpers,
names that stand for one. Imports and aliases are resolved (``import numpy as xp``, ``from numpy import
convolve``, ``c = np.convolve``), and where a name is defined twice the last definition counts.
"""

import ast
import builtins
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator

__all__ = ["find_banned", "notebook_sources"]

Names = dict[str, str | ast.AST]  # what a name stands for: a dotted path, or the code that defines it


def find_banned(sources: Iterable[str], function_name: str, banned: Iterable[str]) -> list[str]:
    """Find which banned names a function uses, directly or through functions of the same sources.

    Parameters
    ----------
    sources : iterable of str
        Source of the cells, in the order in which they are run. A cell that is not Python is passed over.
    function_name : str
        The function to look at.
    banned : iterable of str
        Dotted names; ``"scipy.signal"`` stands for everything in it too.

    Returns
    -------
    list of str
        Full dotted names that are used (``"numpy.convolve"``), sorted.
    """
    names: Names = {}
    for source in sources:
        for statement in _statements(source):
            _bind(statement, names)
    start = names.get(function_name)
    if start is None:
        return []
    used = {start} if isinstance(start, str) else _used(start, names)
    dotted = tuple(bad + "." for bad in banned)
    found = {name for name in used if f"{name}.".startswith(dotted)}
    return sorted(name for name in found if not any(other.startswith(name + ".") for other in found))


def notebook_sources(function: Callable) -> list[str]:
    """Give the cells that were run so far in this notebook; outside a notebook, the function's own file."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is not None:
        return [str(cell) for cell in shell.user_ns.get("In", [])]
    try:
        return [inspect.getsource(sys.modules[function.__module__])]
    except (OSError, TypeError, KeyError, AttributeError):
        return []


def _statements(source: str) -> list[ast.stmt]:
    lines = source.splitlines()
    if lines and lines[0].startswith("%%"):
        lines[0] = ""
    lines = ["pass" if line.startswith(("%", "!", "?")) else line for line in lines]
    try:
        return ast.parse("\n".join(lines)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _bind(statement: ast.AST, names: Names) -> None:
    """Record what the names that a statement binds stand for from now on."""
    if isinstance(statement, _FUNCTION | ast.ClassDef):
        names[statement.name] = statement
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        names.update(_imported(statement))
    elif isinstance(statement, ast.Assign):
        for target in statement.targets:
            names.update(_assigned(target, statement.value, names))
    else:
        parts = list(ast.iter_child_nodes(statement))
        parts.sort(key=lambda part: not isinstance(part, ast.ExceptHandler))  # what was tried counts
        for part in parts:
            if isinstance(part, ast.stmt | ast.ExceptHandler | ast.match_case):
                _bind(part, names)


def _assigned(target: ast.expr, value: ast.expr, names: Names) -> Iterator[tuple[str, str | ast.AST]]:
    if isinstance(target, ast.Name):
        yield target.id, _dotted(value, names) or value
    elif isinstance(target, ast.Tuple | ast.List):
        is_pairwise = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts)
        for number, part in enumerate(target.elts):
            yield from _assigned(part, value.elts[number] if is_pairwise else value, names)


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
        return
    for alias in node.names:
        path = f"{node.module or ''}.{alias.name}"
        yield ("*" + path, path) if alias.name == "*" else (alias.asname or alias.name, path)


def _dotted(node: ast.AST, names: Names) -> str | None:
    """Resolve an expression such as ``np.linalg.norm`` or ``getattr(np, "convolve")`` to its full name."""
    if isinstance(node, ast.Name):
        meaning = names.get(node.id)
        return meaning if isinstance(meaning, str) else None
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value, names)
        return owner and f"{owner}.{node.attr}"
    if not isinstance(node, ast.Call):
        return None
    called = node.func.id if isinstance(node.func, ast.Name) else _dotted(node.func, names)
    texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if called == "getattr" and texts and len(node.args) >= 2:
        owner = _dotted(node.args[0], names)
        return owner and f"{owner}.{texts[0]}"
    return texts[0] if texts and called in ("__import__", "importlib.import_module") else None


def _used(start: ast.AST, names: Names) -> set[str]:
    reader = _Reader(names)
    waiting, seen = [start], set()
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            reader.visit(node)
            waiting, reader.leads = waiting + reader.leads, []
    return reader.used


class _Reader(ast.NodeVisitor):
    """Reads code and keeps the dotted names it uses and the definitions it leads to."""

    def __init__(self, names: Names):
        self.scope = names
        self.used: set[str] = set()
        self.leads: list[ast.AST] = []

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, _SCOPE):
            outer, self.scope = self.scope, _inside(node, self.scope)
            self.generic_visit(node)
            self.scope = outer
            return
        self.used.update(_resolved(node, self.scope))
        meaning = self.scope.get(node.id) if isinstance(node, ast.Name) else None
        if isinstance(meaning, ast.AST):
            self.leads.append(meaning)
        self.generic_visit(node)


def _inside(node: ast.AST, names: Names) -> Names:
    """Names as the code of a function sees them: its own arguments and variables hide the outer ones."""
    scope, own = dict(names), list(_own(node))
    for part in own:
        if isinstance(part, ast.arg):
            scope.pop(part.arg, None)
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            scope.pop(part.id, None)
        elif isinstance(part, _FUNCTION | ast.ClassDef):
            scope.pop(part.name, None)
    for part in own:
        if isinstance(part, ast.Import | ast.ImportFrom):
            scope.update(_imported(part))
        elif isinstance(part, ast.Assign):
            pairs = (pair for target in part.targets for pair in _assigned(target, part.value, scope))
            scope.update([(name, path) for name, path in pairs if isinstance(path, str)])
    return scope


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Give the parts of a function without those of the functions and comprehensions inside it."""
    for part in ast.iter_child_nodes(node):
        yield part
        if not isinstance(part, _SCOPE):
            yield from _own(part)


def _resolved(node: ast.AST, scope: Names) -> Iterator[str]:
    path = _dotted(node, scope)
    if path:
        yield path
    elif isinstance(node, ast.Name) and node.id not in scope:
        if hasattr(builtins, node.id):
            yield node.id
        for star in (name for name in scope if name.startswith("*")):
            yield star[1:-1] + node.id
    elif isinstance(node, ast.ImportFrom):
        yield from (path for _, path in _imported(node))


_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_SCOPE = _FUNCTION | ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
