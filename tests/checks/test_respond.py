"""The kernel's side: one request, one reply, whatever the namespace holds."""

import numpy as np
import pytest

from checks import wire
from checks.respond import respond


def ask(namespace, *args, seconds=2.0, **kwargs):
    return wire.decode_outcome(respond(wire.encode_request("f", args, kwargs, seconds), namespace))


def test_the_function_is_called_by_name():
    outcome = ask({"f": lambda a, b=0: a + b}, np.arange(3), b=2)
    assert outcome.kind == "value"
    np.testing.assert_array_equal(outcome.value, [2, 3, 4])


def test_changed_arguments_and_prints_come_along():
    def f(a):
        print("hello")
        a += 1
        return a

    outcome = ask({"f": f}, np.zeros(2))
    assert (outcome.changed, outcome.printed) == ((0,), "hello\n")


@pytest.mark.parametrize(("namespace", "detail"), [({}, ""), ({"f": 3}, "int")])
def test_a_function_that_is_not_there_is_missing(namespace, detail):
    outcome = ask(namespace)
    assert (outcome.kind, outcome.detail) == ("missing", detail)


def test_a_crash_is_an_outcome():
    assert ask({"f": lambda: 1 / 0}).detail == "ZeroDivisionError"


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        ("\ud800", "a text in it is not Unicode"),
        ([0] * 600_000, "more than 500000 items of data"),
        (np.zeros(2_000_000), "more than 16777216 bytes of data"),
    ],
)
def test_what_cannot_be_sent_is_unsupported(value, detail):
    outcome = ask({"f": lambda: value})
    assert (outcome.kind, outcome.detail) == ("unsupported", detail)
