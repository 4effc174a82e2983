"""Plain data: what counts as it, that copies share nothing, and that equal means every bit."""

import enum
from collections import OrderedDict, namedtuple

import numpy as np
import pytest

from checks.plain import MAX_DEPTH, Tensor, UnsupportedError, from_plain, is_number, same, to_plain


def test_a_copy_shares_no_memory():
    array = np.arange(3.0)
    copy = to_plain([array, {"a": array}])
    array[0] = 9
    assert copy[0][0] == 0
    assert copy[1]["a"][0] == 0


def test_memory_order_and_byte_order_are_made_usual():
    array = np.asfortranarray(np.arange(6, dtype=">f4").reshape(2, 3))
    copy = to_plain(array)
    assert copy.flags.c_contiguous
    assert copy.dtype == np.float32
    np.testing.assert_array_equal(copy, [[0, 1, 2], [3, 4, 5]])


def test_subclasses_become_the_plain_type():
    point = namedtuple("point", "x y")
    colour = enum.IntEnum("colour", "RED")
    assert type(to_plain(point(1, 2))) is tuple
    assert type(to_plain(OrderedDict(a=1))) is dict
    assert type(to_plain(colour.RED)) is int
    assert type(to_plain(np.str_("a"))) is str
    assert type(to_plain(np.ones(2).view(np.recarray))) is np.ndarray
    assert to_plain({np.int64(3): 1}) == {3: 1}


def test_a_numpy_scalar_keeps_its_precision():
    number = to_plain(np.float32(0.1))
    assert number.shape == ()
    assert number.dtype == np.float32


@pytest.mark.parametrize(
    ("thing", "name"),
    [
        ((i for i in range(3)), "generator"),
        (range(3), "range"),
        ({1, 2}, "set"),
        (b"x", "bytes"),
        (len, "builtin_function_or_method"),
        (np.array([None]), "array of dtype object"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), "array of dtype datetime64[D]"),
        (np.ma.masked_array([1, 2], mask=[0, 1]), "MaskedArray"),
        (10**400, "int with more than 300 digits"),
        ({(1, 2): 3}, "dict with a key of type tuple"),
        ([1, [object()]], "object"),
    ],
)
def test_what_is_no_data_is_named(thing, name):
    with pytest.raises(UnsupportedError, match=f"^{name.replace('[', chr(92) + '[')}$"):
        to_plain(thing)


def test_a_list_that_holds_itself_is_no_data():
    endless = []
    endless.append(endless)
    with pytest.raises(UnsupportedError, match="list nested too deeply"):
        to_plain(endless)
    fits = 1
    for _ in range(MAX_DEPTH):
        fits = [fits]
    assert to_plain(fits) == fits


def test_tensors_go_both_ways():
    torch = pytest.importorskip("torch")
    plain = to_plain(torch.arange(6.0, requires_grad=True).reshape(2, 3))
    assert isinstance(plain, Tensor)
    np.testing.assert_array_equal(plain.array, [[0, 1, 2], [3, 4, 5]])
    back = from_plain([plain])[0]
    assert isinstance(back, torch.Tensor)
    back += 1
    assert plain.array[0, 0] == 0
    with pytest.raises(UnsupportedError, match="tensor of dtype bfloat16"):
        to_plain(torch.ones(2, dtype=torch.bfloat16))


def test_a_call_gets_fresh_arrays():
    given = {"a": (np.zeros(2), [np.zeros(2)])}
    fresh = from_plain(given)
    fresh["a"][0][0] = fresh["a"][1][0][0] = 7
    assert given["a"][0][0] == given["a"][1][0][0] == 0


def test_same_means_every_bit():
    nan = np.array([np.nan, -0.0])
    assert same([nan, 1, {"a": float("nan")}], [nan.copy(), 1, {"a": float("nan")}])
    assert not same(nan, np.array([np.nan, 0.0]))
    assert not same(np.zeros(2), np.zeros(2, dtype=np.float32))
    assert not same(np.zeros(2), np.zeros((1, 2)))
    assert not same([1], (1,))
    assert not same(1, True)
    assert not same({"a": 1}, {"b": 1})
    assert same(Tensor(np.ones(1)), Tensor(np.ones(1)))


def test_numbers():
    assert all(map(is_number, (3, 2.5, 1j, True, np.array(3.0))))
    assert not any(map(is_number, ("3", None, [3], np.array([3.0]), Tensor(np.array(3.0)))))
