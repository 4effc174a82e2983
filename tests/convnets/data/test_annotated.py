"""Photographs with boxes: VOC's files, folders and archives, BCCD and pets. Tiny sets stand for the real."""

import hashlib
import io
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from convnets import data
from convnets.data import DataUnavailableError, annotated, bccd, pets


def annotation(*objects, size=(6, 8)):
    """An annotation of (name, xmin, ymin, xmax, ymax) in an image of (height, width)."""
    entries = "".join(
        f"<object><name>{name}</name><difficult>{int(name == 'WBC')}</difficult><bndbox><xmin>{x1}</xmin>"
        f"<ymin>{y1}</ymin><xmax>{x2}</xmax><ymax>{y2}</ymax></bndbox></object>"
        for name, x1, y1, x2, y2 in objects
    )
    height, width = size
    dimensions = f"<size><width>{width}</width><height>{height}</height><depth>3</depth></size>"
    return f"<annotation>{dimensions}{entries}</annotation>".encode()


def photograph(colour, size=(6, 8)):
    stream = io.BytesIO()
    Image.new("RGB", size[::-1], colour).save(stream, "PNG")
    return stream.getvalue()


def write(folder, contents):
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def pack(path, contents, prefix=""):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in contents.items():
            info = tarfile.TarInfo(prefix + name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


def test_an_annotation_by_hand():
    """A box of no size is read like any other, and left to the caller."""
    read = annotated.read_annotation(annotation(("WBC", 1, 2, 5, 4), ("RBC", 3, 3, 3, 3)))
    assert (read.size, read.names) == ((6, 8), ("WBC", "RBC"))
    assert read.boxes.tolist() == [[1, 2, 5, 4], [3, 3, 3, 3]]
    assert read.difficult.tolist() == [True, False]


def test_an_annotation_without_objects():
    assert annotated.read_annotation(annotation()).boxes.shape == (0, 4)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"no xml", "no annotation as PASCAL VOC"),
        (b"<annotation/>", "no annotation as PASCAL VOC"),
        (annotation(("RBC", "left", 0, 1, 1)), "no annotation as PASCAL VOC"),
        (annotation(("RBC", "nan", 0, 1, 1)), "not finite"),
    ],
    ids=["text", "empty", "word", "nan"],
)
def test_what_is_no_annotation(content, complaint):
    with pytest.raises(ValueError, match=complaint):
        annotated.read_annotation(content)


def test_boxes_without_size_are_left_out():
    """So are those that are turned round."""
    cells = annotation(("RBC", 3, 3, 3, 3), ("WBC", 1, 2, 5, 4), ("RBC", 4, 1, 2, 5))
    pairs = {"one": (cells, photograph("red"))}
    found = annotated.boxed_images(pairs, ("RBC", "WBC"))
    assert found.boxes[0].tolist() == [[1, 2, 5, 4]]
    assert (found.labels[0].tolist(), found.difficult[0].tolist()) == ([1], [True])
    assert (found.images[0].shape, found.images[0].dtype) == ((3, 6, 8), np.uint8)
    assert found.images[0][:, 0, 0].tolist() == [255, 0, 0]
    assert len(found) == 1


def test_large_photographs_are_made_smaller_with_their_boxes():
    pairs = {"one": (annotation(("cat", 2, 4, 6, 8), size=(10, 20)), photograph("blue", (10, 20)))}
    found = annotated.boxed_images(pairs, ("cat",), longest=10)
    assert found.images[0].shape == (3, 5, 10)
    assert found.boxes[0].tolist() == [[1, 2, 3, 4]]


def test_no_images():
    assert len(annotated.boxed_images({}, ("cat",))) == 0


@pytest.mark.parametrize(
    ("pair", "complaint"),
    [
        ((annotation(("horse", 1, 2, 5, 4)), photograph("red")), "one holds horse; expected cat"),
        ((annotation(), b"no image"), "one cannot be read"),
        ((b"no xml", photograph("red")), "one cannot be read"),
    ],
    ids=["class", "photograph", "annotation"],
)
def test_unreadable_pairs(pair, complaint):
    with pytest.raises(DataUnavailableError, match=complaint):
        annotated.boxed_images({"one": pair}, ("cat",))


CELLS = {
    "ImageSets/Main/trainval.txt": b"one\ntwo\n",
    "ImageSets/Main/test.txt": b"three\n",
    "Annotations/one.xml": annotation(("RBC", 1, 2, 5, 4)),
    "Annotations/two.xml": annotation(("Platelets", 0, 0, 2, 2), ("RBC", 3, 3, 3, 3)),
    "Annotations/three.xml": annotation(("WBC", 1, 1, 8, 6)),
    "JPEGImages/one.jpg": photograph("red"),
    "JPEGImages/two.jpg": photograph("green"),
    "JPEGImages/three.jpg": photograph("blue"),
}


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("CONVNETS_DATA", str(tmp_path))
    content = [CELLS[f"{kind}/{name}"] for name, kind in _order("one", "two")]
    digests = {"train": content, "test": [CELLS[f"{kind}/{name}"] for name, kind in _order("three")]}
    sums = {split: hashlib.sha256(b"".join(parts)).hexdigest() for split, parts in digests.items()}
    monkeypatch.setattr(bccd, "CHECKSUMS", sums)
    (tmp_path / "bccd").mkdir()
    return tmp_path / "bccd"


def _order(*names):
    for name in names:
        yield f"{name}.xml", "Annotations"
        yield f"{name}.jpg", "JPEGImages"


def test_cells_from_a_folder(folder):
    write(folder, CELLS)
    train, test = data.load("bccd"), data.load("bccd", "test")
    assert (train.names, test.names) == (("one", "two"), ("three",))
    assert [labels.tolist() for labels in train.labels] == [[0], [2]]
    assert test.classes[test.labels[0][0]] == "WBC"


def test_cells_from_the_archive(folder):
    with zipfile.ZipFile(folder / bccd.ARCHIVE.name, "w") as archive:
        for name, content in CELLS.items():
            archive.writestr(f"BCCD_Dataset-{bccd.COMMIT}/BCCD/{name}", content)
    assert data.load("bccd").names == ("one", "two")


def test_other_cells_are_refused(folder):
    write(folder, CELLS | {"JPEGImages/two.jpg": photograph("white")})
    with pytest.raises(DataUnavailableError, match="does not hold the published images of BCCD \\(train\\)"):
        data.load("bccd")


def test_missing_cells(folder):
    with pytest.raises(
        DataUnavailableError, match=r"lacks ImageSets/Main/trainval.txt; delete it and fetch it again"
    ):
        data.load("bccd")


def test_a_broken_archive(folder):
    (folder / bccd.ARCHIVE.name).write_bytes(b"no archive")
    with pytest.raises(DataUnavailableError, match="cannot be read"):
        data.load("bccd")


NAMES = [f"pet_{k}" for k in range(7)]
PHOTOGRAPHS = {f"{name}.jpg": photograph("red") for name in NAMES}
NOTES = {
    "trainval.txt": "".join(f"{name} 1 1 1\n" for name in NAMES[::-1]).encode(),
    **{f"xmls/{name}.xml": annotation(("dog", k, 0, k + 1, 2)) for k, name in enumerate(NAMES) if k != 2},
}


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "archive"])
def test_every_fifth_pet_is_for_testing(monkeypatch, tmp_path, packed):
    """pet_2 has no box: of 0 1 3 4 5 6 the fifth is 5."""
    monkeypatch.setenv("CONVNETS_DATA", str(tmp_path))
    (tmp_path / pets.FOLDER).mkdir()
    for name, contents in (("images", PHOTOGRAPHS), ("annotations", NOTES)):
        if packed:
            pack(tmp_path / pets.FOLDER / f"{name}.tar.gz", contents, f"{name}/")
        else:
            write(tmp_path / pets.FOLDER / name, contents)
    assert data.load("pets").names == ("pet_0", "pet_1", "pet_3", "pet_4", "pet_6")
    test = data.load("pets", "test")
    assert (test.names, test.boxes[0].tolist(), test.labels[0].tolist()) == (("pet_5",), [[5, 0, 6, 2]], [1])


def test_pets_without_boxes(monkeypatch, tmp_path):
    monkeypatch.setenv("CONVNETS_DATA", str(tmp_path))
    write(tmp_path / pets.FOLDER / "images", PHOTOGRAPHS)
    write(tmp_path / pets.FOLDER / "annotations", {"trainval.txt": NOTES["trainval.txt"]})
    with pytest.raises(DataUnavailableError, match=r"holds no boxes \(xmls"):
        data.load("pets")


def test_missing_pets_name_folder_and_command(monkeypatch, tmp_path):
    monkeypatch.setenv("CONVNETS_DATA", str(tmp_path))
    with pytest.raises(DataUnavailableError, match=r"oxford-iiit-pet.*python -m convnets.data pets"):
        data.load("pets")
