"""Reports as text and HTML: complete, escaped, drawn, and without a frame of the checker."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from checks import contrasting, picture
from checks.contract import Tolerance
from checks.judging import judge
from checks.outcome import Outcome
from checks.plain import Tensor
from checks.reporting import Report, html, text
from checks.showing import written_call

EXACT = Tolerance(1e-9, 1e-9, "")
PHOTO = np.add.outer(np.arange(50.0), np.arange(60.0))


def report_on(got, expected, **more):
    outcome = got if isinstance(got, Outcome) else Outcome("value", value=got)
    wanted = Outcome("value", value=expected)
    verdict = judge(outcome, wanted, EXACT)
    fields = {"label": "a case", "call": "f(1)", "tolerance": EXACT, **more}
    return Report(
        "f", "failed", verdict.sentence, outcome=outcome, expected=wanted, verdict=verdict, **fields
    )


def parsed(markup):
    """Read HTML as XML, which it is when every tag is closed and every text escaped."""
    return ElementTree.fromstring(markup.replace("&nbsp;", " "))


def test_the_text_of_a_failure():
    report = report_on(
        np.array([2.0, 3, 4, -1, 1]),
        np.array([2.0, 1, 4, -1, 2]),
        explanation="The kernel is not flipped.",
        link="convolution.html#flip",
        hint="A hint.",
        footer="Public cases pass: 1 of 4.",
    )
    assert text(report) == (
        "✗ f · a case\n"
        "  2 of 5 values differ, the first at index [1]: 3 came, 1 was expected.\n"
        "\n"
        "  called    f(1)\n"
        "  came      2  3  4  -1  1\n"
        "  expected  2  1  4  -1  2\n"
        "               ^         ·\n"
        "\n"
        "  What may have happened: The kernel is not flipped.\n"
        "  Read on: convolution.html#flip\n"
        "  A hint.\n"
        "  Public cases pass: 1 of 4."
    )


def test_the_text_of_a_matrix():
    shown = contrasting.text(np.array([[1.0, 5], [7, 8]]), np.array([[1.0, 2], [7, 8]]), EXACT)
    assert shown == "came (* differs)\n  1  5*\n  7  8\nexpected\n  1  2\n  7  8"


def test_the_text_of_the_plane_that_differs():
    expected = np.zeros((2, 3, 2, 2))
    got = expected.copy()
    got[1, 2, 0, 1] = 7
    assert contrasting.text(got, expected, EXACT) == (
        "came at [1, 2, :, :] (* differs)\n  0  7*\n  0  0\nexpected at [1, 2, :, :]\n  0  0\n  0  0"
    )


def test_a_long_row_is_shown_around_its_first_difference():
    got = np.arange(200.0)
    got[120] = -1
    lines = contrasting.text(got, np.arange(200.0), EXACT).splitlines()
    assert all(len(line) < 100 for line in lines)
    assert " -1 " in lines[0]
    assert " 120 " in lines[1]
    assert lines[2].strip() == "^"
    assert lines[0].index("-1") + 1 == lines[2].index("^")
    assert re.fullmatch(r"\(indices \d+ to \d+\)", lines[3])


def test_rows_of_different_lengths_are_not_marked():
    shown = contrasting.text(np.array([1, 2]), np.array([1, 2, 3]), EXACT)
    assert shown == "came      1  2\nexpected  1  2  3"


def test_other_data_is_written_out():
    assert contrasting.text([1, 2], np.array([1, 2]), EXACT) == (
        "came      [1, 2]\nexpected  np.array([1, 2])"
    )
    assert contrasting.text(Tensor(np.ones(1, np.float32)), np.ones(1), EXACT) == (
        "came      torch.tensor([1.], dtype=torch.float32)\nexpected  np.array([1.])"
    )


@pytest.mark.parametrize(
    ("args", "written"),
    [
        ((np.array([2, -1]), "same"), "f(np.array([2, -1]), 'same', k=[1, (2,)])"),
        ((np.zeros((0, 3)), None), "f(np.zeros((0, 3)), None, k=[1, (2,)])"),
        ((np.float64(0.1), {"a": 1.5}), "f(0.1, {'a': 1.5}, k=[1, (2,)])"),
        ((np.array([1, 2], np.uint8), True), "f(np.array([1, 2], dtype=np.uint8), True, k=[1, (2,)])"),
        ((PHOTO, 1), "f(an array of shape (50, 60), float64, values from 0 to 108, 1, k=[1, (2,)])"),
    ],
)
def test_a_call_is_written_as_one_could_type_it(args, written):
    assert written_call("f", args, {"k": [1, (2,)]}) == written


def test_a_written_call_can_be_run():
    args = (np.arange(12.0).reshape(3, 4), np.array([[1, 0], [0, -1]]), np.linspace(0, 1, 7), [1, (2, "x")])
    got = eval(written_call("echo", args, {}), {"np": np, "echo": lambda *given: given})
    for one, other in zip(got[:2], args[:2], strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype
    np.testing.assert_allclose(got[2], args[2], atol=1e-8)
    assert got[3] == args[3]


def test_what_the_function_printed_is_shown_with_a_failure():
    report = report_on(Outcome("value", value=None, printed="so far: <b>3</b>\n" + "x" * 900), np.ones(2))
    assert "  Your function printed:\n  | so far: <b>3</b>\n  | xxx" in text(report)
    assert "so far: &lt;b&gt;3&lt;/b&gt;" in html(report)
    assert len(text(report)) < 900


def test_the_html_of_a_failure_holds_everything():
    report = report_on(
        np.array([1, 2, 3]),
        np.array([1, 5, 3]),
        explanation="You **added** `x`.",
        link="https://book.example/a.html#b",
        hint="A hint.",
        footer="The end.",
    )
    markup = html(report)
    words = "".join(parsed(markup).itertext())
    for part in ("f", "a case", "f(1)", "1 of 3 values differs", "You added x.", "A hint.", "The end."):
        assert part in words
    assert "<strong>added</strong>" in markup
    assert 'href="https://book.example/a.html#b"' in markup
    rows = [[cell.text for cell in row] for row in parsed(markup).iter("tr")]
    assert rows == [["index", "[0]", "[1]", "[2]"], ["came", "1", "2", "3"], ["expected", "1", "5", "3"]]
    marked = [cell.text for cell in parsed(markup).iter("td") if "outline" in cell.get("style")]
    assert marked == ["2"]


def test_a_page_of_the_book_without_an_address_is_no_link():
    markup = html(Report("f", "failed", "No.", link="javascript:alert(1)"))
    assert "<a" not in markup
    assert "javascript:alert(1)" in "".join(parsed(markup).itertext())


NASTY = "<script>alert('x')</script>&\"`"


def test_everything_is_escaped():
    outcome = Outcome("raised", detail=NASTY, message=NASTY, line="line 1: " + NASTY, printed=NASTY)
    report = Report(
        NASTY,
        "failed",
        judge(outcome, Outcome("value", value=1), EXACT).sentence + NASTY,
        label=NASTY,
        call=NASTY,
        outcome=outcome,
        explanation=NASTY,
        link='https://x/"onclick="alert(1)' + NASTY,
        hint=NASTY,
        footer=NASTY,
    )
    markup = html(report)
    assert "<script" not in markup
    tags = {element.tag for element in parsed(markup).iter()}
    assert tags <= {"div", "span", "strong", "code", "pre", "a"}
    assert not any("onclick" in element.attrib for element in parsed(markup).iter())


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        ({NASTY: 1}, {NASTY: 2}),
        (NASTY, "same"),
        (np.array([NASTY]), np.array(["a"])),
        (np.array([NASTY]), np.ones(1)),
        (np.array([NASTY]), np.ones(1, dtype=int)),
        (np.array([[NASTY]]), np.array([["a"]])),
        ([NASTY], np.ones(1)),
    ],
)
def test_values_are_escaped(got, expected):
    markup = html(report_on(got, expected))
    assert "<script" not in markup
    assert "script" in "".join(parsed(markup).itertext())


def test_a_matrix_is_drawn_with_its_wrong_cells_marked():
    expected = np.arange(12.0).reshape(3, 4)
    got = expected.copy()
    got[1, 2] = got[2, 0] = 99
    came, wanted = parsed(html(report_on(got, expected))).iter("svg")
    assert came.get("role") == wanted.get("role") == "img"
    assert came.get("aria-label") == (
        "What came: 3 rows and 4 columns, 2 of 12 values wrong, the first in row 1, column 2"
    )
    assert wanted.get("aria-label") == "What was expected: 3 rows and 4 columns"
    texts = [element.text for element in came.iter("text")]
    assert texts == ["0", "1", "2", "3", "4", "5", "99", "7", "99", "9", "10", "11"]
    boxes = list(came.iter("rect"))
    assert [i for i, box in enumerate(boxes) if box.get("fill") == picture.HIGH] == [6, 8]
    assert [i for i, box in enumerate(boxes) if box.get("stroke-width")] == [6]


def test_an_image_is_drawn_with_its_difference():
    got = PHOTO.copy()
    got[20:30, 30:40] += 50
    got[0, 0] -= 50
    markup = html(report_on(got, PHOTO))
    labels = [svg.get("aria-label") for svg in parsed(markup).iter("svg")]
    assert len(labels) == 3
    assert labels[2] == (
        "Where the two differ: 50 rows and 60 columns, 101 of 3000 values wrong, the first in row 0, column 0"
    )
    assert "too low" in markup
    assert "too high" in markup
    assert len(markup) < 60_000


def cells(svg, fill):
    """Cells of an image's picture that have this fill, as a set of (row, column)."""
    found = set()
    for path in parsed(svg).iter("path"):
        if path.get("fill") == fill:
            for column, row, run in re.findall(r"M(\d+) (\d+)h(\d+)", path.get("d")):
                found |= {(int(row), int(column) + i) for i in range(int(run))}
    return found


def test_the_picture_of_a_difference_shows_where_and_in_which_direction():
    expected = np.zeros((20, 30))
    got = expected.copy()
    got[3, 4:7] = 2
    got[10, 20] = -1
    svg = picture.difference(got, expected, got != expected, "")
    assert cells(svg, picture.HIGH) == {(3, 4), (3, 5), (3, 6)}
    assert cells(svg, picture.LOW) == {(10, 20)}
    (frame,) = (box for box in parsed(svg).iter("rect") if box.get("x"))
    assert (frame.get("y"), frame.get("x")) == ("3", "4")


def test_one_wrong_pixel_of_a_large_image_is_still_seen():
    expected = np.zeros((400, 300))
    got = expected.copy()
    got[399, 299] = 1e-3
    svg = picture.difference(got, expected, got != expected, "")
    assert cells(svg, picture.HIGH) == {(39, 39)}


def test_nan_has_a_colour_of_its_own():
    image = np.zeros((20, 20))
    image[5, 6] = np.nan
    assert cells(picture.grey(image, 0, 1, ""), picture.BROKEN) == {(5, 6)}
    assert cells(picture.difference(image, np.zeros((20, 20)), np.isnan(image), ""), picture.BROKEN) == {
        (5, 6)
    }
    assert "no number" in html(report_on(image, np.zeros((20, 20))))


def test_greys_run_from_black_to_white():
    svg = picture.grey(np.array([[-5.0, 0.0, 0.5, 1.0, 9.0]]), 0, 1, "")
    assert cells(svg, "#000000") == {(0, 0), (0, 1)}
    assert cells(svg, "#ffffff") == {(0, 3), (0, 4)}


def test_images_of_different_shape_have_no_difference():
    labels = [svg.get("aria-label") for svg in parsed(html(report_on(PHOTO[1:], PHOTO))).iter("svg")]
    assert labels == [
        "What came: 49 rows and 60 columns",
        "What was expected: an image of 50 rows and 60 columns",
    ]


LARGE = {
    "a list": [0] * 400_000,
    "a dict": dict.fromkeys(range(100_000), 0),
    "a text": "x" * 10**7,
    "long texts": np.array(["x" * 10**6, "b", "c", "d", "e"]),
    "long numbers": [2**999] * 400,
    "bytes": np.zeros(10**7, np.uint8),
    "a flat image": np.ones((1, 10**7), np.uint8),
    "nested lists": [[[[[0] * 5000]]]],
}


@pytest.mark.parametrize(
    "expected", [np.arange(5.0), PHOTO, (1, 2), {"a": 1}, "same", np.array(list("abcde"))]
)
@pytest.mark.parametrize("got", LARGE.values(), ids=LARGE)
def test_answers_that_are_very_large_give_small_reports(got, expected):
    report = report_on(got, expected)
    assert len(report.sentence) < 300
    assert len(text(report)) < 4000
    assert len(html(report)) < 60_000


def test_the_part_of_a_tuple_that_differs_is_shown():
    shown = text(report_on((1, np.array([1, 2])), (1, np.array([1, 3]))))
    assert "  came      1  2\n  expected  1  3\n               ^" in shown


def test_a_hidden_case_shows_neither_call_nor_values():
    markup = html(Report("f", "failed", "Your result does not have the right shape."))
    assert "<svg" not in markup
    assert "<pre" not in markup
    assert "<table" not in markup


def test_what_scrolls_can_be_reached_by_keyboard():
    page = parsed(html(report_on(np.arange(60.0), np.ones(60))))
    scrolling = [element for element in page.iter() if "overflow-x:auto" in element.get("style", "")]
    assert [element.tag for element in scrolling] == ["pre", "div"]
    assert all(element.get("tabindex") == "0" for element in scrolling)


def test_no_colour_of_the_text_is_fixed():
    markup = html(report_on(np.array([1, 2]), np.array([1, 3]), link="https://x/", hint="h", footer="f"))
    colours = set(re.findall(r"[^-]color:([^;\"]+)", markup))
    assert colours == {"inherit", "#d55e00"}  # the sign before the name is the one coloured word
