"""Non-maximum suppression: greedy, by class, soft; by hand, against loops, and its properties."""

import math

import pytest
import torch

from convnets.detection import (
    batched_nms,
    batched_nms_loops,
    box_iou,
    nms,
    nms_loops,
    soft_nms,
    soft_nms_loops,
)

GREEDY = pytest.mark.parametrize("suppress", [nms, nms_loops])
SOFT = pytest.mark.parametrize("suppress", [soft_nms, soft_nms_loops])
CHAIN = torch.tensor([[0.0, 0, 10, 10], [3, 0, 13, 10], [6, 0, 16, 10]])
"""Neighbours overlap by 7/13 = 0.54, the first and the last by 4/16 = 0.25."""


@GREEDY
def test_chain_by_hand(suppress):
    """The first drops the second, which then drops the third no more."""
    assert suppress(CHAIN, torch.tensor([0.9, 0.8, 0.7]), 0.5).tolist() == [0, 2]
    assert suppress(CHAIN, torch.tensor([0.8, 0.9, 0.7]), 0.5).tolist() == [1]
    assert suppress(CHAIN, torch.tensor([0.7, 0.8, 0.9]), 0.5).tolist() == [2, 0]
    assert suppress(CHAIN, torch.tensor([0.9, 0.8, 0.7]), 0.2).tolist() == [0]
    assert suppress(CHAIN, torch.tensor([0.9, 0.8, 0.7]), 0.6).tolist() == [0, 1, 2]


@GREEDY
def test_of_equal_scores_the_first_stays(suppress):
    assert suppress(CHAIN, torch.tensor([0.5, 0.5, 0.5]), 0.5).tolist() == [0, 2]
    assert suppress(CHAIN[[1, 0, 2]], torch.tensor([0.5, 0.5, 0.5]), 0.5).tolist() == [0]


@GREEDY
def test_an_overlap_of_exactly_the_threshold_drops_nothing(suppress):
    halves = torch.tensor([[0.0, 0, 2, 1], [0, 0, 1, 1]])
    assert suppress(halves, torch.tensor([1.0, 0.5]), 0.5).tolist() == [0, 1]
    assert suppress(halves, torch.tensor([1.0, 0.5]), 0.499).tolist() == [0]


@GREEDY
def test_boxes_of_no_size_overlap_nothing(suppress):
    same = torch.tensor([[1.0, 1, 1, 1], [1, 1, 1, 1], [0, 0, 2, 2]])
    assert suppress(same, torch.tensor([0.1, 0.3, 0.2]), 0.0).tolist() == [1, 2, 0]


@GREEDY
def test_large_boxes_in_half_precision(suppress):
    """Their areas are beyond float16; as infinities they would overlap nothing, and none would go."""
    large = torch.tensor([[0.0, 0, 512, 512], [0, 0, 512, 496]]).half()
    assert suppress(large, torch.tensor([0.5, 0.9]), 0.5).tolist() == [1]


@GREEDY
def test_no_boxes(suppress):
    kept = suppress(torch.empty(0, 4), torch.empty(0), 0.5)
    assert (kept.shape, kept.dtype) == ((0,), torch.int64)


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.5, 0.8, 1.0])
@pytest.mark.parametrize("num", [1, 63, 64, 65, 300])
def test_against_loops(boxes, generator, num, threshold):
    """Also where blocks of 64 end; scores have ties, overlaps equal thresholds."""
    drawn, scores = boxes(num), torch.randint(0, 50, (num,), generator=generator)
    kept = nms(drawn, scores, threshold)
    assert torch.equal(kept, nms_loops(drawn, scores, threshold))


def test_long_chain(generator):
    """Each box overlaps the next alone: every second one stays, after as many rounds as there are boxes."""
    left = 6.0 * torch.arange(300)
    chain = torch.stack([left, left * 0, left + 10, left * 0 + 10], dim=1)
    assert nms(chain, -left, 0.2).tolist() == list(range(0, 300, 2))


def test_what_stays_and_what_goes(boxes, generator):
    """Those that stay do not overlap; each that goes overlaps a better one that stays."""
    drawn, scores = boxes(300), torch.rand(300, generator=generator)
    kept = nms(drawn, scores, 0.4)
    overlaps = box_iou(drawn, drawn)
    assert (overlaps[kept][:, kept].fill_diagonal_(0) <= 0.4).all()
    assert (scores[kept].diff() <= 0).all()
    gone = torch.ones(300, dtype=torch.bool)
    gone[kept] = False
    better = scores[kept] > scores[gone][:, None]
    assert ((overlaps[gone][:, kept] > 0.4) & better).any(dim=1).all()
    assert torch.equal(kept[nms(drawn[kept], scores[kept], 0.4)], kept)


def test_another_order_of_the_boxes_keeps_the_same_ones(boxes, generator):
    drawn, scores = boxes(200), torch.rand(200, generator=generator)
    order = torch.randperm(200, generator=generator)
    assert torch.equal(order[nms(drawn[order], scores[order], 0.5)], nms(drawn, scores, 0.5))


def test_classes_by_hand():
    """The same box twice in class 0 and once in class 1, which touch one another no more than two images."""
    same = CHAIN[[0, 0, 0]]
    idxs = torch.tensor([0, 0, 1])
    for suppress in (batched_nms, batched_nms_loops):
        assert suppress(same, torch.tensor([0.7, 0.8, 0.9]), idxs, 0.5).tolist() == [2, 1]
        assert suppress(same[:0], torch.empty(0), idxs[:0], 0.5).tolist() == []


def test_classes_against_loops(boxes, generator):
    """Also with negative labels and coordinates; one class is plain suppression."""
    drawn, scores = boxes(300) - 6, torch.randint(0, 40, (300,), generator=generator)
    idxs = torch.randint(-2, 5, (300,), generator=generator)
    kept = batched_nms(drawn, scores, idxs, 0.3)
    assert torch.equal(kept, batched_nms_loops(drawn, scores, idxs, 0.3))
    for label in range(-2, 5):
        members = (idxs == label).nonzero()[:, 0]
        of_label = kept[idxs[kept] == label]
        assert torch.equal(of_label, members[nms(drawn[members], scores[members], 0.3)])
    assert torch.equal(batched_nms(drawn, scores, idxs * 0, 0.3), nms(drawn, scores, 0.3))


@SOFT
def test_linear_by_hand(suppress):
    """0.8 becomes 0.8 · (1 − 7/13); the third overlaps the first by too little, and the second by 7/13."""
    indices, scores = suppress(CHAIN.double(), torch.tensor([0.9, 0.8, 0.7]).double(), iou_threshold=0.3)
    assert indices.tolist() == [0, 2, 1]
    assert scores.tolist() == pytest.approx([0.9, 0.7, 0.8 * (6 / 13) ** 2])
    assert suppress(CHAIN, torch.tensor([0.9, 0.8, 0.7]), score_threshold=0.2)[0].tolist() == [0, 2]


@SOFT
def test_gaussian_by_hand(suppress):
    indices, scores = suppress(CHAIN.double(), torch.tensor([0.9, 0.8, 0.7]).double(), "gaussian", sigma=0.5)
    third = 0.7 * math.exp(-(0.25**2) / 0.5)
    second = 0.8 * math.exp(-((7 / 13) ** 2) / 0.5)
    assert indices.tolist() == [0, 2, 1]
    assert scores.tolist() == pytest.approx([0.9, third, second * math.exp(-((7 / 13) ** 2) / 0.5)])


@pytest.mark.parametrize("method", ["linear", "gaussian"])
def test_soft_against_loops(boxes, generator, method):
    drawn, scores = boxes(120), torch.randint(0, 30, (120,), generator=generator).double() / 30
    indices, taken = soft_nms(drawn, scores, method, score_threshold=0.05)
    expected, values = soft_nms_loops(drawn, scores, method, score_threshold=0.05)
    assert torch.equal(indices, expected)
    torch.testing.assert_close(taken, values, atol=1e-12, rtol=0)  # exp of two libraries
    assert (taken.diff() <= 0).all()
    assert (taken <= scores[indices]).all()


def test_hard_limit_of_soft(boxes, generator):
    """A Gaussian of almost no width sets the score of whatever overlaps to 0: greedy suppression at 0."""
    drawn, scores = boxes(80), 0.5 + torch.rand(80, generator=generator).double() / 2
    assert torch.equal(soft_nms(drawn, scores, "gaussian", sigma=1e-7)[0], nms(drawn, scores, 0.0))


@SOFT
def test_soft_without_boxes_and_without_change(suppress, generator):
    indices, scores = suppress(torch.empty(0, 4), torch.empty(0))
    assert (indices.tolist(), scores.tolist(), indices.dtype) == ([], [], torch.int64)
    given = torch.tensor([0.9, 0.8, 0.7])
    suppress(CHAIN, given)
    assert given.tolist() == torch.tensor([0.9, 0.8, 0.7]).tolist()


def test_errors():
    one, box = torch.ones(1), CHAIN[:1]
    with pytest.raises(ValueError, match=r"scores must have shape \(1,\), its shape is \(2,\)"):
        nms(box, torch.ones(2), 0.5)
    with pytest.raises(ValueError, match="scores must be finite"):
        nms(box, one * math.nan, 0.5)
    with pytest.raises(ValueError, match="iou_threshold must be from 0 to 1, got 50"):
        nms(box, one, 50)
    with pytest.raises(TypeError, match=r"idxs must be a tensor of integers, got torch.float32"):
        batched_nms(box, one, one, 0.5)
    with pytest.raises(ValueError, match=r"idxs must have shape \(1,\), its shape is \(2,\)"):
        batched_nms(box, one, torch.zeros(2, dtype=torch.int64), 0.5)
    with pytest.raises(ValueError, match="'linear' or 'gaussian', got 'hard'"):
        soft_nms(box, one, "hard")
    with pytest.raises(ValueError, match="sigma must be positive, got 0"):
        soft_nms(box, one, "gaussian", sigma=0)
    with pytest.raises(ValueError, match="sigma must be positive, got nan"):
        soft_nms(box, one, "gaussian", sigma=math.nan)
    with pytest.raises(ValueError, match=r"the least is -1.0"):
        soft_nms(box, -one)


def test_against_torchvision(boxes, generator):
    """Where it can be imported, which next to a PyTorch without CUDA it cannot."""
    try:
        from torchvision import ops
    except (ImportError, RuntimeError):
        pytest.skip("torchvision cannot be imported here")
    drawn = boxes(500, size=200)
    drawn[:, 2:] += 1
    scores = torch.rand(500, generator=generator).double()
    idxs = torch.randint(0, 4, (500,), generator=generator)
    assert torch.equal(nms(drawn, scores, 0.35), ops.nms(drawn, scores, 0.35))
    assert torch.equal(batched_nms(drawn, scores, idxs, 0.35), ops.batched_nms(drawn, scores, idxs, 0.35))
