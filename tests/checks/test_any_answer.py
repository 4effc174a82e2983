"""Whatever plain data comes and whatever is expected: a verdict and a report, never an exception."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from checks.contract import Tolerance
from checks.diagnosing import diagnose, resemblance
from checks.judging import judge
from checks.outcome import Outcome
from checks.plain import Network, Tensor
from checks.reporting import Report, html, text

TOLERANCE = Tolerance(1e-9, 1e-9, "")
DTYPES = st.sampled_from(["f8", "f4", "f2", "i8", "u1", "i2", "u8", "b1", "c16", "c8", "U3"]).map(np.dtype)
SHAPES = st.one_of(
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3),
    st.sampled_from([(14, 2), (1, 50), (13, 13), (90,), (2, 2), (3,)]),
)
ARRAYS = DTYPES.flatmap(
    lambda dtype: SHAPES.flatmap(lambda shape: hnp.arrays(dtype, shape, elements=hnp.from_dtype(dtype)))
)
PARTS = st.dictionaries(st.text(max_size=3), st.lists(st.integers(0, 9), max_size=3).map(tuple), max_size=2)
LEAVES = st.one_of(
    ARRAYS,
    ARRAYS.map(Tensor),
    st.builds(Network, PARTS, PARTS, ARRAYS | ARRAYS.map(Tensor) | st.none(), st.booleans()),
    st.none(),
    st.booleans(),
    st.integers(-(2**999), 2**999),
    st.floats(),
    st.complex_numbers(),
    st.text(max_size=5),
)
DATA = LEAVES | st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from("ab") | st.integers(0, 2), inner, max_size=2)
    ),
    max_leaves=4,
)


@settings(max_examples=200, deadline=None)
@given(DATA, DATA)
def test_any_answer_gets_a_verdict_and_a_report(got, expected):
    outcome, wanted = Outcome("value", value=got), Outcome("value", value=expected)
    verdict = judge(outcome, wanted, TOLERANCE)
    assert verdict.passed == (verdict.kind == "passed")
    assert diagnose([(outcome, {"it": wanted})], TOLERANCE) == ("it" if verdict.passed else None)
    related = resemblance(outcome, wanted)
    assert related is None or related.endswith((".", "?"))
    report = Report("f", "failed", verdict.sentence, outcome=outcome, expected=wanted, verdict=verdict)
    assert verdict.sentence.split()[0] in text(report)
    assert html(report).endswith("</div>")


@settings(max_examples=100, deadline=None)
@given(DATA)
def test_any_answer_is_right_where_it_is_expected(got):
    outcome = Outcome("value", value=got)
    assert judge(outcome, outcome, TOLERANCE).passed
