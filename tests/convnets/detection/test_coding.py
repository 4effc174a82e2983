"""Boxes as corrections of anchors: absolute values first, then back and forth."""

import math

import pytest
import torch

from convnets.detection import decode_boxes, decode_boxes_loops, encode_boxes, encode_boxes_loops
from convnets.detection.coding import MAX_LOG_SIZE

ANCHOR = torch.tensor([[10.0, 20, 30, 60]])
"""Centre (20, 40), 20 wide and 40 high."""
BOX = torch.tensor([[20.0, 40, 60, 50]])
"""Centre (40, 45), 40 wide and 10 high."""
DELTA = [20 / 20, 5 / 40, math.log(2), math.log(1 / 4)]
ENCODE = pytest.mark.parametrize("encode", [encode_boxes, encode_boxes_loops])
DECODE = pytest.mark.parametrize("decode", [decode_boxes, decode_boxes_loops])


@ENCODE
def test_encoding_by_hand(encode):
    assert encode(BOX, ANCHOR)[0].tolist() == pytest.approx(DELTA)
    weighted = [10 * DELTA[0], 10 * DELTA[1], 5 * DELTA[2], 5 * DELTA[3]]
    assert encode(BOX, ANCHOR, (10, 10, 5, 5))[0].tolist() == pytest.approx(weighted)
    assert encode(ANCHOR, ANCHOR).tolist() == [[0, 0, 0, 0]]


@DECODE
def test_decoding_by_hand(decode):
    """No correction is the anchor; half a width to the right is half its width."""
    deltas = torch.tensor([[0.0, 0, 0, 0], [0.5, 0, 0, 0], [0, -0.25, 0, 0], [0, 0, math.log(2), 0]])
    anchors = ANCHOR.expand(4, 4)
    expected = torch.tensor([[10.0, 20, 30, 60], [20, 20, 40, 60], [10, 10, 30, 50], [0, 20, 40, 60]])
    torch.testing.assert_close(decode(deltas, anchors), expected)
    torch.testing.assert_close(decode(deltas * 7, anchors, (7, 7, 7, 7)), expected)
    torch.testing.assert_close(decode(torch.tensor([DELTA]), ANCHOR), BOX)


@DECODE
def test_each_of_the_four_has_its_weight(decode):
    delta = torch.tensor([[1.0, 1, 1, 1]])
    assert decode(delta, ANCHOR, (2, 4, 1e9, 1e9))[0].tolist() == pytest.approx([20, 30, 40, 70])
    wide = decode(delta, ANCHOR, (1e9, 1e9, 1 / math.log(3), 1e9))[0].tolist()
    assert wide == pytest.approx([-10, 20, 50, 60])


@DECODE
def test_sizes_are_limited(decode):
    """62.5 times as wide, 2500 pixels in all, however much is asked for."""
    box = decode(torch.tensor([[0.0, 0, 50, -1000]]), ANCHOR)
    assert box[0].tolist() == pytest.approx([20 - 625, 40, 20 + 625, 40])
    assert math.exp(MAX_LOG_SIZE) == pytest.approx(62.5)
    wider = decode(torch.tensor([[0.0, 0, 50, 0]]), ANCHOR, max_log_size=math.log(100))
    assert wider[0].tolist() == pytest.approx([20 - 1000, 20, 20 + 1000, 60])


@pytest.fixture
def random_boxes(generator):
    corners = torch.rand(2, 50, 2, generator=generator).double() * 100
    sizes = 1 + torch.rand(2, 50, 2, generator=generator).double() * 40
    return torch.cat([corners, corners + sizes], dim=2)


def test_against_loops(random_boxes, generator):
    boxes, anchors = random_boxes
    weights = (10, 9, 5, 4)
    encoded = encode_boxes(boxes, anchors, weights)
    # logarithms of two libraries
    torch.testing.assert_close(encoded, encode_boxes_loops(boxes, anchors, weights), atol=1e-12, rtol=1e-12)
    deltas = torch.randn(50, 3, 4, generator=generator).double() * 4
    found = decode_boxes(deltas, anchors, weights)
    assert found.shape == (50, 3, 4)
    torch.testing.assert_close(found, decode_boxes_loops(deltas, anchors, weights), atol=1e-9, rtol=1e-12)
    assert torch.equal(found[:, 1], decode_boxes(deltas[:, 1], anchors, weights))


def test_there_and_back(random_boxes):
    boxes, anchors = random_boxes
    weights = (10, 9, 5, 4)
    torch.testing.assert_close(decode_boxes(encode_boxes(boxes, anchors, weights), anchors, weights), boxes)


def test_shift_and_scale_change_nothing(random_boxes):
    boxes, anchors = random_boxes
    torch.testing.assert_close(encode_boxes(3 * boxes + 8, 3 * anchors + 8), encode_boxes(boxes, anchors))


def test_gradients(random_boxes, generator):
    anchors = random_boxes[1][:5]
    deltas = torch.randn(5, 4, generator=generator).double().requires_grad_()
    assert torch.autograd.gradcheck(lambda x: decode_boxes(x, anchors, (10, 10, 5, 5)), deltas)


def test_no_boxes():
    none = torch.empty(0, 4)
    for function in (encode_boxes, encode_boxes_loops, decode_boxes, decode_boxes_loops):
        assert function(none, none).shape == (0, 4)
    for function in (decode_boxes, decode_boxes_loops):
        assert function(torch.empty(0, 3, 4), none).shape == (0, 3, 4)


@pytest.mark.parametrize("function", [encode_boxes, encode_boxes_loops, decode_boxes, decode_boxes_loops])
def test_errors(function):
    first = "boxes" if "encode" in function.__name__ else "deltas"
    with pytest.raises(ValueError, match=r"got shapes \(1, 4\) and \(2, 4\)"):
        function(ANCHOR, ANCHOR.expand(2, 4))
    with pytest.raises(ValueError, match=r"anchors must be .* x1 < x2 and y1 < y2; box 0 is"):
        function(ANCHOR, torch.tensor([[5.0, 0, 5, 4]]))
    with pytest.raises(ValueError, match=f"{first} must be finite"):
        function(ANCHOR * math.nan, ANCHOR)
    with pytest.raises(ValueError, match="four positive numbers"):
        function(ANCHOR, ANCHOR, (1, 1, 0, 1))
    with pytest.raises(ValueError, match="four positive numbers"):
        function(ANCHOR, ANCHOR, (1, 1, math.nan, 1))
    with pytest.raises(ValueError, match=f"{first} must have shape"):
        function(ANCHOR[0], ANCHOR)


@ENCODE
def test_a_box_of_no_size_has_no_code(encode):
    """As two in BCCD: its logarithm would be minus infinity."""
    with pytest.raises(ValueError, match=r"boxes must be .* x1 < x2 and y1 < y2; box 0 is"):
        encode(torch.tensor([[5.0, 5, 5, 5]]), ANCHOR)
