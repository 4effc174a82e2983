"""How many windows fit, and what the next one would need (coverage row 4.1)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.sizing import output_size, window_extent
from solutions.allowances import EXACT, LIBRARIES

SECTION = "sizing.html#output-size"


def fit_windows(size, kernel_size, stride=1, padding=0, dilation=1):
    extent = window_extent(kernel_size, dilation)
    fits = size + 2 * padding >= extent
    count = output_size(size, kernel_size, stride, padding, dilation) if fits else 0
    start = count * stride - padding
    return count, start, start + extent - 1


def rounded_up(size, kernel_size, stride=1, padding=0, dilation=1):
    extent = dilation * (kernel_size - 1) + 1
    count = max(0, -(-(size + 2 * padding - extent) // stride) + 1)
    start = count * stride - padding
    return count, start, start + extent - 1


def rounded_to_the_nearest(size, kernel_size, stride=1, padding=0, dilation=1):
    extent = dilation * (kernel_size - 1) + 1
    count = max(0, int((size + 2 * padding - extent) / stride + 0.5) + 1)
    if size + 2 * padding < extent:
        count = 0
    start = count * stride - padding
    return count, start, start + extent - 1


def padded_at_one_end(size, kernel_size, stride=1, padding=0, dilation=1):
    extent = dilation * (kernel_size - 1) + 1
    count = max(0, (size + padding - extent) // stride + 1)
    start = count * stride - padding
    return count, start, start + extent - 1


def counted_on_the_padded_line(size, kernel_size, stride=1, padding=0, dilation=1):
    extent = dilation * (kernel_size - 1) + 1
    count = max(0, (size + 2 * padding - extent) // stride + 1)
    return count, count * stride, count * stride + extent - 1


def gap_behind_the_last_tap(size, kernel_size, stride=1, padding=0, dilation=1):
    extent = dilation * kernel_size
    count = max(0, (size + 2 * padding - extent) // stride + 1)
    start = count * stride - padding
    return count, start, start + extent - 1


def fewer_than_none(size, kernel_size, stride=1, padding=0, dilation=1):
    extent = dilation * (kernel_size - 1) + 1
    count = (size + 2 * padding - extent) // stride + 1
    start = count * stride - padding
    return count, start, start + extent - 1


def cut_off_towards_zero(size, kernel_size, stride=1, padding=0, dilation=1):
    extent = dilation * (kernel_size - 1) + 1
    count = max(0, int((size + 2 * padding - extent) / stride) + 1)
    start = count * stride - padding
    return count, start, start + extent - 1


def walk_until_it_does_not_fit(size, kernel_size, stride=1, padding=0, dilation=1):
    count, start = 0, -padding
    while start + dilation * (kernel_size - 1) < size + padding:
        count, start = count + 1, start + stride
    return count, start, start + dilation * (kernel_size - 1)


def all_starts_in_an_array(size, kernel_size, stride=1, padding=0, dilation=1):
    reach = dilation * (kernel_size - 1)
    starts = np.arange(-padding, size + padding - reach, stride)
    following = len(starts) * stride - padding
    return np.array([len(starts), following, following + reach])


def hidden(rng):
    for _ in range(6):
        size, kernel_size, stride, padding = (int(n) for n in rng.integers((9, 2, 2, 1), (60, 8, 6, 4)))
        yield Case("plain", "no padding", (size, kernel_size, stride))
        yield Case("padding", "padding", (size, kernel_size, stride, padding))
        yield Case("dilation", "dilation", (size, kernel_size, stride, padding, int(rng.integers(2, 5))))
    yield Case("plain", "the window is the line", (9, 9, int(rng.integers(2, 9))))
    yield Case("nothing", "a few pixels short", (4, 9, 2))
    yield Case("nothing", "one pixel short", (int(rng.integers(2, 5)), 9, 8, 2))
    yield Case("nothing", "too many holes", (int(rng.integers(5, 9)), 3, 4, 1, 6))


EXERCISE = Exercise(
    name="fit_windows",
    title="How many windows, and why not one more?",
    task=(
        "A line of `size` pixels, windows of `kernel_size` taps that lie `dilation` pixels apart, a step of "
        "`stride` from one window to the next, and `padding` pixels added at each end. Write "
        "`fit_windows(size, kernel_size, stride=1, padding=0, dilation=1)`. It returns three whole "
        "numbers:\n\n"
        "1. how many windows fit: 0 where not even one does;\n"
        "2. the pixel at which the next window *would* start;\n"
        "3. the last pixel that this window *would* need.\n\n"
        "Pixels are numbered so that 0 is the first pixel of the line itself; the padding in front of it "
        "has negative numbers. The third number is the reason why the next window does not fit: that pixel "
        "is not there."
    ),
    reference=fit_windows,
    groups=(
        Group("plain", 3, "Windows on a line without padding"),
        Group("padding", 2, "Padding at both ends"),
        Group("dilation", 3, "Windows with holes"),
        Group("nothing", 2, "Not even one window fits"),
    ),
    public=(
        Case("plain", "seven pixels, windows of three, steps of two", (7, 3, 2)),
        Case("plain", "ten pixels, steps of three", (10, 3, 3)),
        Case("plain", "eight pixels, steps of two", (8, 3, 2)),
        Case("padding", "five pixels and one at each end", (5, 3, 2, 1)),
        Case("dilation", "three taps with holes between them", (9, 3, 2, 1, 2)),
        Case("nothing", "two pixels, windows of five", (2, 5, 2)),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            rounded_up,
            "You rounded up. With 8 pixels, windows of 3 and steps of 2, a fourth window would start at "
            "pixel 6 and need pixel 8, but the last pixel is number 7. A convolution leaves such a window "
            "out.",
            SECTION,
        ),
        Mistake(
            rounded_to_the_nearest,
            "You rounded to the nearest whole number. Half a window is no window: 8 pixels, windows of 3 "
            "and steps of 2 give 3.5, and the fourth window would need pixel 8, which is not there.",
            SECTION,
        ),
        Mistake(
            padded_at_one_end,
            "You added the padding once. It lies in front of the line and behind it, so the windows have "
            "two paddings more room.",
            SECTION,
        ),
        Mistake(
            counted_on_the_padded_line,
            "The number of windows is right, but you numbered the pixels from the first one of the padding. "
            "Here 0 is the first pixel of the line itself, so the first window starts at minus the padding.",
            SECTION,
        ),
        Mistake(
            gap_behind_the_last_tap,
            "Your windows are too long: you gave every tap a gap behind it. Between K taps there are only "
            "K − 1 gaps, so the window ends with its last tap.",
            "layers.html#stride-and-dilation",
        ),
        Mistake(
            fewer_than_none,
            "Where the window is longer than the padded line, the formula went below zero, and you returned "
            "that. There are no fewer windows than none.",
            SECTION,
        ),
        Mistake(
            cut_off_towards_zero,
            "Where a window is a little too long, you found one nevertheless: int() cuts off towards zero, "
            "so −0.5 became 0, and 0 + 1 is a window. Rounding down makes −1 of it.",
            SECTION,
        ),
    ),
    variants=(walk_until_it_does_not_fit, all_starts_in_an_array),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=1,
    minutes=15,
    hints=(
        "Draw eight pixels, number them, and lay windows of three on them, two pixels further each time. "
        "Which pixel does the fourth window ask for?",
        "The taps of a window span `dilation * (kernel_size - 1) + 1` pixels. The room there is for its "
        "start is the padded line less that span.",
        "Divide the room by the stride with `//`, which rounds down, and add 1 for the window at the very "
        "beginning; below zero the answer is 0. The next window starts at `count * stride - padding`.",
    ),
    section=SECTION,
)
