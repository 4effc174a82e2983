"""Row 6.5: the Inception module, naive and with reduction, and GoogLeNet with its auxiliary heads."""

import pytest
import torch

from convnets.architectures.googlenet import Auxiliary, Inception, NaiveInception, Outputs, googlenet
from convnets.sizing import networks, summary
from convnets.sizing.networks import IMAGES, INCEPTION
from convnets.sizing.published import TORCHVISION


@pytest.mark.parametrize(
    ("published", "auxiliary", "expected"),
    [
        (True, False, 6_998_552),
        (True, True, 13_378_280),
        (False, False, 6_624_904),
        (False, True, 13_004_888),
    ],
)
def test_parameters(meta, published, auxiliary, expected):
    with meta:
        network = googlenet(published=published, auxiliary=auxiliary)
    assert sum(each.numel() for each in network.parameters()) == expected
    assert TORCHVISION["GoogLeNet"].parameters == 6_624_904


@pytest.mark.parametrize("published", [True, False])
def test_layers_are_those_of_the_description(meta, sizes, published):
    described = networks.googlenet() if published else networks.googlenet_batch_norm()
    with meta:
        network = googlenet(published=published, auxiliary=False)
    assert sizes(network, IMAGES["ImageNet"]) == sizes(described, IMAGES["ImageNet"])


def test_auxiliary_heads_are_those_of_the_description(meta, sizes):
    with meta:
        network = googlenet()
    for head, channels in ((network.aux1, 512), (network.aux2, 528)):
        in_shape = (channels, 14, 14)
        assert sizes(head, in_shape) == sizes(networks.googlenet_auxiliary("head"), in_shape)


def test_sizes_on_the_way(meta):
    """The column "output size" of the paper's table 1, and what a unit of the last module sees."""
    with meta:
        network = googlenet(auxiliary=False)
    rows = summary(network, IMAGES["ImageNet"])
    halved = [(64, 56, 56), (192, 28, 28), (480, 14, 14), (832, 7, 7)]
    assert [rows[f"maxpool{number}"].out_shape for number in range(1, 5)] == halved
    assert rows["avgpool"].out_shape == (1024, 1, 1)
    # 7, pooling 11, 3×3 19, pooling 27; two modules of 5×5 at a jump of 8: 91, pooling 107; five at 16: 427,
    # pooling 459; two at 32: 715
    described = summary(networks.googlenet(), IMAGES["ImageNet"])
    assert described["inception (5b)"].field[0].size == 715


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        (Inception(4, (2, 3, 5, 1, 2, 3)), 5),
        (Inception(4, (2, 3, 5, 1, 2, 3), large=3), 3),
        (NaiveInception(4, 2, 3, 5), 5),
        (torch.nn.Sequential(Inception(4, (1,) * 6), Inception(4, (1,) * 6)), 9),
    ],
    ids=["reduced", "three", "naive", "two"],
)
def test_what_a_unit_sees(seen, module, expected):
    branches = module if isinstance(module, torch.nn.Sequential) else torch.nn.Sequential(module)
    summed = torch.nn.Sequential(*branches, torch.nn.Conv2d(branches[-1].out_channels, 1, 1))
    assert seen(summed, (4, 19, 17)) == (expected, expected)


def test_branches_in_the_order_of_the_table():
    """A bias for each branch shows which maps it gives."""
    module = Inception(3, (1, 2, 3, 2, 4, 5))
    with torch.no_grad():
        for number, branch in enumerate((module.branch1, *(b[-1] for b in list(module.children())[1:])), 1):
            branch.conv.weight.zero_()
            branch.conv.bias.fill_(number)
    out = module(torch.rand(2, 3, 6, 7))
    assert out.shape == (2, module.out_channels, 6, 7) == (2, 13, 6, 7)
    assert out[0, :, 2, 3].tolist() == [1] + [2] * 3 + [3] * 4 + [4] * 5


def test_naive_module_by_hand():
    module = NaiveInception(192, 64, 128, 32)
    rows = summary(module, (192, 28, 28))
    assert module.out_channels == 64 + 128 + 32 + 192
    assert rows["branch3.conv"].multiply_adds == 28 * 28 * 32 * 5 * 5 * 192 == 120_422_400
    reduced = summary(Inception(192, INCEPTION["3a"]), (192, 28, 28))
    behind_sixteen = [reduced[f"branch3.{step}.conv"].multiply_adds for step in (0, 1)]
    assert sum(behind_sixteen) == 28 * 28 * (16 * 192 + 32 * 5 * 5 * 16) == 12_443_648
    maps = torch.rand(2, 192, 5, 4)
    pooled = torch.nn.functional.max_pool2d(maps, 3, 1, 1)
    torch.testing.assert_close(module(maps)[:, -192:], pooled, rtol=0, atol=0)


def test_an_empty_batch():
    assert Inception(3, (1,) * 6).eval()(torch.zeros(0, 3, 5, 5)).shape == (0, 4, 5, 5)


def convolution(name, out_channels, in_channels, side):
    state = {f"{name}.conv.weight": (out_channels, in_channels, side, side)}
    state |= {
        f"{name}.bn.{key}": (out_channels,) for key in ("weight", "bias", "running_mean", "running_var")
    }
    return state | {f"{name}.bn.num_batches_tracked": ()}


def fully_connected(name, outputs, inputs):
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}


def keys_of_torchvision(num_classes):
    state = (
        convolution("conv1", 64, 3, 7) | convolution("conv2", 64, 64, 1) | convolution("conv3", 192, 64, 3)
    )
    channels = 192
    for key, (one, three_reduced, three, five_reduced, five, projected) in INCEPTION.items():
        name = f"inception{key}"
        state |= convolution(f"{name}.branch1", one, channels, 1)
        state |= convolution(f"{name}.branch2.0", three_reduced, channels, 1)
        state |= convolution(f"{name}.branch2.1", three, three_reduced, 3)
        state |= convolution(f"{name}.branch3.0", five_reduced, channels, 1)
        state |= convolution(f"{name}.branch3.1", five, five_reduced, 3)
        state |= convolution(f"{name}.branch4.1", projected, channels, 1)
        channels = one + three + five + projected
    for name, maps in (("aux1", 512), ("aux2", 528)):
        state |= convolution(f"{name}.conv", 128, maps, 1) | fully_connected(f"{name}.fc1", 1024, 2048)
        state |= fully_connected(f"{name}.fc2", num_classes, 1024)
    return state | fully_connected("fc", num_classes, 1024)


@pytest.mark.parametrize("num_classes", [1000, 7])
def test_keys_and_shapes_of_torchvision(meta, shapes, num_classes):
    with meta:
        network = googlenet(num_classes, published=False)
    assert shapes(network) == keys_of_torchvision(num_classes)


@pytest.mark.parametrize("published", [True, False])
def test_three_answers_while_training_and_one_in_use(meta, published):
    with meta:
        network = googlenet(num_classes=4, published=published)
        outputs = network.train()(torch.zeros(2, 3, 224, 224))
        assert isinstance(outputs, Outputs)
        assert [each.shape for each in outputs] == [(2, 4)] * 3
        scores = network.eval()(torch.zeros(2, 3, 224, 224))
        assert isinstance(scores, torch.Tensor)
        assert scores.shape == (2, 4)


def test_gradients_reach_all_weights():
    torch.manual_seed(0)
    network = googlenet(num_classes=4, published=False).train()
    network(torch.rand(2, 3, 64, 64)).loss(torch.tensor([0, 3])).backward()
    assert all(each.grad is not None for each in network.parameters())


def test_loss_of_the_heads_counts_three_tenths():
    answers = Outputs(*(torch.tensor([[0.0, value]]) for value in (0.0, 1.0, 2.0)))
    losses = [torch.log1p(torch.exp(torch.tensor(value))) for value in (0.0, 1.0, 2.0)]
    expected = losses[0] + 0.3 * (losses[1] + losses[2])
    torch.testing.assert_close(answers.loss(torch.tensor([0])), expected)


def test_images_are_scaled_as_the_published_weights_expect():
    network = googlenet(num_classes=2, auxiliary=False, published=False, transform_input=True).eval()
    taken = []
    network.conv1.register_forward_pre_hook(lambda _, inputs: taken.append(inputs[0]))
    values = torch.rand(1, 3, 64, 64)
    mean = torch.tensor([0.485, 0.456, 0.406]).reshape(3, 1, 1)
    deviation = torch.tensor([0.229, 0.224, 0.225]).reshape(3, 1, 1)
    network((values - mean) / deviation)
    torch.testing.assert_close(taken[0], 2 * values - 1, rtol=0, atol=1e-6)  # a few roundings of float32


def test_errors_name_the_layer(meta):
    with meta:
        network = googlenet(auxiliary=False)
        heads = googlenet().train()
        with pytest.raises(ValueError, match=r"layer conv1.conv takes 3 channels"):
            network(torch.zeros(1, 1, 224, 224))
        with pytest.raises(ValueError, match=r"layer aux1.pool .* gets 512×4×4"):
            heads(torch.zeros(1, 3, 64, 64))
    with pytest.raises(ValueError, match="num_classes must be at least 1, got 0 for layer fc"):
        googlenet(num_classes=0)


def test_head_of_any_size():
    head = Auxiliary(6, 3, torch.nn.AdaptiveAvgPool2d(4), batch_norm=True).eval()
    assert head(torch.rand(2, 6, 9, 11)).shape == (2, 3)
