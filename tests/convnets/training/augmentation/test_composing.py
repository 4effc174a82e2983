"""What all augmentations have in common: generators, empty batches, boxes and masks, devices."""

import pytest
import torch

from convnets.training import augmentation as au

COMPONENTS = au.ColourComponents(torch.full((3,), 0.5), torch.tensor([0.1, 0.01, 0.001]), torch.eye(3))
EACH = {
    "flip": au.RandomFlip(),
    "crop": au.RandomCrop(2),
    "mirrored-crop": au.RandomCrop(2, padding_mode="reflect"),
    "scale": au.ScaleAndCrop(6, (6, 16)),
    "jitter": au.ColourJitter(),
    "pca": au.PCAColour(COMPONENTS, by="deviation"),
    "affine": au.RandomAffine(),
    "lens": au.RandomLensDistortion(),
}
ALL = au.Compose(*EACH.values())
each_of_them = pytest.mark.parametrize("augment", [*EACH.values(), ALL], ids=[*EACH, "all"])


@each_of_them
def test_the_same_seed_gives_the_same_images(augment, images):
    first, second, other = (augment(images, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, second)
    assert not torch.equal(first, other)


@each_of_them
def test_images_of_a_batch_are_changed_differently(augment, images):
    same = images[:1].expand(8, -1, -1, -1)
    assert len(augment(same, torch.Generator().manual_seed(0)).unique(dim=0)) > 1


@each_of_them
def test_inputs_stay_as_they_are(augment, images, boxes, masks, generator):
    copies = [values.clone() for values in (images, boxes, masks)]
    out = augment.apply(au.Annotated(images, boxes, masks), generator)
    assert all(torch.equal(*pair) for pair in zip((images, boxes, masks), copies, strict=True))
    assert out.images.dtype == images.dtype
    assert out.boxes.dtype == boxes.dtype
    assert out.masks.dtype == masks.dtype
    assert out.images.shape[-2:] == out.masks.shape[-2:]


@each_of_them
def test_no_images(augment, generator):
    empty = au.Annotated(
        torch.zeros(0, 3, 11, 8), torch.zeros(0, 2, 4), torch.zeros(0, 11, 8, dtype=torch.long)
    )
    out = augment.apply(empty, generator)
    assert len(out.images) == len(out.boxes) == len(out.masks) == 0
    assert out.images.shape[1] == 3
    no_boxes = au.Annotated(torch.zeros(2, 3, 11, 8), torch.zeros(2, 0, 4))
    assert augment.apply(no_boxes, generator).boxes.shape == (2, 0, 4)


def test_compose_goes_from_left_to_right(images):
    pair = au.RandomFlip(), au.RandomCrop(2)
    generator = torch.Generator().manual_seed(5)
    by_hand = pair[1](pair[0](images, generator), generator)
    assert torch.equal(au.Compose(*pair)(images, torch.Generator().manual_seed(5)), by_hand)
    assert torch.equal(au.Compose()(images, generator), images)


@pytest.mark.gpu
@each_of_them
def test_a_generator_on_the_cpu_gives_the_same_on_every_device(augment, images):
    here = augment(images, torch.Generator().manual_seed(1))
    there = augment(images.cuda(), torch.Generator().manual_seed(1))
    torch.testing.assert_close(there.cpu(), here, rtol=0, atol=1e-4)
    assert augment(images.cuda(), torch.Generator("cuda").manual_seed(1)).shape == here.shape


IMAGES = torch.zeros(2, 3, 4, 5)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda g: au.Compose(au.RandomFlip), TypeError, "Compose takes augmentations, got a type"),
        (lambda g: au.RandomFlip()([[1]], g), TypeError, "images must be a torch.Tensor, got list"),
        (lambda g: au.RandomFlip()(IMAGES.byte(), g), TypeError, "their dtype is torch.uint8"),
        (lambda g: au.RandomFlip()(torch.zeros(2, 3, 0, 5), g), ValueError, r"their shape is \(2, 3, 0, 5\)"),
        (
            lambda g: au.RandomFlip().apply(au.Annotated(IMAGES, torch.zeros(3, 1, 4)), g),
            ValueError,
            r"\(N, B, 4\) with N = 2 images, their shape is \(3, 1, 4\)",
        ),
        (
            lambda g: au.RandomFlip().apply(au.Annotated(IMAGES, torch.zeros(2, 1, 4, dtype=int)), g),
            TypeError,
            "boxes must be a tensor of floats, got torch.int64",
        ),
        (
            lambda g: au.RandomFlip().apply(au.Annotated(IMAGES, None, torch.zeros(2, 4, 4, dtype=int)), g),
            ValueError,
            r"for images \(2, 3, 4, 5\), their shape is \(2, 4, 4\)",
        ),
        (
            lambda g: au.RandomFlip().apply(au.Annotated(IMAGES, None, torch.zeros(2, 4, 5)), g),
            TypeError,
            "integers or truth values, got torch.float32",
        ),
        (lambda g: au.Augmentation()(IMAGES, g), NotImplementedError, "Augmentation does not say what it dr"),
    ],
    ids=["class", "list", "bytes", "no-rows", "boxes", "whole-boxes", "masks", "float-masks", "abstract"],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call(torch.Generator())
