"""Requests are data, and no reply of a kernel can do more than be unreadable."""

import numpy as np
import pytest

from autograder.authoring.exercises import load
from autograder.engine import oracle, transport
from autograder.engine.transport import answer_of, call_here, request_code
from checks import wire
from checks.outcome import Outcome

from ..conftest import FIXTURES


def reply(text):
    return {"content": {"user_expressions": {"outcome": {"data": {"text/plain": text}}}}}


def test_a_request_is_one_expression_and_its_answer_comes_back():
    namespace = {"twice": lambda x, by=2: x * by}
    code = request_code("twice", (np.array([1.5, 2.0]),), {"by": 3}, 1.0)
    outcome = answer_of(reply(repr(eval(code, namespace))), "outcome")
    assert outcome.kind == "value"
    np.testing.assert_array_equal(outcome.value, [4.5, 6.0])


def test_only_one_thread_at_a_time_parses(monkeypatch):
    """Otherwise, on older versions of Python, submissions that are graded side by side may fail."""
    held = []
    for module, function in ((transport.ast, "literal_eval"), (oracle, "find_banned")):
        real = getattr(module, function)

        def watched(*arguments, real=real):
            held.append(transport.PARSING.locked())
            return real(*arguments)

        monkeypatch.setattr(module, function, watched)
    answer_of(reply("'not JSON'"), "outcome")
    exercise = load("tiny", FIXTURES).exercises[0]
    oracle.grade(exercise, call_here(exercise.reference), seed=0)
    assert held == [True, True]
    assert not transport.PARSING.locked()


def test_a_name_that_is_not_there_is_missing():
    assert answer_of(reply(repr(eval(request_code("gone", (), {}, 1.0), {}))), "outcome").kind == "missing"


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"user_expressions": None},
        {"user_expressions": {"outcome": {"status": "error"}}},
        reply("os.system('true')")["content"],
        reply("'not JSON'")["content"],
        reply("(" * 5000)["content"],
        reply(7)["content"],
        reply("'" + '{"kind": "perfect"}' + "'")["content"],
    ],
)
def test_a_reply_that_cannot_be_read_is_lost(content):
    assert answer_of({"content": content}, "outcome").kind == "lost"


def test_a_huge_reply_is_not_parsed():
    assert answer_of(reply("'" + "1" * (2 * wire.MAX_BYTES + 1) + "'"), "outcome").kind == "unsupported"


def test_a_call_in_this_process_copies_its_arguments():
    given = np.ones(2)

    def change(x):
        x += 1

    outcome = call_here(change)("anything", (given,), {}, 1.0)
    assert outcome == Outcome("value", None, changed=(0,))
    np.testing.assert_array_equal(given, 1)
