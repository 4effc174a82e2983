"""Errors and confusions by hand, and networks asked in batches."""

import pytest
import torch

from convnets.training import Images, confusion_matrix, evaluate, predict, top_k_error

from .samples import small_network, stripes

LOGITS = torch.tensor([[5.0, 1, 0], [0, 2, 3], [1, 2, 3], [4, 3, 2]])
LABELS = torch.tensor([0, 1, 0, 2])


@pytest.mark.parametrize(("k", "error"), [(1, 0.75), (2, 0.5), (3, 0.0)])
def test_top_k_error_by_hand(k, error):
    assert top_k_error(LOGITS, LABELS, k) == error


def test_top_k_error_is_counted_one_by_one():
    logits, labels = torch.randn(50, 7, generator=torch.Generator().manual_seed(0)), torch.arange(50) % 7
    for k in range(1, 8):
        wrong = sum(
            label not in row.argsort(descending=True)[:k] for row, label in zip(logits, labels, strict=True)
        )
        assert top_k_error(logits, labels, k) == pytest.approx(wrong / 50)


def test_confusion_by_hand():
    # answers 0, 2, 2, 0 for labels 0, 1, 0, 2
    expected = [[1, 0, 1], [0, 0, 1], [1, 0, 0]]
    assert confusion_matrix(LOGITS, LABELS, 3).tolist() == expected
    assert confusion_matrix(torch.tensor([0, 2, 2, 0]), LABELS, 3).tolist() == expected
    assert confusion_matrix(LABELS[:0], LABELS[:0], 2).tolist() == [[0, 0], [0, 0]]
    matrix = confusion_matrix(LOGITS, LABELS, 4)
    assert 1 - matrix.trace() / matrix.sum() == top_k_error(LOGITS, LABELS)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: top_k_error(LOGITS, LABELS[:3]), r"got \(4, 3\) and \(3,\)"),
        (lambda: top_k_error(LOGITS[:0], LABELS[:0]), "at least one image"),
        (lambda: top_k_error(LOGITS, LABELS, 4), "k must be from 1 to 3, the number of classes, got 4"),
        (lambda: confusion_matrix(LABELS, LABELS[:2], 3), r"got \(4,\) answers for \(2,\) labels"),
        (lambda: confusion_matrix(LABELS, LABELS, 2), "classes must be from 0 to 1, got up to 2"),
        (lambda: evaluate(small_network(), stripes(0)), "there is no image to be right or wrong about"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_networks_are_asked_in_batches_and_left_as_they_were():
    network, images = small_network(dropout=0.5), stripes()
    network.train()
    whole = predict(network, images)
    assert network.training
    network.eval()
    torch.testing.assert_close(whole, network(images.prepared()).detach())
    # other batches may be summed in another order
    torch.testing.assert_close(predict(network, images, batch_size=7), whole, rtol=1e-5, atol=1e-6)
    assert not network.training
    assert predict(network, stripes(0)).shape == (0,)


def test_evaluation_by_hand():
    network = torch.nn.Sequential(torch.nn.Flatten())
    images = Images(torch.tensor([[0.0, 1.0], [1.0, 0.0]]).view(2, 2, 1, 1), torch.tensor([1, 1]))
    found = evaluate(network, images, loss=lambda logits, labels: logits[:, 0] + labels)
    assert found == (1.5, 0.5)
    # cross-entropy of logits 0, 1 for class 1 and for class 0: log(1 + e⁻¹) and log(1 + e)
    expected = (torch.tensor([-1.0, 1.0]).exp() + 1).log().mean()
    assert evaluate(network, images).loss == pytest.approx(float(expected))
