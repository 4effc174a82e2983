"""The references of the assignment, next to PyTorch and to what the exercises say of them."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from solutions.training.crop_scene import crop_scene
from solutions.training.flip_scene import flip_scene
from solutions.training.jitter_colours import jitter_colours, never_clipped
from solutions.training.merge_branches import merge_branches
from solutions.training.normalise_batches import normalise_batches
from solutions.training.rates_on_plateau import rates_on_plateau
from solutions.training.repair_training import repair_training
from solutions.training.tint_images import tint_images


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def tensor(array):
    return torch.from_numpy(np.ascontiguousarray(array))


def close(got, expected):
    np.testing.assert_allclose(got, expected.detach().numpy(), rtol=1e-10, atol=1e-10)  # float64 in any order


@pytest.mark.parametrize(("shape", "short_side"), [((3, 10, 5), 7), ((2, 6, 9), 10), ((1, 15, 10), 4)])
def test_the_crop_is_torchs_resized_picture(rng, shape, short_side):
    image, mask = rng.normal(size=shape), rng.integers(0, 5, shape[1:])
    height, width = (short_side * n // min(shape[1:]) for n in shape[1:])
    resized = F.interpolate(tensor(image)[None], size=(height, width), mode="bilinear", align_corners=False)
    names = F.interpolate(tensor(mask * 1.0)[None, None], size=(height, width), mode="nearest-exact")
    size, (top, left) = 3, (height - 3, width - 3)
    found = crop_scene(image, np.zeros((0, 4)), np.zeros(0, int), mask, short_side, (top, left), size)
    close(found[0], resized[0, :, top:, left:])
    np.testing.assert_array_equal(found[3], names[0, 0, top:, left:].numpy())


def test_boxes_stay_around_their_objects():
    """A white rectangle in a black picture is framed by its box before and after."""
    image, box = np.zeros((1, 12, 18)), np.array([[5.0, 3, 11, 9]])
    image[0, 3:9, 5:11] = 1
    cut, boxes, _, _ = crop_scene(image, box, np.array([1]), np.zeros((12, 18), int), 24, (4, 6), 14)
    x1, y1, x2, y2 = boxes[0].astype(int)
    assert (x1, y1, x2, y2) == (4, 2, 14, 14)
    assert cut[0, y1 + 1 : y2 - 1, x1 + 1 : x2].min() == 1
    assert cut[0, : y1 - 1].max() == cut[0, :, : x1 - 1].max() == 0


def test_a_mirror_of_a_mirror_is_no_mirror(rng):
    scene = rng.normal(size=(3, 2, 4, 6)), np.array([[[1.0, 1, 4, 3]]] * 3), rng.integers(0, 9, (3, 4, 6))
    flipped = np.array([True, False, True])
    twice = flip_scene(*flip_scene(*scene, flipped), flipped)
    for before, after in zip(scene, twice, strict=True):
        np.testing.assert_array_equal(before, after)


def test_steps_of_colour_commute_but_for_what_is_cut_off(rng):
    images, none, one = rng.uniform(size=(1, 3, 4, 5)), np.zeros(3), np.ones(3)
    steps = [("brightness", 1.4), ("contrast", 1.7), ("saturation", 2.0)]
    orders = [[list(order)] for order in itertools.permutations(steps)]
    unclipped = [never_clipped(images, order, none, one) for order in orders]
    clipped = [jitter_colours(images, order, none, one) for order in orders]
    assert all(np.allclose(unclipped[0], other) for other in unclipped)
    assert not any(np.allclose(clipped[0], other) for other in clipped[1:])


def test_tints_vary_as_the_paper_says(rng):
    """Offsets drawn with deviation 0.1 have the covariance 0.01 V Λ² Vᵀ: 0.01 times the square of C."""
    pixels = rng.uniform(size=(50, 3)) @ rng.normal(size=(3, 3))
    draws = rng.normal(0, 0.1, (40_000, 3))
    offsets = tint_images(np.zeros((40_000, 3, 1, 1)), pixels, draws)[:, :, 0, 0]
    C = np.cov(pixels.T, bias=True)
    error = np.cov(offsets.T) - 0.01 * C @ C
    assert np.abs(error).max() < 0.03 * np.abs(0.01 * C @ C).max()  # 40,000 draws know a variance to 1 %


@pytest.mark.parametrize("momentum", [0.1, 0.6])
def test_batches_are_normalised_as_torch_does_it(rng, momentum):
    layer = nn.BatchNorm2d(3, eps=0.1, momentum=momentum, dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([0.5, 1.0, 2.0]))
        layer.bias.copy_(torch.tensor([0.0, 1.0, -1.0]))
    weight, bias = layer.weight.detach().numpy().copy(), layer.bias.detach().numpy().copy()
    batches = [rng.normal(2, 3, (n, 3, 4, 2)) for n in (4, 1, 2, 3)]
    modes = [True, False, True, False]
    outputs, mean, var = normalise_batches(batches, modes, weight, bias, momentum, 0.1)
    for x, is_training, y in zip(batches, modes, outputs, strict=True):
        close(y, layer.train(is_training)(tensor(x)))
    close(mean, layer.running_mean)
    close(var, layer.running_var)


@pytest.mark.parametrize("kernel_size", [(3, 3), (1, 5)])
def test_one_convolution_answers_as_three_branches(rng, kernel_size):
    C, padding = 4, tuple(k // 2 for k in kernel_size)
    weight, point = rng.normal(size=(C, C, *kernel_size)), rng.normal(size=(C, C, 1, 1))
    norms = [tuple(rng.uniform(0.5, 2, (4, C))) for _ in range(3)]
    x, total = tensor(rng.normal(size=(2, C, 6, 7))), 0
    branches = F.conv2d(x, tensor(weight), padding=padding), F.conv2d(x, tensor(point)), x
    for values, norm in zip(branches, norms, strict=True):
        gamma, beta, mean, var = map(tensor, norm)
        total = total + F.batch_norm(values, mean, var, gamma, beta, eps=0.01)
    merged, bias = merge_branches(weight, point, norms, 0.01)
    close(F.conv2d(x, tensor(merged), tensor(bias), padding=padding).numpy(), total)


@pytest.mark.parametrize("patience", [1, 2, 4])
def test_the_rate_is_cut_when_torch_cuts_it(rng, patience):
    """PyTorch's patience is the number of epochs in vain that it still puts up with: one less than ours."""
    errors = rng.integers(0, 12, 60).astype(float)
    optimiser = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.4)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimiser, factor=0.5, patience=patience - 1, threshold=0.0, eps=0.0
    )
    expected = []
    for error in errors:
        expected.append(optimiser.param_groups[0]["lr"])
        schedule.step(error)
    np.testing.assert_allclose(rates_on_plateau(errors, 0.4, 0, patience, 0.5), expected, rtol=1e-12)


def test_the_mended_script_trains_as_torch_does(rng):
    x, x_test, y = rng.normal(3, 2, (30, 5)), rng.normal(3, 2, (4, 5)), rng.integers(0, 3, 30)
    parts = [rng.normal(size=shape) for shape in ((5, 6), (6,), (6, 3), (3,))]
    batches, dropped = list(rng.integers(0, 30, (8, 4))), (rng.random((8, 6)) < 0.7) / 0.7
    losses, trained, probabilities = repair_training(x, y, x_test, parts, batches, dropped, 0.3, 0.02)

    weights = [nn.Parameter(tensor(part.copy())) for part in parts]
    optimiser = torch.optim.SGD(weights, lr=0.3, weight_decay=0.02)

    def scores(images, factors=1.0):
        images = (tensor(images) - tensor(x.mean(axis=0))) / tensor(x.std(axis=0))
        return (F.relu(images @ weights[0] + weights[1]) * factors) @ weights[2] + weights[3]

    for chosen, factors, loss in zip(batches, dropped, losses, strict=True):
        optimiser.zero_grad()
        expected = F.cross_entropy(scores(x[chosen], tensor(factors)), tensor(y[chosen]))
        expected.backward()
        optimiser.step()
        close(loss, expected)
    for part, weight in zip(trained, weights, strict=True):
        close(part, weight)
    close(probabilities, scores(x_test).softmax(dim=1))
