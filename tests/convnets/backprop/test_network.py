"""Row 5.5: layers that remember, networks of them, SGD, LeNet, and what it reaches on real digits."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from convnets import backprop as bp
from convnets import data
from convnets.backprop import train
from convnets.timing import read

DOUBLE = {"dtype": np.float64}
LAYERS = {
    "Conv2d": lambda rng: bp.Conv2d(4, 6, (3, 2), (2, 1), 1, 1, 2, "reflect", rng=rng, **DOUBLE),
    "MaxPool2d": lambda rng: bp.MaxPool2d(3, 2, 1, ceil_mode=True),
    "AvgPool2d": lambda rng: bp.AvgPool2d((3, 2), 2, 1, count_include_pad=False),
    "Subsample2d": lambda rng: bp.Subsample2d(4, 2, **DOUBLE),
    "ReLU": lambda rng: bp.ReLU(),
    "Tanh": lambda rng: bp.Tanh(),
    "Flatten": lambda rng: bp.Flatten(),
    "BatchNorm2d": lambda rng: bp.BatchNorm2d(4, **DOUBLE),
    "Sequential": lambda rng: bp.Sequential(
        bp.Conv2d(4, 3, 3, rng=rng, **DOUBLE), bp.Tanh(), bp.Flatten(), bp.Linear(36, 5, rng=rng, **DOUBLE)
    ),
}


def report_of(network, x, rng):
    """Check a network's gradients with respect to its input and all of its parameters."""
    parameters = network.parameters()

    def forward(x, *values):
        for parameter, value in zip(parameters, values, strict=True):
            parameter[...] = value
        return network.forward(x)

    def backward(grad, x, *values):
        forward(x, *values)
        return network.backward(grad), *network.gradients()

    return bp.check_gradient(forward, backward, x, *parameters, rng=rng, max_entries=60)


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("training", [True, False], ids=["training", "in use"])
def test_every_layer_backward(name, training, rng):
    layer = LAYERS[name](rng)
    layer.train(training)
    report = report_of(layer, rng.normal(size=(2, 4, 6, 5)), rng)
    assert report.passed, report


@pytest.mark.parametrize("size", [8, 28, 32])
@pytest.mark.parametrize("classical", [False, True], ids=["today", "1998"])
def test_lenet_backward(size, classical, rng):
    network = bp.lenet(rng, size, classical, **DOUBLE)
    x = rng.normal(size=(2, 1, size, size))
    assert network.forward(x).shape == (2, 10)
    report = report_of_some(network, x, rng)
    assert report.passed, report


def report_of_some(network, x, rng):
    """Check the gradient of the first layer's filters, which have gone the longest way."""
    filters = network.layers[0].weight

    def forward(weight):
        filters[...] = weight
        return network.forward(x)

    def backward(grad, weight):
        forward(weight)
        network.backward(grad)
        return network.layers[0].grad_weight

    return bp.check_gradient(forward, backward, filters, rng=rng, max_entries=6)


def test_lenet_has_sixty_thousand_weights(rng):
    count = lambda network: sum(values.size for values in network.parameters())  # noqa: E731
    # 6·25+6, 16·150+16, 120·400+120, 84·120+84, 10·84+10; in 1998 two more for each of 6 + 16 maps
    assert count(bp.lenet(rng)) == 156 + 2416 + 48120 + 10164 + 850 == 61706
    assert count(bp.lenet(rng, classical=True)) == 61706 + 2 * (6 + 16)
    assert count(bp.lenet(rng, 28)) == 61706


def test_one_step_by_hand():
    network = bp.Linear(1, 2, rng=np.random.default_rng(0), dtype=np.float64)
    network.weight[...], network.bias[...] = [[1], [2]], [0, 0]
    optimizer = bp.SGD(network, learning_rate=0.1, momentum=0.5, weight_decay=0.01)
    for gradient, expected in ((10, 1 - 0.1 * 10.01), (0, None)):
        network.grad_weight, network.grad_bias = np.array([[gradient], [0.0]]), np.zeros(2)
        before, velocity = network.weight[0, 0], optimizer.velocities[0][0, 0]
        optimizer.step()
        change = 0.1 * (0.5 * velocity + gradient + 0.01 * before)
        assert network.weight[0, 0] == pytest.approx(before - change)
        assert expected is None or network.weight[0, 0] == pytest.approx(expected)


def test_training_takes_the_same_steps_as_torch(rng):
    ours = bp.Sequential(
        *(bp.Conv2d(1, 3, 3, rng=rng, **DOUBLE), bp.BatchNorm2d(3, **DOUBLE), bp.ReLU(), bp.MaxPool2d(3, 2)),
        *(bp.Flatten(), bp.Linear(12, 4, rng=rng, **DOUBLE)),
    )
    theirs = torch.nn.Sequential(
        *(torch.nn.Conv2d(1, 3, 3), torch.nn.BatchNorm2d(3), torch.nn.ReLU(), torch.nn.MaxPool2d(3, 2)),
        *(torch.nn.Flatten(), torch.nn.Linear(12, 4)),
    ).double()
    with torch.no_grad():
        for values, parameter in zip(ours.parameters(), theirs.parameters(), strict=True):
            parameter.copy_(torch.tensor(values))
    optimizer = bp.SGD(ours, 0.1, 0.9, 0.01)
    reference = torch.optim.SGD(theirs.parameters(), 0.1, 0.9, weight_decay=0.01)
    for _ in range(5):
        x, labels = rng.normal(size=(6, 1, 8, 8)), rng.integers(0, 4, 6)
        loss = torch.nn.functional.cross_entropy(theirs(torch.tensor(x)), torch.tensor(labels))
        reference.zero_grad()
        loss.backward()
        reference.step()
        assert bp.gradient_step(ours, optimizer, x, labels) == pytest.approx(loss.item(), rel=1e-10)
    for values, parameter in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(values, parameter.detach().numpy(), rtol=0, atol=1e-10)
    ours.train(False)
    theirs.eval()
    np.testing.assert_allclose(ours.forward(x), theirs(torch.tensor(x)).detach().numpy(), rtol=0, atol=1e-9)


def test_fit_is_repeatable_and_counts_its_epochs():
    digits = data.load("digits")
    images, labels = digits.images[:70], digits.labels[:70]
    histories = []
    for _ in range(2):
        rng = np.random.default_rng(5)
        network = bp.lenet(rng, 8)
        histories.append(bp.fit(network, images, labels, rng, 3, test=(images, labels)))
        assert not network.layers[0].training
    losses = [[epoch.loss for epoch in history] for history in histories]
    assert losses[0] == losses[1]
    assert losses[0][-1] < losses[0][0]
    assert [epoch.epoch for epoch in histories[0]] == [1, 2, 3]
    assert histories[0][-1].accuracy == bp.accuracy(network, images, labels)


def test_lenet_reads_digits():
    training = bp.train_on_digits()
    assert training.accuracy >= 0.96  # every seed tried so far is above
    assert training.seconds < 20
    assert training.history[-1].accuracy == training.accuracy


def has_mnist():
    try:
        data.load("mnist", "test")
    except data.DataUnavailableError:
        return False
    return True


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif("CONVNETS_DATA" not in os.environ, reason="CONVNETS_DATA names no folder with MNIST")
def test_lenet_reads_mnist():
    if not has_mnist():
        pytest.skip("MNIST is not in the folder that CONVNETS_DATA names")
    training = bp.train_on_mnist()
    assert training.accuracy >= 0.985
    assert training.seconds < 300


def test_the_command_writes_a_record(tmp_path, capsys):
    path = tmp_path / "record.json"
    train.main(["--data", "digits", "--seeds", "2", "--epochs", "1", "--out", str(path), "--note", "a test"])
    written = json.loads(path.read_text())
    assert {"hardware", "versions", "commit", "records"} <= set(written)
    assert written["note"] == "a test"
    assert [(entry["data"], entry["seed"], len(entry["losses"])) for entry in written["records"]] == [
        ("digits", 0, 1),
        ("digits", 1, 1),
    ]
    assert "digits: mean" in capsys.readouterr().out


def test_the_recorded_runs_reached_their_aims():
    records = read(Path(__file__).parents[3] / "book" / "results" / "backprop.json")["records"]
    aims = {"digits": (0.96, 20), "mnist": (0.985, 300)}
    assert {entry["data"] for entry in records} == set(aims)
    for entry in records:
        least, most_seconds = aims[entry["data"]]
        assert entry["accuracy"] >= least
        assert entry["wall_seconds"] < 300
        assert entry["seconds"] < most_seconds


IMAGES, LABELS = np.ones((3, 1, 8, 8), np.float32), np.zeros(3, int)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda rng: bp.lenet(rng, 64), ValueError, "size must be one of 8, 28, 32, got 64"),
        (lambda rng: bp.Conv2d(3, 4, 3, groups=2, rng=rng), ValueError, "groups must divide 3 and 4"),
        (lambda rng: bp.fit(bp.lenet(rng, 8), IMAGES, LABELS[:2], rng, 1), ValueError, "3 images, 2 labels"),
        (lambda rng: bp.fit(bp.lenet(rng, 8), IMAGES[:0], LABELS[:0], rng, 1), ValueError, "0 images, 0 lab"),
        (lambda rng: bp.fit(bp.lenet(rng, 8), IMAGES, LABELS, rng, 0), ValueError, "num_epochs 0"),
        (lambda rng: bp.accuracy(bp.lenet(rng, 8), IMAGES[:0], LABELS[:0]), ValueError, "no image"),
        (lambda rng: bp.Layer().forward(IMAGES), NotImplementedError, "Layer has no forward"),
        (lambda rng: bp.Layer().backward(IMAGES), NotImplementedError, "Layer has no backward"),
    ],
)
def test_errors(call, error, message, rng):
    with pytest.raises(error, match=message):
        call(rng)
