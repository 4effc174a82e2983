"""The small trainings of the chapter: what is built, what is wrong on purpose, and that they run."""

import math

import pytest
import torch

from convnets import training
from convnets.training import quick_runs


def test_networks_have_the_layers_asked_for():
    network = quick_runs.digit_network(
        depth=4, width=5, hidden=7, nonlinearity="tanh", batch_norm=True, dropout=0.1
    )
    kinds = [type(module).__name__ for module in network]
    layer = ["Conv2d", "BatchNorm2d", "Tanh"]
    top = ["Flatten", "Dropout", "Linear", "Tanh", "Dropout", "Linear"]
    assert kinds == [*layer, *layer, "MaxPool2d", *layer, *layer, *top]
    assert network(torch.zeros(2, 1, 8, 8)).shape == (2, 10)
    plain = [type(module).__name__ for module in quick_runs.digit_network()]
    assert plain == ["Conv2d", "ReLU", "MaxPool2d", "Conv2d", "ReLU", "Flatten", "Linear"]


def test_a_share_of_the_labels_is_drawn_by_lot():
    images = training.load_images("digits")
    wrong = quick_runs.with_wrong_labels(images, 0.5, torch.Generator().manual_seed(0))
    assert wrong.images is images.images
    changed = (wrong.labels != images.labels).float().mean()
    assert abs(changed - 0.45) < 4 * math.sqrt(0.45 * 0.55 / len(images))
    same = quick_runs.with_wrong_labels(images, 0, torch.Generator())
    assert torch.equal(same.labels, images.labels)


def test_errors_by_rate():
    slow, fine, broken = quick_runs.errors_by_rate({}, [1e-6, 0.03, 1e9], num_train=300, epochs=3)
    assert fine < 0.4 < slow
    assert broken == pytest.approx(0.9, abs=0.05)


def test_each_remedy_runs_with_each_seed():
    runs = quick_runs.compare_remedies(seeds=(3, 4), num_train=50, epochs=1)
    assert list(runs) == ["nothing", "weight decay", "dropout", "augmentation"]
    assert [[run.settings.seed for run in several] for several in runs.values()] == [[3, 4]] * 4
    assert runs["weight decay"][0].settings.weight_decay > 0


def test_broken_runs_fail_as_they_should():
    runs = quick_runs.broken_runs(epochs=4, num_train=300)
    losses = {name: run.history[-1].train_loss for name, run in runs.items()}
    assert losses["nothing is wrong"] < 0.3
    assert losses["the learning rate is too low"] > 2.5
    assert losses["there is a softmax too many"] > math.log(math.e + 9) - 1
    assert runs["there are too few images"].error > runs["nothing is wrong"].error
    assert runs["the labels are shuffled"].error > 0.7
    assert runs["the learning rate is too high"].error > 0.7


def test_the_generator_of_torch_is_left_alone():
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    quick_runs.broken_runs(epochs=1, num_train=10)
    assert torch.rand(1) == expected
