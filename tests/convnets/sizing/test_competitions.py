"""Row 6.7: the lectures' tables of the ImageNet competition beside what papers say."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from convnets.sizing import competitions, networks, published, summary

BIBLIOGRAPHY = Path(__file__).resolve().parents[3] / "book" / "references.bib"


def test_winners_are_those_of_the_lectures():
    assert [winner.lecture for winner in competitions.WINNERS] == [
        "28.2",
        "25.8",
        "16.4",
        "11.7",
        "6.6",
        "4.5",
    ]
    assert [winner.year for winner in competitions.WINNERS] == list(range(2010, 2016))
    assert competitions.HUMAN == "5.1"


def test_the_error_falls_every_year_and_the_first_learned_one_by_most():
    errors = [float(winner.test_top5) for winner in competitions.WINNERS]
    steps = [before - after for before, after in pairwise(errors)]
    assert min(steps) > 0
    first = next(place for place, winner in enumerate(competitions.WINNERS) if winner.is_learned)
    assert max(steps) == steps[first - 1]


def test_where_lecture_and_competition_differ_a_note_says_why():
    differ = [winner for winner in competitions.WINNERS if winner.lecture != winner.test_top5]
    assert [winner.year for winner in differ] == [2014, 2015]
    assert all(winner.note for winner in differ)
    ensemble, single = competitions.RESNET_RESULTS[-1], competitions.RESNET_RESULTS[-2]
    assert ensemble.test_top5 == competitions.WINNERS[-1].test_top5
    assert f"{float(single.val_top5):.1f}" == competitions.WINNERS[-1].lecture


def test_every_winner_has_a_source_in_the_bibliography():
    known = set(re.findall(r"^@\w+\{([\w-]+),", BIBLIOGRAPHY.read_text(encoding="utf-8"), re.MULTILINE))
    assert {winner.source for winner in competitions.WINNERS} <= known


@pytest.mark.parametrize(
    "results",
    [
        competitions.METHODS,
        competitions.ALEXNET_RESULTS,
        competitions.ZFNET_RESULTS,
        competitions.RESNET_RESULTS,
    ],
    ids=["all", "AlexNet", "ZFNet", "ResNet"],
)
def test_errors_are_errors(results):
    for result in results:
        top1, top5, test = (float(figure) for figure in (f or "nan" for f in result[2:]))
        assert not top1 <= top5, "five answers are right more often than one"
        assert not abs(top5 - test) > 0.5, "validation and test images are alike"


def test_several_nets_are_better_than_one():
    by_name = {}
    for result in competitions.METHODS:
        by_name.setdefault(result.name, []).append(result)
    for several, single in (results for results in by_name.values() if len(results) == 2):
        if several.nets == 1:
            several, single = single, several
        figures = [
            (float(one), float(other))
            for one, other in zip(several[2:], single[2:], strict=True)
            if one and other
        ]
        assert all(one < other for one, other in figures)


def test_vgg_has_three_errors():
    vgg = {result.nets: result.test_top5 for result in competitions.METHODS if "VGG" in result.name}
    assert vgg == {2: "6.8", 1: "7.0", 7: "7.3"}


def test_tables():
    table = competitions.winners_table()
    assert table.column("competition")[-1] == "3.57 %"
    assert table.column("note") == ["", "1", "2", "3", "4", "5"]
    assert len(table.notes) == 5
    methods = competitions.methods_table()
    assert methods.column("nets")[7] == "several"
    assert methods.column("top-5, test")[-1] is None


def test_overfeat_is_as_large_as_its_paper_says():
    counted = summary(networks.overfeat(), networks.IMAGES["OverFeat"])
    sizes = [row.out_shape for row in counted.rows[:8]]
    assert sizes == [(96, 56, 56), (96, 28, 28), (256, 24, 24), (256, 12, 12),
                     (512, 12, 12), (1024, 12, 12), (1024, 12, 12), (1024, 6, 6)]  # fmt: skip
    assert counted.parameters == 145_920_872
    assert f"{counted.parameters // 10**6} million" == published.OVERFEAT_PAPER["parameters"]
    assert counted.multiply_adds == 2_801_403_904


def test_deepface_is_a_little_smaller_than_its_paper_says():
    counted = summary(networks.deepface(), networks.IMAGES["DeepFace"])
    sides = [row.out_shape[-1] for row in counted.rows[:6]]
    assert sides == [142, 71, 63, 55, 25, 21]
    assert [counted[name].weights for name in ("L4", "L5", "L6")] == [62_726_400, 7_840_000, 2_822_400]
    assert counted.parameters == 118_923_774 < 120_000_000
    unshared = sum(row.parameters for row in counted.of_kind("locally connected", "fully connected"))
    assert unshared > 0.95 * counted.parameters
