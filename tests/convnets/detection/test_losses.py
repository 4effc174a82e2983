"""Losses that all detectors share, and the backbone under them."""

import pytest
import torch

from convnets import detection


def test_box_loss_by_hand():
    """½² / 2 below one, 3 − ½ above."""
    offsets = torch.tensor([[0.5, 0, 0, 0], [0, -3.0, 0, 0]])
    assert detection.box_loss(offsets, torch.zeros(2, 4), 2).item() == (0.125 + 2.5) / 2


@pytest.mark.parametrize("beta", [1.0, 1 / 9])
def test_box_loss_against_loops(beta):
    offsets, targets = torch.randn(2, 6, 4, generator=torch.Generator().manual_seed(1)).unbind()
    fast = detection.box_loss(offsets, targets, 3, beta)
    torch.testing.assert_close(fast, detection.box_loss_loops(offsets, targets, 3, beta))


def test_nothing_to_pay_is_zero_with_a_gradient():
    offsets = torch.zeros(0, 4, requires_grad=True)
    for loss in (
        detection.box_loss(offsets, torch.zeros(0, 4), 0),
        detection.class_loss(offsets, torch.zeros(0)),
    ):
        assert loss == 0
        loss.backward()


@pytest.mark.parametrize("label", [-1, 4])
def test_labels_that_are_no_classes(label):
    with pytest.raises(ValueError, match=f"labels must be from 0 to 3, got {label}"):
        detection.class_loss(torch.zeros(2, 4), torch.tensor([3, label]))


def test_class_loss_by_hand():
    assert detection.class_loss(torch.zeros(3, 4), torch.tensor([0, 1, 3])).item() == pytest.approx(1.3862944)


@pytest.mark.parametrize(
    ("offsets", "num", "beta", "complaint"),
    [
        (torch.zeros(2, 3), 1, 1, r"\(P, 4\), their shapes are \(2, 3\)"),
        (torch.zeros(2, 4), -1, 1, "num >= 0"),
        (torch.zeros(2, 4), 1, 0, "beta > 0"),
    ],
    ids=["shape", "num", "beta"],
)
def test_bad_losses(offsets, num, beta, complaint):
    for form in (detection.box_loss, detection.box_loss_loops):
        with pytest.raises(ValueError, match=complaint):
            form(offsets, torch.zeros(2, 4), num, beta)


def test_backbone():
    """Three stages halve twice, sizes that do not divide rounded up."""
    backbone = detection.Backbone((4, 6, 8))
    assert (backbone.out_channels, backbone.stride) == (8, 4)
    assert backbone(torch.zeros(2, 3, 13, 16)).shape == (2, 8, 4, 4)
    with pytest.raises(ValueError, match="at least one stage"):
        detection.Backbone(())
