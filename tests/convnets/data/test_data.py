"""Embedded images, the registry, the files behind it, and the generators. No test reaches the network."""

import functools
import gzip
import hashlib
import http.server
import threading

import numpy as np
import pytest

from convnets import data
from convnets.data import DataUnavailableError, File, files, read_idx, registry
from convnets.data.__main__ import main


def idx(array, code):
    header = bytes([0, 0, code, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


def published(name, content):
    packed = gzip.compress(content)
    digests = (hashlib.sha256(blob).hexdigest() for blob in (packed, content))
    return packed, File(name, f"http://127.0.0.1:9/{name}", *digests)


IMAGES = np.arange(2 * 4 * 3, dtype=np.uint8).reshape(2, 4, 3)


def test_digits():
    train, test = data.load("digits"), data.load("digits", "test")
    assert (train.images.shape, test.images.shape) == ((1297, 1, 8, 8), (500, 1, 8, 8))
    assert (train.images.dtype, train.labels.dtype) == (np.float32, np.int64)
    assert (train.images.min(), train.images.max()) == (0, 1)
    np.testing.assert_array_equal(train.labels[:12], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1])
    assert train.classes == tuple("0123456789")


def test_load_errors():
    with pytest.raises(ValueError, match="no data set is called 'minst'; there are cifar10, digits, mnist"):
        data.load("minst")
    with pytest.raises(ValueError, match="split must be 'train' or 'test', got 'val'"):
        data.load("digits", "val")


def test_registry_is_complete():
    for name, entry in data.REGISTRY.items():
        assert entry.name == name
        assert all((entry.title, entry.licence, entry.citation))
        for file in entry.files:
            assert file.url.startswith("https://")
            assert file.url.endswith(file.name)
            assert len(file.sha256) == 64
            assert len(file.content_sha256) == (0 if file.unpacked else 64)


@pytest.mark.parametrize("name", data.PHOTOGRAPHS)
def test_photographs(name):
    image = data.photograph(name)
    assert image.dtype == np.float64
    assert image.ndim == 2 or image.shape[2] == 3
    assert image.min() >= 0
    assert 0.5 < image.max() <= 1
    assert data.photograph(name, 32).shape[:2] == (32, 32)
    assert data.photograph(name, (20, 40), grey=True).shape == (20, 40)
    assert data.PHOTOGRAPHS[name].shows
    assert data.PHOTOGRAPHS[name].licence


def test_photograph_is_cropped_in_the_middle_and_not_distorted():
    whole = data.photograph("chelsea")  # 300 × 451
    np.testing.assert_allclose(data.photograph("chelsea", 300), whole[:, 75:375], atol=1e-12)
    np.testing.assert_allclose(data.photograph("chelsea", (300, 451)), whole, atol=1e-12)


def test_photograph_errors():
    with pytest.raises(ValueError, match="no photograph is called 'dog'; there are astronaut, brick"):
        data.photograph("dog")
    with pytest.raises(ValueError, match="size must be positive, got 0"):
        data.photograph("coffee", 0)


@pytest.mark.parametrize(
    ("array", "code"),
    [
        (IMAGES, 0x08),
        (np.array([-1, 2], np.int8), 0x09),
        (np.array([[-300, 2]], np.int16), 0x0B),
        (np.array([-70000], np.int32), 0x0C),
        (np.array([0.5, -1.25], np.float32), 0x0D),
        (np.array([[0.1]], np.float64), 0x0E),
        (np.empty((0, 3), np.uint8), 0x08),
    ],
)
def test_idx(array, code):
    found = read_idx(idx(array, code))
    np.testing.assert_array_equal(found, array)
    assert found.dtype == array.dtype


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "begins with the bytes of nothing"),
        (b"\x1f\x8b\x08\x00", "begins with the bytes 1f 8b 08 00"),
        (b"\0\0\x0a\x01\0\0\0\0", "not an idx file"),
        (b"\0\0\x08\x02\0\0\0\x01", "header of 12 bytes, got 8"),
        (idx(IMAGES, 0x08)[:-1], r"shape \(2, 4, 3\) has 40 bytes, got 39"),
        (idx(IMAGES, 0x08) + b"\0", r"has 40 bytes, got 41"),
        (b"\0\0\x08\x02" + b"\xff" * 8, "has .* bytes, got 12"),
    ],
)
def test_idx_errors(content, message):
    with pytest.raises(ValueError, match=message):
        read_idx(content)


@pytest.fixture
def tiny_mnist(monkeypatch, tmp_path):
    """Put a data set of MNIST's form and four images in its place, and return its folder."""
    folder = tmp_path / "mnist"
    folder.mkdir()
    entries = []
    for name, array in (
        ("train-images-idx3-ubyte.gz", np.full((3, 28, 28), 255, np.uint8)),
        ("train-labels-idx1-ubyte.gz", np.array([5, 0, 4], np.uint8)),
        ("t10k-images-idx3-ubyte.gz", np.zeros((1, 28, 28), np.uint8)),
        ("t10k-labels-idx1-ubyte.gz", np.array([7], np.uint8)),
    ):
        packed, file = published(name, idx(array, 0x08))
        (folder / name).write_bytes(packed)
        entries.append(file)
    monkeypatch.setattr(registry, "MNIST_FILES", tuple(entries))
    monkeypatch.setenv("CONVNETS_DATA", str(tmp_path))
    return folder


def test_mnist_from_a_folder(tiny_mnist):
    train, test = data.load("mnist"), data.load("mnist", "test")
    assert (train.images.shape, train.images.dtype) == ((3, 1, 28, 28), np.float32)
    assert (train.images.max(), test.images.max()) == (1, 0)
    np.testing.assert_array_equal(train.labels, [5, 0, 4])
    np.testing.assert_array_equal(test.labels, [7])


def test_files_may_be_unpacked(tiny_mnist):
    packed = tiny_mnist / "t10k-labels-idx1-ubyte.gz"
    packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))
    packed.unlink()
    np.testing.assert_array_equal(data.load("mnist", "test").labels, [7])


def test_missing_file_names_file_variable_and_command(tiny_mnist):
    (tiny_mnist / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataUnavailableError) as caught:
        data.load("mnist", "test")
    for part in (
        "t10k-labels-idx1-ubyte.gz",
        str(tiny_mnist),
        "CONVNETS_DATA",
        "python -m convnets.data mnist",
    ):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (gzip.compress(b"other"), "is not the published file: its content has sha256"),
        (b"no gzip", "is not a readable gzip file"),
        (gzip.compress(b"some content")[:-9], "is not a readable gzip file"),
    ],
    ids=["other content", "not packed", "cut off"],
)
def test_spoilt_file(tiny_mnist, content, message):
    (tiny_mnist / "t10k-labels-idx1-ubyte.gz").write_bytes(content)
    with pytest.raises(DataUnavailableError, match=message):
        data.load("mnist", "test")


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """Let the user's cache be an empty folder."""
    monkeypatch.delenv("CONVNETS_DATA", raising=False)
    monkeypatch.setattr(files.pooch, "os_cache", lambda name: tmp_path / "cache" / name)
    return tmp_path / "cache" / "convnets"


@pytest.fixture
def server(tmp_path):
    """Serve a folder on this machine; yield the folder and its address."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=folder)
    ) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()
        thread.join()


def test_download_is_checked_and_cached(cache, server):
    folder, address = server
    packed, file = published("numbers.gz", b"content")
    (folder / file.name).write_bytes(packed)
    file = File(file.name, f"{address}/{file.name}", file.sha256, file.content_sha256)
    assert files.read("tiny", file) == b"content"
    (folder / file.name).unlink()
    assert files.read("tiny", file) == b"content"
    assert files.locate("tiny", file) == cache / "tiny" / "numbers.gz"


def test_download_of_something_else(cache, server):
    folder, address = server
    (folder / "numbers.gz").write_bytes(b"a page that says sorry")
    _, file = published("numbers.gz", b"content")
    file = File(file.name, f"{address}/{file.name}", file.sha256, file.content_sha256)
    with pytest.raises(DataUnavailableError, match=r"did not deliver the published numbers.gz"):
        files.read("tiny", file)
    assert not (cache / "tiny" / "numbers.gz").exists()


def test_offline_names_file_variable_and_command(cache):
    _, file = published("numbers.gz", b"content")
    with pytest.raises(DataUnavailableError) as caught:
        files.locate("tiny", file)  # nobody listens on port 9
    for part in ("numbers.gz", file.url, "CONVNETS_DATA", "tiny/numbers.gz", "python -m convnets.data tiny"):
        assert part in str(caught.value)


def test_command(monkeypatch, tmp_path, capsys):
    assert main([]) == 0
    assert "mnist: 60,000 handwritten digits" in capsys.readouterr().out
    monkeypatch.setenv("CONVNETS_DATA", str(tmp_path))
    assert main(["mnist"]) == 1
    assert "train-images-idx3-ubyte.gz is not in" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["minst"])
    assert "no data set is called minst" in capsys.readouterr().err


def test_command_fetches(tiny_mnist, monkeypatch, capsys):
    entry = registry.REGISTRY["mnist"]
    monkeypatch.setitem(
        registry.REGISTRY,
        "mnist",
        data.Dataset(
            *[getattr(entry, n) for n in ("name", "title", "licence")], "", None, registry.MNIST_FILES
        ),
    )
    assert main(["mnist"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4


def test_all_names_exist_once():
    assert len(data.__all__) == len(set(data.__all__))
    assert all(hasattr(data, name) for name in data.__all__)
