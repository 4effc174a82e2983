"""Training detectors: that they learn, that a seed decides a run, what is measured, what is refused."""

import dataclasses
import json

import pytest
import torch

from convnets.detection import Backbone, Detections, FasterRcnn, Objects, Ssd, coco_average_precision
from convnets.detection.images import ObjectImages, drawn_shapes
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


def test_a_run_that_was_stopped_continues_exactly(tmp_path):
    """Faster R-CNN draws anchors and regions; stopped within an epoch, it goes on as if it had not been."""

    def detector(seed):
        torch.manual_seed(seed)
        options = {"size": 3, "hidden": 8, "num_proposals": 8, "num_samples": 8}
        return FasterRcnn(3, (8,), (1.0,), backbone=Backbone((4, 8)), **options)

    def loss(network, batch, generator):
        return network.loss(batch.images, batch.objects, generator).total

    def stopped(network, batch, generator):
        if not next(steps):
            raise KeyboardInterrupt
        return loss(network, batch, generator)

    settings, steps = dataclasses.replace(SETTINGS, test_every=1), iter([1, 1, 1, 0])
    whole = train(settings, detector(0), loss=loss, augment=RandomFlip())
    with pytest.raises(KeyboardInterrupt):
        train(settings, detector(0), loss=stopped, augment=RandomFlip(), folder=tmp_path)
    torch.rand(3)  # what is drawn in between makes no difference
    again = train(settings, detector(7), loss=loss, augment=RandomFlip(), folder=tmp_path)
    assert courses(again) == courses(whole)
    assert all(torch.equal(values, again.state[name]) for name, values in whole.state.items())


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


def test_outputs_that_are_not_finite_are_named_even_where_weights_are():
    network = small_detector()
    with torch.no_grad():
        network.score_heads[0].weight.fill_(3e38)
    with pytest.raises(NotFiniteError, match=r"epoch 1, step 1 of 2.*is that of score_heads.0 "):
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


def test_no_objects_to_be_found():
    nothing = Objects(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64))
    images = ObjectImages(torch.rand(2, 3, 24, 24), (nothing, nothing))
    with pytest.raises(ValueError, match="none of the images has an object"):
        record_detector(None, "small", small_detector(), images)


def test_no_images():
    with pytest.raises(ValueError, match="there is no image"):
        detect_all(small_detector(), drawn_shapes(0, 1, 24).take(torch.arange(0)))
