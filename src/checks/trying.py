"""Try out the network that a student's function has returned, in the student's process.

The network's parameters and buffers are listed, its weights are set to those that the case gives, and it is
run once. What comes of it is plain data. Nothing of the network itself leaves the process, and weights are
set only where all names and shapes fit: however large a network is, no more is copied than was sent. PyTorch
is never imported here: a function that has built a network has done so.
"""

import sys
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from checks.contract import Trial
from checks.plain import Network, UnsupportedError, from_plain, same, to_plain

__all__ = ["tried"]

MAX_PARAMETERS = 10_000  # arrays of parameters or buffers of one network
COUNTER = "num_batches_tracked"
"""A buffer of PyTorch's batch normalisation that no output depends on."""

Shapes = Mapping[str, tuple[int, ...]]


def tried(value: Any, trial: Trial) -> Any:
    """Examine a network, give it weights and run it.

    Parameters
    ----------
    value : object
        What a student's function returned.
    trial : Trial

    Returns
    -------
    Network or plain data
        Without output where the weights do not fit; a copy of ``value`` where it is no network.

    Raises
    ------
    UnsupportedError
        It is neither a network nor plain data, or a network that cannot be examined.
    """
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(value, torch.nn.Module):
        return to_plain(value)
    if trial.weights is None:
        output, changed = _run(torch, value, trial)
        return Network(output=output, changed=changed)
    try:
        parameters = dict(_listed(torch.nn.Module.named_parameters(value)))
        buffers = dict(_listed(torch.nn.Module.named_buffers(value)))
    except UnsupportedError:
        raise
    except Exception as error:
        problem = f"network whose parameters cannot be listed ({type(error).__name__})"
        raise UnsupportedError(problem) from error
    shapes, state = _shapes(parameters), _shapes(buffers)
    if not _fits(trial.weights, shapes, state):
        return Network(shapes, state)
    _load(torch, trial.weights, parameters | buffers)
    output, changed = _run(torch, value, trial)
    return Network(shapes, state, output, changed)


def _listed(named: Iterator[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    for number, (name, tensor) in enumerate(named):
        if number >= MAX_PARAMETERS:
            raise UnsupportedError(f"network with more than {MAX_PARAMETERS} arrays of parameters")
        if name.rpartition(".")[2] != COUNTER:
            yield name, tensor


def _shapes(tensors: Mapping[str, Any]) -> Shapes:
    try:
        return {name: tuple(int(size) for size in tensor.shape) for name, tensor in tensors.items()}
    except (RuntimeError, TypeError, ValueError):
        raise UnsupportedError("network with a parameter that has no shape yet") from None


def _fits(weights: Mapping[str, np.ndarray], parameters: Shapes, buffers: Shapes) -> bool:
    """Whether each parameter gets a value of its shape, and there is a place for each value."""
    there = {**buffers, **parameters}
    is_known = all(there.get(name) == values.shape for name, values in weights.items())
    return is_known and all(name in weights for name in parameters)


def _load(torch: Any, weights: Mapping[str, np.ndarray], tensors: Mapping[str, Any]) -> None:
    with torch.no_grad():
        for name, values in weights.items():
            tensors[name].copy_(torch.from_numpy(values.copy()))


def _run(torch: Any, network: Any, trial: Trial) -> tuple[Any, bool]:
    """Return what comes out, and whether the input was changed; random numbers are the same in every run."""
    inputs = from_plain(trial.inputs)
    network.train(trial.mode == "train")
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        output = to_plain(network(*inputs))
    return output, not same(to_plain(inputs), to_plain(trial.inputs))
