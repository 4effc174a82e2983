"""OverFeat's sliding classifier: the same answers as window by window."""

import pytest
import torch
from torch import nn

from convnets.architectures.sliding import as_convolutions


def classifier():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Flatten(), nn.Linear(2 * 3 * 2, 5), nn.Tanh(), nn.Linear(5, 4, bias=False)
    ).double()


def test_a_layer_by_hand():
    layer = nn.Linear(4, 1)
    layer.weight.data = torch.tensor([[1.0, 2, 3, 4]])
    layer.bias.data = torch.tensor([10.0])
    maps = torch.tensor([[[[1.0, 0, 0], [0, 1, 2]]]])
    # windows [[1, 0], [0, 1]] and [[0, 0], [1, 2]]: 1 + 4 + 10, 3 + 8 + 10
    assert as_convolutions(nn.Sequential(layer), (1, 2, 2))(maps).tolist() == [[[[15, 21]]]]


def test_sliding_is_window_by_window():
    whole = classifier()
    slid = as_convolutions(whole, (2, 3, 2))
    maps = torch.randn(3, 2, 5, 4, dtype=torch.float64)
    answers = slid(maps)
    assert answers.shape == (3, 4, 3, 3)
    for row in range(3):
        for column in range(3):
            window = maps[:, :, row : row + 3, column : column + 2]
            # sums in another order: float64 agrees to 1e-12
            torch.testing.assert_close(answers[:, :, row, column], whole(window), atol=1e-12, rtol=0)


def test_where_it_fits_once_there_is_one_answer():
    whole = classifier()
    maps = torch.randn(2, 2, 3, 2, dtype=torch.float64)
    torch.testing.assert_close(as_convolutions(whole, (2, 3, 2))(maps)[:, :, 0, 0], whole(maps))


def test_weights_are_shared_and_counted_alike():
    whole = classifier()
    slid = as_convolutions(whole, (2, 3, 2))
    assert sum(p.numel() for p in slid.parameters()) == sum(p.numel() for p in whole.parameters()) == 85
    with torch.no_grad():
        whole[1].weight.zero_()
    assert slid[0].weight.abs().max() == 0


def test_no_image_gives_no_answer():
    assert as_convolutions(classifier(), (2, 3, 2))(torch.empty(0, 2, 4, 4).double()).shape == (0, 4, 2, 3)


def test_training_mode_is_kept():
    assert not as_convolutions(classifier().eval(), (2, 3, 2)).training


def test_other_maps_are_an_error_that_states_the_sizes():
    with pytest.raises(ValueError, match="2×3×3 have 18 numbers, the layer takes 12"):
        as_convolutions(classifier(), (2, 3, 3))
