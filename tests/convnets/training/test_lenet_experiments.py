"""What the experiments on digits are made of; that they learn is tested for all experiments together."""

import pytest
import torch

from convnets import training
from convnets.training.experiments import lenet5, lenet1989


def test_squared_error_by_hand():
    outputs = torch.tensor([[1.0, -1.0, -1.0], [0.0, 0.0, 0.0], [1.0, 1.0, -1.0]])
    losses = lenet1989.squared_error(outputs, torch.tensor([0, 1, 0]))
    assert losses.tolist() == [0.0, 1.5, 2.0]
    assert lenet1989.squared_error(outputs[:0], torch.tensor([], dtype=torch.int64)).shape == (0,)


def test_digits_lie_in_the_middle_of_the_canvas():
    images = training.Images(torch.ones(2, 1, 28, 28), [3, 4], (0.5,), (0.25,))
    canvas = lenet5.on_canvas(images)
    assert canvas.shape == (1, 32, 32)
    assert canvas.images.sum(dim=(1, 2, 3)).tolist() == [784.0, 784.0]
    assert canvas.images[0, 0, 2:30, 2:30].min() == 1
    assert (canvas.mean, canvas.labels.tolist()) == ((0.5,), [3, 4])


@pytest.mark.parametrize("size", lenet1989.SIZES)
def test_more_digits_are_seen_in_as_many_steps(size):
    few, many, _ = lenet1989.SIZES[size]["num"]
    epochs = lenet1989.SIZES[size]["settings"].epochs
    # passes are whole, so the numbers of steps agree up to half a pass over all digits
    assert abs(round(epochs * few / many) * many - epochs * few) <= many / 2


def test_records_say_how_many_digits_were_learned():
    size = lenet1989.SIZES["smoke"] | {"num": (16, 32, 8)}
    records = lenet1989.run(size, 0, device="cpu", progress=False)
    assert [record["num"] for record in records] == [16, 16, 16, 32]
    assert [record["variant"] for record in records] == list(lenet1989.VARIANTS)
    assert [len(record["curves"]["train_loss"]) for record in records] == [6, 6, 6, 3]
    assert {record["parameters"] for record in records} == {9760}


def test_networks_of_the_two_times_are_compared():
    size = lenet5.SIZES["smoke"] | {"num": (16, 8)}
    records = lenet5.run(size, 1, device="cpu", progress=False)
    assert {record["variant"]: record["parameters"] for record in records} == {
        "modern": 61_706,
        "modern, distorted": 61_706,
        "1998": 60_000,
    }
    rates = {record["variant"]: record["settings"]["learning_rate"] for record in records}
    assert rates["1998"] == pytest.approx(0.15 * rates["modern"])
