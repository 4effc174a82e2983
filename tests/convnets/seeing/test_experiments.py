"""Rows 1.1, 1.3 and 1.5: what shifts and other changes do to images and networks, and what layers learn."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from convnets import seeing
from convnets.data import load, photograph
from convnets.seeing import TRANSFORMATIONS, hop, on_canvas, pixel_distance, pixel_distances, shift


def test_shift_by_hand():
    image = np.array([[1, 2, 3], [4, 5, 6]])
    np.testing.assert_array_equal(shift(image, 1, 0), [[0, 0, 0], [1, 2, 3]])
    np.testing.assert_array_equal(shift(image, 0, -1), [[2, 3, 0], [5, 6, 0]])
    np.testing.assert_array_equal(shift(image, -1, 2), [[0, 0, 4], [0, 0, 0]])
    np.testing.assert_array_equal(image, [[1, 2, 3], [4, 5, 6]])


@given(st.integers(-9, 9), st.integers(-9, 9))
def test_shift_moves_every_pixel(dy, dx):
    images = np.arange(1, 2 * 4 * 5 + 1, dtype=np.uint8).reshape(2, 4, 5)
    expected = np.zeros_like(images)
    for i, j in np.ndindex(4, 5):
        if 0 <= i + dy < 4 and 0 <= j + dx < 5:
            expected[:, i + dy, j + dx] = images[:, i, j]
    found = shift(images, dy, dx)
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == np.uint8


def test_shift_of_nothing_and_errors():
    assert shift(np.empty((0, 3, 3)), 1, 1).shape == (0, 3, 3)
    with pytest.raises(ValueError, match=r"at least two axes .* its shape is \(3,\)"):
        shift(np.ones(3), 1, 1)
    with pytest.raises(TypeError, match=r"dx must be an integer, got 0\.5"):
        shift(np.ones((3, 3)), 1, 0.5)


def test_on_canvas():
    np.testing.assert_array_equal(on_canvas([[7]], 2), [[7, 0], [0, 0]])
    np.testing.assert_array_equal(on_canvas(np.ones((5, 1, 8, 8)))[:, :, 4:12, 4:12], np.ones((5, 1, 8, 8)))
    assert on_canvas(np.ones((5, 1, 8, 8))).sum() == 5 * 64
    with pytest.raises(ValueError, match="images of 3 × 9 do not fit on a canvas of 8 × 8"):
        on_canvas(np.ones((3, 9)), 8)


@pytest.fixture(scope="module")
def experiment():
    return seeing.shift_experiment()


def test_fully_connected_network_does_not_survive_a_shift(experiment):
    assert experiment.shifts == (0, 1, 2, 3, 4)
    assert experiment.fully_connected[0] > 0.85
    assert experiment.fully_connected[1] < 0.6
    assert max(experiment.fully_connected[2:]) < 0.2  # chance is 0.1


def test_convolutional_network_survives(experiment):
    assert min(experiment.convolutional) > 0.9
    assert len(set(experiment.convolutional)) == 1
    assert min(experiment.convolutional) > max(experiment.fully_connected)


def test_convolutional_network_does_not_see_the_canvas():
    digits = load("digits", "test").images[:20]
    network = seeing.networks.convolutional_network()
    with torch.no_grad():
        answers = [
            network(torch.from_numpy(image)) for image in (digits, on_canvas(digits), on_canvas(digits, 21))
        ]
    torch.testing.assert_close(answers[0], answers[1])
    torch.testing.assert_close(answers[0], answers[2])


def test_networks_count_their_weights(experiment):
    fully_connected = seeing.count_fully_connected((1, 16, 16), 64, bias=True).weights + 65 * 10
    convolutional = (
        seeing.count_convolution((1, 16, 16), 8, 5, bias=True).weights + 24 * (8 * 25 + 1) + 25 * 10
    )
    assert experiment.num_weights == {"fully_connected": fully_connected, "convolutional": convolutional}
    assert experiment.num_weights == {"fully_connected": 17_098, "convolutional": 5_282}


def test_training_repeats_itself_and_leaves_the_global_generator_alone():
    digits = load("digits")
    images, labels = digits.images[:100], digits.labels[:100]
    before = torch.random.get_rng_state()
    for name in seeing.networks.NETWORKS:
        one, two, other = (
            seeing.networks.trained(name, images, labels, seed, 1)[-1].weight for seed in (3, 3, 4)
        )
        assert torch.equal(one, two)
        assert not torch.equal(one, other)
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize("max_shift", [-1, 5])
def test_shift_experiment_errors(max_shift):
    with pytest.raises(ValueError, match=f"max_shift must be from 0 to 4, got {max_shift}"):
        seeing.shift_experiment(max_shift=max_shift)


def test_hop():
    np.testing.assert_array_equal(hop([[1, 2], [3, 4]], [3, 0, 1, 2]), [[4, 1], [2, 3]])
    images, order = np.arange(24).reshape(2, 3, 4), np.random.default_rng(0).permutation(12)
    np.testing.assert_array_equal(hop(hop(images, order), np.argsort(order)), images)
    for wrong in ([0, 1, 2], [0, 0, 1, 2], [1, 2, 3, 4]):
        with pytest.raises(ValueError, match="order must be a permutation of 4 pixels"):
            hop([[1, 2], [3, 4]], wrong)
    with pytest.raises(ValueError, match="at least two axes"):
        hop([1, 2], [1, 0])


def test_dimension_hopping():
    found = seeing.hopping_experiment()
    for name in ("fully_connected", "convolutional"):
        assert found.in_order[name] > 0.85
        assert found.hopped_at_test[name] < 0.3
    assert abs(found.hopped_always["fully_connected"] - found.in_order["fully_connected"]) < 0.03
    assert found.hopped_always["convolutional"] < found.in_order["convolutional"] - 0.03


def test_transformations_are_those_of_the_lecture():
    assert list(TRANSFORMATIONS) == ["viewpoint", "illumination", "deformation", "occlusion", "scale"]


@pytest.mark.parametrize("name", TRANSFORMATIONS)
def test_transformation_changes_most_numbers_but_not_the_shape(name):
    for image in (photograph("chelsea", (60, 90)), photograph("coins", 64)):
        before = image.copy()
        changed = TRANSFORMATIONS[name](image)
        assert changed.shape == image.shape
        assert changed.min() >= 0
        assert changed.max() <= 1
        np.testing.assert_array_equal(image, before)
        share = np.mean(np.abs(changed - image) > 1 / 255)
        assert share > (0.3 if name == "occlusion" else 0.75)


def test_transformations_do_what_they_say():
    ramp = np.tile(np.linspace(0, 1, 40), (40, 1))
    white = np.ones((40, 40))
    np.testing.assert_allclose(
        TRANSFORMATIONS["illumination"](white), np.tile(np.linspace(0.2, 1, 40), (40, 1))
    )
    assert np.mean(TRANSFORMATIONS["occlusion"](white) == 0.2) == pytest.approx(1 / 3, abs=0.02)
    slope = np.diff(TRANSFORMATIONS["scale"](ramp)[20])
    np.testing.assert_allclose(slope, 1 / 39 / 1.5, rtol=1e-6)
    corner = np.zeros((40, 40))
    corner[3:8, 32:37] = 1  # upper right
    rows = TRANSFORMATIONS["viewpoint"](corner).nonzero()[0]
    assert rows.min() >= 8  # the right side is farther away, and shorter: what began in row 3 is lower now


@pytest.mark.parametrize("shape", [(5,), (0, 5), (1, 1, 1, 1)])
def test_transformation_errors(shape):
    with pytest.raises(ValueError, match=r"image must have shape \(H, W\) or \(H, W, C\)"):
        TRANSFORMATIONS["scale"](np.zeros(shape))


def test_pixel_distance():
    assert pixel_distance(np.zeros((3, 4)), np.ones((3, 4))) == 1
    assert pixel_distance([[0, 0], [0, 0]], [[1, 0], [0, 0]]) == 0.5
    with pytest.raises(ValueError, match=r"one shape, got \(2,\) and \(3,\)"):
        pixel_distance([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="one shape"):
        pixel_distance([], [])


def test_a_brick_wall_is_nearer_to_the_cat_than_the_cat_in_other_light():
    changed, others = pixel_distances("chelsea")
    assert set(changed) == set(TRANSFORMATIONS)
    assert "chelsea" not in others
    assert list(others.values()) == sorted(others.values())
    assert next(iter(others)) == "brick"
    assert [name for name, distance in changed.items() if distance > others["brick"]] == [
        "illumination",
        "occlusion",
        "scale",
    ]
    with pytest.raises(ValueError, match="no photograph is called 'dog'"):
        pixel_distances("dog")


def coherence(filters):
    """Return for each filter how far its gradients agree on one direction, from 0 to 1."""
    gy, gx = np.gradient(filters.mean(axis=1), axis=(1, 2))
    xx, yy, xy = ((a * b).sum(axis=(1, 2)) for a, b in ((gx, gx), (gy, gy), (gx, gy)))
    return np.hypot(xx - yy, 2 * xy) / (xx + yy)


@pytest.fixture(scope="module")
def filters():
    return seeing.first_layer_filters()


def test_first_layer_learns_edges_and_bars(filters, rng):
    assert filters.shape == (32, 3, 10, 10)
    np.testing.assert_allclose(np.abs(filters).max(axis=(1, 2, 3)), 1)
    assert np.median(coherence(filters)) > 0.7
    assert np.median(coherence(rng.normal(size=filters.shape))) < 0.3


def test_first_layer_looks_in_many_directions(filters):
    gy, gx = np.gradient(filters.mean(axis=1), axis=(1, 2))
    angles = 0.5 * np.arctan2(2 * (gx * gy).sum(axis=(1, 2)), (gx**2 - gy**2).sum(axis=(1, 2)))
    quarters = np.unique(np.floor(4 * (angles / np.pi + 0.5) + 0.5) % 4)
    assert len(quarters) == 4


def test_first_layer_errors():
    with pytest.raises(ValueError, match="got 0 and 10"):
        seeing.first_layer_filters(num_filters=0)
    with pytest.raises(ValueError, match="got 4 and 1"):
        seeing.first_layer_filters(num_filters=4, size=1)


def test_strongest_patches_are_cut_where_the_answer_is_largest():
    found = seeing.strongest_patches(num_patches=3)
    assert found.filters.shape == (8, 5, 5)
    assert found.first.shape == (8, 3, 5, 5)
    assert found.second.shape == (24, 3, 9, 9)
    answers = np.einsum("uij,upij->up", found.filters, found.first)
    assert (np.diff(answers, axis=1) <= 1e-5).all()
    network = seeing.networks.trained_on_digits("convolutional", 0)
    images = torch.from_numpy(on_canvas(load("digits", "test").images))
    with torch.no_grad():
        largest = network[:1](images).amax(dim=(0, 2, 3)) - network[0].bias
    np.testing.assert_allclose(answers[:, 0], largest.numpy(), rtol=1e-4)


def test_second_layer_is_choosier_about_digits_than_the_first():
    found = seeing.strongest_patches()

    def agreement(labels):
        return np.mean([np.bincount(row).max() / len(row) for row in labels])

    assert agreement(found.second_labels) > agreement(found.first_labels) + 0.1


@pytest.mark.parametrize("num_patches", [0, 501])
def test_strongest_patches_errors(num_patches):
    with pytest.raises(ValueError, match=f"num_patches must be from 1 to 500, got {num_patches}"):
        seeing.strongest_patches(num_patches=num_patches)
