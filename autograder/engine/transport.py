"""How the oracle reaches a function: by a request to a student's kernel, or by a call in this process."""

import ast
import threading
from collections.abc import Callable
from typing import Protocol

from checks import calling, wire
from checks.contract import Trial
from checks.outcome import Outcome

__all__ = ["PARSING", "Ask", "answer_of", "call_here", "request_code"]

PARSING = threading.Lock()
"""Held while Python code is parsed: up to Python 3.11.7 two threads that parse at once can stop each other
with a SystemError (https://github.com/python/cpython/issues/106905)."""

_ONE_AT_A_TIME = threading.Lock()  # a call diverts the standard output, which all threads share


class Ask(Protocol):
    """Calls the function of that name, wherever it is, and says what came of it."""

    def __call__(
        self, name: str, args: tuple, kwargs: dict, seconds: float, trial: Trial | None = None
    ) -> Outcome:
        """Call ``name(*args, **kwargs)`` for at most ``seconds``; try out the network that it returns."""


def call_here(function: Callable) -> Ask:
    """Return an `Ask` that calls a trusted function in this process, whatever the name."""

    def ask(name: str, args: tuple, kwargs: dict, seconds: float, trial: Trial | None = None) -> Outcome:
        with _ONE_AT_A_TIME:
            return calling.call(function, args, kwargs, seconds, trial)

    return ask


def request_code(name: str, args: tuple, kwargs: dict, seconds: float, trial: Trial | None = None) -> str:
    """Return the expression that a kernel evaluates to answer a request."""
    request = wire.encode_request(name, args, kwargs, seconds, trial)
    return f"__import__('checks.respond').respond.respond({request!r}, globals())"


def answer_of(reply: dict, name: str) -> Outcome:
    """Read an outcome from a kernel's ``execute_reply``; nothing in it is trusted."""
    try:
        text = reply["content"]["user_expressions"][name]["data"]["text/plain"]
        if len(text) > 2 * wire.MAX_BYTES:
            return Outcome("unsupported", detail=f"more than {wire.MAX_BYTES} bytes of data")
        with PARSING:
            written = ast.literal_eval(text)
        return wire.decode_outcome(written)
    except (KeyError, TypeError, ValueError, SyntaxError, MemoryError, RecursionError):
        return Outcome("lost", detail="the kernel gave no readable reply")
