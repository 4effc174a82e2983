"""CIFAR-10's binary batches: packed, unpacked, reordered, spoilt. Tiny batches stand for the real ones."""

import dataclasses
import hashlib
import io
import tarfile

import numpy as np
import pytest

from convnets import data
from convnets.data import DataUnavailableError, cifar, files

NAMES = (*cifar.BATCHES["train"], *cifar.BATCHES["test"])


def tiny_records(num=2):
    """Six batches of `num` records: every label byte differs from every other, and so do the pixels."""
    rng = np.random.default_rng(3)
    records = rng.integers(0, 256, (len(NAMES) * num, cifar.RECORD), dtype=np.uint8)
    records[:, 0] = np.arange(len(records)) % 10
    return records.reshape(len(NAMES), num, cifar.RECORD)


def checksums(records):
    """The two checksums of a split, computed record by record."""
    images = [record[1:].reshape(3, 32, 32).transpose(1, 2, 0).tobytes() for record in records]
    order = sorted(range(len(images)), key=lambda k: hashlib.sha256(images[k]).digest())
    pixels = hashlib.sha256(b"".join(images[k] for k in order)).hexdigest()
    return pixels, hashlib.sha256(bytes(records[k][0] for k in order)).hexdigest()


@pytest.fixture
def batches(monkeypatch, tmp_path):
    """Let tiny batches be what was published; return them."""
    records = tiny_records()
    published = {"train": checksums(records[:5].reshape(10, -1)), "test": checksums(records[5])}
    monkeypatch.setattr(cifar, "CHECKSUMS", published)
    monkeypatch.setenv("CONVNETS_DATA", str(tmp_path))
    (tmp_path / "cifar10").mkdir()
    return records


@pytest.fixture
def unpacked(batches, tmp_path):
    folder = tmp_path / "cifar10" / cifar.FOLDER
    folder.mkdir()
    for name, records in zip(NAMES, batches, strict=True):
        (folder / name).write_bytes(records.tobytes())
    return folder


def pack(path, batches):
    with tarfile.open(path, "w:gz") as archive:
        for name, records in zip(NAMES, batches, strict=True):
            info = tarfile.TarInfo(f"{cifar.FOLDER}/{name}")
            info.size = records.nbytes
            archive.addfile(info, io.BytesIO(records.tobytes()))


def test_a_record_is_a_label_and_three_planes(unpacked, batches):
    loaded = data.load("cifar10", "test")
    assert (loaded.images.shape, loaded.images.dtype) == ((2, 3, 32, 32), np.float32)
    assert loaded.labels.dtype == np.int64
    assert loaded.classes[:3] == ("airplane", "automobile", "bird")
    for image, label in zip(loaded.images, loaded.labels, strict=True):
        record = next(record for record in batches[5] if record[0] == label)
        np.testing.assert_array_equal(image[0, 0, :3], record[1:4] / np.float32(255))  # red, first row
        np.testing.assert_array_equal(image[2, 31, 31], record[-1] / np.float32(255))  # blue, last pixel


def test_packed_is_the_same_as_unpacked(unpacked, batches, tmp_path):
    before = data.load("cifar10")
    for path in unpacked.iterdir():
        path.unlink()
    unpacked.rmdir()
    pack(tmp_path / "cifar10" / "cifar-10-binary.tar.gz", batches)
    after = data.load("cifar10")
    np.testing.assert_array_equal(before.images, after.images)
    np.testing.assert_array_equal(before.labels, after.labels)
    assert len(before.labels) == 10


def test_records_may_be_spread_in_another_way(unpacked, batches):
    before = data.load("cifar10")
    for name, records in zip(NAMES, batches[[3, 1, 4, 0, 2]][:, ::-1], strict=False):
        (unpacked / name).write_bytes(records.tobytes())
    after = data.load("cifar10")
    np.testing.assert_array_equal(before.images, after.images)
    np.testing.assert_array_equal(before.labels, after.labels)


@pytest.mark.parametrize(
    ("place", "message"), [(0, "labels of CIFAR-10"), (5, "images of CIFAR-10")], ids=["label", "pixel"]
)
def test_one_changed_byte_is_noticed(unpacked, place, message):
    path = unpacked / "test_batch.bin"
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataUnavailableError, match=message):
        data.load("cifar10", "test")


def test_a_batch_that_is_cut_off(unpacked):
    path = unpacked / "data_batch_2.bin"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataUnavailableError, match=r"data_batch_2.bin .* has 6145 bytes, .* the 3073"):
        data.load("cifar10")


def test_missing_batches_are_named(unpacked, batches, tmp_path):
    (unpacked / "data_batch_4.bin").unlink()
    with pytest.raises(DataUnavailableError, match=r"data_batch_4\.bin is missing"):
        data.load("cifar10")
    path = tmp_path / "cifar10" / "cifar-10-binary.tar.gz"
    with tarfile.open(path, "w:gz"):
        pass
    with pytest.raises(DataUnavailableError, match=r"lacks test_batch\.bin"):
        data.load("cifar10", "test")


@pytest.mark.parametrize("keep", [0.5, 0.0], ids=["cut off", "empty"])
def test_broken_archive(batches, tmp_path, keep):
    path = tmp_path / "cifar10" / "cifar-10-binary.tar.gz"
    pack(path, batches)
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content))])
    with pytest.raises(DataUnavailableError, match="cannot be read"):
        data.load("cifar10")


def test_without_data_the_message_names_file_variable_and_command(batches, tmp_path):
    with pytest.raises(DataUnavailableError) as caught:
        data.load("cifar10")
    for part in ("cifar-10-binary.tar.gz", "CONVNETS_DATA", "python -m convnets.data cifar10"):
        assert part in str(caught.value)


def test_without_a_network_the_message_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.delenv("CONVNETS_DATA", raising=False)
    monkeypatch.setattr(files.pooch, "os_cache", lambda name: tmp_path / name)
    nobody = dataclasses.replace(cifar.ARCHIVE, url="http://127.0.0.1:9/cifar-10-binary.tar.gz")
    monkeypatch.setattr(cifar, "ARCHIVE", nobody)
    with pytest.raises(DataUnavailableError, match=r"With a network, run: python -m convnets.data cifar10"):
        data.load("cifar10")
