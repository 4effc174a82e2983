"""Row 1.4: what three layers compute; what they count is tested in tests/convnets/sizing."""

import numpy as np
import pytest
import torch

from convnets import seeing
from convnets.seeing import convolution_layer, fully_connected, locally_connected


def test_layers_by_hand():
    x = np.array([[[[1, 2, 3], [4, 5, 6]]]])
    np.testing.assert_array_equal(fully_connected(x, [[1, 0, 0, 0, 0, -1], [0, 1, 0, 1, 0, 0]]), [[-5, 6]])
    np.testing.assert_array_equal(convolution_layer(x, [[[[1, 0], [0, 10]]]], [100]), [[[[151, 162]]]])
    local = np.zeros((1, 1, 2, 1, 2, 2), int)
    local[0, 0, 0, 0], local[0, 0, 1, 0] = [[1, 0], [0, 10]], [[0, 1], [0, 0]]
    np.testing.assert_array_equal(locally_connected(x, local), [[[[51, 3]]]])
    np.testing.assert_array_equal(locally_connected(x, local, [[[0, 7]]]), [[[[51, 10]]]])


def test_no_images_give_no_units():
    assert fully_connected(np.ones((0, 1, 4, 5)), np.ones((3, 20))).shape == (0, 3)
    assert locally_connected(np.ones((0, 1, 2, 3)), np.ones((4, 1, 2, 1, 2, 2))).shape == (0, 4, 1, 2)


def test_layers_agree_with_torch(rng):
    x, weight, bias = rng.normal(size=(2, 3, 6, 7)), rng.normal(size=(4, 3, 2, 3)), rng.normal(size=4)
    tensors = [torch.from_numpy(array) for array in (x, weight, bias)]
    expected = torch.nn.functional.conv2d(*tensors).numpy()
    np.testing.assert_allclose(convolution_layer(x, weight, bias), expected, atol=1e-12)
    weight = rng.normal(size=(4, 3 * 6 * 7))
    expected = torch.nn.functional.linear(tensors[0].flatten(1), torch.from_numpy(weight), tensors[2]).numpy()
    np.testing.assert_allclose(fully_connected(x, weight, bias), expected, atol=1e-12)


def test_each_layer_is_a_special_case_of_the_one_before(rng):
    x, weight, bias = rng.normal(size=(2, 3, 5, 4)), rng.normal(size=(6, 3, 2, 3)), rng.normal(size=6)
    expected = convolution_layer(x, weight, bias)  # (2, 6, 4, 2)
    shared = np.broadcast_to(weight[:, None, None], (6, 4, 2, 3, 2, 3))
    local = locally_connected(x, shared, np.broadcast_to(bias[:, None, None], (6, 4, 2)))
    np.testing.assert_allclose(local, expected, atol=1e-12)
    matrix = np.zeros((6, 4, 2, 3, 5, 4))
    for i, j in np.ndindex(4, 2):
        matrix[:, i, j, :, i : i + 2, j : j + 3] = weight
    full = fully_connected(x, matrix.reshape(6 * 4 * 2, -1), np.repeat(bias, 8))
    np.testing.assert_allclose(full.reshape(expected.shape), expected, atol=1e-12)


def test_locally_connected_in_loops(rng):
    x, weight = rng.normal(size=(2, 3, 5, 6)), rng.normal(size=(4, 3, 5, 3, 3, 2))
    expected = np.zeros((2, 4, 3, 5))
    for n, o, i, j in np.ndindex(*expected.shape):
        expected[n, o, i, j] = (x[n, :, i : i + 3, j : j + 2] * weight[o, i, j]).sum()
    np.testing.assert_allclose(locally_connected(x, weight), expected, atol=1e-12)


IMAGES = np.ones((1, 2, 4, 5))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fully_connected(np.ones((4, 5)), np.ones((3, 20))), r"x must have shape \(N, C_in, H, W\)"),
        (lambda: convolution_layer(np.ones((0, 1, 4, 5)), np.ones((3, 1, 2, 2))), "x is empty"),
        (
            lambda: fully_connected(IMAGES, np.ones((3, 39))),
            r"weight must have shape \(D_out, 40\) .* it has \(3, 39\)",
        ),
        (
            lambda: fully_connected(IMAGES, np.ones((3, 40)), np.ones(4)),
            r"bias must have shape \(3,\), it has \(4,\)",
        ),
        (
            lambda: locally_connected(IMAGES, np.ones((3, 2, 2, 2))),
            r"\(C_out, H_out, W_out, C_in, K_h, K_w\)",
        ),
        (
            lambda: locally_connected(IMAGES, np.ones((3, 4, 4, 2, 2, 2))),
            r"windows of 2 × 2 .* = \(3, 4\) places",
        ),
        (lambda: locally_connected(IMAGES, np.ones((3, 3, 4, 1, 2, 2))), "C_in is 2"),
        (
            lambda: locally_connected(IMAGES, np.ones((3, 3, 4, 2, 2, 2)), np.ones(3)),
            r"bias must have shape \(3, 3, 4\), it has \(3,\)",
        ),
        (
            lambda: convolution_layer(IMAGES, np.ones((3, 1, 2, 2))),
            "weight expects C_in = 1, x has 2 channels",
        ),
        (lambda: convolution_layer(IMAGES, np.ones((3, 2, 5, 2))), "kernel .* is larger than"),
        (lambda: convolution_layer(np.ones((4, 5)), np.ones((2, 2))), r"x must have shape \(N, C_in, H, W\)"),
        (lambda: convolution_layer(IMAGES, np.ones((3, 2, 2, 2)), np.ones(2)), "bias must have shape"),
    ],
)
def test_layer_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_all_names_exist_once():
    assert len(seeing.__all__) == len(set(seeing.__all__))
    assert all(hasattr(seeing, name) for name in seeing.__all__)
