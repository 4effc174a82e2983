"""What the experiments zoo, degradation and resnet18 say about themselves is so."""

from math import ceil

import pytest
import torch

from convnets.architectures import cifar_resnet, small_resnet
from convnets.training import Images, learning_rates, load_images
from convnets.training.experiments import degradation, resnet18, zoo


def test_the_paper_of_residual_networks_takes_64000_steps():
    settings = degradation.SIZES["full"]["settings"]
    steps = settings.epochs * ceil(50_000 / settings.batch_size)
    assert round(steps, -3) == 64_000
    rates = learning_rates(settings, steps)
    falls = [step for step in range(1, steps) if rates[step] < rates[step - 1]]
    assert [round(step, -3) for step in falls] == [32_000, 48_000]
    assert rates[0] == 0.1
    assert rates[-1] == pytest.approx(0.001)


def test_the_networks_of_degradation_are_those_of_the_paper():
    width = degradation.SIZES["full"]["width"]
    with torch.device("meta"):
        for variant, (depth, residual) in degradation.VARIANTS.items():
            network = cifar_resnet(depth, residual=residual, width=width)
            assert variant == f"{'residual' if residual else 'plain'}-{depth}"
            count = sum(each.numel() for each in network.parameters())
            assert count == {20: 269_722, 56: 853_018}[depth]
    assert {each["variant"] for each in degradation.PUBLISHED} <= set(degradation.VARIANTS)


def test_the_cycle_of_resnet18_rises_for_a_quarter():
    settings = resnet18.SIZES["full"]["settings"]
    rates = learning_rates(settings, 1000)
    assert abs(int(rates.argmax()) - 250) <= 1
    assert rates.max() == pytest.approx(0.4)
    with torch.device("meta"):
        network = small_resnet(width=resnet18.SIZES["full"]["width"])
    assert sum(each.numel() for each in network.parameters()) == 11_173_962


def test_views_are_the_image_and_its_mirror_image():
    images = torch.arange(12.0).reshape(1, 2, 2, 3)
    assert resnet18.unchanged(images) is images
    assert resnet18.mirrored(images)[0, 0].tolist() == [[2, 1, 0], [5, 4, 3]]
    torch.testing.assert_close(resnet18.mirrored(resnet18.mirrored(images)), images, rtol=0, atol=0)


def test_grey_is_the_mean_of_the_channels():
    images = Images(
        torch.tensor([0.1, 0.2, 0.6]).reshape(1, 3, 1, 1).expand(2, 3, 4, 5), torch.tensor([1, 0])
    )
    in_grey = zoo.grey(images)
    assert in_grey.shape == (1, 4, 5)
    torch.testing.assert_close(in_grey.images, torch.full((2, 1, 4, 5), 0.3))
    assert in_grey.labels.tolist() == [1, 0]
    assert len(zoo.grey(images.first(0))) == 0


def test_the_baseline_is_a_point():
    train, test = (
        zoo.grey(load_images("digits", split, num=num, size=16))
        for split, num in (("train", 300), ("test", 100))
    )
    record = zoo._baseline(train, test, seed=0)
    assert record["variant"] == zoo.BASELINE
    assert record["curves"]["test_error"] == [record["error"]]
    assert record["curves"]["train_loss"] == [None]
    assert record["error"] < 0.2
    assert record["parameters"] == 10 * (3 * 3 * 4 * 9 + 1)
