"""Every page of the book, as it lies on disk: links, names, pictures, downloads."""

import collections
from pathlib import Path
from urllib.parse import unquote, urlsplit

import bs4
import nbformat
import pytest

from course import book

SCHEMES = ("https", "mailto")


@pytest.fixture(scope="session")
def read(built):
    """A function that parses a page of the book, each once."""
    known = {}

    def parse(path: Path) -> bs4.BeautifulSoup:
        if path not in known:
            known[path] = bs4.BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        return known[path]

    return parse


@pytest.fixture
def page(read, built, name):
    return read(built / f"{name}.html")


def test_links_hold(page, read, built, name):
    broken = []
    for link in page.select("a[href]"):
        parts = urlsplit(link["href"])
        if parts.scheme or parts.netloc:
            if parts.scheme not in SCHEMES:
                broken.append(link["href"])
            continue
        page_itself = built / f"{name}.html"
        target = (page_itself.parent / unquote(parts.path)).resolve() if parts.path else page_itself
        if not target.is_file() or not _holds(read, target, unquote(parts.fragment)):
            broken.append(link["href"])
    assert broken == []


def _holds(read, target, anchor):
    if not anchor or target.suffix != ".html":
        return True
    page = read(target)
    return page.find(id=anchor) is not None or page.find("a", attrs={"name": anchor}) is not None


def test_files_the_page_loads_exist(page, built, name):
    sources = [
        each.get("src") or each.get("href") for each in page.select("script[src], img[src], link[href]")
    ]
    paths = [urlsplit(source) for source in sources]
    local = [unquote(parts.path) for parts in paths if not parts.scheme and parts.path]
    assert [path for path in local if not ((built / name).parent / path).is_file()] == []
    assert [
        parts.geturl() for parts in paths if parts.netloc and not _is_canonical(page, parts.geturl())
    ] == []


def _is_canonical(page, url):
    link = page.select_one("link[rel=canonical]")
    return link is not None and link["href"] == url


def test_every_picture_says_what_it_shows(page):
    silent = [image for image in page.select("img") if not image.get("alt", "").strip()]
    silent += [
        drawing for drawing in page.select("svg[role=img]") if not drawing.get("aria-label", "").strip()
    ]
    assert silent == []


def test_ids_are_unique(page):
    counts = collections.Counter(each["id"] for each in page.select("[id]"))
    assert [each for each, count in counts.items() if count > 1] == []


def test_one_main_heading_and_a_title(page):
    visible = [heading for heading in page.select("main h1") if not heading.find_parent(class_="onlyprint")]
    assert len([heading for heading in visible if heading.text.strip()]) == 1
    assert page.title.text.strip()


def test_pages_with_code_are_offered_as_notebooks(page, built, name):
    source = book.ROOT / "book" / f"{name}.md"
    expected = book.code_cells(source) if source.is_file() else 0
    links = [link["href"] for link in page.select("a[href$='.ipynb']") if "_sources" in link["href"]]
    colab = [link for link in links if link.startswith("https://colab.research.google.com/github/")]
    assert len(colab) == (1 if name.startswith("training/") else 0)
    assert all(link.endswith(f"/_sources/{name}.ipynb") for link in colab)
    own = set(links) - set(colab)
    assert len(own) == (1 if expected else 0)
    for link in own:
        notebook = nbformat.read(((built / name).parent / link).resolve(), as_version=4)
        nbformat.validate(notebook)
        cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell["id"] != "install"]
        assert len(cells) == expected
        assert all(cell.execution_count for cell in cells)
        assert not any(output.output_type == "error" for cell in cells for output in cell.outputs)


def test_the_book_holds_just_the_pages_of_its_contents(built):
    written = {path.relative_to(built).with_suffix("").as_posix() for path in built.rglob("*.html")}
    written = {page for page in written if not page.startswith("_")}
    assert written == {*book.contents(book.ROOT / "book"), "genindex", "search"}
