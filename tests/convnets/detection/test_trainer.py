"""Training detectors: that they learn, that a seed decides a run, what is measured, what is refused."""

import dataclasses
import json

import pytest
import torch

from convnets.detection import Backbone, Detections, Ssd, coco_average_precision
from convnets.detection.images import drawn_shapes
from convnets.detection.trainer import average_precision_50, detect_all, fit_detector, record_detector
from convnets.training import NotFiniteError, Settings
from convnets.training.augmentation import RandomFlip

SETTINGS = Settings(epochs=3, batch_size=4, optimizer="adamw", learning_rate=5e-3, test_every=3)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    torch.set_num_threads(1)


def small_detector(seed=0):
    torch.manual_seed(seed)
    return Ssd(3, Backbone((4, 8)), extra=(8,), scales=(0.2, 0.35, 0.5))


def train(settings=SETTINGS, network=None, **options):
    network = network or small_detector()
    images = drawn_shapes(0, 8, 24), drawn_shapes(1, 3, 24)
    return fit_detector(network, *images, settings, device="cpu", progress=False, **options)


def courses(run):
    return [epoch[:-1] for epoch in run.history]


def test_the_loss_falls():
    run = train(augment=RandomFlip())
    assert run.history[-1].train_loss < run.history[0].train_loss
    assert [epoch.train_error for epoch in run.history] == [None] * 3
    assert [epoch.test_error is None for epoch in run.history] == [True, True, False]
    assert run.history[-1].test_loss is None


def test_same_seed_same_run_other_seed_other_run():
    first, again, other = train(), train(), train(dataclasses.replace(SETTINGS, seed=1))
    assert courses(first) == courses(again) != courses(other)


def test_a_finished_run_continues_from_its_folder(tmp_path):
    whole = train(folder=tmp_path)
    assert courses(train(network=small_detector(7), folder=tmp_path)) == courses(whole)


def test_the_error_is_what_is_missing_to_the_measure():
    assert train(measure=lambda detections, objects: 0.75).error == 0.25
    assert train(measure=lambda detections, objects: len(objects) / 3).error == 0


def test_detecting_everything_that_is_there():
    """An oracle finds each object: all averages are 1."""
    images, network = drawn_shapes(0, 5, 24), small_detector()

    def oracle(detector, batch):
        assert not detector.training
        return [
            Detections(entry.boxes, entry.labels, torch.ones(len(entry.labels))) for entry in batch.objects
        ]

    network.train()
    found = detect_all(network, images, detect=oracle, batch_size=2)
    assert network.training
    assert len(found.detections) == len(found.objects) == 5
    assert found.seconds >= 0
    assert average_precision_50(found.detections, found.objects) == 1
    record = record_detector(train(), "oracle", network, images, detect=oracle, depth=3)
    assert (record["ap"], record["ap50"], record["ap75"], record["error"]) == (1, 1, 1, 0)
    assert (record["num_test"], record["depth"], set(record["per_class"].values())) == (5, 3, {1})
    assert json.loads(json.dumps(record)) == record


def test_a_record_is_what_the_metrics_say():
    images, network = drawn_shapes(1, 3, 24), small_detector()
    run = train(network=network)
    record, found = record_detector(run, "small", network, images), detect_all(network, images)
    result = coco_average_precision(found.detections, found.objects)
    assert record["ap"] == pytest.approx(result.ap, abs=1e-5)
    assert record["error"] == pytest.approx(run.error, abs=1e-5)


def test_a_loss_that_is_no_number_says_where():
    def loss(network, batch, generator):
        network(batch.images)
        return torch.tensor(float("nan"), requires_grad=True)

    with pytest.raises(NotFiniteError, match=r"in epoch 1, step 1 of 2.*the loss itself is not"):
        train(loss=loss)


def test_a_step_that_was_too_large_is_named():
    network = small_detector()
    with torch.no_grad():
        network.offset_heads[0].weight.fill_(float("nan"))
    with pytest.raises(NotFiniteError, match=r"The parameter offset_heads.0.weight is not finite"):
        train(network=network)


def test_other_mistakes_stay_what_they_are():
    def loss(network, batch, generator):
        raise ValueError("a box is bad")

    with pytest.raises(ValueError, match="a box is bad"):
        train(loss=loss)


@pytest.mark.parametrize("changes", [{"precision": "bfloat16"}, {"compile": True}], ids=str)
def test_settings_that_are_left_out(changes):
    with pytest.raises(ValueError, match="detectors are trained by one process"):
        train(dataclasses.replace(SETTINGS, **changes))


def test_no_images():
    with pytest.raises(ValueError, match="there is no image"):
        detect_all(small_detector(), drawn_shapes(0, 1, 24).take(torch.arange(0)))
