"""Row 4.1: how many windows fit, and the same asked backwards."""

import itertools

import pytest
import torch

from convnets.sizing import Window, input_sizes, output_size, same_padding, window_extent, windows_between


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((5, 3), 3),  # the lecture's 5×5 and K 3
        ((5, 3, 1, 1), 5),
        ((5, 3, 2, 1), 3),
        ((7, 3), 5),
        ((7, 3, 2), 3),
        ((4, 2, 2), 2),
        ((227, 11, 4), 55),
        ((224, 11, 4), 54),
        ((224, 11, 4, 2), 55),
        ((7, 3, 1, 0, 3), 1),
    ],
)
def test_sizes_of_the_lectures(arguments, expected):
    assert output_size(*arguments) == expected


@pytest.mark.parametrize("dilation", [1, 2])
@pytest.mark.parametrize("padding", [0, 1, 2])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel_size", [1, 2, 3, 4])
def test_floor_agrees_with_torch(kernel_size, stride, padding, dilation):
    weight = torch.ones(1, 1, kernel_size)
    for size in range(1, 12):
        try:
            expected = torch.nn.functional.conv1d(
                torch.ones(1, 1, size), weight, None, stride, padding, dilation
            ).shape[2]
        except RuntimeError:
            with pytest.raises(ValueError, match="no window fits"):
                output_size(size, kernel_size, stride, padding, dilation)
        else:
            assert output_size(size, kernel_size, stride, padding, dilation) == expected


@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("kernel_size", [1, 2, 3])
def test_ceil_agrees_with_torch(kernel_size, stride):
    for size, padding in itertools.product(range(3, 12), range(kernel_size // 2 + 1)):
        pooled = torch.nn.functional.max_pool1d(
            torch.ones(1, 1, size), kernel_size, stride, padding, ceil_mode=True
        )
        assert output_size(size, kernel_size, stride, padding, rounding="ceil") == pooled.shape[2]


def test_exact_says_what_is_left_over():
    assert output_size(227, 11, 4, rounding="exact") == 55
    with pytest.raises(ValueError, match=r"leave 1 of 224 \+ 2 · 0 pixels over"):
        output_size(224, 11, 4, rounding="exact")
    with pytest.raises(ValueError, match=r"spans 5 pixels and there are 4 \+ 2 · 0 = 4"):
        output_size(4, 3, dilation=2)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: output_size(4, 3, rounding="up"), ValueError),
        (lambda: output_size(4.0, 3), TypeError),
        (lambda: output_size(4, True), TypeError),
        (lambda: output_size(4, 0), ValueError),
        (lambda: output_size(4, 3, padding=-1), ValueError),
        (lambda: same_padding(3, stride=2), ValueError),
        (lambda: same_padding(0), ValueError),
        (lambda: input_sizes(0, 3), ValueError),
        (lambda: input_sizes(3, 3, rounding="up"), ValueError),
        (lambda: windows_between(8, 0), ValueError),
        (lambda: windows_between(8, 4, rounding="up"), ValueError),
        (lambda: windows_between(8, 4.5), TypeError),
    ],
)
def test_errors(call, error):
    with pytest.raises(error):
        call()


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize("dilation", [1, 2, 3])
@pytest.mark.parametrize("kernel_size", [1, 2, 3, 4, 7])
def test_same_padding_keeps_the_size(kernel_size, dilation):
    before, after = same_padding(kernel_size, dilation=dilation)
    assert before + after == window_extent(kernel_size, dilation) - 1
    assert after - before in (0, 1)
    out = torch.nn.functional.conv1d(
        torch.ones(1, 1, 30), torch.ones(1, 1, kernel_size), padding="same", dilation=dilation
    )
    assert out[0, 0, 0] == sum(tap * dilation >= before for tap in range(kernel_size))


@pytest.mark.parametrize("rounding", ["floor", "ceil", "exact"])
def test_input_sizes_are_all_that_give_the_output_size(rounding):
    grid = itertools.product((1, 2, 3, 5), (1, 2, 3), (0, 1, 2), (1, 2))
    for kernel_size, stride, padding, dilation in grid:
        layer = (kernel_size, stride, padding, dilation, rounding)
        found = {size: [] for size in range(1, 5)}
        for size in range(1, 40):
            try:
                found.setdefault(output_size(size, *layer), []).append(size)
            except ValueError:
                continue
        for out_size in range(1, 5):
            assert list(input_sizes(out_size, *layer)) == found[out_size], (out_size, layer)


def test_input_sizes_by_hand():
    assert list(input_sizes(55, 11, 4)) == [227, 228, 229, 230]
    assert list(input_sizes(55, 11, 4, rounding="exact")) == [227]
    assert list(input_sizes(1, 1, padding=3)) == []


def test_what_turns_224_into_112():
    found = windows_between(224, 112)
    assert [tuple(window) for window in found] == [
        *((1, 2, 0, 1), (2, 2, 0, 1), (3, 2, 1, 1), (4, 2, 1, 1), (5, 2, 2, 1), (6, 2, 2, 1)),
        *((7, 2, 3, 1), (8, 2, 3, 1), (9, 2, 4, 1), (10, 2, 4, 1), (11, 2, 5, 1)),
    ]
    assert all(window.kernel_size - 2 * window.padding in (1, 2) for window in found)
    exact = windows_between(224, 112, rounding="exact")
    assert exact == [window for window in found if window.kernel_size % 2 == 0]


def test_windows_between_leaves_out_windows_of_padding_alone():
    assert Window(1, 2, 0) in windows_between(3, 2, largest_kernel=2)
    assert Window(1, 2, 1) not in windows_between(3, 3, largest_kernel=2)
    assert windows_between(3, 9, largest_kernel=3) == []
    dilated = [Window(1, 1, 0, 2), Window(2, 1, 1, 2), Window(3, 1, 2, 2), Window(3, 2, 4, 2)]
    assert windows_between(5, 5, largest_kernel=3, dilation=2) == dilated
    for window in windows_between(7, 3, largest_kernel=4):
        assert output_size(7, *window) == 3
