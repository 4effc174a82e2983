"""Papers and ours: rows by hand, and a name for every source."""

import pytest

from convnets.training import Result, experiments, papers

from .test_experiments import ABOUT, records


def test_rows_by_hand(monkeypatch):
    published = [
        {"variant": "a", "error": 0.0875, "source": "he2016deep"},
        {"variant": "not run", "error": 0.01, "source": "he2016deep"},
    ]
    monkeypatch.setattr(experiments.load("zoo"), "PUBLISHED", published, raising=False)
    table = papers.papers_and_ours({"zoo": Result(ABOUT, records())})
    assert table.rows == [
        ("zoo: a", "8.75", "He et al. 2016", "20.00 ± 14.14", "CPU, reduced", "2"),
        ("zoo: not run", "1.00", "He et al. 2016", None, "not run", None),
    ]


def test_every_source_has_a_name():
    for name in experiments.NAMES:
        for figure in getattr(experiments.load(name), "PUBLISHED", ()):
            assert figure["source"] in papers.SOURCES
            assert 0 < figure["error"] < 1


def test_unknown_sources_are_refused(monkeypatch):
    published = [{"variant": "a", "error": 0.1, "source": "nobody1900"}]
    monkeypatch.setattr(experiments.load("zoo"), "PUBLISHED", published, raising=False)
    with pytest.raises(ValueError, match="the source 'nobody1900' has no name"):
        papers.papers_and_ours({"zoo": Result(ABOUT, records())})
