"""Images with their objects: picked, moved along with augmentations, loaded and drawn."""

import pytest
import torch

from convnets.detection import Objects
from convnets.detection.images import ObjectImages, drawn_digits, drawn_shapes
from convnets.training.augmentation import RandomCrop, RandomFlip


def three_images():
    """Images of 4×6 pixels with one object, none, and two with masks of a column each."""
    masks = torch.zeros(2, 4, 6, dtype=torch.bool)
    masks[0, :, 0], masks[1, :, 5] = True, True
    counts = [masks[:1], masks[:0], masks]
    boxes = torch.tensor([[0.0, 0, 1, 4], [5, 0, 6, 4]])
    objects = tuple(
        Objects(boxes[: len(part)], torch.arange(len(part)), masks=part.clone()) for part in counts
    )
    return ObjectImages(torch.rand(3, 3, 4, 6, generator=torch.Generator().manual_seed(0)), objects)


def test_picking():
    images = three_images()
    assert (len(images), images.shape) == (3, (3, 4, 6))
    taken = images.take(torch.tensor([2, 0]))
    assert torch.equal(taken.images, images.images[[2, 0]])
    assert [len(entry.boxes) for entry in taken.objects] == [2, 1]
    assert [len(part) for part in images.split(2)] == [2, 1]
    assert images.take(torch.arange(0)).split(2) == []
    assert [len(images.spread(num)) for num in (None, 9, 2)] == [3, 3, 2]
    assert torch.equal(images.spread(2).images, images.images[[0, 2]])


def test_regions_are_picked_along():
    images = three_images().with_regions(lambda image: torch.zeros(int(10 * image.mean()), 4))
    assert [len(part) for part in images.take(torch.tensor([1])).regions] == [len(images.regions[1])]
    assert len(images.to("cpu").regions) == 3
    with pytest.raises(ValueError, match="regions do not move along"):
        images.augmented(RandomFlip(1.0), torch.Generator())


def test_a_flip_by_hand():
    flipped = three_images().augmented(RandomFlip(1.0), torch.Generator().manual_seed(0))
    assert torch.equal(flipped.images, three_images().images.flip(-1))
    assert flipped.objects[0].boxes.tolist() == [[5, 0, 6, 4]]
    assert flipped.objects[1].boxes.shape == (0, 4)
    assert flipped.objects[2].labels.tolist() == [0, 1]
    assert torch.equal(flipped.objects[2].masks, three_images().objects[2].masks.flip(-1))


def test_objects_that_have_left_the_image_are_left_out():
    images = drawn_digits(0, 20, 24)
    moved = images.augmented(RandomCrop(12), torch.Generator().manual_seed(0))
    before, after = (sum(len(entry.boxes) for entry in each.objects) for each in (images, moved))
    assert 0 < after < before
    for entry in moved.objects:
        assert len(entry.boxes) == len(entry.labels) == len(entry.difficult)
        assert bool(((entry.boxes[:, 2:] - entry.boxes[:, :2]) >= 1).all())
        assert entry.masks is None


def test_an_image_set_without_objects_is_augmented():
    images = ObjectImages(torch.zeros(2, 3, 4, 4), (Objects(torch.zeros(0, 4), torch.zeros(0)),) * 2)
    found = images.augmented(RandomFlip(), torch.Generator())
    assert [len(entry.boxes) for entry in found.objects] == [0, 0]


def test_scenes_are_the_same_for_the_same_seed():
    first, again, other = (drawn_shapes(seed, 3, 32) for seed in (0, 0, 1))
    assert torch.equal(first.images, again.images)
    assert not torch.equal(first.images, other.images)
    assert first.shape == (3, 32, 32)
    assert all(entry.masks.shape == (len(entry.boxes), 32, 32) for entry in first.objects)
    writers = [drawn_digits(0, 3, 32, split=split).images for split in ("train", "test")]
    assert not torch.equal(*writers)


def test_errors():
    with pytest.raises(ValueError, match=r"images \(2, 3, 4, 4\), objects of 1 and regions of no"):
        ObjectImages(torch.zeros(2, 3, 4, 4), (Objects(torch.zeros(0, 4), torch.zeros(0)),))
    images = three_images()
    for regions in ((torch.zeros(1, 4),), ()):
        with pytest.raises(ValueError, match=f"regions of {len(regions)}"):
            ObjectImages(images.images, images.objects, regions)
