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
    banned = tuple(banned)
    return sorted(name for name in used if any(name == bad or name.startswith(bad + ".") for bad in banned))


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


def _bind(statement: ast.stmt, names: Names) -> None:
    """Record what the names that a statement binds stand for from now on."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names.update(_imported(node))
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        names[statement.name] = statement
    for node in ast.walk(statement):
        if isinstance(node, ast.Assign) and not isinstance(statement, ast.FunctionDef | ast.ClassDef):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    names[target.id] = _dotted(node.value, names) or node.value


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
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        texts = [
            arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        ]
        if node.func.id == "getattr" and texts and len(node.args) >= 2:
            owner = _dotted(node.args[0], names)
            return owner and f"{owner}.{texts[0]}"
        if node.func.id == "__import__" and texts:
            return texts[0]
    return None


def _used(start: ast.AST, names: Names) -> set[str]:
    used: set[str] = set()
    waiting, seen = [start], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        scope = _inside(node, names)
        for part in ast.walk(node):
            used.update(_resolve(part, scope))
            meaning = scope.get(part.id) if isinstance(part, ast.Name) else None
            if isinstance(meaning, ast.AST):
                waiting.append(meaning)
    return used


def _inside(node: ast.AST, names: Names) -> Names:
    """Names as the code of a definition sees them: its own arguments and variables hide the outer ones."""
    scope = dict(names)
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return scope
    for part in ast.walk(node):
        if isinstance(part, ast.arg):
            scope.pop(part.arg, None)
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            scope.pop(part.id, None)
    for part in ast.walk(node):
        if isinstance(part, ast.Import | ast.ImportFrom):
            scope.update(_imported(part))
        elif (
            isinstance(part, ast.Assign) and len(part.targets) == 1 and isinstance(part.targets[0], ast.Name)
        ):
            path = _dotted(part.value, scope)
            if path:
                scope[part.targets[0].id] = path
    return scope


def _resolve(node: ast.AST, scope: Names) -> Iterator[str]:
    path = _dotted(node, scope)
    if path:
        yield path
    elif isinstance(node, ast.Name) and node.id not in scope:
        if hasattr(builtins, node.id):
            yield node.id
        for star in (name for name in scope if name.startswith("*")):
            yield star[1:-1] + node.id
    elif isinstance(node, ast.ImportFrom | ast.Import):
        yield from (path for _, path in _imported(node))
