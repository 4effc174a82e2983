"""Two processes do what one does: started by torchrun, meeting through gloo."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from convnets.training import SynchronisedBatchNorm2d, distributed

from .samples import small_network

ROOT = Path(__file__).resolve().parents[3]


def test_alone():
    assert distributed.here() == (0, 1)
    values = torch.arange(4.0)
    assert torch.equal(distributed.share(values), values)
    assert distributed.total(values) is values
    with distributed.processes():
        assert distributed.here().num == 1


def test_shares_are_the_whole(monkeypatch):
    shares = []
    for rank in range(3):
        monkeypatch.setattr(distributed, "here", lambda rank=rank: distributed.Place(rank, 3))
        shares.append(distributed.share(torch.arange(8)))
    assert [share.tolist() for share in shares] == [[0, 3, 6], [1, 4, 7], [2, 5]]


def test_synchronised_network_keeps_its_parameters():
    network = small_network()
    before = dict(network.state_dict())
    parameters = list(network.parameters())
    assert isinstance(distributed.synchronised(network)[1], SynchronisedBatchNorm2d)
    assert list(network.state_dict()) == list(before)
    assert all(one is two for one, two in zip(network.parameters(), parameters, strict=True))
    again = network[1]
    assert distributed.synchronised(network)[1] is again


@pytest.mark.parametrize("momentum", [0.1, None])
def test_synchronised_batch_norm_of_one_share_is_pytorchs(monkeypatch, momentum):
    """With the sums of one process, what is computed for several must be batch normalisation."""
    theirs = torch.nn.BatchNorm2d(3, momentum=momentum)
    ours = SynchronisedBatchNorm2d(3, momentum=momentum)
    x = torch.randn(4, 3, 5, 2, generator=torch.Generator().manual_seed(0)) * 3 + 1
    grad = torch.randn(x.shape, generator=torch.Generator().manual_seed(1))
    monkeypatch.setattr(distributed, "here", lambda: distributed.Place(0, 2))
    monkeypatch.setattr(distributed, "total", lambda values: values)
    found = []
    for layer in (ours, theirs):
        leaf = x.clone().requires_grad_()
        out = layer(leaf)
        out.backward(grad)
        found.append((out, leaf.grad, layer.weight.grad, layer.bias.grad, *layer.buffers()))
    for one, two in zip(*found, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-5, atol=1e-5)  # float32, summed in another order


def test_two_processes_are_one(tmp_path):
    """The same run by torchrun on two processes and here, with batch norm, augmentation and an odd batch."""
    path = tmp_path / "two.json"
    command = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": ""}
    environment["PYTHONPATH"] = str(ROOT / "src")
    program = Path(__file__).with_name("program.py")
    subprocess.run(
        [sys.executable, *command, str(program), str(path)],
        env=environment,
        check=True,
        timeout=110,
        capture_output=True,
    )
    two = json.loads(path.read_text())
    one = program_of(program).train()
    assert two.pop("processes") == 2
    assert one.pop("processes") == 1
    # float32 sums in another order
    for key, values in one.items():
        np.testing.assert_allclose(two[key], values, rtol=1e-3, atol=1e-5, err_msg=key)


def program_of(path):
    spec = importlib.util.spec_from_file_location("program", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
