"""Submissions from folders, Canvas, Moodle and the exchange, and what happens when they come again."""

import os
import zipfile
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from autograder import collecting
from autograder.collecting import collect
from autograder.collecting.unpacking import Limits
from autograder.layout import Course, CourseError
from autograder.lms import canvas, moodle
from autograder.lms.roster import Named, Person

from ..conftest import FIXTURES

NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
OTHER = NOTEBOOK + b"\n"
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Tiny (77)
    Points Possible,,,,,8
"Lovelace, Ada",1234,S1,ada,MAIN,
"Núñez, Bob",1235,S2,bob,MAIN,
"""
MOODLE = """\
\ufeffIdentifier,"Full name","ID number","Email address",Status,Grade,"Maximum grade",\
"Grade can be changed","Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 4711","Ada Lovelace",ada,a@x.org,Submitted,,8.00,Yes,"Monday, 2 March 2026, 1:30 PM",-,
"Participant 4712","Bob Núñez",,bob@x.org,Submitted,,8.00,Yes,-,-,
"""


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path / "course", FIXTURES)


def archive(path, entries):
    with zipfile.ZipFile(path, "w") as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return path


def folder(path, entries):
    for name, content in entries.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def text(path, content):
    path.write_text(content, encoding="utf-8")
    return path


def submitted(course):
    """Return content by path of everything below submitted/."""
    root = course.root / "submitted"
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def kept(course):
    root = course.root / "kept"
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def statuses(collection):
    return {one.student: one.status for one in collection.submissions}


def remarks(collection):
    return {one.student: " | ".join(one.remarks) for one in collection.submissions if one.remarks}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("lovelaceada_1234_9001_tiny.ipynb", Named("lovelaceada", "1234", "tiny.ipynb", 9001)),
        ("lovelaceada_LATE_1234_9001_tiny-1.ipynb", Named("lovelaceada", "1234", "tiny-1.ipynb", 9001, True)),
        ("o_brien_1_2_a_3_4_b.txt", Named("o_brien", "1", "a_3_4_b.txt", 2)),
        ("lovelaceada_1234_text.html", Named("lovelaceada", "1234", "text.html")),
        ("anon_x9Y_9001_tiny.ipynb", Named("anon_x9Y", "", "tiny.ipynb", 9001)),
        ("LATE_anon_x9Y_9001_tiny.ipynb", Named("anon_x9Y", "", "tiny.ipynb", 9001, True)),
        ("ada/a_1_2_b.txt", None),
        ("tiny.ipynb", None),
    ],
)
def test_names_that_canvas_gives(path, expected):
    assert canvas.named(path) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Ada Lovelace_4711_assignsubmission_file/tiny.ipynb", ("Ada Lovelace", "4711", "tiny.ipynb")),
        ("Ada Lovelace_4711_assignsubmission_file_/a/b.txt", ("Ada Lovelace", "4711", "a/b.txt")),
        ("Ada Lovelace_4711_assignsubmission_file_tiny.ipynb", ("Ada Lovelace", "4711", "tiny.ipynb")),
        ("Participant_4711_assignsubmission_onlinetext/on.html", ("Participant", "4711", "on.html")),
        ("ada/tiny.ipynb", None),
    ],
)
def test_names_that_moodle_gives(path, expected):
    assert moodle.named(path) == (expected and Named(*expected))


@pytest.mark.parametrize(
    "words",
    ["Monday, 2 March 2026, 1:30 PM", "Monday, March 2, 2026, 1:30\u202fPM", "Monday, 2 March 2026, 13:30"],
    ids=["day-first", "month-first", "24-hours"],
)
def test_times_that_moodle_writes(words):
    time = moodle.time_of(Person("ada", handed_in=words), ZoneInfo("Europe/Berlin"))
    assert time.astimezone(UTC) == datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
    assert moodle.time_of(Person("ada", handed_in="lundi 2 mars"), UTC) is None


def test_a_download_of_canvas(course, tmp_path):
    download = archive(
        tmp_path / "submissions.zip",
        {
            "lovelaceada_1234_9001_tiny-2.ipynb": NOTEBOOK,
            "lovelaceada_1234_9002_data.txt": b"1",
            "nunezbob_LATE_1235_9003_tiny.ipynb": NOTEBOOK,
            "strangerx_99_9004_tiny.ipynb": NOTEBOOK,
            "unclear": b"",
        },
    )
    roster = text(tmp_path / "roster.csv", CANVAS)
    made = collect("tiny", download, course, [roster])
    assert submitted(course) == {
        "ada/tiny/tiny.ipynb": NOTEBOOK, "ada/tiny/data.txt": b"1", "bob/tiny/tiny.ipynb": NOTEBOOK
    }  # fmt: skip
    assert statuses(made) == {"ada": "new", "bob": "new"}
    assert "late" in remarks(made)["bob"]
    assert [one.name for one in made.unknown] == ["strangerx"]
    assert [one.path for one in made.refused] == ["unclear"]
    filled = made.to_fill_in.read_text().replace(",strangerx", "eve,strangerx")
    again = collect("tiny", download, course, [roster, text(tmp_path / "more.csv", filled)])
    assert statuses(again) == {"ada": "unchanged", "bob": "unchanged", "eve": "new"}


@pytest.mark.parametrize("form", ["_4711_assignsubmission_file/", "_4711_assignsubmission_file_"])
def test_a_download_of_moodle_with_times(course, tmp_path, form):
    names = {f"Ada Lovelace{form}tiny.ipynb": NOTEBOOK, "Bob Nunez_4712_assignsubmission_file/x.txt": b""}
    roster = text(tmp_path / "worksheet.csv", MOODLE)
    made = collect(
        "tiny", archive(tmp_path / "a.zip", names), course, [roster], zone=ZoneInfo("Europe/Berlin")
    )
    assert submitted(course) == {
        "ada/tiny/tiny.ipynb": NOTEBOOK,
        "ada/tiny/timestamp.txt": b"2026-03-02 12:30:00 UTC\n",
        "bob/tiny/x.txt": b"",
    }
    assert remarks(made) == {"bob": "there is no tiny.ipynb; there is x.txt"}


def test_a_download_without_a_roster_asks_for_one(course, tmp_path):
    made = collect("tiny", archive(tmp_path / "a.zip", {"lovelaceada_1_2_tiny.ipynb": NOTEBOOK}), course)
    assert statuses(made) == {}
    assert made.to_fill_in.read_text().splitlines() == ["student_id,name,lms_id", ",lovelaceada,1"]


def test_ids_that_were_filled_in_stay(course, tmp_path):
    download = archive(tmp_path / "a.zip", {"a_1_2_tiny.ipynb": NOTEBOOK, "b_2_3_tiny.ipynb": NOTEBOOK})
    unknown = collect("tiny", download, course).to_fill_in
    unknown.write_text(unknown.read_text().replace(",a,1", "ada,a,1"))
    made = collect("tiny", download, course, [unknown])
    assert statuses(made) == {"ada": "new"}
    assert unknown.read_text().splitlines() == ["student_id,name,lms_id", ",b,2", "ada,a,1"]


def test_what_is_said(course, tmp_path):
    names = {f"s{n}_{n}_{n}_tiny.ipynb": NOTEBOOK for n in range(8)} | {"../up_1_2_x": b""}
    download = archive(tmp_path / "a.zip", names)
    roster = text(tmp_path / "r.csv", "student_id,lms_id\nada,0\n")
    *lines, last = collecting.said("tiny", collect("tiny", download, course, [roster]))
    assert lines[0] == "tiny: left out: ../up_1_2_x: it leads out of its folder"
    assert "nothing was stored of s1, s2, s3, s4, s5 and 2 more" in lines[1]
    assert last == "tiny: 1 submissions: 1 new"


def test_folders_of_every_shape(course, tmp_path):
    inner = archive(
        tmp_path / "inner.zip", {"tiny/tiny.ipynb": NOTEBOOK, "tiny/checks/x.py": b""}
    ).read_bytes()
    source = folder(
        tmp_path / "in",
        {
            "ada/tiny.ipynb": NOTEBOOK,
            "ada/timestamp.txt": b"2026-03-02 12:00:00 UTC",
            "bob/tiny/tiny.ipynb": NOTEBOOK,
            "eve.zip": inner,
            "fay.ipynb": NOTEBOOK,
            "gil/work (1).zip": inner,
            "hal/solution.ipynb": NOTEBOOK,
            ".DS_Store": b"",
        },
    )
    made = collect("tiny", source, course)
    assert submitted(course) == {
        "ada/tiny/tiny.ipynb": NOTEBOOK,
        "ada/tiny/timestamp.txt": b"2026-03-02 12:00:00 UTC\n",
        "bob/tiny/tiny.ipynb": NOTEBOOK,
        "eve/tiny/tiny.ipynb": NOTEBOOK,
        "eve/tiny/checks/x.py": b"",
        "fay/tiny/tiny.ipynb": NOTEBOOK,
        "gil/tiny/tiny.ipynb": NOTEBOOK,
        "gil/tiny/checks/x.py": b"",
        "hal/tiny/solution.ipynb": NOTEBOOK,
    }
    assert remarks(made) == {"hal": "there is no tiny.ipynb; there is solution.ipynb"}


def test_links_and_pipes_in_a_folder_are_left_out(course, tmp_path):
    secret = text(tmp_path / "secret", "x")
    source = folder(tmp_path / "in", {"ada/tiny.ipynb": NOTEBOOK})
    (source / "ada" / "link.txt").symlink_to(secret)
    (source / "ada" / "way").symlink_to(tmp_path)
    (source / "bob").symlink_to(tmp_path)
    os.mkfifo(source / "ada" / "pipe")
    made = collect("tiny", source, course)
    assert submitted(course) == {"ada/tiny/tiny.ipynb": NOTEBOOK}
    assert remarks(made)["ada"].count("it is a link") == 2
    assert "pipe: it is not a regular file" in remarks(made)["ada"]
    assert [one.path for one in made.refused] == ["bob"]


def test_a_student_cannot_say_when_it_was_handed_in(course, tmp_path):
    inner = archive(tmp_path / "i.zip", {"tiny.ipynb": NOTEBOOK, "timestamp.txt": b"2020-01-01 00:00:00 UTC"})
    collect("tiny", folder(tmp_path / "in", {"eve/work.zip": inner.read_bytes()}), course)
    assert submitted(course) == {"eve/tiny/tiny.ipynb": NOTEBOOK}


def test_a_second_submission_is_kept_beside_the_first(course, tmp_path):
    first = folder(tmp_path / "one", {"ada/tiny.ipynb": NOTEBOOK})
    second = folder(
        tmp_path / "two", {"ada/tiny.ipynb": OTHER, "ada/timestamp.txt": b"2026-03-03 09:00:00 UTC"}
    )
    assert statuses(collect("tiny", first, course)) == {"ada": "new"}
    assert statuses(collect("tiny", second, course)) == {"ada": "kept"}
    assert submitted(course) == {"ada/tiny/tiny.ipynb": NOTEBOOK}
    assert kept(course)["ada/tiny/2026-03-03T09-00-00Z/tiny.ipynb"] == OTHER
    assert statuses(collect("tiny", second, course)) == {"ada": "unchanged"}
    assert len(kept(course)) == 2


def test_the_later_one_can_take_the_place_and_nothing_is_lost(course, tmp_path):
    early, late = b"2026-03-02 09:00:00 UTC\n", b"2026-03-03 09:00:00 UTC\n"
    first = folder(tmp_path / "one", {"ada/tiny.ipynb": NOTEBOOK, "ada/timestamp.txt": early})
    second = folder(tmp_path / "two", {"ada/tiny.ipynb": OTHER, "ada/timestamp.txt": late})
    collect("tiny", first, course)
    assert statuses(collect("tiny", second, course, update=True)) == {"ada": "newer"}
    assert submitted(course) == {"ada/tiny/tiny.ipynb": OTHER, "ada/tiny/timestamp.txt": late}
    assert kept(course) == {
        "ada/tiny/2026-03-02T09-00-00Z/tiny.ipynb": NOTEBOOK,
        "ada/tiny/2026-03-02T09-00-00Z/timestamp.txt": early,
    }
    assert statuses(collect("tiny", first, course, update=True)) == {"ada": "unchanged"}


def test_an_earlier_one_never_takes_the_place(course, tmp_path):
    for name, content, day in (("one", NOTEBOOK, 3), ("two", OTHER, 2)):
        stamp = f"2026-03-0{day} 09:00:00 UTC".encode()
        source = folder(tmp_path / name, {"ada/tiny.ipynb": content, "ada/timestamp.txt": stamp})
        made = collect("tiny", source, course, update=True)
    assert statuses(made) == {"ada": "kept"}
    assert submitted(course)["ada/tiny/tiny.ipynb"] == NOTEBOOK


def test_the_exchange_gives_the_newest_and_keeps_the_others(course, tmp_path):
    inbound = tmp_path / "inbound"
    for time, content in (("2026-03-01 10:00:00.5 UTC+abc", NOTEBOOK), ("2026-03-02 10:00:00.5 UTC", OTHER)):
        folder(inbound / f"ada+tiny+{time}", {"tiny.ipynb": content, "timestamp.txt": b"1999"})
    folder(inbound / "bob+other+2026-03-01 10:00:00 UTC", {"other.ipynb": NOTEBOOK})
    folder(inbound / "bob+tiny+yesterday", {"tiny.ipynb": NOTEBOOK})
    made = collect("tiny", inbound, course)
    assert [one.status for one in made.submissions] == ["new", "newer"]
    assert submitted(course)["ada/tiny/tiny.ipynb"] == OTHER
    assert submitted(course)["ada/tiny/timestamp.txt"] == b"2026-03-02 10:00:00 UTC\n"
    assert kept(course)["ada/tiny/2026-03-01T10-00-00Z/tiny.ipynb"] == NOTEBOOK
    assert [one.path for one in made.refused] == ["bob+tiny+yesterday"]


def test_one_bad_archive_stops_nothing(course, tmp_path):
    source = folder(
        tmp_path / "in",
        {"ada.zip": b"PK\x03\x04 damaged", "bob/tiny.ipynb": NOTEBOOK, "eve/tiny.ipynb/x": b"", "eve/a": b""},
    )
    made = collect("tiny", source, course)
    assert submitted(course) == {
        "bob/tiny/tiny.ipynb": NOTEBOOK,
        "eve/tiny/a": b"",
        "eve/tiny/tiny.ipynb/x": b"",
    }
    assert statuses(made)["ada"] == "nothing"
    assert "ada.zip: it is not a zip archive" in remarks(made)["ada"]


def test_paths_that_need_a_folder_and_a_file_are_said(course, tmp_path):
    inner = archive(tmp_path / "i.zip", {"a": b"", "a/b": b"", "tiny.ipynb": NOTEBOOK}).read_bytes()
    made = collect("tiny", folder(tmp_path / "in", {"ada.zip": inner}), course)
    assert statuses(made) == {"ada": "failed"}
    assert submitted(course) == {}
    assert kept(course) == {}


def test_a_submission_is_bounded_and_its_notebook_comes_first(course, tmp_path):
    files = {f"ada/{i}.txt": b"x" * 100 for i in range(5)} | {"ada/tiny.ipynb": NOTEBOOK}
    source = folder(tmp_path / "in", files)
    collect("tiny", source, course, limits=Limits(files=2))
    assert set(submitted(course)) == {"ada/tiny/tiny.ipynb", "ada/tiny/0.txt"}
    other = Course(tmp_path / "other", FIXTURES)
    made = collect("tiny", source, other, limits=Limits(submission=len(NOTEBOOK) + 150))
    assert set(submitted(other)) == {"ada/tiny/tiny.ipynb", "ada/tiny/0.txt"}
    assert remarks(made)["ada"].count("more than") == 4


def test_mistakes_of_the_instructor_are_said(course, tmp_path):
    with pytest.raises(CourseError, match="no assignment 'nothing'; there are: tiny"):
        collect("nothing", tmp_path, course)
    with pytest.raises(CourseError, match="to collect from: give a folder or a zip"):
        collect("tiny", tmp_path / "none", course)
    with pytest.raises(CourseError, match="is no roster: its columns are a, b"):
        collect("tiny", tmp_path, course, [text(tmp_path / "r.csv", "a,b\n1,2\n")])
    with pytest.raises(CourseError, match=r"line 2: '\.\./x' cannot be the name of a folder"):
        collect("tiny", tmp_path, course, [text(tmp_path / "r.csv", "student_id,name\n../x,A\n")])
    with pytest.raises(CourseError, match="exchange is not set up"):
        collecting.exchange(course)
