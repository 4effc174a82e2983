"""What is left of outputs and Markdown: text, images and tables, so that a reader sees what was meant."""

import base64
import io
import time

import nbformat
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.engine import harmless

PANDAS = """<div>
<style scoped>.dataframe tbody tr th:only-of-type { vertical-align: middle; }</style>
<table border="1" class="dataframe mine"><thead><tr style="text-align: right;"><th>loss</th></tr></thead>
<tbody><tr><th>0</th><td colspan="2">0.25 &lt; 1</td></tr></tbody></table></div>"""


def shown(data, **more):
    return harmless.output(
        nbformat.from_dict({"output_type": "display_data", "data": data, "metadata": {}} | more)
    )


def test_a_table_of_pandas_is_still_a_table():
    clean = harmless.html(PANDAS)
    assert '<table border="1" class="dataframe">' in clean
    assert '<td colspan="2">0.25 &lt; 1</td>' in clean
    assert "<style" not in clean
    assert "vertical-align" not in clean


def test_images_are_kept_and_what_is_called_one_is_not():
    from PIL import Image

    kept = {}
    for kind in ("png", "jpeg"):
        buffer = io.BytesIO()
        Image.new("RGB", (2, 2)).save(buffer, kind)
        kept[f"image/{kind}"] = base64.b64encode(buffer.getvalue()).decode()
    assert shown(kept)["data"] == kept
    assert shown({"image/png": kept["image/jpeg"]}) is None
    assert shown({"image/png": "not base64!"}) is None
    assert shown({"image/svg+xml": "<svg/>"}) is None


def test_plain_text_takes_the_place_of_what_is_not_shown():
    assert shown({"text/markdown": "# a **title**", "text/plain": "<Markdown>"})["data"] == {
        "text/plain": "# a **title**"
    }
    many = "<table>" + "<tr><td>1</td></tr>" * 3000 + "</table>"
    assert shown({"text/html": many, "text/plain": "a large table"})["data"] == {
        "text/plain": "a large table"
    }
    assert shown({"text/html": ["<b>a", "</b>"]})["data"] == {"text/html": "<b>a</b>"}


def test_tags_within_tags_take_no_time():
    start = time.perf_counter()
    shown({"text/html": "<div>" * harmless.MOST_TAGS, "text/plain": "x"})
    shown({"text/html": "<div>" * 1_000_000, "text/plain": "x"})
    assert time.perf_counter() - start < 5


MARKDOWN = [
    ("plain *words*, `code` and $x < 1$", "plain *words*, `code` and $x < 1$"),
    ("> quoted\n\n- a list", "> quoted\n\n- a list"),
    ("x <b>bold</b>", "x < b>bold< /b>"),
    ("![a](b.png)", "! [a] (b.png)"),
    ("[a](javascript:b)", "[a] (javascript:b)"),
    ("[a]: javascript:b", "[a] : javascript:b"),
]


@pytest.mark.parametrize(("text", "clean"), MARKDOWN)
def test_markdown_keeps_its_words(text, clean):
    assert harmless.markdown(text) == clean


@settings(deadline=None, max_examples=50)
@given(text=st.text(alphabet="<>!/[](): ab`\\n$&;", max_size=40))
def test_markdown_is_cleaned_once(text):
    clean = harmless.markdown(text)
    assert harmless.markdown(clean) == clean
    assert "](" not in clean
    assert "![" not in clean


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
TYPES = st.sampled_from(["text/html", "text/plain", "image/png", "text/markdown", "image/svg+xml"])
OUTPUT = st.fixed_dictionaries(
    {"output_type": st.sampled_from(["stream", "error", "display_data", "execute_result"]) | JSON},
    optional={
        "data": st.dictionaries(TYPES, JSON) | JSON,
        "metadata": JSON,
        "name": JSON,
        "text": JSON,
        "traceback": JSON,
        "ename": JSON,
        "execution_count": JSON,
    },
)


@settings(deadline=None, max_examples=50)
@given(outputs=st.lists(OUTPUT, max_size=4), count=JSON)
@example(outputs=[], count=-1)
@example(
    outputs=[{"output_type": "execute_result", "data": {"text/plain": "1"}, "execution_count": -1}], count=1
)
def test_whatever_a_kernel_sends_becomes_a_notebook(outputs, count):
    nb = new_notebook(cells=[new_code_cell("x"), new_markdown_cell("y")])
    nb.cells[0]["outputs"] = nbformat.from_dict(outputs)
    nb.cells[0]["execution_count"] = count
    nbformat.validate(harmless.clean(nb))


def test_reports_of_the_grader_stay_as_they_are():
    report = new_output("display_data", data={"text/html": '<div style="color:red"><svg></svg></div>'})
    marks = {"nbgrader": {"grade": True, "solution": False, "grade_id": "check-a"}}
    nb = harmless.clean(new_notebook(cells=[new_code_cell("check(a)", outputs=[report], metadata=marks)]))
    assert nb.cells[0].outputs == [report]
