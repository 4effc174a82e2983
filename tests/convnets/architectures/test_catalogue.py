"""Every network of the catalogue is built, counted and run on shapes; the package shows what it says."""

import re

import pytest
import torch

from convnets import architectures
from convnets.architectures import NETWORKS
from convnets.architectures.checking import Network


def build(name, **settings):
    with torch.device("meta"):
        return NETWORKS[name].build(**settings)


@pytest.mark.parametrize("name", NETWORKS)
def test_network_has_the_parameters_that_are_said(name):
    entry = NETWORKS[name]
    assert sum(each.numel() for each in build(name).parameters()) == entry.parameters
    assert entry.source
    agrees = entry.published in (None, entry.parameters) or _rounds_to(entry.parameters, entry.published)
    assert agrees or entry.differs, "where counts differ, the reason is said"


def _rounds_to(parameters, published):
    number = re.fullmatch(r"(\d+)(\.\d+)?(M| million)", str(published))
    return number and f"{parameters / 1e6:.{len(number[2] or '.') - 1}f}" == number[1] + (number[2] or "")


@pytest.mark.parametrize("name", NETWORKS)
def test_network_takes_its_images(name):
    network = build(name).eval()
    assert isinstance(network, Network)
    assert network.image_shape == NETWORKS[name].image_shape
    num_classes = 10 if network.image_shape[1] <= 32 else 1000
    images = torch.zeros(2, *network.image_shape, device="meta")
    assert network(images).shape == (2, num_classes)


@pytest.mark.parametrize(
    "name", [name for name in NETWORKS if name != "lenet5"]
)  # its drawings are of 10 digits
def test_network_has_as_many_classes_as_asked_for(name):
    network = build(name, num_classes=13).eval()
    assert network(torch.zeros(1, *network.image_shape, device="meta")).shape == (1, 13)
    with pytest.raises(ValueError, match="num_classes must be at least 1"):
        build(name, num_classes=-1)


def test_package_exports_what_it_says():
    assert len(set(architectures.__all__)) == len(architectures.__all__)
    assert all(hasattr(architectures, name) for name in architectures.__all__)
