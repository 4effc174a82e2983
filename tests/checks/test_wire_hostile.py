"""What may come over the wire from a hostile process: only a `WireError` is raised, memory is bounded.

`test_wire` has worked examples; here arrays of every kind and texts that were tampered with are drawn.
"""

import base64
import contextlib
import json
import tracemalloc

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from checks import wire
from checks.contract import Tolerance
from checks.diagnosing import diagnose, resemblance
from checks.judging import judge
from checks.outcome import Outcome
from checks.packing import MAX_BYTES, pack, unpack
from checks.plain import Tensor, UnsupportedError, same, to_plain
from checks.reporting import Report, html

SHAPES = hnp.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=3)
PLAIN = st.sampled_from(["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16"])
ODD = st.sampled_from(["O", "S3", "V4", "M8[s]", "m8[D]", "g", "G", "f8,i4", "(2,)f4"])
COUNTS = st.one_of(
    st.integers(-2, 4), st.sampled_from([2**31 - 1, 2**31, 2**40, 2**63, 2**64]), st.booleans(), st.none()
)
TAGS = st.sampled_from(["float", "complex", "tuple", "dict", "array", "tensor", "object", ""])
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | TAGS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(TAGS, inner, max_size=2)
        | st.fixed_dictionaries(
            {"dtype": TAGS | st.just("<f8"), "shape": st.lists(COUNTS), "data": inner}
        ).map(lambda body: {"array": body})
    ),
    max_leaves=10,
)
MEGABYTE = 2**20


def peak_of(read, *args):
    """Return the most memory in bytes that a call held at once, beyond what was held before."""
    tracemalloc.start()
    try:
        with contextlib.suppress(wire.WireError):
            read(*args)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@st.composite
def views(draw):
    """Draw arrays of every plain dtype and byte order that do not lie in memory as they should."""
    dtype = np.dtype(draw(PLAIN)).newbyteorder(draw(st.sampled_from("<>=")))
    array = draw(hnp.arrays(dtype, draw(SHAPES)))
    if array.ndim and draw(st.booleans()):
        array = array[:: draw(st.sampled_from([-2, -1, 1, 2]))]
    if draw(st.booleans()):
        array = array.T
    if draw(st.booleans()):
        array = np.broadcast_to(array, (2, *array.shape))
    array.flags.writeable = False
    return array


@settings(max_examples=150, deadline=None)
@given(views())
def test_any_layout_and_byte_order_arrives_as_the_same_array(array):
    got = wire.decode(wire.encode(array))
    assert same(got, to_plain(array))
    assert got.dtype.isnative
    assert got.flags.c_contiguous
    assert got.flags.writeable


@settings(max_examples=50, deadline=None)
@given(ODD, SHAPES)
def test_arrays_that_are_no_data_are_not_written(dtype, shape):
    array = np.zeros(shape, dtype=dtype)
    assume(array.dtype.kind not in "fc" or array.dtype.itemsize > 8)
    with pytest.raises(wire.WireError):
        wire.encode(array)


@pytest.mark.parametrize("dtype", ["g", "G"])
def test_long_doubles_become_doubles_before_they_are_written(dtype):
    plain = to_plain(np.ones((2, 0, 3), dtype=dtype))
    assert plain.dtype.itemsize == {"g": 8, "G": 16}[dtype]
    assert same(wire.decode(wire.encode(plain)), plain)


@settings(max_examples=50, deadline=None)
@given(hnp.arrays("O", SHAPES, elements=st.none() | st.integers() | st.text(max_size=2)))
def test_arrays_of_objects_are_no_data(array):
    with pytest.raises(UnsupportedError, match="dtype object"):
        to_plain(array)


@pytest.mark.parametrize(
    "array", [np.float64(2.5), np.array(np.nan), np.array(True), np.array(1 + 2j)], ids=repr
)
def test_arrays_without_axes_keep_their_kind(array):
    got = wire.decode(wire.encode(to_plain(array)))
    assert isinstance(got, np.ndarray)
    assert got.shape == ()
    assert same(got, np.asarray(array))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["<f8", "|b1", "<c8", "<i2", "U"]) | st.text(max_size=4),
    st.lists(COUNTS, max_size=5),
    st.binary(max_size=40),
)
def test_a_header_that_lies_about_dtype_or_shape_is_refused(dtype, shape, raw):
    body = {"dtype": dtype, "shape": shape, "data": base64.b64encode(raw).decode()}
    try:
        array = unpack({"array": body})
    except wire.WireError:
        return
    assert array.nbytes == len(raw)
    assert list(array.shape) == shape
    assert array.dtype.newbyteorder("<").str == dtype


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_an_edited_text_is_read_as_data_or_refused(data):
    """Cut, repeat, insert and replace anywhere in a good text."""
    good = wire.encode_outcome(Outcome("value", value=[np.arange(3.0), {"a": (1, 2.5j)}, Tensor(np.eye(2))]))
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 20)))
    put = data.draw(st.text(max_size=6) | st.sampled_from(['"', "[", "{", "]", "}", ",", "\0", "1e999"]))
    edited = good[:start] + put + good[end:]
    assert wire.decode_outcome(edited).kind in wire.KINDS
    assert wire.decode_outcome(good[:start]).kind == ("value" if start == len(good) else "lost")
    with contextlib.suppress(wire.WireError):
        wire.decode(edited)


@settings(max_examples=300, deadline=None)
@given(JUNK)
def test_data_of_any_make_is_judged_and_shown_or_refused(packed):
    reply = json.dumps({**wire.pack_outcome(Outcome("value")), "value": packed})
    outcome = wire.decode_outcome(reply)
    wanted = Outcome("value", value=np.arange(3.0))
    verdict = judge(outcome, wanted, Tolerance(1e-9, 1e-9, ""))
    assert not verdict.passed
    assert diagnose([(outcome, {"it": wanted})], Tolerance(0, 0, "")) is None
    like = resemblance(outcome, wanted) or ""
    shown = Report("f", "failed", verdict.sentence, outcome=outcome, expected=wanted, verdict=verdict)
    assert "<script" not in html(shown)
    assert len(html(shown)) + len(like) < 20_000


HUGE = {
    "an empty array of huge sides": ("<f8", [0, 2**31 - 1, 2**31 - 1, 2**31 - 1]),
    "huge sides": ("<f8", [2**31 - 1, 2**31 - 1]),
    "sides whose product is zero in 64 bits": ("<f8", [2**30, 2**30, 2**4]),
    "a petabyte": ("<c16", [10**9, 10**6]),
    "a terabyte of truths": ("|b1", [10**9, 10**3]),
    "a huge square of strings": ("U", [10**9]),
}


@pytest.mark.parametrize(("dtype", "shape"), HUGE.values(), ids=HUGE)
def test_an_array_that_says_it_is_huge_takes_no_memory(dtype, shape):
    packed = {"array": {"dtype": dtype, "shape": shape, "data": [] if dtype == "U" else ""}}
    with pytest.raises(wire.WireError):
        unpack(packed)
    assert peak_of(unpack, packed) < MEGABYTE


def reply(value):
    """Write a reply whose value is the given text, as it stands."""
    return json.dumps(wire.pack_outcome(Outcome("value"))).replace('"value": null', f'"value": {value}')


ITEMS = wire.MAX_ITEMS - 100
FULL = {
    "zeros": reply("[" + ",".join(["0"] * ITEMS) + "]"),
    "empty lists": reply("[" + ",".join(["[]"] * ITEMS) + "]"),
    "empty objects": reply("[" + ",".join(["{}"] * ITEMS) + "]"),
    "small objects": reply("[" + ",".join(['{"a":0}'] * ITEMS) + "]"),
    "complex numbers": reply("[" + ",".join(['{"complex":[0.5,1.5]}'] * (ITEMS // 2)) + "]"),
    "tuples": reply("[" + ",".join(['{"tuple":[]}'] * ITEMS) + "]"),
    "small arrays": reply(
        "[" + ",".join(['{"array":{"dtype":"<f8","shape":[0],"data":""}}'] * (ITEMS // 3)) + "]"
    ),
    "names": reply("{" + ",".join(f'"{number}":0' for number in range(ITEMS)) + "}"),
    "one text": reply('"' + "x" * (MAX_BYTES - 1000) + '"'),
    "one array": reply('{"array":{"dtype":"|u1","shape":[12000000],"data":"' + "A" * 16_000_000 + '"}}'),
    "commas in a text": reply('"' + "," * (MAX_BYTES - 1000) + '"'),
    "many texts": reply("[" + ",".join(['"' + "é" * 20 + '"'] * ITEMS) + "]"),
    "a column of strings": reply(
        json.dumps({"array": {"dtype": "U", "shape": [10**5], "data": ["x" * 41] * 10**5}})
    ),
}
MOST = 12 * MAX_BYTES
"""Bytes that reading one reply may hold at once: what half a million of the smallest objects take."""


MANY = (
    "empty lists",
    "small objects",
    "complex numbers",
    "tuples",
    "small arrays",
)  # seconds each, when traced


@pytest.mark.parametrize(
    "text",
    [pytest.param(FULL[name], id=name, marks=[pytest.mark.slow] * (name in MANY)) for name in FULL],
)
def test_the_fullest_reply_takes_bounded_memory_and_a_short_report(text):
    assert peak_of(wire.decode_outcome, text) < MOST
    outcome, wanted = wire.decode_outcome(text), Outcome("value", value=np.zeros(5))
    verdict = judge(outcome, wanted, Tolerance(0, 0, ""))
    assert not verdict.passed
    shown = Report("f", "failed", verdict.sentence, outcome=outcome, expected=wanted, verdict=verdict)
    assert len(html(shown)) < 20_000


def test_a_large_array_comes_back_within_few_copies():
    array = np.arange(MAX_BYTES // 16, dtype=float)
    text = wire.encode(array)
    assert same(wire.decode(text), array)
    assert peak_of(wire.decode, text) < 8 * array.nbytes


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 30), st.sampled_from(["list", "tuple", "dict"]))
def test_nested_data_comes_back_or_is_refused_on_both_sides(depth, kind):
    data = 1
    for _ in range(depth):
        data = {"list": [data], "tuple": (data,), "dict": {"a": data}}[kind]
    packed = 1
    for _ in range(depth):
        packed = {"list": [packed], "tuple": {"tuple": [packed]}, "dict": {"dict": [["a", packed]]}}[kind]
    try:
        written = pack(data)
    except wire.WireError:
        written = None
    assert written in (None, packed)
    if written is None:
        with pytest.raises(wire.WireError):
            unpack(packed)
