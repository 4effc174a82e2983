"""Figures of the chapter on architectures: they show what the modules do."""

import re

import pytest
import torch
from torch import nn

from convnets import architectures
from convnets.architectures.comparisons import unbuilt
from convnets.architectures.googlenet import Auxiliary, Inception, NaiveInception
from convnets.architectures.resnet import BasicBlock, Bottleneck
from convnets.drawings import architectures as draw
from convnets.sizing import networks, summary
from convnets.sizing.published import TORCHVISION

IMAGE = (3, 224, 224)
LENET = (1, 32, 32)


def flow(build, in_shape, **settings):
    return draw.flow(unbuilt(build, **settings), in_shape)


def test_flow_of_a_residual_block():
    steps = draw.without(draw.flow(unbuilt(BasicBlock, 8, 8), (8, 6, 6)), ["normalisation"])
    kinds = ["image", "convolution", "activation", "convolution", "add", "activation"]
    assert [step.kind for step in steps] == kinds
    assert sorted(steps[4].inputs) == [0, 3], "the addition takes the image and the second convolution"
    assert draw.num_ways(steps) == 2


def test_flow_of_a_projection_shortcut():
    steps = draw.flow(unbuilt(Bottleneck, 8, 4, 2), (8, 6, 6))
    shortcut = next(step for step in steps if step.name == "downsample.0")
    assert shortcut.inputs == (0,)
    assert shortcut.out_shape == (16, 3, 3)
    assert len(draw.ways(steps)) == 3
    assert len(draw.ways(steps, min)) == 1


def test_flow_of_an_inception_module():
    steps = draw.flow(unbuilt(Inception, 192, networks.INCEPTION["3a"]), (192, 28, 28))
    stacked = steps[-1]
    assert (stacked.kind, stacked.out_shape, len(stacked.inputs)) == ("concatenate", (256, 28, 28), 4)


def test_flow_of_functions_between_modules():
    class Functional(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Conv2d(1, 2, 3)

        def forward(self, x):
            return torch.relu(self.layer(x)).flatten(1) * 2

    steps = draw.flow(Functional(), (1, 5, 5))
    assert [step.name for step in steps] == ["image", "layer", "relu", "mul"]
    assert steps[-1].inputs == (2,), "flattening is no step"


def test_flow_leaves_the_network_as_it_was():
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Dropout())
    network[1].eval()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    draw.flow(network, (1, 5, 5))
    assert [each.training for each in network] == [True, False, True]
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())
    assert not any(each._forward_hooks or each._forward_pre_hooks for each in network.modules())


def test_flow_needs_a_module():
    with pytest.raises(TypeError, match="got list"):
        draw.flow([], (1, 5, 5))


@pytest.mark.parametrize(
    ("name", "depth", "shortest", "ways"),
    [
        ("alexnet", 8, 8, 1),
        ("vgg19", 19, 19, 1),
        ("googlenet", 22, 13, 4**9),
        ("resnet18", 18, 5, 2**8),
        ("resnet50", 50, 6, 2**16),
        ("resnet152", 152, 6, 2**50),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_depth_is_the_longest_way(name, depth, shortest, ways):
    steps = flow(getattr(architectures, name), IMAGE)
    assert len(draw.ways(steps)) == depth
    assert len(draw.ways(steps, min)) == shortest
    assert draw.num_ways(steps) == ways


@pytest.mark.parametrize("depth", [20, 56])
def test_depth_of_small_networks(depth):
    for residual in (False, True):
        steps = flow(architectures.cifar_resnet, (3, 32, 32), depth=depth, residual=residual)
        assert len(draw.ways(steps)) == depth
        assert draw.num_ways(steps) == (2 ** ((depth - 2) // 2) if residual else 1)


def test_towers_state_the_shapes(texts):
    lenet = unbuilt(architectures.lenet5, output="rbf")
    shown = texts(draw.towers({"LeNet-5": (lenet, LENET)}))
    assert shown == ["image: 1×32×32", "5×5: 6×28×28", "sum 2×2 / 2: 6×14×14", "table 5×5: 16×10×10",
                     "sum 2×2 / 2: 16×5×5", "5×5: 120×1×1", "full: 84", "full: 10", "LeNet-5"]  # fmt: skip


def test_towers_cut_grouped_convolutions_in_two():
    whole, cut = (draw.towers({"": (nn.Conv2d(4, 6, 3, groups=groups), (4, 8, 8))}).svg for groups in (1, 2))
    assert cut.count("<path") == whole.count("<path") + 1


def test_versions_are_aligned_at_the_poolings(texts):
    nets = {letter: (unbuilt(architectures.vgg, letter), IMAGE) for letter in ("A", "A-LRN", "C")}
    shown = texts(draw.versions(nets))
    assert shown.count("4096") == 6
    assert shown.count("norm") == 1
    assert [shown.count(f"1×1, {width}") for width in (256, 512)] == [1, 2]
    assert shown.count("64") == 4


def test_depth_strips_say_how_deep(texts):
    nets = {"LeNet": (unbuilt(architectures.lenet5, classical=False), LENET)}
    nets["ResNet-18"] = (unbuilt(architectures.resnet18), IMAGE)
    assert {"LeNet: 5 layers", "ResNet-18: 18 layers", "3×3", "full"} <= set(texts(draw.depth_strips(nets)))


def test_connections_picture_marks_the_pairs():
    svg = draw.connections_picture(networks.C3_TABLE, 6).svg
    assert svg.count("opacity: 0.5") == sum(map(len, networks.C3_TABLE)) == 60


def test_graphs_of_both_inception_modules(texts):
    modules = {
        "naive": draw.flow(unbuilt(NaiveInception, 192, 64, 128, 32), (192, 28, 28)),
        "reduced": draw.flow(unbuilt(Inception, 192, networks.INCEPTION["3a"]), (192, 28, 28)),
    }
    shown = texts(draw.graphs(modules, hidden=("activation",)))
    assert {"192 maps", "5×5, 32", "1×1, 16", "stacked: 416 maps", "stacked: 256 maps"} <= set(shown)


def test_graph_of_a_block_leads_around_it():
    plain, residual = (
        draw.graphs({"": draw.flow(unbuilt(BasicBlock, 8, 8, residual=flag), (8, 6, 6))}).svg
        for flag in (False, True)
    )
    corners = [len(re.findall(r"[ML] ", path)) for path in re.findall(r'<path d="([^"]*)"', residual)]
    assert 4 in corners, "a line with two corners"
    assert residual.count("<path") > plain.count("<path")


def test_graph_of_googlenet_has_its_blocks_and_heads(texts):
    network = unbuilt(architectures.googlenet)
    steps = draw.flow(network, IMAGE, blocks=(Inception, Auxiliary), training=True)
    shown = texts(draw.graphs({"GoogLeNet": steps}, hidden=("activation", "dropout")))
    assert sum(text.startswith("inception ") for text in shown) == 9
    assert {"aux 1", "aux 2", "full, 1000", "3×3, 192"} <= set(shown)


def test_errors_by_year(texts):
    shown = texts(draw.errors_by_year())
    assert {"28.2", "25.8", "16.4", "11.7", "6.67", "3.57", "2015  ResNet"} <= set(shown)
    assert "one trained person: 5.1" in shown


def test_complexity_names_every_network(texts):
    lenet = summary(networks.lenet_of_today(), LENET)
    assert set(TORCHVISION) <= set(texts(draw.complexity_chart(dict.fromkeys(TORCHVISION, lenet))))


def test_learning_curves_name_the_networks(texts):
    assert {"plain", "residual", "1", "2"} <= set(
        texts(draw.learning_curves({"plain": [0.9, 0.8], "residual": [0.5, 0.1]}))
    )


def test_deleted_blocks_leave_gaps_where_nothing_fits(texts):
    errors = {"residual": [40.0, 35, 30], "plain": [90.0, None, 88]}
    drawing = draw.deleted_blocks({"residual": 30.0, "plain": 40.0}, errors, limit=90)
    assert {"residual", "plain", "guessing", "0", "1", "2"} <= set(texts(drawing))
    uses = [len(re.findall("<use", line)) for line in drawing.svg.split("</g>")]
    assert sum(uses) >= 5
