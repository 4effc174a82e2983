"""Row 7.8: dropout."""

import pytest
import torch

from convnets import training


def test_what_is_kept_is_scaled_up():
    x = torch.arange(1.0, 10_001)
    out = training.dropout(x, 0.2, generator=torch.Generator().manual_seed(0))
    kept = out != 0
    torch.testing.assert_close(out[kept], x[kept] / 0.8)
    assert abs(kept.float().mean() - 0.8) < 4 * (0.2 * 0.8 / 10_000) ** 0.5


def test_the_expected_value_stays():
    ones = torch.ones(200_000)
    for p in (0.1, 0.5, 0.9):
        mean = training.dropout(ones, p, generator=torch.Generator().manual_seed(1)).mean()
        assert abs(mean - 1) < 4 * (p / (1 - p) / 200_000) ** 0.5


def test_afterwards_nothing_is_dropped():
    x = torch.randn(3, 4)
    assert training.dropout(x, 0.5, training=False) is x
    assert training.dropout(x, 0) is x
    assert training.dropout(torch.zeros(0, 3)).shape == (0, 3)


def test_gradients_pass_where_numbers_passed():
    x = torch.ones(100, requires_grad=True)
    out = training.dropout(x, 0.5, generator=torch.Generator().manual_seed(2))
    out.sum().backward()
    assert torch.equal(x.grad, out.detach())


@pytest.mark.parametrize(
    ("p", "error", "message"),
    [
        (-0.1, ValueError, "p must be from 0 to 1, got -0.1"),
        (1, ValueError, "p must be less than 1"),
        ("half", TypeError, "p must be a number, got 'half'"),
    ],
)
def test_errors(p, error, message):
    with pytest.raises(error, match=message):
        training.dropout(torch.zeros(2), p)
