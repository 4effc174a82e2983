"""Calling a student's function: whatever it does, an outcome comes back, and in time."""

import contextlib
import functools
import re
import signal
import sys
import threading
import time

import numpy as np
import pytest

from checks.calling import call, is_untouched

ALLOWED = 0.2  # seconds


def ends_never(a):
    while True:
        pass


def swallows_one_interrupt(a):
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            pass
    while True:
        pass


def swallows_every_interrupt(a):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def tries_inside_a_try(a):
    while True:
        try:
            while True:
                try:
                    while True:
                        pass
                except BaseException:
                    pass
        except BaseException:
            pass


def swallows_and_keeps(a):
    kept = []
    for _ in range(3):
        try:
            while True:
                pass
        except BaseException as error:
            kept.append(error)


def sleeps(a):
    time.sleep(60)


def prints_for_ever(a):
    while True:
        print("again")


def returns_in_the_end(a):
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            pass
    return a


def recurses(a):
    return recurses(a)


def test_a_value_comes_back():
    outcome = call(lambda a, b=1: a * b, (np.array([1, 2]),), {"b": 3})
    assert outcome.kind == "value"
    np.testing.assert_array_equal(outcome.value, [3, 6])
    assert outcome.changed == ()


ENDLESS = [
    ends_never,
    swallows_one_interrupt,
    swallows_every_interrupt,
    swallows_and_keeps,
    tries_inside_a_try,
    prints_for_ever,
    returns_in_the_end,
    sleeps,
]


@pytest.mark.parametrize("function", ENDLESS)
def test_a_call_that_does_not_end_is_stopped(function):
    if function is sleeps and not hasattr(signal, "pthread_kill"):
        pytest.skip("a sleeping call is woken by a signal, which this system has not")
    before = signal.getsignal(signal.SIGINT)
    start = time.perf_counter()
    outcome = call(function, (1,), seconds=ALLOWED)
    assert time.perf_counter() - start < ALLOWED + 1
    assert outcome.kind == "timeout"
    assert signal.getsignal(signal.SIGINT) is before
    assert len(outcome.printed) <= 2000


def test_the_line_of_the_endless_loop_is_named():
    assert re.fullmatch(r"line \d+: (while True:|pass)", call(ends_never, (1,), seconds=ALLOWED).line)


def test_no_interrupt_strikes_after_the_call():
    for _ in range(20):
        assert call(time.sleep, (0.004,), seconds=0.004).kind in ("value", "timeout")
    time.sleep(0.1)  # a late one would strike here


def test_a_stop_by_hand_is_not_a_timeout():
    outcome = call(lambda: signal.raise_signal(signal.SIGINT))
    assert (outcome.kind, outcome.detail) == ("raised", "KeyboardInterrupt")


def test_a_call_from_another_thread_works():
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(call(abs, (-3,))))
    thread.start()
    thread.join()
    assert outcomes[0].value == 3


def test_a_crash_names_type_message_and_the_students_line():
    def crashes(a):
        b = a + 1
        return np.reshape(b, (7, 7))

    outcome = call(crashes, (np.zeros(3),))
    assert (outcome.kind, outcome.detail) == ("raised", "ValueError")
    assert outcome.message == "cannot reshape array of size 3 into shape (7,7)"
    assert re.fullmatch(r"line \d+: return np\.reshape\(b, \(7, 7\)\)", outcome.line)


@pytest.mark.parametrize(("leave", "name"), [(sys.exit, "SystemExit"), (recurses, "RecursionError")])
def test_leaving_and_recursing_are_outcomes(leave, name):
    outcome = call(lambda: leave(3))
    assert (outcome.kind, outcome.detail) == ("raised", name)


def test_wrong_arguments_have_no_line():
    outcome = call(lambda a: a, (1, 2))
    assert (outcome.detail, outcome.line) == ("TypeError", "")


def test_an_error_that_cannot_be_written_is_an_outcome():
    class OddError(Exception):
        def __str__(self):
            raise RuntimeError

    def crashes():
        raise OddError

    outcome = call(crashes)
    assert (outcome.detail, outcome.message) == ("OddError", "")


def test_long_messages_are_cut():
    def crashes():
        raise ValueError("x" * 10**6)

    assert len(call(crashes).message) == 2000


def test_prints_are_kept_back(capsys):
    def prints():
        print("to out")
        print("to err", file=sys.stderr)
        return 1

    assert call(prints).printed == "to out\nto err\n"
    assert capsys.readouterr() == ("", "")


def test_what_is_no_data_is_named():
    assert (call(lambda: (i for i in "ab")).kind, call(lambda: (i for i in "ab")).detail) == (
        "unsupported",
        "generator",
    )


def test_changed_arguments_are_noticed():
    def changes(a, b, c, d=None):
        a[0] = 5
        c.append(1)
        d.resize(3, refcheck=False)
        return a

    given = (np.zeros(2), np.zeros(2), [1])
    outcome = call(changes, given, {"d": np.zeros(2)})
    assert outcome.changed == (0, 2, 3)
    assert given[0][0] == 0
    assert given[2] == [1]


def test_an_argument_filled_with_objects_is_changed():
    assert call(lambda a: a.append(object()), ([],)).changed == (0,)


def test_an_untouched_function_is_not_called():
    def dots(a, b):
        """Add."""
        ...

    def passes(a, b):
        pass

    def only_docstring(a, b):
        """Add."""

    @functools.wraps(dots)
    def wrapped(a, b):
        return dots(a, b)

    for function in (dots, passes, only_docstring):
        assert is_untouched(function)
        outcome = call(function, (1, 2))
        assert (outcome.kind, outcome.detail, outcome.line) == ("raised", "NotImplementedError", "")
    assert is_untouched(wrapped)
    assert not any(map(is_untouched, (lambda: 0, lambda a: a, lambda: print(), len)))
