"""What the experiments with detectors say about themselves is so; that they learn is tested with the rest."""

import pytest
import torch

from convnets.detection import Objects, box_iou
from convnets.detection.experiments import bccd, faster, masks, pets, rcnn, yolo
from convnets.detection.images import ObjectImages
from convnets.training import experiments

MODULES = {"bccd": bccd, "faster": faster, "masks": masks, "pets": pets, "rcnn": rcnn, "yolo": yolo}


def scene(*boxes):
    """One image of 60×60 with these boxes, all of class 0."""
    entry = Objects(torch.tensor(boxes, dtype=torch.float32), torch.zeros(len(boxes), dtype=torch.int64))
    return ObjectImages(torch.zeros(1, 3, 60, 60), (entry,))


def test_they_are_found_by_their_files():
    assert experiments.PARTS["detection"] == tuple(sorted(MODULES))
    for name, module in MODULES.items():
        assert experiments.load(name) is module


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("size", ["full", "reduced", "smoke"])
def test_every_network_can_be_built(name, size):
    module = MODULES[name]
    with torch.device("meta"):
        for variant in module.VARIANTS:
            assert sum(each.numel() for each in module.network(module.SIZES[size], variant).parameters())


def test_the_detector_of_blood_cells_is_as_large_as_the_one_measured_before():
    with torch.device("meta"):
        network = bccd.network(bccd.SIZES["full"], bccd.SHIPPED)
    assert round(sum(each.numel() for each in network.parameters()) / 1e6, 2) == 0.42


def test_objects_that_share_a_cell():
    images = scene((0, 0, 10, 10), (8, 8, 20, 20), (40, 40, 60, 60))  # centres 5, 14 and 50
    assert yolo.lost_share(images, 3) == pytest.approx(1 / 3)  # cells of 20: the first two share one
    assert yolo.lost_share(images, 6) == 0
    assert yolo.lost_share(images, 1) == pytest.approx(2 / 3)


def test_guessing_the_mean_box():
    train = scene((0, 0, 20, 20))
    assert pets.guess_error(train, scene((0, 0, 20, 20))) == 0
    assert pets.guess_error(train, scene((0, 0, 20, 10))) == 1, "an overlap of ½ is not enough"


def test_recall_of_proposals_grows():
    torch.manual_seed(0)
    size = faster.SIZES["smoke"]
    detector = faster.network(size, faster.SHIPPED).train()
    recall = faster.proposal_recall(detector, yolo.load(size, "test"))
    assert len(recall) == len(faster.PROPOSED)
    assert recall == sorted(recall)
    assert 0 <= recall[0] <= recall[-1] <= 1
    assert detector.training


def test_segments_propose_what_is_drawn():
    images = yolo.load({"num": (1, 30), "side": 48}, "test").with_regions(rcnn.propose)
    pairs = zip(images.objects, images.regions, strict=True)
    best = torch.cat([box_iou(entry.boxes, regions).amax(dim=1) for entry, regions in pairs])
    assert float((best > 0.5).double().mean()) > 0.9
