"""One epoch of gradient descent, whatever the network: the loop inside :func:`convnets.training.fit`."""

import math
import time

import numpy as np
import torch

from convnets.architectures.checking import check_classes
from convnets.training import distributed
from convnets.training.failures import NotFiniteError, where_it_broke
from convnets.training.metrics import cross_entropy, evaluate, logits_of, predict
from convnets.training.runs import Epoch
from convnets.training.schedules import PLATEAU, SCHEDULES, step_on_plateau

__all__ = ["Loop", "clock", "parameter_groups"]

LOOK_EVERY = 20
"""After how many steps a GPU is waited for, to see whether the loss is still finite."""


class Loop:
    """Everything that :func:`convnets.training.fit` is told about training, ready to use.

    What belongs to classification is in ``batch``, ``ask``, ``check``, ``judge`` and ``where``; a loop for
    another task replaces these.

    Parameters
    ----------
    network, train, settings, augment, loss, device, views
        As for :func:`convnets.training.fit`; the network and the images are on the device already.
    """

    def __init__(self, network, train, settings, augment, loss, device, views=()):
        self.network, self.train, self.settings, self.device = network, train, settings, device
        self.augment, self.loss = augment, loss or _smoothed(settings.label_smoothing)
        self.test_loss, self.views = loss, views
        self.layout = torch.channels_last if settings.channels_last else torch.contiguous_format
        self.generator = torch.Generator(device)
        self.num_steps = _num_steps(len(train), settings)
        network.to(memory_format=self.layout)
        self.optimizer = _optimizer(network, settings, device)
        self.forward = _parallel(network, device)
        if settings.compile:
            self.forward = torch.compile(self.forward)

    def check(self, test):
        """Raise before the first step where a label is no class: a GPU would not say so."""
        if self.test_loss is not None:
            return
        for images in (self.train, test):
            extremes = images.take(torch.stack([images.labels.argmin(), images.labels.argmax()]))
            check_classes(self.network, predict(self.network, extremes), extremes.labels.cpu())

    def judge(self, test):
        """Return loss and error of the network on test images, either of which may be None."""
        found = evaluate(self.network, test, loss=self.test_loss, views=self.views)
        return found.loss, found.error

    def warm_up(self):
        """Go forwards and backwards once without a step, so that kernels are compiled, chosen and loaded."""
        buffers = {name: values.clone() for name, values in self.network.named_buffers()}
        self.network.train()
        index = torch.arange(min(self.settings.batch_size, len(self.train)), device=self.device)
        self.ask(self.batch(index, 0, 0), index)[0].backward()
        self.optimizer.zero_grad(set_to_none=True)
        for name, values in self.network.named_buffers():
            values.copy_(buffers[name])

    def epoch(self, history, bar):
        """Show each image to the network once; return an :class:`Epoch` without its test."""
        number, start = len(history), self.clock()
        torch.manual_seed(_mixed(self.settings.seed, number, distributed.here().rank))  # for dropout
        shuffled = torch.Generator().manual_seed(_mixed(self.settings.seed, number))
        order = torch.randperm(len(self.train), generator=shuffled).to(self.device)
        batches = order.split(self.settings.batch_size)[: self.num_steps]
        rates = self.learning_rates(history)
        self.network.train()
        losses, wrong = [], torch.zeros((), device=self.device)
        for step, index in enumerate(batches):
            for group in self.optimizer.param_groups:
                group["lr"] = rates[step]
            images = self.batch(index, number, step + 1)
            mean, mistakes = self.ask(images, index)
            value, mistakes = distributed.total(torch.stack([mean.detach(), mistakes]))
            losses.append(value)
            wrong += mistakes
            if self.device.type == "cpu" or (step + 1) % LOOK_EVERY == 0 or step + 1 == self.num_steps:
                self.look(losses, rates, number, images)
            self.learn(mean)
            bar.update()
        sizes = torch.tensor([len(index) for index in batches], device=self.device)
        mean_loss = float((torch.stack(losses) * sizes).sum() / sizes.sum())
        error = float(wrong) / sum(map(len, batches))
        before = history[-1].seconds if history else 0.0
        seconds = before + self.clock() - start
        return Epoch(number + 1, mean_loss, error, None, None, rates[-1], seconds)

    def draw_for(self, number, step):
        """Set the generator to what epoch and step alone decide."""
        self.generator.manual_seed(_mixed(self.settings.seed, number, step))

    def batch(self, index, number, step):
        """Return this process's share of a batch, augmented by what epoch and step alone decide."""
        self.draw_for(number, step)
        images = self.train.prepared(index, self.augment, self.generator)
        return distributed.share(images).to(memory_format=self.layout)

    def ask(self, images, index):
        """Return the loss, as a mean over the whole batch, and how many answers are wrong, as tensors."""
        labels = distributed.share(self.train.labels[index])
        is_mixed = self.settings.precision == "bfloat16"
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=is_mixed):
            outputs = self.forward(images)
        mean = self.loss(_in_float32(outputs), labels).sum() / len(index)
        return mean, (logits_of(outputs).argmax(dim=1) != labels).sum().to(mean.dtype)

    def learn(self, mean):
        """Take one step down the gradient of the loss."""
        self.optimizer.zero_grad(set_to_none=True)
        (mean * distributed.here().num).backward()  # PyTorch averages gradients over the processes
        self.optimizer.step()

    def learning_rates(self, history):
        """Return the learning rate of each step of the epoch that follows a history."""
        settings = self.settings
        if settings.schedule == PLATEAU:
            losses = [epoch.train_loss for epoch in history]
            factors = [1.0, *step_on_plateau(losses, **settings.schedule_options)]
            return [settings.learning_rate * factors[-1]] * self.num_steps
        steps = len(history) * self.num_steps + np.arange(self.num_steps)
        schedule = SCHEDULES[settings.schedule]
        factors = schedule(steps / (settings.epochs * self.num_steps), **settings.schedule_options)
        return (settings.learning_rate * factors).tolist()

    def look(self, losses, rates, number, images):
        """Raise :class:`NotFiniteError` if one of the losses of this epoch so far is not finite."""
        finite = torch.stack(losses).isfinite()
        if finite.all():
            return
        first = int(finite.logical_not().nonzero()[0])
        raise NotFiniteError(
            f"the loss is {losses[first].item():g} in epoch {number + 1}, step {first + 1} of "
            f"{self.num_steps}, at learning rate {rates[first]:.3g}. {self.where(images)} "
            "Try a lower learning rate or a warm-up; log and checkpoints of the epochs before are kept."
        )

    def where(self, images):
        """Return a sentence that names the first place where a number is not finite."""
        return where_it_broke(self.network, images)

    def clock(self):
        """Return seconds: of the processor on a CPU; on a GPU by the clock, when it has done its work."""
        return clock(self.device)


def clock(device):
    """Return seconds: of the processor on a CPU; on a GPU by the clock, when it has done its work."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.process_time() if device.type == "cpu" else time.perf_counter()


def _optimizer(network, settings, device):
    groups = parameter_groups(network, settings.weight_decay, settings.decay_all)
    rate, momentum, fused = settings.learning_rate, settings.momentum, device.type == "cuda"
    if settings.optimizer == "adamw":
        return torch.optim.AdamW(groups, rate, (momentum, 0.999), weight_decay=0.0, fused=fused)
    return torch.optim.SGD(groups, rate, momentum, nesterov=settings.nesterov, fused=fused)


def parameter_groups(network, weight_decay, decay_all=False):
    """Return the parameters in two groups, with weight decay and without.

    Parameters
    ----------
    network : torch.nn.Module
    weight_decay : float
        For weights, which have two axes or more.
    decay_all : bool
        Whether it is also for what has one axis: biases, and scale and shift of a normalisation.

    Returns
    -------
    list of dict
        For an optimiser of PyTorch; a group without parameters is left out.
    """
    trained = [values for values in network.parameters() if values.requires_grad]
    decayed = [values for values in trained if decay_all or values.dim() > 1]
    spared = [values for values in trained if not (decay_all or values.dim() > 1)]
    groups = ({"params": decayed, "weight_decay": weight_decay}, {"params": spared, "weight_decay": 0.0})
    return [group for group in groups if group["params"]]


def _num_steps(num_images, settings):
    size = settings.batch_size
    num = num_images // size if settings.drop_last else math.ceil(num_images / size)
    if not num:
        raise ValueError(f"{num_images} images make no whole batch of {size}, and drop_last is set")
    return num


def _mixed(*numbers):
    """Return one seed for several numbers; different numbers give unrelated seeds."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> np.uint64(1))


def _smoothed(label_smoothing):
    return lambda outputs, labels: cross_entropy(logits_of(outputs), labels, label_smoothing)


def _in_float32(outputs):
    if isinstance(outputs, torch.Tensor):
        return outputs.float()
    return tuple(each if each is None else each.float() for each in outputs)


def _parallel(network, device):
    if distributed.here().num == 1:
        return network
    distributed.synchronised(network)
    devices = [torch.cuda.current_device()] if device.type == "cuda" else None
    return torch.nn.parallel.DistributedDataParallel(network, devices)
