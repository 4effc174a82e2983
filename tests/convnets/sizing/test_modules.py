"""A torch.nn.Module is counted while it runs, and left as it was."""

import subprocess
import sys

import pytest
import torch

from convnets.sizing import (
    BatchNorm,
    Branches,
    Chain,
    Convolution,
    Elementwise,
    FullyConnected,
    Pooling,
    networks,
    summary,
)


def quantities(counted):
    names = ("units", "weights", "biases", "connections", "multiply_adds")
    return [tuple(getattr(row, name) for name in names) for row in counted.rows if row.kind != "elementwise"]


def test_a_module_counts_like_its_description():
    nn = torch.nn
    module = nn.Sequential(
        *(
            nn.Conv2d(3, 8, (3, 5), stride=(2, 1), padding=1, bias=False),
            nn.BatchNorm2d(8),
            nn.ReLU(inplace=True),
        ),
        *(
            nn.MaxPool2d(3, 2, ceil_mode=True),
            nn.Conv2d(8, 6, 3, groups=2, dilation=2),
            nn.AdaptiveAvgPool2d(1),
        ),
        *(nn.Flatten(), nn.Dropout(), nn.Linear(6, 10)),
    )
    described = (
        *(Convolution(8, (3, 5), (2, 1), 1, bias=False), BatchNorm(), Elementwise("ReLU")),
        *(Pooling(3, 2, rounding="ceil"), Convolution(6, 3, groups=2, dilation=2), Pooling(None)),
        FullyConnected(10),
    )
    ours, theirs = summary(described, (3, 22, 21)), summary(module, (3, 22, 21))
    assert quantities(ours) == quantities(theirs)
    assert ours.activations == theirs.activations
    assert theirs.parameters == sum(each.numel() for each in module.parameters())
    assert theirs.name == "Sequential"


def lenet_of_today():
    nn = torch.nn
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5), nn.Tanh(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)),
    )


def test_lenet_both_ways():
    described = summary(networks.lenet_of_today(), (1, 32, 32))
    module = summary(lenet_of_today(), (1, 32, 32))
    assert module.parameters == described.parameters == 61_706
    assert quantities(module) == quantities(described)


class BasicBlock(torch.nn.Module):
    """ResNet's block of two 3×3 convolutions, with a projection on the way around."""

    def __init__(self, channels, width, stride):
        super().__init__()
        nn = torch.nn
        self.body = nn.Sequential(
            *(
                nn.Conv2d(channels, width, 3, stride, 1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(inplace=True),
            ),
            *(nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)),
        )
        self.shortcut = nn.Sequential(
            nn.Conv2d(channels, width, 1, stride, bias=False), nn.BatchNorm2d(width)
        )

    def forward(self, x):
        return torch.relu_(self.body(x) + self.shortcut(x))


def test_a_residual_block_both_ways():
    block = summary(BasicBlock(64, 128, 2), (64, 14, 13))
    (described,) = [part for part in networks.resnet(18).layers if part.name == "conv3_1"]
    ours = summary(described, (64, 14, 13))
    assert quantities(ours) == quantities(block)
    assert ours.activations == block.activations


class Branching(torch.nn.Module):
    """Two branches, one layer called twice, one never, a tuple and a dict as output."""

    def __init__(self):
        super().__init__()
        self.twice = torch.nn.Conv2d(3, 3, 3, padding=1)
        self.narrow = torch.nn.Conv2d(3, 2, 1)
        self.never = torch.nn.Linear(5, 7)
        self.norm = torch.nn.BatchNorm2d(5)

    def forward(self, x):
        x = self.twice(self.twice(x))
        y = self.norm(torch.cat((x, self.narrow(x)), dim=1))
        return y, {"sum": [y.sum()]}


def test_called_twice_never_and_tuples():
    module = Branching()
    counted = summary(module, (3, 6, 5))
    assert [row.name for row in counted.rows] == ["twice", "twice (call 2)", "narrow", "norm", "never"]
    assert counted["twice"].parameters == 84
    assert counted["twice (call 2)"].parameters == 0
    assert counted["twice (call 2)"].multiply_adds == counted["twice"].multiply_adds == 30 * 3 * 27
    assert (counted["never"].kind, counted["never"].parameters) == ("not called", 42)
    assert counted.parameters == sum(each.numel() for each in module.parameters())
    described = Chain((Convolution(3, 3, padding=1), Convolution(3, 3, padding=1)))
    described = Chain((described, Branches(((), (Convolution(2, 1),))), BatchNorm()))
    assert summary(described, (3, 6, 5)).multiply_adds == counted.multiply_adds


def test_shared_parameters_count_once():
    first, second = torch.nn.Linear(4, 4, bias=False), torch.nn.Linear(4, 4, bias=False)
    second.weight = first.weight
    counted = summary(torch.nn.Sequential(first, second), (4,))
    assert (counted.parameters, counted.multiply_adds) == (16, 32)


def state(module):
    flags = [each.training for each in module.modules()]
    hooks = [len(each._forward_hooks) for each in module.modules()]
    return flags, hooks, {name: value.clone() for name, value in module.state_dict().items()}


def assert_same_state(before, after):
    assert before[:2] == after[:2]
    assert all(torch.equal(value, after[2][name]) for name, value in before[2].items())


def test_the_module_is_left_as_it_was():
    module = Branching().train()
    module.narrow.eval()  # a layer that is frozen stays frozen
    module.norm.register_forward_hook(lambda *arguments: None)
    before = state(module)
    draws = torch.random.get_rng_state()
    summary(module, (3, 6, 5))
    assert_same_state(before, state(module))
    assert torch.equal(draws, torch.random.get_rng_state())
    assert all(parameter.grad is None for parameter in module.parameters())


def test_the_module_is_left_as_it_was_after_an_error():
    module = Branching().train()
    before = state(module)
    with pytest.raises(RuntimeError):
        summary(module, (4, 6, 5))
    assert_same_state(before, state(module))
    with pytest.raises(TypeError):
        summary(torch.nn.Sequential(module, torch.nn.Linear(3, 3)), (3, 6, 5))
    assert_same_state(before, state(module))


def test_what_is_not_known_is_said():
    class Sequence(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.memory = torch.nn.LSTM(3, 4)
            self.last = torch.nn.Linear(4, 2)

        def forward(self, x):
            return self.last(self.memory(x)[0])

    counted = summary(Sequence(), (5, 3))
    assert counted["memory"].multiply_adds is None
    assert counted.unknown == ("memory",)
    assert "operations not known of: memory" in str(counted)
    assert counted.multiply_adds == 5 * 4 * 2
    assert counted.parameters == 4 * 4 * (3 + 4 + 2) + 10


def test_one_and_three_dimensions_and_transposed():
    nn = torch.nn
    counted = summary(nn.Sequential(nn.Conv1d(2, 3, 4), nn.AvgPool1d(2)), (2, 9))
    assert [(row.out_shape, row.connections) for row in counted.rows] == [((3, 6), 18 * 9), ((3, 3), 18)]
    counted = summary(nn.Sequential(nn.Conv3d(1, 2, 2), nn.MaxPool3d(2)), (1, 5, 5, 5))
    assert [(row.out_shape, row.connections) for row in counted.rows] == [
        ((2, 4, 4, 4), 128 * 9),
        ((2, 2, 2, 2), 128),
    ]
    # each of the 2·3·3 values that are read meets 4·4 weights for each of 5 maps
    (row,) = summary(nn.ConvTranspose2d(2, 5, 4, stride=2, bias=False), (2, 3, 3)).rows
    assert (row.out_shape, row.multiply_adds) == ((5, 8, 8), 18 * 16 * 5)


def test_weight_normalisation_hides_no_convolution():
    layer = torch.nn.utils.parametrizations.weight_norm(torch.nn.Conv2d(3, 4, 3, bias=False))
    counted = summary(torch.nn.Sequential(layer), (3, 6, 6))
    assert counted.parameters == sum(each.numel() for each in layer.parameters()) == 4 * 27 + 4
    assert counted["0"].multiply_adds == 16 * 4 * 27
    assert counted["0"].activations == 64


def test_parameters_beside_modules_are_counted():
    class Scaled(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = torch.nn.Parameter(torch.ones(4, 1, 1))
            self.convolution = torch.nn.Conv2d(3, 4, 3)

        def forward(self, x):
            return self.scale * self.convolution(x)

    counted = summary(Scaled(), (3, 6, 6))
    assert counted.parameters == 112 + 4
    assert counted.unknown == ("Scaled",)
    assert counted.activations == 64


def test_counting_descriptions_imports_no_torch():
    code = "import sys; from convnets.sizing import networks, summary; "
    code += "summary(networks.lenet(), (1, 32, 32)); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_dtype_follows_the_module():
    assert summary(torch.nn.Linear(3, 2).double(), (3,)).parameters == 8
    assert summary(torch.nn.ReLU(), (3,)).rows[0].activations == 3
    assert summary(torch.nn.ReLU(inplace=True), (3,)).rows[0].activations == 0


def test_errors():
    from convnets.sizing.modules import run_and_count

    with pytest.raises(ValueError, match=r"run the module once first: 0\.weight"):
        summary(torch.nn.Sequential(torch.nn.LazyConv2d(4, 3)), (3, 8, 8))
    with pytest.raises(TypeError, match=r"a torch\.nn\.Module is expected, got int"):
        run_and_count(3, (3, 8, 8))
