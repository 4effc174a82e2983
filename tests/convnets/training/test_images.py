"""Images in memory: normalised, picked, resized; and the sets of the course as networks want them."""

import os

import numpy as np
import pytest
import torch

from convnets import data
from convnets.training import Images, load_images, mean_and_std, normalise
from convnets.training import images as images_module

from .samples import stripes


def test_normalise_by_hand():
    images = torch.tensor([0.0, 1.0, 0.5, 0.5]).view(1, 2, 1, 2)  # channel 0: 0, 1; channel 1: 0.5, 0.5
    found = normalise(images, (0.5, 0.0), (0.5, 0.25))
    assert found.flatten().tolist() == [-1, 1, 2, 2]


def test_statistics_and_normalising_undo_each_other():
    images = torch.rand(7, 3, 4, 5, generator=torch.Generator().manual_seed(0)) ** 2
    mean, std = mean_and_std(images)
    np.testing.assert_allclose(mean, images.double().mean((0, 2, 3)), rtol=1e-12)
    again = mean_and_std(normalise(images, mean, std))
    np.testing.assert_allclose(again, [[0] * 3, [1] * 3], atol=1e-6)  # float32
    assert normalise(images[:0], mean, std).shape == (0, 3, 4, 5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: normalise(torch.zeros(2, 3, 1, 1), (0,), (1,)), r"shape \(2, 3, 1, 1\) need .* got 1 and 1"),
        (lambda: normalise(torch.zeros(2, 1, 1, 1), (0,), (0,)), r"must be positive, got \(0,\)"),
        (lambda: mean_and_std(torch.zeros(0, 3, 2, 2)), r"with pixels, got \(0, 3, 2, 2\)"),
        (lambda: Images(torch.zeros(2, 1, 3, 3), torch.zeros(3)), r"got \(2, 1, 3, 3\) and \(3,\)"),
        (lambda: Images(torch.zeros(2, 3, 3), torch.zeros(2)), r"got \(2, 3, 3\) and \(2,\)"),
        (lambda: stripes().normalised_by((0, 0), (1, 1)), "got 2 and 2"),
        (lambda: load_images("minst"), "no data set is called 'minst'"),
        (lambda: load_images("digits", "val"), "split must be"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_images_are_picked_augmented_and_then_normalised():
    images = stripes()
    index = torch.tensor([4, 1])
    doubled = images.prepared(index, lambda x, generator: 2 * x)
    torch.testing.assert_close(doubled, (2 * images.images[index] - 0.3) / 0.3)
    assert torch.equal(images.normalised_by(None, None).prepared(), images.images)
    assert (len(images.first(5)), len(images.first(None)), images.num_classes) == (5, 30, 3)
    assert images.take([2, 0]).labels.tolist() == [2, 0]
    assert images.first(0).num_classes == 0
    assert Images(np.zeros((1, 1, 2, 2)), [4]).labels.dtype == torch.int64


@pytest.mark.parametrize("size", [8, 16, 28, 32])
def test_digits_enlarged(size):
    found = load_images("digits", "test", num=20, size=size, channels=3)
    assert found.shape == (3, size, size)
    assert len(found.mean) == len(found.std) == 3
    small = torch.from_numpy(data.load("digits", "test").images[:20])
    if size % 8 == 0:
        middle = found.images[:, 1, size // 16 :: size // 8, size // 16 :: size // 8]
        assert torch.equal(middle, small[:, 0])
    assert float(found.images.mean()) == pytest.approx(float(small.mean()), abs=0.005)


def test_statistics_are_those_of_the_whole_training_set():
    expected = mean_and_std(torch.from_numpy(data.load("digits").images))
    found = load_images("digits", "test", num=3)
    assert (found.mean, found.std) == expected


def test_colours_are_not_repeated(monkeypatch):
    loaded = data.LabelledImages(np.zeros((2, 3, 4, 4), np.float32), np.zeros(2, np.int64), ("a",))
    monkeypatch.setattr(images_module.data, "load", lambda name, split="train": loaded)
    with pytest.raises(ValueError, match="only grey can be repeated, cifar10 has 3 channels"):
        load_images("cifar10", channels=1)
    assert load_images("cifar10", channels=3).mean == images_module.STATISTICS["cifar10"][0]


@pytest.mark.slow
@pytest.mark.skipif("CONVNETS_DATA" not in os.environ, reason="needs the published files")
@pytest.mark.parametrize("name", images_module.STATISTICS)
def test_statistics_of_the_published_sets(name):
    counted = mean_and_std(torch.from_numpy(data.load(name).images))
    np.testing.assert_allclose(images_module.STATISTICS[name], counted, atol=1e-6)


@pytest.mark.slow
@pytest.mark.skipif("CONVNETS_DATA" not in os.environ, reason="needs the published files")
@pytest.mark.parametrize(("split", "num"), [("train", 50_000), ("test", 10_000)])
def test_published_cifar10(split, num):
    loaded = data.load("cifar10", split)
    assert loaded.images.shape == (num, 3, 32, 32)
    assert np.bincount(loaded.labels).tolist() == [num // 10] * 10
