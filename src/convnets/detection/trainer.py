"""Training detectors: the loop of :mod:`convnets.training`, with boxes in place of labels.

Order, schedule, clock, checkpoints and records are those of :func:`convnets.training.fit`. What differs is
what is asked of the network after each batch, its own loss, and after an epoch, how well what it detects in
the test images fits what is there. Left out are several processes and half precision: the boxes of each image
are worked on by themselves, which leaves a GPU little to gain from either.
"""

import dataclasses
from contextlib import suppress
from typing import NamedTuple

import torch

from convnets.detection.metrics import coco_average_precision
from convnets.training import distributed
from convnets.training.failures import ALL_FINITE, NotFiniteError, where_it_broke
from convnets.training.loop import Loop, clock
from convnets.training.trainer import run_loop

__all__ = ["Found", "average_precision_50", "detect_all", "fit_detector", "record_detector"]


def fit_detector(
    network,
    train,
    test,
    settings,
    *,
    loss=None,
    detect=None,
    measure=None,
    augment=None,
    folder=None,
    device=None,
    progress=True,
):
    """Train a detector.

    Parameters
    ----------
    network : torch.nn.Module
        Moved to the device and changed in place. Its weights are not drawn here: seed PyTorch before it is
        built.
    train, test : ObjectImages
    settings : convnets.training.Settings
    loss : callable, optional
        Takes the network, a batch of :class:`ObjectImages` and a ``torch.Generator``; returns a number, the
        mean over the batch. By default ``network.loss(images, objects).total``.
    detect : callable, optional
        Takes the network and a batch, returns :class:`Detections` for each image. By default
        ``network.detect(images)``.
    measure : callable, optional
        Takes all detections and objects of the test images, returns how right they are, from 0 to 1; the test
        error is what is missing to 1. By default :func:`average_precision_50`.
    augment : convnets.training.augmentation.Augmentation, optional
    folder, device, progress
        As of :func:`convnets.training.fit`.

    Returns
    -------
    convnets.training.Run
        Without training errors and test losses, which are None.

    Raises
    ------
    ValueError
        As :func:`convnets.training.fit` does; and for settings that are left out here.
    NotFiniteError, MemoryError
        As :func:`convnets.training.fit` does.
    """
    if settings.precision != "float32" or settings.compile or distributed.here().num > 1:
        raise ValueError(
            'detectors are trained by one process, with precision="float32" and compile=False; got '
            f"{distributed.here().num}, {settings.precision!r} and {settings.compile}"
        )

    def begin(device):
        own = loss or _own_loss, detect, measure or average_precision_50
        return DetectorLoop(network.to(device), train.to(device), settings, augment, device, *own)

    return run_loop(begin, train, test, settings, folder=folder, device=device, progress=progress)


def _own_loss(network, batch, generator):
    return network.loss(batch.images, batch.objects).total


class DetectorLoop(Loop):
    """What :func:`fit_detector` is told, ready to use; batches are :class:`ObjectImages`."""

    def __init__(self, network, train, settings, augment, device, loss, detect, measure):
        super().__init__(network, train, settings, augment, loss, device)
        self.detect, self.measure = detect, measure
        self.place = ""

    def check(self, test):
        """Check nothing: the loss functions of detection check their targets."""

    def batch(self, index, number, step):
        """Return a batch, augmented by what epoch and step alone decide."""
        self.draw_for(number, step)
        self.place = f"in epoch {number + 1}, step {step} of {self.num_steps}"
        batch = self.train.take(index)
        if self.augment is not None:
            batch = batch.augmented(self.augment, self.generator)
        return dataclasses.replace(batch, images=batch.images.to(memory_format=self.layout))

    def ask(self, batch, index):
        """Return the loss, and 0 for the number of wrong answers, which detection does not count."""
        try:
            mean = self.loss(self.network, batch, self.generator)
        except ValueError as error:
            where = self.where(batch)
            if where == ALL_FINITE:
                raise
            raise NotFiniteError(
                f"there is no loss {self.place}. {where} Try a lower learning rate or a warm-up."
            ) from error
        return mean, torch.zeros_like(mean.detach())

    def epoch(self, history, bar):
        """Show each image to the network once; return an epoch without training error and test."""
        return super().epoch(history, bar)._replace(train_error=None)

    def where(self, batch):
        """Return a sentence that names the first place where a number is not finite."""

        def again(images):
            with suppress(ValueError):  # what is not finite is refused by what comes after it
                self.loss(self.network, batch, self.generator)

        return where_it_broke(self.network, batch.images, again)

    def judge(self, test):
        """Return None for the loss, and what is missing to the best measure."""
        found = detect_all(self.network, test, detect=self.detect)
        return None, 1 - self.measure(found.detections, found.objects)


class Found(NamedTuple):
    """What a detector finds in a set of images.

    Attributes
    ----------
    detections : list of Detections
        Of each image, on the CPU.
    objects : list of Objects
        What is there, on the CPU.
    seconds : float
        For one image, on average: processor time on a CPU, the clock on a GPU.
    """

    detections: list
    objects: list
    seconds: float


def detect_all(network, images, *, detect=None, batch_size=16):
    """Detect in all images, with the network in evaluation mode meanwhile.

    Parameters
    ----------
    network : torch.nn.Module
    images : ObjectImages
        On the device of the network.
    detect : callable, optional
        As of :func:`fit_detector`.
    batch_size : int
        How many images at once.

    Returns
    -------
    Found

    Raises
    ------
    ValueError
        If there is no image.
    """
    if not len(images):
        raise ValueError("there is no image to detect anything in")
    detect = detect or _own_detect
    was_training, device = network.training, images.images.device
    network.eval()
    try:
        start = clock(device)
        detections = [found for batch in images.split(batch_size) for found in detect(network, batch)]
        seconds = (clock(device) - start) / len(images)
    finally:
        network.train(was_training)
    detections = [type(found)(*(_on_cpu(field) for field in found)) for found in detections]
    return Found(detections, list(images.to("cpu").objects), seconds)


def _own_detect(network, batch):
    return network.detect(batch.images)


def _on_cpu(field):
    return None if field is None else field.cpu()


def average_precision_50(detections, objects):
    """Return COCO's average precision at an overlap of ½, the mean over classes.

    Raises
    ------
    ValueError
        If there is no object in any image.
    """
    return _averages(detections, objects).ap50


def _averages(detections, objects, **options):
    averages = coco_average_precision(detections, objects, **options)
    if averages.ap50 is None:
        raise ValueError("none of the images has an object, so there is no precision to average")
    return averages


def record_detector(run, variant, network, test, *, detect=None, with_masks=False, **extra):
    """Return a run as a record, with COCO's averages and the time of one image.

    Parameters
    ----------
    run : convnets.training.Run
    variant : str
    network : torch.nn.Module
        As the run has left it.
    test : ObjectImages
        What it is measured by, moved to the network's device.
    detect : callable, optional
        As of :func:`fit_detector`.
    with_masks : bool
        Whether masks are measured too, as ``mask_ap`` and ``mask_ap50``.
    **extra
        As of :meth:`convnets.training.Run.record`.

    Returns
    -------
    dict
        Besides what a run has, ``ap``, ``ap50``, ``ap75``, ``per_class`` (by label, as text), ``num_test``,
        and ``seconds_per_image``. The error is 1 − AP50 unless `extra` says otherwise.
    """
    device = next(network.parameters()).device
    found = detect_all(network, test.to(device), detect=detect)
    boxes = _averages(found.detections, found.objects)
    numbers = {"error": 1 - boxes.ap50, "ap": boxes.ap, "ap50": boxes.ap50, "ap75": boxes.ap75}
    if with_masks:
        masks = _averages(found.detections, found.objects, overlap="masks")
        numbers |= {"mask_ap": masks.ap, "mask_ap50": masks.ap50, "mask_ap75": masks.ap75}
    numbers = {name: round(value, 5) for name, value in numbers.items()}
    per_class = {str(label): value and round(value, 5) for label, value in boxes.per_class.items()}
    seconds = float(f"{found.seconds:.4g}")
    told = {"per_class": per_class, "num_test": len(test), "seconds_per_image": seconds}
    return run.record(variant, **(numbers | told | extra))
