"""The network of the ablation, with and without each ingredient."""

import pytest
import torch
from torch import nn

from convnets import sizing
from convnets.training.experiments import ablation


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(2)


def kinds(network):
    return [type(each).__name__ for each in network.modules() if not list(each.children())]


def test_parameters_by_hand():
    counted = sizing.summary(ablation.Ablated((3, 16, 16), 16), (3, 16, 16))
    pairs = (3, 16), (16, 16), (16, 32), (32, 32), (32, 64), (64, 64)
    convolutions = sum(9 * seen * given + given for seen, given in pairs)
    assert counted.parameters == convolutions + (64 * 2 * 2 + 1) * 128 + (128 + 1) * 10
    assert [row.out_shape for row in counted.of_kind("pooling")] == [(16, 8, 8), (32, 4, 4), (64, 2, 2)]


def test_ingredients_are_where_they_belong():
    plain = kinds(ablation.Ablated((3, 16, 16), 4))
    assert "BatchNorm2d" not in plain
    assert plain[:3] == ["Conv2d", "ReLU", "Conv2d"]
    normed = ablation.Ablated((3, 16, 16), 4, nonlinearity="tanh", batch_norm=True, dropout=0.25)
    assert kinds(normed)[:4] == ["Conv2d", "BatchNorm2d", "Tanh", "Conv2d"]
    assert normed.features[0].bias is None
    assert [each.p for each in normed.modules() if isinstance(each, nn.Dropout)] == [0.25, 0.25]


@pytest.mark.parametrize("image_shape", [(3, 16, 16), (1, 8, 24)])
def test_images_become_logits(image_shape):
    network = ablation.Ablated(image_shape, 4, num_classes=7)
    assert network(torch.zeros(2, *image_shape)).shape == (2, 7)
    assert network(torch.zeros(0, *image_shape)).shape == (0, 7)
    with pytest.raises(ValueError, match=r"classifier.1 \(Linear\) expects"):
        network(torch.zeros(2, image_shape[0], 40, 40))


def test_unknown_nonlinearity():
    with pytest.raises(ValueError, match="'relu' or 'tanh', got 'step'"):
        ablation.Ablated((3, 16, 16), 4, nonlinearity="step")


def test_each_variant_changes_one_thing_and_the_last_all():
    first, *changed, last = ablation.VARIANTS.values()
    assert first == {}
    assert [len(each) for each in changed] == [1] * 5
    assert set(last) == {key for each in changed for key in each} - {"nonlinearity"}


def test_records_tell_what_was_learned_by_heart():
    size = ablation.SIZES["smoke"] | {"num": (16, 8)}
    records = ablation.run(size, 0, device="cpu", progress=False)
    assert [record["variant"] for record in records] == list(ablation.VARIANTS)
    assert all(0 <= record["learned_error"] <= 1 for record in records)
    decays = [record["settings"]["weight_decay"] for record in records]
    assert decays == [0, 0, ablation.DECAY, 0, 0, 0, ablation.DECAY]
