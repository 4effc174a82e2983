"""The build of the book, on tiny books: what fails it, what it notices, what it leaves alone."""

import json
import shutil
import textwrap

import pytest

from bookext.downloads import colab_address
from course import book

HEAD = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
---
# Page

"""
CONTENTS = "format: jb-book\nroot: index\n"


def cell(source, options=""):
    return f"```{{code-cell}} ipython3\n{options}{textwrap.dedent(source).strip()}\n```\n\n"


@pytest.fixture
def tiny(tmp_path):
    """A function that writes a book with the given pages and returns its root."""

    def write(contents=CONTENTS, **pages):
        folder = tmp_path / "book"
        shutil.copytree(book.ROOT / "book" / "_templates", folder / "_templates", dirs_exist_ok=True)
        shutil.copytree(book.ROOT / "book" / "vendor", folder / "vendor", dirs_exist_ok=True)
        (folder / "_static").mkdir(exist_ok=True)
        for name in ("favicon.svg", "references.bib"):
            shutil.copy(book.ROOT / "book" / name, folder / name)
        shutil.copy(book.ROOT / "_config.yml", tmp_path)
        (tmp_path / "requirements.txt").touch()
        (folder / "_toc.yml").write_text(contents, encoding="utf-8")
        for name, text in pages.items():
            page = folder / f"{name}.md"
            page.parent.mkdir(exist_ok=True)
            page.write_text(text, encoding="utf-8")
        return tmp_path

    return write


def build(root):
    return book.build(root, derive=())


def test_a_book_is_built_once_and_again_when_something_changed(tiny):
    drawn = cell(
        """
        from convnets import plots
        with plots.figure(2, 1) as (fig, ax):
            plots.draw_matrix(ax, [[1, 2]])
        plots.drawing(fig)
        """,
        "---\nmystnb:\n  image:\n    alt: Two numbers\n---\n",
    )
    root = tiny(index=HEAD + r"$x \in \RR$" + "\n\n" + cell("print(6 * 7)") + drawn + drawn)
    report = build(root)
    assert (report.pages, report.executed_cells) == (1, 3)
    page = root / "_build" / "html" / "index.html"
    html = page.read_text(encoding="utf-8")
    assert "42" in html
    assert html.count('<svg class="cn-drawing" role="img" aria-label="Two numbers"') == 2
    assert 'class="katex"' in html

    written = page.stat().st_mtime_ns
    again = build(root)
    assert (again.pages, again.executed_cells) == (1, 3)
    assert again.seconds < 5
    assert page.stat().st_mtime_ns == written

    page.unlink()
    build(root)
    assert page.exists()

    (root / "book" / "index.md").write_text(HEAD + cell("print(6 * 8)"), encoding="utf-8")
    assert build(root).executed_cells == 1
    assert "48" in page.read_text(encoding="utf-8")


def test_a_failing_cell_fails_the_build_with_its_traceback(tiny):
    root = tiny(index=HEAD + cell("print('before')") + cell("1 / 0"))
    with pytest.raises(book.BuildError, match=r"(?s)index\.md failed.*1 / 0.*ZeroDivisionError"):
        build(root)


def test_every_fault_of_a_page_is_told_and_fails_the_build(tiny):
    root = tiny(
        index="# Page\n\n$$\\frac{1$$\n\n![](picture.svg)\n\n[gone](nowhere.md)\n\n{cite:p}`nobody`\n",
        picture="",
    )
    shutil.copy(root / "book" / "favicon.svg", root / "book" / "picture.svg")
    with pytest.raises(book.BuildError) as told:
        build(root)
    for fault in ("formula", "picture.svg has no alt text", "nowhere.md", "nobody"):
        assert fault in str(told.value)
    assert not (root / "_build" / "book.json").exists()


@pytest.mark.parametrize("contents", [CONTENTS + "chapters:\n- file: gone\n", "format: jb-book\n"])
def test_contents_that_name_no_page_are_refused(tiny, contents):
    with pytest.raises(book.BuildError, match=r"names pages that do not exist: (gone|none at all)"):
        build(tiny(contents, index=HEAD))


def test_an_empty_cell_is_refused(tiny):
    with pytest.raises(book.BuildError, match="empty code cell"):
        build(tiny(index=HEAD + cell("")))


def built(folder, cells):
    """What a build would have left: a page and its notebook."""
    (folder / "_sources").mkdir()
    (folder / "index.html").write_text("<h1>Page</h1>")
    (folder / "_sources" / "index.ipynb").write_text(json.dumps({"cells": cells}))


def code(count, output="stream"):
    return {
        "cell_type": "code",
        "source": ["1"],
        "execution_count": count,
        "outputs": [{"output_type": output}],
    }


def test_a_page_that_was_built_passes(tmp_path):
    built(tmp_path, [{"cell_type": "markdown"}, code(1), code(2)])
    book.check(tmp_path, {"index": 2})


def test_a_missing_page_is_noticed(tmp_path):
    with pytest.raises(book.BuildError, match=r"index\.html is missing"):
        book.check(tmp_path, {"index": 0})


@pytest.mark.parametrize("cells", [[], [code(1)], [code(1), code(None)]])
def test_cells_that_did_not_run_are_noticed(tmp_path, cells):
    built(tmp_path, cells)
    with pytest.raises(book.BuildError, match=r"[01] of 2 code cells of index were executed"):
        book.check(tmp_path, {"index": 2})


def test_an_error_in_the_output_is_noticed(tmp_path):
    built(tmp_path, [code(1, "error")])
    with pytest.raises(book.BuildError, match="index shows an error"):
        book.check(tmp_path, {"index": 1})


@pytest.mark.parametrize(
    "changed",
    ["book/a.md", "src/convnets/a.py", "src/course/a.py", "solutions/x/a.py", "requirements.txt", "new/b"],
)
def test_every_input_is_in_the_fingerprint(tmp_path, changed):
    names = (*book.INPUTS, "new")
    path = tmp_path / changed
    before = book.fingerprint(tmp_path, names)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("1")
    first = book.fingerprint(tmp_path, names)
    path.write_text("2")
    assert len({before, first, book.fingerprint(tmp_path, names)}) == 3


@pytest.mark.parametrize(
    "derived", ["book/assignments/a.md", "autograder/course/a.db", "src/x/__pycache__/a.pyc"]
)
def test_what_programs_write_is_not_in_the_fingerprint(tmp_path, derived):
    before = book.fingerprint(tmp_path, book.INPUTS)
    path = tmp_path / derived
    path.parent.mkdir(parents=True)
    path.write_text("1")
    assert book.fingerprint(tmp_path, book.INPUTS) == before


def test_code_that_cells_run_empties_their_cache(tmp_path):
    source = tmp_path / "src" / "convnets" / "a.py"
    source.parent.mkdir(parents=True)
    cache = tmp_path / "_build" / ".jupyter_cache"
    kept = []
    for text in ("1", "1", "2"):
        source.write_text(text)
        book._forget_what_changed(tmp_path, None, {})
        kept.append((cache / "outputs").exists())
        (cache / "outputs").touch()
    assert kept == [False, True, False]


def test_a_training_notebook_is_run_elsewhere_by_one_click(tiny):
    contents = CONTENTS + "chapters: [{file: training/demo}]\n"
    code = cell('import os\nprint(os.environ["CONVNETS_SIZE"])')
    root = tiny(contents, index=HEAD, **{"training/demo": HEAD + code})
    assert build(root).executed_cells == 1
    page = (root / "_build" / "html" / "training" / "demo.html").read_text(encoding="utf-8")
    assert "recorded" in page
    colab = "https://colab.research.google.com/github/convnets/convnets/blob/gh-pages/"
    assert f'href="{colab}_sources/training/demo.ipynb"' in page
    assert 'href="../_sources/training/demo.ipynb" download="demo.ipynb"' in page
    notebook = json.loads(
        (root / "_build" / "html" / "_sources" / "training" / "demo.ipynb").read_text("utf-8")
    )
    install, *cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert 'find_spec("convnets") is None' in "".join(install["source"])
    assert "git+https://github.com/convnets/convnets" in "".join(install["source"])
    compile("".join(install["source"]), "install", "exec")
    assert [len(cells), cells[0]["execution_count"]] == [1, 1]
    assert "open in Colab" not in (root / "_build" / "html" / "index.html").read_text(encoding="utf-8")


def test_colab_reads_from_github_only():
    with pytest.raises(
        ValueError, match=r"Colab opens notebooks from https://github\.com/OWNER/NAME, the repo"
    ):
        colab_address("https://gitlab.com/a/b", "gh-pages", "training/demo")
