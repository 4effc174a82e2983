"""Rules of writing that a machine can hold, over all pages of the book."""

import ast
import re
from pathlib import Path

import pytest
import yaml

from autograder.authoring import exercises

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
FILES = [*BOOK.glob("*.md"), *BOOK.glob("training/*.md")]
PAGES = sorted(path.relative_to(BOOK).with_suffix("").as_posix() for path in FILES)
CHAPTERS = exercises.slugs()
TARGETS = {
    "convolution": {
        "one-dimension", "translate-and-scale", "flip-and-filter", "toeplitz", "properties", "two-dimensions",
        "kernels", "cross-correlation", "fast-forms", "winograd", "reverse-puzzle",
    },
    "seeing": {
        "what-makes-vision-hard", "counting-weights", "shift-experiment", "locally-connected",
        "weight-sharing", "feature-hierarchy",
    },
    "layers": {
        "one-dimensional-layer", "two-dimensional-layer", "channels", "padding-modes", "stride-and-dilation",
        "groups", "locally-connected-layer", "nonlinearity", "pooling", "subsampling", "equivariance",
        "anti-aliasing", "stacking",
    },
    "sizing": {
        "output-size", "output-size-inverse", "counting-layers", "biases", "lenet-table", "multiply-adds",
        "activation-memory", "receptive-field", "small-filters", "bottleneck", "alexnet-table", "vgg-table",
        "googlenet-table", "summary-of-a-network", "complexity",
    },
    "backprop": {
        "one-layer-one-matrix", "input-gradient", "weight-gradient", "tied-weights", "adjoint-test",
        "stride-and-padding-backward", "nonlinearity-backward", "pooling-backward", "softmax-cross-entropy",
        "batch-normalisation", "gradient-checking", "training-lenet",
    },
    "architectures": {
        "before-networks", "lenet", "ilsvrc", "alexnet", "zfnet", "vgg", "inception", "googlenet",
        "degradation", "residual-block", "resnet", "deleting-blocks", "comparing-networks", "loading-weights",
    },
    "training": {
        "data-sets", "scales", "flip", "scale-and-crop", "test-crops", "colour-jitter", "pca-colour",
        "geometric", "batch-norm-per-filter", "batch-norm-at-test-time", "folding", "initialisation",
        "schedules", "resnet-recipe", "weight-decay-and-dropout", "reading-curves", "trainer",
    },
    "transposed": {
        "the-matrix", "transposing-it", "scatter-form", "zero-insertion", "sizes-back", "its-own-backward",
        "checkerboards", "bilinear-initialisation", "resize-convolution", "pixel-shuffle",
    },
    "detection": {
        "localisation", "boxes", "iou", "r-cnn", "coding", "nms", "average-precision", "roi-pooling",
        "roi-align", "anchors", "matching", "region-proposals", "yolo", "ssd", "pipeline", "mask-head",
    },
}  # fmt: skip
FENCE = re.compile(r"^(`{3,}|:{3,})(\{[\w-]+\})?.*?^\1\s*$", re.MULTILINE | re.DOTALL)
MATH = re.compile(r"^\$\$.*?\$\$.*?$", re.MULTILINE | re.DOTALL)
LABELS = re.compile(r"\s+name: ((?:fig|tab)-[\w-]+)|^:name: ((?:fig|tab)-[\w-]+)", re.MULTILINE)


def text(page):
    return (BOOK / f"{page}.md").read_text(encoding="utf-8")


def front_matter(page):
    return yaml.safe_load(text(page).split("---\n")[1])


def body(page):
    return text(page).split("---\n", 2)[2]


def prose(page):
    """The sentences of a page: without front matter, code, directives, formulas and headings."""
    bare = MATH.sub("", FENCE.sub("", body(page)))
    return [line for line in bare.splitlines() if line.strip() and not line.startswith(("#", "(", "- ", "|"))]


def cells(page):
    """Code cells as (options, code)."""
    found = re.findall(r"^```\{code-cell\}[^\n]*\n(.*?)^```", body(page), re.MULTILINE | re.DOTALL)
    for cell in found:
        if cell.startswith("---\n"):
            _, options, code = cell.split("---\n", 2)
            yield yaml.safe_load(options), code
        else:
            tags = re.match(r":tags: (\[.*\])\n", cell)
            yield ({"tags": yaml.safe_load(tags[1])} if tags else {}), cell[tags.end() if tags else 0 :]


def test_there_are_pages_and_chapters():
    assert {"index", "notation", "glossary", "errata", *CHAPTERS} <= set(PAGES)
    assert set(TARGETS) <= set(CHAPTERS)


@pytest.mark.parametrize("page", PAGES)
def test_each_page_describes_itself(page):
    description = front_matter(page)["myst"]["html_meta"]["description"]
    assert 50 <= len(description) <= 220


@pytest.mark.parametrize("page", PAGES)
def test_one_sentence_per_line(page):
    glued = [line for line in prose(page) if re.search(r"[a-z)`*”\"][.?!] +[A-Z“\"*]", line)]
    broken = [line for line in prose(page) if not re.search(r"[.?!:,;)*”\"`}$]$", line.rstrip())]
    assert not glued, f"two sentences on a line: {glued}"
    assert not broken, f"a line ends within a sentence: {broken}"


@pytest.mark.parametrize("page", PAGES)
def test_figures_tables_and_equations_are_referred_to(page):
    labels = [name for pair in LABELS.findall(body(page)) for name in pair if name]
    unmentioned = [name for name in labels if f"{{numref}}`{name}`" not in body(page)]
    assert not unmentioned, f"figures or tables no sentence refers to: {unmentioned}"
    everywhere = "".join(map(text, PAGES))
    equations = re.findall(r"\$\$ \((eq-[\w-]+)\)", body(page))
    assert not [name for name in equations if f"{{eq}}`{name}`" not in everywhere]


def test_every_reference_has_a_target():
    everywhere = "".join(map(text, PAGES))
    defined = set(re.findall(r"\$\$ \((eq-[\w-]+)\)", everywhere))
    defined |= {name for pair in LABELS.findall(everywhere) for name in pair if name}
    used = set(re.findall(r"\{(?:eq|numref)\}`([\w-]+)`", everywhere))
    assert used <= defined, used - defined


def test_each_display_formula_of_a_chapter_has_a_label():
    for page in CHAPTERS:
        unlabelled = [formula for formula in MATH.findall(body(page)) if not formula.rstrip().endswith(")")]
        assert not unlabelled


@pytest.mark.parametrize("page", PAGES)
def test_drawings_have_alt_text_and_caption(page):
    for options, code in cells(page):
        if re.search(r"^draw\.\w+\(", code, re.MULTILINE):
            assert len(options["mystnb"]["image"]["alt"]) > 30
            assert options["mystnb"]["figure"]["caption"].strip().endswith(".")


def test_citations_and_bibliography_agree():
    cited = set()
    for page in PAGES:
        for keys in re.findall(r"\{cite:\w+\}`([^`]+)`", text(page)):
            cited |= {key.strip() for key in keys.split(",")}
    known = re.findall(
        r"^@\w+\{([\w-]+),", (BOOK / "references.bib").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(known) == len(set(known))
    assert cited == set(known)


def test_terms_are_in_the_glossary():
    glossary = re.search(r"```\{glossary\}\n(.*?)```", text("glossary"), re.DOTALL)[1]
    terms = re.findall(r"^(\S.*)$", glossary, re.MULTILINE)
    assert len(terms) >= 30
    assert [term.casefold() for term in terms] == sorted(term.casefold() for term in terms)
    used = {
        re.sub(r".*<(.*)>", r"\1", term)
        for page in PAGES
        for term in re.findall(r"\{term\}`([^`]+)`", text(page))
    }
    assert used <= set(terms), used - set(terms)


@pytest.mark.parametrize("slug", TARGETS)
def test_paragraphs_that_others_link_to_exist(slug):
    assert TARGETS[slug] <= set(re.findall(r"^\(([\w-]+)\)=$", text(slug), re.MULTILINE))


@pytest.mark.parametrize("slug", CHAPTERS)
def test_links_of_exercises_lead_somewhere(slug):
    for exercise in exercises.load(slug).exercises:
        for link in (exercise.section, *(mistake.link for mistake in exercise.mistakes)):
            page, anchor = link.split(".html#")
            assert f"({anchor})=\n" in text(page), f"{exercise.name}: {link}"


@pytest.mark.parametrize("slug", CHAPTERS)
def test_a_chapter_offers_each_exercise_where_it_belongs(slug):
    for exercise in exercises.load(slug).exercises:
        label = "exercise-" + exercise.name.replace("_", "-")
        stars = "★" * exercise.difficulty + "☆" * (3 - exercise.difficulty)
        offer = (
            f":::{{admonition}} Exercise: {exercise.title}\n:class: exercise\n\n"
            f"[`{exercise.name}`](#{label}) · {stars} · {exercise.minutes} minutes\n"
        )
        assert offer in text(slug), f"the chapter should hold:\n{offer}"


@pytest.mark.parametrize("slug", CHAPTERS)
def test_length_of_a_chapter(slug):
    boxes = re.findall(r"^:::.*?^:::", body(slug), re.MULTILINE | re.DOTALL)
    words = len(" ".join([*prose(slug), *boxes]).split())
    assert 1500 <= words <= 4000


@pytest.mark.parametrize("slug", CHAPTERS)
def test_skeleton_of_a_chapter(slug):
    headings = re.findall(r"^## (.*)$", body(slug), re.MULTILINE)
    assert headings[-2:] == ["Summary", "Sources"]
    opening = re.search(r"^# .*?(?=^```|^\()", body(slug), re.MULTILINE | re.DOTALL)[0]
    assert "?" in opening, "a chapter begins with a question"
    assert re.search(r"^widgets\.[\w.]+\(", body(slug), re.MULTILINE), "no explorer"
    assert re.search(r"^ *(assert |np\.testing\.assert_)", body(slug), re.MULTILINE), "no check by hand"
    assert "Listing(" in body(slug), "no code from the package"


@pytest.mark.parametrize("page", PAGES)
def test_code_is_shown_not_retyped(page):
    for options, code in cells(page):
        defined = [
            node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef | ast.ClassDef)
        ]
        assert not defined or "derivation" in options.get("tags", []), f"{page} defines {defined[0].name}"


@pytest.mark.parametrize("page", PAGES)
def test_pages_hold_no_outputs_and_no_placeholders(page):
    assert not re.search(r"\b(TODO|FIXME|TBD|XXX|lorem)\b|\{\{", text(page))
    assert "{code-cell}" not in text(page) or front_matter(page)["kernelspec"]["name"] == "python3"
