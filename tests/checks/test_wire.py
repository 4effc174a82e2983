"""Data on the wire: what is written is read back exactly, and nothing hostile does harm."""

import base64
import contextlib
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from checks import wire
from checks.contract import Trial
from checks.outcome import Outcome
from checks.packing import pack, unpack
from checks.plain import Network, Tensor, same

DTYPES = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="="),
    hnp.unsigned_integer_dtypes(endianness="="),
    hnp.floating_dtypes(endianness="=", sizes=(16, 32, 64)),
    hnp.complex_number_dtypes(endianness="=", sizes=(64, 128)),
)
ARRAYS = hnp.arrays(DTYPES, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
TEXTS = st.text(max_size=20)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**999), 2**999), st.floats(), st.complex_numbers(), TEXTS
)
PARTS = st.dictionaries(TEXTS, st.lists(st.integers(0, 2**40), max_size=3).map(tuple), max_size=3)
DATA = st.recursive(
    SCALARS | ARRAYS | ARRAYS.map(Tensor) | st.builds(Network, PARTS, PARTS, ARRAYS, st.booleans()),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(TEXTS | st.integers(-9, 9), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(DATA)
def test_data_comes_back_exactly(data):
    text = wire.encode(data)
    assert text.isascii()
    assert same(wire.decode(text), data)


@settings(max_examples=50, deadline=None)
@given(st.lists(TEXTS.filter(lambda text: "\0" not in text), max_size=6))
def test_arrays_of_strings_come_back(texts):
    array = np.array(texts, dtype=np.str_)
    np.testing.assert_array_equal(wire.decode(wire.encode(array)), array)


@settings(max_examples=100, deadline=None)
@given(st.recursive(SCALARS, lambda x: st.lists(x) | st.dictionaries(TEXTS, x), max_leaves=20))
def test_no_json_is_too_odd_to_be_refused(value):
    text = json.dumps(value, default=str)
    outcome = wire.decode_outcome(text)
    assert outcome.kind == "lost"
    with contextlib.suppress(wire.WireError):  # some JSON is data; nothing else may be raised
        unpack(json.loads(text))


def test_decoded_arrays_can_be_written_to():
    array = wire.decode(wire.encode(np.arange(3)))
    array[0] = 7
    assert array[0] == 7


def test_requests_come_back():
    args, kwargs = (np.arange(3), "same"), {"mode": "full"}
    name, got, named, seconds, trial = wire.decode_request(wire.encode_request("conv", args, kwargs, 2))
    assert (name, named, seconds, trial) == ("conv", kwargs, 2.0, None)
    assert same(got, args)


def test_a_request_says_what_is_done_with_a_network():
    asked = Trial((Tensor(np.ones((1, 2), np.float32)),), {"weight": np.zeros(3)}, "train")
    *_, trial = wire.decode_request(wire.encode_request("build", (), {}, 1.0, asked))
    assert same(vars(trial), vars(asked))


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome("value", value=[1, (2.5, None)], changed=(0, 2), printed="x\n"),
        Outcome("raised", detail="ValueError", message="no “such” thing", line="line 3: f(x)"),
        Outcome("timeout", line="line 2: while True:"),
        Outcome("missing"),
        Outcome("unsupported", detail="generator"),
    ],
)
def test_outcomes_come_back(outcome):
    assert wire.decode_outcome(wire.encode_outcome(outcome)) == outcome


def test_texts_of_an_outcome_are_cut_and_made_unicode():
    outcome = wire.decode_outcome(wire.encode_outcome(Outcome("raised", message="\ud800" + "x" * 5000)))
    assert outcome.message == "?" + "x" * 1999


@pytest.mark.parametrize(
    "data", [object(), {1, 2}, b"x", "\ud800", 2**1000, np.array([None]), [Outcome("lost")]]
)
def test_what_is_no_data_is_not_written(data):
    with pytest.raises(wire.WireError):
        wire.encode(data)


def array_of(dtype="<f8", shape=(1,), data=None):
    data = base64.b64encode(bytes(8)).decode() if data is None else data
    return {"array": {"dtype": dtype, "shape": list(shape), "data": data}}


HOSTILE = {
    "a pickle": array_of("|O", data="gASVDAAAAAAAAACMCGJ1aWx0aW5zlC4="),
    "a void dtype": array_of("|V8"),
    "a dtype with fields": array_of([["a", "<f8"]]),
    "a long double": array_of("<f16"),
    "a huge string dtype": array_of("<U1000000000"),
    "too few bytes": array_of(shape=(2,)),
    "too many bytes": array_of("<f4", shape=()),
    "a huge shape": array_of(shape=(2**31 - 1, 2**31 - 1)),
    "a shape that overflows": array_of(shape=(2**40, 0)),
    "a negative shape": array_of(shape=(-1,)),
    "a shape of truths": array_of(shape=(True,)),
    "a shape of floats": array_of(shape=(1.0,)),
    "too many axes": array_of(shape=(1,) * 40),
    "no base64": array_of(data="!!!!"),
    "data that is a list": array_of(data=[0]),
    "bools that are 255": array_of("|b1", data="/w=="),
    "an array with one field more": {"array": {**array_of()["array"], "x": 1}},
    "an array that is a list": {"array": []},
    "strings that are numbers": array_of("U", data=[1]),
    "an unknown tag": {"object": "os.system"},
    "two tags": {"tuple": [], "list": []},
    "an empty object": {},
    "a float of another name": {"float": "1e999"},
    "a float that is a list": {"float": ["nan"]},
    "a complex with one part": {"complex": [1.0]},
    "a complex of strings": {"complex": ["1", "2"]},
    "a tuple that is a text": {"tuple": "ab"},
    "a dict with a list as key": {"dict": [[[1], 2]]},
    "a dict with an array as key": {"dict": [[array_of(), 2]]},
    "a dict of triples": {"dict": [[1, 2, 3]]},
    "a huge int": 2**1000,
}


@pytest.mark.parametrize("packed", HOSTILE.values(), ids=HOSTILE)
def test_hostile_data_is_refused(packed):
    with pytest.raises(wire.WireError):
        unpack(packed)
    reply = json.dumps({**wire.pack_outcome(Outcome("value")), "value": packed})
    outcome = wire.decode_outcome(reply)
    assert outcome.kind == "lost"
    assert outcome.detail.startswith("the reply could not be read: ")


GOOD = wire.pack_outcome(Outcome("value", value=1))
REPLIES = {
    "None": None,
    "bytes": b"{}",
    "nothing": "",
    "true": "true",
    "no JSON": "{value: 1}",
    "NaN": json.dumps({**GOOD, "value": math.nan}),
    "Infinity": json.dumps({**GOOD, "value": [math.inf]}),
    "a number beyond the floats": json.dumps(GOOD).replace('"value": 1', '"value": 1e999'),
    "an int of many digits": json.dumps(GOOD).replace('"value": 1', '"value": ' + "9" * 5000),
    "nested too deeply for JSON": "[" * 100_000 + "]" * 100_000,
    "nested too deeply": json.dumps({**GOOD, "value": eval("[" * 40 + "]" * 40)}),
    "nested unclosed": '{"a":' * 100_000,
    "a name twice": json.dumps(GOOD)[:-1] + ', "kind": "value"}',
    "a field too few": json.dumps({"kind": "value"}),
    "a field too many": json.dumps({**GOOD, "passed": True}),
    "an unknown kind": json.dumps({**GOOD, "kind": "passed"}),
    "a kind that is a list": json.dumps({**GOOD, "kind": []}),
    "changed that is a number": json.dumps({**GOOD, "changed": 1}),
    "changed of texts": json.dumps({**GOOD, "changed": ["0"]}),
    "changed too long": json.dumps({**GOOD, "changed": [0] * 1000}),
    "a message that is a number": json.dumps({**GOOD, "message": 5}),
    "a text that is not Unicode": json.dumps({**GOOD, "value": "\ud800"}),
    "too many items": json.dumps({**GOOD, "value": [0] * 600_000}),
}


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
def test_malformed_replies_are_lost(reply):
    outcome = wire.decode_outcome(reply)
    assert outcome.kind == "lost"
    assert outcome.detail.startswith("the reply could not be read: ")
    assert outcome.value is None


def test_a_reply_that_is_too_large_is_named_so():
    reply = wire.encode_outcome(Outcome("value", value=np.zeros(1000)))
    assert wire.decode_outcome(reply).kind == "value"
    assert wire.decode_outcome(reply, max_bytes=5000) == Outcome(
        "unsupported", detail="more than 5000 bytes of data"
    )
    with pytest.raises(wire.WireError, match="more than 5000 bytes of data"):
        wire.decode(wire.encode(np.zeros(1000)), max_bytes=5000)


def test_a_square_of_strings_is_not_made():
    strings = ["x" * 100_000] + [""] * 100_000  # 40 GB as an array
    with pytest.raises(wire.WireError, match="too large"):
        unpack(array_of("U", shape=(100_001,), data=strings))


def test_an_outcome_too_large_to_be_read_is_not_written():
    with pytest.raises(wire.WireError, match="more than 500000 items of data"):
        wire.encode_outcome(Outcome("value", value=[0] * 600_000))


def test_packed_data_is_what_json_holds():
    assert pack((1, [2.5], {"a": None})) == {"tuple": [1, [2.5], {"dict": [["a", None]]}]}
    assert pack(float("-inf")) == {"float": "-inf"}
