"""Row 10.3: sizes there and back."""

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from convnets.sizing import output_size
from convnets.transposed import output_padding_for, transposed_output_size


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((2, 3), 4),  # the lecture: 2×2 back to 4×4, stride 1
        ((2, 2, 2), 4),  # and stride 2
        ((3, 3, 2, 1), 5),  # its picture: 3×3 → 5×5
        ((4, 3, 2, 1), 7),
        ((4, 3, 2, 1, 1), 8),
        ((1, 1, 5), 1),
        ((3, 2, 4), 10),  # holes between stamps
        ((3, 3, 1, 2), 1),
        ((2, 3, 1, 0, 1, 2), 7),
    ],
)
def test_sizes_by_hand(arguments, expected):
    assert transposed_output_size(*arguments) == expected


small = st.integers(1, 6)


@given(st.integers(1, 30), small, small, st.integers(0, 6), st.integers(1, 3))
def test_way_up_and_down_again(size, kernel_size, stride, padding, dilation):
    """Each of the stride sizes that become one is reached back, by the output padding that belongs to it."""
    assume(size + 2 * padding >= dilation * (kernel_size - 1) + 1)
    fewer = output_size(size, kernel_size, stride, padding, dilation)
    more = output_padding_for(fewer, size, kernel_size, stride, padding, dilation)
    assert 0 <= more < stride
    assert transposed_output_size(fewer, kernel_size, stride, padding, more, dilation) == size


@given(small, small, small, st.integers(0, 4), st.integers(0, 3), st.integers(1, 3))
def test_as_torch(size, kernel_size, stride, padding, output_padding, dilation):
    layer = torch.nn.ConvTranspose1d(1, 1, kernel_size, stride, padding, output_padding, dilation=dilation)
    try:
        expected = layer(torch.zeros(1, 1, size)).shape[-1]
    except RuntimeError:
        with pytest.raises(ValueError, match=r"cuts everything off|smaller than stride or dilation"):
            transposed_output_size(size, kernel_size, stride, padding, output_padding, dilation)
    else:
        ours = transposed_output_size(size, kernel_size, stride, padding, output_padding, dilation)
        assert ours == expected


@pytest.mark.parametrize("wanted", [7, 8])
def test_two_sizes_become_one_and_come_back(wanted):
    assert output_size(wanted, 3, stride=2, padding=1) == 4
    assert output_padding_for(4, wanted, 3, stride=2, padding=1) == wanted - 7


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: transposed_output_size(0, 3), ValueError, "size must be at least 1, got 0"),
        (lambda: transposed_output_size(3.0, 3), TypeError, "size must be an integer, got 3.0"),
        (lambda: transposed_output_size(3, 0), ValueError, "kernel_size must be at least 1"),
        (lambda: transposed_output_size(3, 3, 0), ValueError, "stride must be at least 1"),
        (lambda: transposed_output_size(3, 3, 1, -1), ValueError, "padding must be at least 0"),
        (lambda: transposed_output_size(3, 3, 2, 0, -1), ValueError, "output_padding must be at least 0"),
        (lambda: transposed_output_size(3, 3, 2, 0, 2), ValueError, "smaller than stride or dilation, got 2"),
        (lambda: transposed_output_size(1, 3, 1, 2), ValueError, r": -1 \+ 0 = -1 pixels would be left of 3"),
        (lambda: transposed_output_size(3, 3, True), TypeError, "stride must be an integer, got True"),
        (lambda: output_padding_for(4, 9, 3, 2, 1), ValueError, "4 is enlarged to 7 … 8, never to 9"),
        (lambda: output_padding_for(4, 6, 3, 2, 1), ValueError, "never to 6"),
        (lambda: output_padding_for(4, 7.0, 3, 2, 1), TypeError, "wanted_size must be an integer"),
    ],
)  # fmt: skip
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
