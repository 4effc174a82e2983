"""Call a student's function once and say what came of it.

The call gets fresh copies of its arguments; what it prints is kept back; whatever it raises, even
``SystemExit``, is caught; and it is stopped when its time is up. The allowance is kept by a thread that
interrupts the main thread, which works on Windows, macOS and Linux. Two things cannot be stopped from within
a process: a loop inside compiled code, and a call made from a thread other than the main one.
"""

import _thread
import contextlib
import dis
import inspect
import io
import linecache
import signal
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import Any

from checks.contract import Trial
from checks.outcome import Outcome
from checks.plain import UnsupportedError, from_plain, same, to_plain
from checks.trying import tried

__all__ = ["call", "is_untouched"]

MAX_TEXT = 2000  # characters kept of a message and of what was printed


def call(
    function: Callable,
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    seconds: float = 5.0,
    trial: Trial | None = None,
) -> Outcome:
    """Call ``function(*args, **kwargs)`` on copies of the arguments, for at most ``seconds``.

    Parameters
    ----------
    function : callable
        The function to call. One whose body is still empty (``...``) is not called: it counts as if it had
        raised ``NotImplementedError``.
    args, kwargs : sequence, mapping
        Plain data (see `checks.plain`).
    seconds : float
        Time allowance.
    trial : Trial, optional
        What is done with the network that the function returns.

    Returns
    -------
    Outcome
    """
    if is_untouched(function):
        return Outcome("raised", detail="NotImplementedError")
    args, kwargs = tuple(args), dict(kwargs or {})
    given, given_kwargs = from_plain(args), from_plain(kwargs)
    printed = _Printed()
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        _Watchdog(seconds) as watchdog,
    ):
        outcome = _outcome(function, given, given_kwargs, trial, watchdog)
    if outcome["kind"] == "value":
        before, after = [*args, *kwargs.values()], [*given, *given_kwargs.values()]
        outcome["changed"] = tuple(
            i for i, pair in enumerate(zip(before, after, strict=True)) if _differ(*pair)
        )
    return Outcome(**outcome, printed=printed.kept)


def is_untouched(function: Callable) -> bool:
    """Whether the body of a function is empty: nothing but a docstring, ``...``, ``pass`` or ``return``."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return False
    returning = {"LOAD_CONST", "RETURN_CONST"}
    return all(
        step.opname in {"RESUME", "NOP", "RETURN_VALUE"} or (step.opname in returning and step.argval is None)
        for step in dis.get_instructions(code)
    )


def _outcome(
    function: Callable, args: tuple, kwargs: dict, trial: Trial | None, watchdog: "_Watchdog"
) -> dict[str, Any]:
    try:
        value = _invoke(function, args, kwargs, trial)
    except UnsupportedError as error:
        return {"kind": "unsupported", "detail": str(error)}
    except BaseException as error:  # whatever a student's code raises is an outcome
        line = _line(error, function)
        if watchdog.expired:
            return {"kind": "timeout", "line": line}
        return {"kind": "raised", "detail": type(error).__name__, "message": _message(error), "line": line}
    return {"kind": "timeout"} if watchdog.expired else {"kind": "value", "value": value}


def _invoke(function: Callable, args: tuple, kwargs: dict, trial: Trial | None) -> Any:
    value = function(*args, **kwargs)
    return to_plain(value) if trial is None else tried(value, trial)


def _differ(before: Any, after: Any) -> bool:
    """Whether an argument is no longer what was given."""
    try:
        return not same(to_plain(before), to_plain(after))
    except UnsupportedError:
        return True


def _message(error: BaseException) -> str:
    try:
        return str(error)[:MAX_TEXT]
    except Exception:  # a student's __str__ may do anything
        return ""


def _line(error: BaseException, function: Callable) -> str:
    """Last line of the student's own code that the error went through, with its number."""
    written = inspect.unwrap(function)
    written = written.__init__ if isinstance(written, type) else written
    home = getattr(written, "__globals__", None)
    place = None
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_globals is home:
            place = frame, number
    if place is None:
        return ""
    frame, number = place
    source = linecache.getline(frame.f_code.co_filename, number, frame.f_globals).strip()
    return f"line {number}: {source}"[:MAX_TEXT] if source else f"line {number}"


class _Printed(io.TextIOBase):
    """Stands in for the standard output and keeps the beginning of what is written."""

    def __init__(self):
        self.kept = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if len(self.kept) < MAX_TEXT:
            self.kept += str(text)[: MAX_TEXT - len(self.kept)]
        return len(text)


class _Watchdog:
    """Interrupts the call when its time is up, again and again until it gives way.

    The handler raises only while the student's code is running, so an interrupt that comes late never strikes
    the code around it. What it raises asks for the next interrupt when it is thrown away: a loop around
    ``try: ... except BaseException: pass`` is struck again at the end of the ``except`` clause, outside the
    ``try``.
    """

    def __init__(self, seconds: float):
        self.expired = False
        self._seconds = seconds
        again = {"__del__": staticmethod(_thread.interrupt_main)}  # in C: Python code could be struck itself
        self._out_of_time = type("OutOfTime", (KeyboardInterrupt,), again)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "_Watchdog":
        self._active = threading.current_thread() is threading.main_thread()
        if self._active:
            self._previous = signal.signal(signal.SIGINT, self._on_interrupt)
            try:
                self._thread.start()
            except RuntimeError:  # an interpreter without threads, as in a browser
                self._stop()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._active:
            self._done.set()
            self._thread.join()
            del self._out_of_time.__del__  # one that was kept somewhere may be thrown away much later
            self._stop()

    def _stop(self) -> None:
        signal.signal(signal.SIGINT, self._previous or signal.default_int_handler)
        self._active = False

    def _watch(self) -> None:
        wait = self._seconds
        while not self._done.wait(wait):
            self.expired = True
            wait = 0.05
            if hasattr(signal, "pthread_kill"):  # wakes a sleeping call too
                signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            else:
                _thread.interrupt_main()

    def _on_interrupt(self, number: int, frame: FrameType | None) -> None:
        if not self.expired:  # somebody pressed the stop button
            signal.default_int_handler(number, frame)
        if _is_inside_call(frame):
            raise self._out_of_time


def _is_inside_call(frame: FrameType | None) -> bool:
    """Whether the frame was called, directly or not, by `_invoke`."""
    while frame is not None and frame.f_back is not None:
        frame = frame.f_back
        if frame.f_code is _invoke.__code__:
            return True
    return False
