"""Which anchors are learnt from."""

import pytest
import torch

from convnets.detection import IGNORED, NEGATIVE, hard_negatives, hard_negatives_loops, sample_balanced

HARD = pytest.mark.parametrize("choose", [hard_negatives, hard_negatives_loops])
MATCHES = torch.tensor([0, -1, -1, -2, 1, -1, -1, -1, 0, -2])
"""Positive are 0, 4 and 8; negative 1, 2, 5, 6 and 7."""


def test_sample_by_hand():
    """Half of four are positive; all three fit into half of eight, and five negatives fill up."""
    drawn = sample_balanced(MATCHES, 4)
    assert (len(drawn.positive), len(drawn.negative)) == (2, 2)
    drawn = sample_balanced(MATCHES, 8)
    assert drawn.positive.tolist() == [0, 4, 8]
    assert drawn.negative.tolist() == [1, 2, 5, 6, 7]
    drawn = sample_balanced(MATCHES, 100, 0.25)
    assert (drawn.positive.tolist(), drawn.negative.tolist()) == ([0, 4, 8], [1, 2, 5, 6, 7])
    drawn = sample_balanced(MATCHES, 4, 0.25)
    assert (len(drawn.positive), len(drawn.negative)) == (1, 3)
    assert sample_balanced(MATCHES, 3, 0.0).positive.tolist() == []


def test_sample_is_drawn_evenly_and_repeats(generator):
    """Each of three positives is in a sample of one in a third of 900 draws; 5σ of that share is 0.08."""
    counts = torch.zeros(10)
    for _ in range(900):
        drawn = sample_balanced(MATCHES, 2, generator=generator)
        counts[drawn.positive] += 1
        counts[drawn.negative] += 1
    shares = counts / 900
    assert (shares[[0, 4, 8]] - 1 / 3).abs().max() < 0.08
    assert (shares[[1, 2, 5, 6, 7]] - 1 / 5).abs().max() < 0.08
    assert counts[[3, 9]].tolist() == [0, 0]
    again = [sample_balanced(MATCHES, 4, generator=torch.Generator().manual_seed(3)) for _ in range(2)]
    assert all(torch.equal(*indices) for indices in zip(*again, strict=True))


def test_sample_of_nothing():
    drawn = sample_balanced(MATCHES[:0], 4)
    assert (drawn.positive.tolist(), drawn.negative.tolist()) == ([], [])
    assert sample_balanced(torch.tensor([NEGATIVE, IGNORED]), 4).negative.tolist() == [0]
    assert sample_balanced(MATCHES, 0).negative.tolist() == []


@HARD
def test_hard_negatives_by_hand(choose):
    """One positive: the three worst of five negatives; the worst of all is ignored, the next a positive."""
    matches = torch.tensor([-1, 0, -2, -1, -1, -1, -1])
    loss = torch.tensor([0.1, 8.0, 9.0, 0.5, 0.3, 0.2, 0.4])
    assert choose(loss, matches).nonzero()[:, 0].tolist() == [3, 4, 6]
    assert choose(loss, matches, ratio=1).nonzero()[:, 0].tolist() == [3]
    assert choose(loss, matches, ratio=1.9).sum() == 1
    assert choose(loss, matches, ratio=0).sum() == 0
    assert choose(loss, matches, ratio=50).nonzero()[:, 0].tolist() == [0, 3, 4, 5, 6]


@HARD
def test_hard_negatives_of_equal_loss_and_without_positives(choose):
    assert choose(torch.ones(5), torch.tensor([-1, -1, 3, -1, -1]), 2).nonzero()[:, 0].tolist() == [0, 1]
    assert choose(torch.ones(5), torch.full((5,), NEGATIVE)).sum() == 0
    chosen = choose(torch.empty(0), torch.empty(0, dtype=torch.int64))
    assert (chosen.shape, chosen.dtype) == ((0,), torch.bool)


def test_hard_negatives_against_loops(generator):
    for num in (1, 10, 200):
        matches = torch.randint(-2, 1, (num,), generator=generator)
        loss = torch.randint(0, 9, (num,), generator=generator).float()
        for ratio in (0.5, 1, 3):
            found = hard_negatives(loss, matches, ratio)
            assert torch.equal(found, hard_negatives_loops(loss, matches, ratio))
            assert not (found & (matches != NEGATIVE)).any()


def test_errors():
    with pytest.raises(TypeError, match=r"matches must be a tensor of integers, got torch.float32"):
        sample_balanced(torch.ones(3), 2)
    with pytest.raises(TypeError, match="got list"):
        sample_balanced([0, 1], 2)
    with pytest.raises(ValueError, match=r"matches must have shape \(6,\), its shape is \(2, 3\)"):
        sample_balanced(torch.zeros(2, 3, dtype=torch.int64), 2)
    with pytest.raises(ValueError, match=r"got -1 and 0.5"):
        sample_balanced(MATCHES, -1)
    with pytest.raises(ValueError, match=r"got 4 and 1.5"):
        sample_balanced(MATCHES, 4, 1.5)
    with pytest.raises(ValueError, match=r"loss must have shape \(10,\)"):
        hard_negatives(torch.ones(3), MATCHES)
    with pytest.raises(ValueError, match="loss must be finite"):
        hard_negatives(torch.full((10,), float("nan")), MATCHES)
    with pytest.raises(ValueError, match="ratio must not be negative, got -3"):
        hard_negatives(torch.ones(10), MATCHES, -3)
