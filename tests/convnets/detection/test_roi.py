"""Regions of maps of features: pooled and aligned, by hand, against the loops, and on a plane."""

import itertools

import pytest
import torch

from convnets import detection

POOLS = {
    "roi_pool": (detection.roi_pool, detection.roi_pool_loops),
    "roi_align": (detection.roi_align, detection.roi_align_loops),
}


def random_boxes(generator, num, reach=40.0):
    corners = torch.rand(num, 2, 2, generator=generator, dtype=torch.float64) * (reach + 20) - 10
    return torch.cat([corners.amin(dim=1), corners.amax(dim=1)], dim=1)


@pytest.fixture
def plane():
    """F = 2x + 3y + 1 at the centres of 10 by 12 cells, the first at (½, ½)."""
    y, x = torch.meshgrid(torch.arange(10) + 0.5, torch.arange(12) + 0.5, indexing="ij")
    return (2 * x + 3 * y + 1).double()[None, None]


def test_pooling_by_hand():
    """Cells 0 to 3 of a 4 by 4 map are halved; at output 3 the bins 0-1, 1-2, 2-3 share cells."""
    features = torch.arange(16.0).view(1, 1, 4, 4)
    whole = torch.tensor([[0.0, 0.0, 0.0, 3.0, 3.0]])
    assert detection.roi_pool(features, whole, 2).tolist() == [[[[5, 7], [13, 15]]]]
    assert detection.roi_pool(features, whole, 3).flatten().tolist() == [5, 6, 7, 9, 10, 11, 13, 14, 15]


def test_pooling_rounds_halves_away_from_zero():
    """Corner 2.5 cells is cell 3, and 1.5 is cell 2: a region of 2 by 2 cells."""
    features = torch.arange(25.0).view(1, 1, 5, 5)
    boxes = torch.tensor([[0, 5.0, 3.0, 6.0, 5.0]])  # in pixels, two to a cell
    assert detection.roi_pool(features, boxes, 1, 0.5).item() == 3 * 5 + 3
    assert detection.roi_pool(features, boxes, (2, 1), 0.5).flatten().tolist() == [13, 18]


def test_align_by_hand():
    """The centre of four cells is their mean; unaligned, the same box lies half a cell farther on."""
    features = torch.tensor([[0.0, 1.0], [2.0, 5.0]]).view(1, 1, 2, 2)
    boxes = [torch.tensor([[0.0, 0.0, 2.0, 2.0]])]
    assert detection.roi_align(features, boxes, 1, sampling_ratio=1, aligned=True).item() == 2
    assert detection.roi_align(features, boxes, 1, sampling_ratio=1).item() == 5
    assert detection.roi_align(features, boxes, 2, aligned=True).flatten().tolist() == [0, 1, 2, 5]


@pytest.mark.parametrize("ratio", [-1, 1, 3])
def test_aligned_is_exact_on_a_plane(plane, ratio):
    """Bilinear samples of F = 2x + 3y + 1 are F, and their mean is F at the centre of the bin."""
    boxes = torch.tensor([[1.3, 2.1, 8.7, 9.2], [4.0, 3.0, 4.5, 3.25]], dtype=torch.float64) * 4
    out = detection.roi_align(plane, [boxes], (2, 3), 0.25, ratio, aligned=True)
    for box, values in zip(boxes / 4, out, strict=True):
        width, height = (box[2:] - box[:2]).tolist()
        for i, j in itertools.product(range(2), range(3)):
            x, y = box[0] + (j + 0.5) * width / 3, box[1] + (i + 0.5) * height / 2
            # float64: a few roundings of numbers below 60
            torch.testing.assert_close(values[0, i, j], 2 * x + 3 * y + 1, rtol=0, atol=1e-12)


def test_unaligned_is_half_a_cell_off(plane):
    """The slope times the shift: (2 + 3) / 2."""
    boxes = [torch.tensor([[2.0, 2.0, 8.0, 6.0]])]
    aligned = detection.roi_align(plane, boxes, 2, sampling_ratio=2, aligned=True)
    shifted = detection.roi_align(plane, boxes, 2, sampling_ratio=2)
    torch.testing.assert_close(shifted - aligned, torch.full_like(aligned, 2.5))


def test_pooling_is_not_exact_on_a_plane(plane):
    """Rounding moves a region by up to half a cell: two boxes a third of a cell apart come out alike."""
    near, far = torch.tensor([[2.0, 2.0, 6.0, 6.0]]), torch.tensor([[2.3, 2.3, 6.3, 6.3]])
    assert torch.equal(detection.roi_pool(plane, [near], 2), detection.roi_pool(plane, [far], 2))
    assert not torch.allclose(*(detection.roi_align(plane, [box], 2, aligned=True) for box in (near, far)))


@pytest.mark.parametrize("size", [1, (3, 2), 7])
@pytest.mark.parametrize("scale", [1.0, 0.25])
def test_pooling_against_loops(generator, size, scale):
    """Boxes reach beyond the map on every side, or lie wholly outside."""
    features = torch.randn(2, 3, 9, 11, generator=generator, dtype=torch.float64)
    boxes = [random_boxes(generator, 12, 40 if scale < 1 else 11), random_boxes(generator, 5)]
    fast = detection.roi_pool(features, boxes, size, scale)
    assert fast.shape[:2] == (17, 3)
    torch.testing.assert_close(fast, detection.roi_pool_loops(features, boxes, size, scale), rtol=0, atol=0)


@pytest.mark.parametrize("aligned", [False, True], ids=["unaligned", "aligned"])
@pytest.mark.parametrize("ratio", [-1, 2])
@pytest.mark.parametrize("size", [1, (3, 2)])
def test_align_against_loops(generator, aligned, ratio, size):
    features = torch.randn(2, 3, 9, 11, generator=generator, dtype=torch.float64)
    boxes = [random_boxes(generator, 10), random_boxes(generator, 4)]
    arguments = (features, boxes, size, 0.25, ratio, aligned)
    # float64: sums of a few dozen products in another order
    torch.testing.assert_close(
        detection.roi_align(*arguments), detection.roi_align_loops(*arguments), rtol=0, atol=1e-12
    )


def test_align_as_torchvision(generator):
    ops = pytest.importorskip("torchvision.ops", exc_type=(ImportError, RuntimeError))
    features = torch.randn(2, 3, 9, 11, generator=generator)
    boxes = [random_boxes(generator, 10).float(), random_boxes(generator, 4).float()]
    for aligned in (False, True):
        # float32 and other orders of summation
        expected = ops.roi_align(features, boxes, (3, 2), 0.25, -1, aligned)
        torch.testing.assert_close(
            detection.roi_align(features, boxes, (3, 2), 0.25, -1, aligned), expected, atol=1e-5, rtol=0
        )
    torch.testing.assert_close(
        detection.roi_pool(features, boxes, (3, 2), 0.25), ops.roi_pool(features, boxes, (3, 2), 0.25)
    )


@pytest.mark.parametrize("name", POOLS)
def test_gradients(generator, name):
    """Against differences; the numbers are far enough apart for no maximum to change."""
    features = torch.randperm(2 * 30, generator=generator).double().view(1, 2, 5, 6).requires_grad_()
    boxes = [random_boxes(generator, 4, 6)]
    assert torch.autograd.gradcheck(lambda x: POOLS[name][0](x, boxes, (2, 3)), features)


@pytest.mark.parametrize("name", POOLS)
def test_both_forms_of_boxes(generator, name):
    features = torch.randn(2, 1, 5, 6, generator=generator, dtype=torch.float64)
    boxes = [random_boxes(generator, 3, 6), random_boxes(generator, 2, 6)]
    indexed = torch.cat([torch.tensor([0, 0, 0, 1, 1.0])[:, None], torch.cat(boxes)], dim=1)
    for form in POOLS[name]:
        assert torch.equal(form(features, boxes, 2), form(features, indexed, 2))


@pytest.mark.parametrize("name", POOLS)
def test_no_boxes(name):
    features = torch.ones(2, 3, 5, 6, requires_grad=True)
    for form in POOLS[name]:
        for boxes in (torch.zeros(0, 5), [torch.zeros(0, 4), torch.zeros(0, 4)]):
            assert form(features, boxes, (2, 4)).shape == (0, 3, 2, 4)


def test_a_box_without_size_is_a_point(plane):
    """Aligned it is the value there; pooled it is the greatest of its one cell."""
    boxes = [torch.tensor([[3.0, 2.0, 3.0, 2.0]])]
    assert detection.roi_align(plane, boxes, 1, aligned=True).item() == pytest.approx(2 * 3 + 3 * 2 + 1)
    assert detection.roi_pool(plane, boxes, 1).item() == 2 * 3.5 + 3 * 2.5 + 1


def test_what_is_no_number_stays_none():
    """A map spoilt in one cell spoils the bins that see it, and no others."""
    features = torch.ones(1, 1, 4, 4)
    features[0, 0, 0, 3] = float("nan")
    boxes = [torch.tensor([[0.0, 0, 3, 3]])]
    for form in POOLS["roi_pool"]:
        assert form(features, boxes, 2).isnan().tolist() == [[[[False, True], [False, False]]]]


def test_far_outside_is_zero():
    features = torch.ones(1, 2, 5, 6)
    boxes = [torch.tensor([[-30.0, -30.0, -20.0, -20.0], [50.0, 1.0, 60.0, 3.0]])]
    for fast, loops in POOLS.values():
        assert not fast(features, boxes, 2).any()
        assert not loops(features, boxes, 2).any()


@pytest.mark.parametrize("name", POOLS)
@pytest.mark.parametrize(
    ("features", "boxes", "size", "complaint"),
    [
        (torch.ones(3, 5, 6), torch.zeros(0, 5), 2, r"\(N, C, H, W\), its shape is \(3, 5, 6\)"),
        (torch.ones(1, 3, 5, 6), torch.zeros(1, 4), 2, r"boxes must have shape \(any, 5\)"),
        (torch.ones(1, 3, 5, 6), torch.tensor([[1.0, 0, 0, 1, 1]]), 2, "one of 1 images"),
        (torch.ones(1, 3, 5, 6), torch.tensor([[0.0, 2, 0, 1, 1]]), 2, "x1 <= x2"),
        (torch.ones(1, 3, 5, 6), [torch.tensor([[0.0, 0, float("nan"), 1]])], 2, "finite"),
        (torch.ones(2, 3, 5, 6), [torch.zeros(0, 4)], 2, "each of 2 images"),
        (torch.ones(1, 3, 5, 6), torch.zeros(0, 5), 0, "output_size must be positive"),
    ],
    ids=["axes", "columns", "index", "order", "nan", "images", "size"],
)
def test_complaints(name, features, boxes, size, complaint):
    for form in POOLS[name]:
        with pytest.raises(ValueError, match=complaint):
            form(features, boxes, size)


@pytest.mark.parametrize("name", POOLS)
def test_integers_are_no_features(name):
    with pytest.raises(TypeError, match="tensor of floats"):
        POOLS[name][0](torch.ones(1, 3, 5, 6).long(), torch.zeros(0, 5), 2)
