"""Published weights, without a network: files of the same keys and shapes, made here."""

from urllib.error import URLError

import pytest
import torch

from convnets.architectures import load_pretrained
from convnets.architectures.pretrained import PRETRAINED
from convnets.data import DataUnavailableError


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache of PyTorch's that is empty, and no network."""

    def unreachable(*arguments, **settings):
        raise URLError("no network in tests")

    monkeypatch.setattr(torch.hub, "download_url_to_file", unreachable)
    monkeypatch.setattr(torch.hub, "_hub_dir", None)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    return folder


def made_up(build):
    generator = torch.Generator().manual_seed(3)
    state = build().state_dict()
    return {
        key: torch.randn(tensor.shape, generator=generator) if tensor.is_floating_point() else tensor
        for key, tensor in state.items()
    }


def test_weights_are_loaded_unchanged(cache):
    build, file = PRETRAINED["resnet18"]
    state = made_up(build)
    torch.save(state, cache / file)
    network = load_pretrained("resnet18")
    assert not network.training
    for key, tensor in network.state_dict().items():
        torch.testing.assert_close(tensor, state[key], rtol=0, atol=0)


def test_heads_that_were_not_trained_are_left_away(cache):
    build, file = PRETRAINED["googlenet"]
    state = made_up(lambda: build(auxiliary=True))
    assert any(key.startswith("aux1") for key in state)
    torch.save({key: tensor for key, tensor in state.items() if "num_batches" not in key}, cache / file)
    network = load_pretrained("googlenet")
    assert network.aux1 is None
    torch.testing.assert_close(network.fc.weight, state["fc.weight"], rtol=0, atol=0)


def test_weights_of_other_shapes_are_refused(cache):
    build, file = PRETRAINED["resnet18"]
    torch.save(made_up(lambda: build(num_classes=10)), cache / file)
    with pytest.raises(
        ValueError, match=r"fc.weight has shape \(1000, 512\), the weights given have \(10, 512\)"
    ):
        load_pretrained("resnet18")


def test_without_a_network_the_message_says_what_to_do(cache):
    with pytest.raises(DataUnavailableError, match=r"vgg16-397923af.pth is not here") as caught:
        load_pretrained("vgg16")
    assert str(cache) in str(caught.value)
    assert "https://download.pytorch.org/models/vgg16-397923af.pth" in str(caught.value)
    assert "TORCH_HOME" in str(caught.value)


def test_a_damaged_file_is_told_from_a_missing_one(cache):
    (cache / PRETRAINED["resnet18"][1]).write_bytes(b"not a file of tensors")
    with pytest.raises(DataUnavailableError, match=r"is not the published file\. Delete the copy"):
        load_pretrained("resnet18")


def test_names_without_weights():
    with pytest.raises(ValueError, match=r"no weights for 'lenet5'; there are some for alexnet, vgg11"):
        load_pretrained("lenet5")


@pytest.mark.parametrize("name", PRETRAINED)
def test_each_name_builds_a_network_of_a_thousand_classes(name):
    build, file = PRETRAINED[name]
    with torch.device("meta"):
        network = build().eval()
        assert network(torch.zeros(1, 3, 224, 224)).shape == (1, 1000)
    assert file.split("-")[0] == name
