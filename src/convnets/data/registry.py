"""Which data sets there are, under which licence, and how each is loaded."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from convnets.data import cifar, embedded, files, idx
from convnets.data.files import File

__all__ = ["REGISTRY", "Dataset", "File", "LabelledImages", "load"]


@dataclass(frozen=True, eq=False)
class LabelledImages:
    """Images with one label each.

    Attributes
    ----------
    images : ndarray of shape (N, C, H, W)
        float32, from 0 (black) to 1 (white).
    labels : ndarray of shape (N,)
        int64, indices into ``classes``.
    classes : tuple of str
        What the labels mean.
    """

    images: np.ndarray
    labels: np.ndarray
    classes: tuple


@dataclass(frozen=True)
class Dataset:
    """An entry of the registry.

    Attributes
    ----------
    name : str
        What :func:`load` calls it.
    title : str
        What it holds, in a few words.
    licence : str
        Under which terms it may be used.
    citation : str
        Whom to cite.
    loader : callable
        Takes ``"train"`` or ``"test"``, returns :class:`LabelledImages`.
    files : tuple of File
        What has to be downloaded; empty for embedded sets.
    """

    name: str
    title: str
    licence: str
    citation: str
    loader: Callable
    files: tuple = ()


def load(name, split="train"):
    """Return a set of labelled images by name.

    Parameters
    ----------
    name : str
        A key of ``REGISTRY``.
    split : {"train", "test"}
        Which part.

    Returns
    -------
    LabelledImages
        The images, their labels and the classes' names, in the order in which they were published; those of
        CIFAR-10 in that of the checksums of their pixels (:mod:`convnets.data.cifar`).

    Raises
    ------
    ValueError
        If there is no such set or split.
    DataUnavailableError
        If a file is missing and cannot be downloaded.
    """
    if name not in REGISTRY:
        raise ValueError(f"no data set is called {name!r}; there are {', '.join(sorted(REGISTRY))}")
    if split not in ("train", "test"):
        raise ValueError(f"split must be 'train' or 'test', got {split!r}")
    return REGISTRY[name].loader(split)


DIGITS = tuple("0123456789")


def _load_digits(split):
    images, labels = embedded.digits()
    part = slice(None, 1297) if split == "train" else slice(1297, None)
    return LabelledImages(images[part], labels[part], DIGITS)


def _load_mnist(split):
    chosen = MNIST_FILES[:2] if split == "train" else MNIST_FILES[2:]
    images, labels = (idx.read_idx(files.read("mnist", file)) for file in chosen)
    return LabelledImages(images[:, None].astype(np.float32) / 255, labels.astype(np.int64), DIGITS)


def _load_cifar10(split):
    images, labels = cifar.read_batches(split)
    return LabelledImages(images / np.float32(255), labels.astype(np.int64), cifar.CLASSES)


def _mnist_file(name, sha256, content_sha256):
    return File(name, f"https://ossci-datasets.s3.amazonaws.com/mnist/{name}", sha256, content_sha256)


MNIST_FILES = (
    _mnist_file(
        "train-images-idx3-ubyte.gz",
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    _mnist_file(
        "train-labels-idx1-ubyte.gz",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    _mnist_file(
        "t10k-images-idx3-ubyte.gz",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    _mnist_file(
        "t10k-labels-idx1-ubyte.gz",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
)

REGISTRY = {
    entry.name: entry
    for entry in (
        Dataset(
            "digits",
            "1797 handwritten digits of 8×8 pixels; the last 500 are the test set",
            "CC BY 4.0",
            "E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning "
            "Repository (1998); its test part, as distributed with scikit-learn",
            _load_digits,
        ),
        Dataset(
            "mnist",
            "60,000 handwritten digits of 28×28 pixels to train on and 10,000 to test on",
            "CC BY-SA 3.0, as it is usually stated; copyright Y. LeCun and C. Cortes",
            "Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, Gradient-based learning applied to document "
            "recognition, Proceedings of the IEEE 86 (1998)",
            _load_mnist,
            MNIST_FILES,
        ),
        Dataset(
            "cifar10",
            "50,000 photographs of 32×32 pixels in 10 classes to train on and 10,000 to test on",
            "none stated by the authors, who ask to be cited; part of the 80 Million Tiny Images, withdrawn "
            "in 2020",
            "A. Krizhevsky, Learning multiple layers of features from tiny images, technical report, "
            "University of Toronto (2009)",
            _load_cifar10,
            (cifar.ARCHIVE,),
        ),
    )
}
"""Every data set by name."""
