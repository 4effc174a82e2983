"""A small assignment whose answers are networks: a function that returns one, and a class."""

import numpy as np
import torch
from torch import nn

from checks.contract import Case, Exercise, Group, Mistake, Tolerance, Trial
from checks.plain import Tensor

TITLE = "Neuron"
INTRODUCTION = "Two networks that take a minute."
EXACT = Tolerance(0.0, 0.0, "sums of a few small whole numbers")


def trial(rng, names):
    sizes = {"weight": (1, 2), "bias": (1,)}
    weights = {name: rng.integers(1, 9, sizes[name.rpartition(".")[2]]).astype(np.float32) for name in names}
    return Trial((Tensor(rng.integers(-9, 9, (3, 2)).astype(np.float32)),), weights)


def made(label, seed):
    return Case("all", label, (), trial=trial(np.random.default_rng(seed), ("weight", "bias")))


def neuron():
    return nn.Linear(2, 1)


def two_neurons():
    return nn.Linear(2, 2)


def a_chain():
    return nn.Sequential(nn.Linear(2, 1))


def bent():
    class Bent(nn.Linear):
        def forward(self, x):
            return torch.relu(super().forward(x))

    return Bent(2, 1)


def by_hand():
    network = nn.Module()
    network.weight, network.bias = nn.Parameter(torch.zeros(1, 2)), nn.Parameter(torch.zeros(1))
    network.forward = lambda x: x @ network.weight.T + network.bias
    return network


class Scaled(nn.Module):
    def __init__(self, scale):
        super().__init__()
        self.inner, self.scale = nn.Linear(2, 1), scale

    def forward(self, x):
        return self.scale * self.inner(x)


class Unscaled(nn.Module):
    def __init__(self, scale):
        super().__init__()
        self.inner = nn.Linear(2, 1)

    def forward(self, x):
        return self.inner(x)


class InputScaled(nn.Module):
    def __init__(self, scale):
        super().__init__()
        self.inner, self.scale = nn.Linear(2, 1), scale

    def forward(self, x):
        return self.inner(self.scale * x)


class Doubled(nn.Module):
    def __init__(self, scale):
        super().__init__()
        self.inner = nn.Linear(2, 1)

    def forward(self, x):
        return 2 * self.inner(x)


class Subclass(nn.Module):
    def __init__(self, scale):
        super(Subclass, self).__init__()  # noqa: UP008
        self.inner = nn.Linear(2, 1)
        self.register_buffer("scale", torch.tensor(float(scale)))

    def forward(self, x):
        return self.inner(x) * self.scale


def of_scaled(label, rng):
    return Case("all", label, (int(rng.integers(3, 9)),), trial=trial(rng, ("inner.weight", "inner.bias")))


SAME = {
    "groups": (Group("all", 2, "All inputs"),),
    "tolerance": EXACT,
    "difficulty": 1,
    "minutes": 1,
    "hints": ("A sum.", "A weighted sum.", "With a bias."),
    "section": "tiny.html#double",
    "banned": ("torch.nn.Bilinear",),
    "seconds": 2.0,
}

EXERCISES = (
    Exercise(
        name="neuron",
        title="One neuron",
        task="Return a linear layer with two inputs and one output.",
        reference=neuron,
        public=(made("three inputs", 1),),
        hidden=lambda rng: [made("three others", int(rng.integers(1000)))],
        mistakes=(
            Mistake(two_neurons, "You built two neurons; one was asked for.", "tiny.html#double"),
            Mistake(a_chain, "You put the neuron into a chain of one.", "tiny.html#double"),
            Mistake(bent, "You bent the result; a neuron here is linear.", "tiny.html#double"),
        ),
        variants=(by_hand,),
        **SAME,
    ),
    Exercise(
        name="Scaled",
        title="A neuron and a factor",
        task="Write the class.",
        reference=Scaled,
        public=(of_scaled("a factor", np.random.default_rng(2)),),
        hidden=lambda rng: [of_scaled("another factor", rng)],
        mistakes=(
            Mistake(Unscaled, "You left out the factor.", "tiny.html#double"),
            Mistake(InputScaled, "You scaled the input; the bias is scaled too.", "tiny.html#double"),
            Mistake(Doubled, "You took 2 for a factor that is given.", "tiny.html#double"),
        ),
        variants=(Subclass,),
        **SAME,
    ),
)
