"""CIFAR-10 from its binary batches, packed as published or unpacked.

A batch is 10,000 records of 3073 bytes: the label, then 32×32 pixels of red, as many of green and of blue.
The images come out in the order of the SHA-256 of their pixels (height, width, colour). It mixes the classes,
and it is the same however the records are spread over the batches, so the checksums below hold for every copy
and "the first 5,000 images" are the same ones everywhere.

Source: A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009), and the page of the
data set, section on the binary version.
"""

import hashlib
import tarfile
import zlib

import numpy as np

from convnets.data.files import DataUnavailableError, File, locate

__all__ = ["ARCHIVE", "CLASSES", "read_batches"]

FOLDER = "cifar-10-batches-bin"
ARCHIVE = File(
    "cifar-10-binary.tar.gz",
    "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    "",
    FOLDER,
)
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
BATCHES = {"train": tuple(f"data_batch_{k}.bin" for k in range(1, 6)), "test": ("test_batch.bin",)}
RECORD = 1 + 3 * 32 * 32
CHECKSUMS = {
    "train": (
        "32b25bb65187cdb40e66b2bd4dbb2de04f62e2d521f74c46a56f39f2afb56e96",
        "f5f0254261d4b815631fb00355e0b4b53f8ee0ec2cdfdef4b12290a12aa2ddf8",
    ),
    "test": (
        "27f7d008727f5b9a8f5b01f61503d2f52d3ba7f5ffb2c331b5b82775de2e2d72",
        "24020a57eb5141b27aa0417447162290a6f6c5c1549a112edbed2c09fdbbf307",
    ),
}
"""SHA-256 of the pixels and of the labels of each split, both in the order described above."""


def read_batches(split):
    """Return images (N, 3, 32, 32) and labels (N,) of a split, both uint8, after checking them.

    Raises
    ------
    DataUnavailableError
        If neither archive nor folder can be had, or what is in them is not what was published.
    """
    path = locate("cifar10", ARCHIVE)
    records = np.concatenate([_records(path, *batch) for batch in _contents(path, BATCHES[split]).items()])
    pixels = np.ascontiguousarray(records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
    digests = [hashlib.sha256(image).digest() for image in pixels]
    order = sorted(range(len(digests)), key=digests.__getitem__)
    pixels, labels = pixels[order], records[order, 0]
    for what, array, expected in zip(("images", "labels"), (pixels, labels), CHECKSUMS[split], strict=True):
        found = hashlib.sha256(array).hexdigest()
        if found != expected:
            raise DataUnavailableError(
                f"{path} does not hold the published {what} of CIFAR-10 ({split}): their sha256 is {found}, "
                f"expected {expected}. Delete it and fetch it again: python -m convnets.data cifar10"
            )
    return pixels.transpose(0, 3, 1, 2), labels


def _contents(path, names):
    """Return the batches of these names as bytes, from the folder or, in one pass, from the archive."""
    try:
        if path.is_dir():
            return {name: (path / name).read_bytes() for name in names}
        with tarfile.open(path) as archive:
            wanted = {f"{FOLDER}/{name}": name for name in names}
            found = {
                wanted[member.name]: archive.extractfile(member).read()
                for member in archive
                if member.name in wanted and member.isfile()
            }
    except FileNotFoundError as error:
        raise DataUnavailableError(f"{error.filename} is missing; fetch it again") from error
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise DataUnavailableError(
            f"{path} cannot be read ({error}); delete it and fetch it again"
        ) from error
    if missing := [name for name in names if name not in found]:
        raise DataUnavailableError(f"{path} lacks {', '.join(missing)}; delete it and fetch it again")
    return {name: found[name] for name in names}


def _records(path, name, content):
    """Return one batch as rows of bytes."""
    if len(content) % RECORD:
        raise DataUnavailableError(
            f"{name} in {path} has {len(content)} bytes, which is no multiple of the {RECORD} of a record; "
            "fetch it again"
        )
    return np.frombuffer(content, np.uint8).reshape(-1, RECORD)
