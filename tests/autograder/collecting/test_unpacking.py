"""Hostile archives: nothing leads out, nothing floods, one bad entry costs itself alone."""

import io
import stat
import zipfile

import pytest

from autograder.collecting import unpacking
from autograder.collecting.unpacking import Entry, Limits, Refused, UnreadableError

SMALL = Limits(file=300_000, archive=500_000, entries=50, ratio=20)


def zipped(*entries) -> bytes:
    """Return a zip archive of these (name or ZipInfo, content)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def taken(data, limits=SMALL):
    """Return contents by path, and reasons by path."""
    contents, reasons = {}, {}
    with unpacking.opened(data, limits) as found:
        for one in found:
            if isinstance(one, Refused):
                reasons[one.path] = one.reason
                continue
            assert isinstance(one, Entry)
            try:
                contents[one.path] = one.read()
            except UnreadableError as error:
                reasons[one.path] = str(error)
    return contents, reasons


def with_mode(name, mode):
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    return info


GOOD = ("good.ipynb", b"{}")


def test_files_and_folders():
    contents, reasons = taken(zipped(GOOD, ("a/", b""), ("a/b.txt", b"b")))
    assert contents == {"good.ipynb": b"{}", "a/b.txt": b"b"}
    assert reasons == {}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/etc/passwd", "absolute"),
        ("C:/windows", "absolute"),
        ("../up.txt", "leads out"),
        ("a/../../up.txt", "leads out"),
        ("a\\..\\up.txt", "backslash"),
        ("a//b", "empty part"),
        ("./a", "empty part"),
        ("a\nb", "control character"),
        ("a\x1b[2J", "control character"),
        ("a/" * 11 + "b", "too long"),
        ("é" * 101, "too long"),
    ],
    ids=[
        "absolute",
        "drive",
        "up",
        "up-inside",
        "backslash",
        "double",
        "dot",
        "line",
        "escape",
        "deep",
        "long",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused_and_the_rest_is_taken(name, reason):
    contents, reasons = taken(zipped(GOOD, (name, b"x")))
    assert contents == {"good.ipynb": b"{}"}
    [(_, said)] = reasons.items()
    assert reason in said


def test_a_name_cut_by_a_zero_byte_is_refused():
    data = zipped(GOOD, ("bad.txtXevil", b"x")).replace(b"bad.txtXevil", b"bad.txt\0evil")
    contents, reasons = taken(data)
    assert contents == {"good.ipynb": b"{}"}
    assert list(reasons) == ["bad.txt\0evil"]


@pytest.mark.parametrize(
    ("mode", "reason"),
    [(stat.S_IFLNK | 0o777, "link"), (stat.S_IFIFO | 0o666, "regular"), (stat.S_IFCHR | 0o666, "regular")],
    ids=["link", "pipe", "device"],
)
def test_links_and_devices_are_refused(mode, reason):
    contents, reasons = taken(zipped(GOOD, (with_mode("way", mode), b"/etc/passwd")))
    assert list(contents) == ["good.ipynb"]
    assert reason in reasons["way"]


def test_a_bomb_is_stopped_by_its_ratio_before_its_size():
    contents, reasons = taken(zipped(GOOD, ("bomb", b"\0" * 250_000)))
    assert list(contents) == ["good.ipynb"]
    assert "zip bomb" in reasons["bomb"]


def test_a_file_is_bounded_whatever_it_claims_to_be():
    noise = bytes(i * 7919 % 251 for i in range(400_000))
    loose = Limits(file=300_000, ratio=10**6)
    _, reasons = taken(zipped(("large", noise)), loose)
    assert reasons == {"large": "it unpacks to more than 0.286 MiB"}
    data = zipped(GOOD, ("liar", noise))
    size = (400_000).to_bytes(4, "little")
    lying = data.replace(size, (10).to_bytes(4, "little"))
    contents, reasons = taken(lying, loose)
    assert list(contents) == ["good.ipynb"]
    assert "liar" in reasons


def test_all_together_is_bounded():
    noise = [bytes((i * p) % 251 for i in range(200_000)) for p in (7919, 7907, 7901)]
    limits = Limits(file=300_000, archive=500_000, ratio=10**6)
    contents, reasons = taken(zipped(*((str(i), data) for i, data in enumerate(noise))), limits)
    assert list(contents) == ["0", "1"]
    assert list(reasons) == ["2"]


def test_too_many_entries_are_refused_together():
    contents, reasons = taken(zipped(*((f"{i}.txt", b"") for i in range(51))))
    assert contents == {}
    assert reasons == {"": "it holds 51 entries, more than 50"}


def test_a_name_that_comes_twice_is_taken_once():
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped(("a.txt", b"first"), ("a.txt", b"second"))
    contents, reasons = taken(data)
    assert contents == {"a.txt": b"first"}
    assert "twice" in reasons["a.txt"]


def test_an_encrypted_entry_is_refused():
    data = bytearray(zipped(("secret", b"x"), GOOD))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + offset] |= 1
    contents, reasons = taken(bytes(data))
    assert list(contents) == ["good.ipynb"]
    assert reasons == {"secret": "it is encrypted"}


def test_a_damaged_entry_costs_itself():
    data = zipped(("damaged", b"some text that is long enough"), GOOD)
    start = data.find(b"damaged") + len("damaged")
    contents, reasons = taken(data[:start] + b"\xff\xff\xff" + data[start + 3 :])
    assert list(contents) == ["good.ipynb"]
    assert "cannot be unpacked" in reasons["damaged"]


def test_an_unknown_compression_costs_itself():
    data = bytearray(zipped(("odd", b"x"), GOOD))
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        data[data.find(mark) + offset] = 98
    contents, reasons = taken(bytes(data))
    assert list(contents) == ["good.ipynb"]
    assert "odd" in reasons


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no archive", b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_archive_is_said(data):
    contents, reasons = taken(data)
    assert contents == {}
    assert "not a zip archive" in reasons.get("", "not a zip archive")


def test_a_cut_archive_is_said():
    contents, reasons = taken(zipped(GOOD, ("b", b"b"))[:-30])
    assert contents == {}
    assert "not a zip archive" in reasons[""]


def test_what_computers_leave_behind_is_passed_over():
    noise = ("__MACOSX/._a", "a/.ipynb_checkpoints/b.ipynb", ".DS_Store", "._a.ipynb", "a/__pycache__/b.pyc")
    assert taken(zipped(GOOD, *((name, b"") for name in noise))) == ({"good.ipynb": b"{}"}, {})
