"""The parts of the fast run: a first layer that whitens, convolutions that begin as identities, the table."""

import numpy as np
import pytest
import torch

from convnets.training import Result
from convnets.training.experiments import speedrun

ABOUT = {
    "experiment": "speedrun", "device": "CPU", "hardware": "a chip", "threads": 1, "clock": "processor time",
    "versions": {"torch": "2"}, "commit": "abc", "size": "reduced", "says": "two epochs",
}  # fmt: skip


def smooth_images(num=40):
    """Random images whose neighbouring pixels and colours go together, as in photographs."""
    noise = torch.randn(num, 3, 9, 9, generator=torch.Generator().manual_seed(0))
    return torch.nn.functional.avg_pool2d(noise, 2, 1) + 0.5 * noise[:, :1, :8, :8] + 0.2 * noise[..., 1:, 1:]


def test_shapes_and_parameters():
    network = speedrun.SpeedNetwork()
    assert network(torch.zeros(2, 3, 32, 32)).shape == (2, 10)
    assert network.blocks(torch.zeros(1, 24, 31, 31)).shape == (1, 256, 3, 3)
    convolutions = 24 * 64 * 9 + 64 * 64 * 9 + 64 * 256 * 9 + 3 * 256 * 256 * 9
    expected = 24 * (12 + 1) + convolutions + 4 * (64 + 256 + 256) + 2560
    assert sum(values.numel() for values in network.parameters()) == expected


def test_whitened_patches_are_uncorrelated_with_variance_one():
    layer = torch.nn.Conv2d(3, 24, 2)
    images = smooth_images()
    speedrun.whiten(layer, images, epsilon=0)
    out = layer(images).detach()
    directions = out[:, :12].transpose(0, 1).reshape(12, -1)
    # the filters are float32, and the smallest variance is a hundredth of the largest
    np.testing.assert_allclose(torch.cov(directions), np.eye(12), atol=1e-3)
    torch.testing.assert_close(out[:, 12:], -out[:, :12])
    assert not layer.weight.requires_grad
    assert layer.bias.requires_grad


def test_whitening_needs_twice_as_many_filters_as_numbers_in_a_patch():
    with pytest.raises(ValueError, match="a patch of 12 numbers needs 24 filters, the layer has 16"):
        speedrun.whiten(torch.nn.Conv2d(3, 16, 2), smooth_images())


def test_identities_hand_on_their_input():
    network = speedrun.SpeedNetwork((24, 30, 8))
    before = network.blocks[1][0].weight.detach().clone()
    speedrun.start_as_identity(network)
    x = torch.randn(1, 24, 5, 5, generator=torch.Generator().manual_seed(1))
    for layer, num in ((network.blocks[0][0], 24), (network.blocks[1][0], 24), (network.blocks[2][0], 8)):
        inputs = torch.nn.functional.pad(x, (0, 0, 0, 0, 0, layer.in_channels - 24))
        torch.testing.assert_close(layer(inputs)[:, :num], inputs[:, :num])
    assert torch.equal(network.blocks[1][0].weight[24:], before[24:])


def test_views():
    images = torch.arange(6.0).view(1, 1, 2, 3)
    assert speedrun.mirrored(images).flatten().tolist() == [2, 1, 0, 5, 4, 3]
    assert speedrun.unchanged(images) is images


def test_the_table_by_hand():
    records = [
        {"variant": name, "seed": 0, "error": error, "images_per_second": speed}
        for name, error, speed in (("start", 0.5, 1000), ("one cycle", 0.45, 1500))
    ]
    table = speedrun.bought(Result(ABOUT, records))
    assert table.rows == [
        ("start", "50.00", "", "1,000", ""),
        ("one cycle", "45.00", "−5.00", "1,500", "× 1.50"),
    ]
    assert table.caption.startswith("CPU, reduced: two epochs")


def test_steps_add_up():
    settings = [name for step in speedrun.STEPS.values() for name in step.get("settings", {})]
    assert len(settings) == len(set(settings))
    assert next(iter(speedrun.STEPS)) == "start"
    assert not speedrun.STEPS["start"]
