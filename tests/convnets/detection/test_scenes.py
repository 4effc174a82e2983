"""Scenes and photographs as networks and metrics take them."""

import numpy as np
import torch

from convnets import data, detection


def test_a_scene():
    (scene,) = data.shapes(np.random.default_rng(5), 1, size=40)
    image, objects, keypoints = detection.objects_of_scene(scene)
    assert (image.shape, image.dtype) == ((3, 40, 40), torch.float32)
    assert objects.labels.tolist() == scene.classes.tolist()
    assert torch.equal(objects.boxes, detection.masks_to_boxes(objects.masks))
    assert keypoints.shape == (len(objects.boxes), 5, 2)


BOXED = data.BoxedImages(
    (np.full((3, 4, 5), 255, np.uint8),),
    (np.array([[0, 1, 2, 3]], np.float32),),
    (np.array([1]),),
    (np.array([True]),),
    ("cat", "dog"),
    ("one",),
)


def test_a_photograph_stretched():
    """To twice the height and three times the width."""
    image, objects = detection.objects_of_boxed(BOXED, 0, (8, 15))
    assert image.shape == (3, 8, 15)
    assert objects.boxes.tolist() == [[0, 2, 6, 6]]


def test_a_photograph():
    image, objects = detection.objects_of_boxed(BOXED, 0)
    assert (image == 1).all()
    assert objects.boxes.tolist() == [[0, 1, 2, 3]]
    assert (objects.labels.tolist(), objects.difficult.tolist()) == ([1], [True])
