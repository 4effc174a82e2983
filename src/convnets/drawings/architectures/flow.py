"""What a network does, step by step, read off the network itself while one image runs through it.

Hooks see the modules, a mode of PyTorch sees the functions between them, as additions and concatenations.
Functions that only rearrange numbers are no steps: what they return counts as what they were given.
"""

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from convnets.architectures import classical

__all__ = ["Step", "flow", "num_ways", "ways", "without"]

LAYERS = ("convolution", "fully connected")
"""The kinds of steps that count when depth is stated."""


@dataclass(frozen=True)
class Step:
    """One thing that is done to maps.

    Attributes
    ----------
    name : str
        Of the module in its network, or of the function.
    kind : str
        "image", "convolution", "pooling", "fully connected", "normalisation", "activation", "dropout", "add",
        "concatenate", "block" or "other".
    inputs : tuple of int
        Places of the steps, in the list, whose results are taken.
    out_shape : tuple of int
        Of the result, without the batch.
    module : torch.nn.Module or None
    """

    name: str
    kind: str
    inputs: tuple = ()
    out_shape: tuple = ()
    module: nn.Module | None = field(default=None, repr=False, compare=False)


def flow(network, in_shape, blocks=(), training=False):
    """Run one image of zeros through a network and list what is done to it.

    Parameters
    ----------
    network : torch.nn.Module
        Best built on PyTorch's meta device, where nothing is computed; left as it was.
    in_shape : tuple of int
        (C, H, W) of the image.
    blocks : tuple of type
        Modules of these classes are one step each, of kind "block".
    training : bool
        Whether the network is in training, as GoogLeNet's further classifiers need.

    Returns
    -------
    list of Step
        The image first; each step after those whose results it takes.

    Raises
    ------
    TypeError
        If `network` is no module.
    """
    if not isinstance(network, nn.Module):
        raise TypeError(f"a torch.nn.Module is expected, got {type(network).__name__}")
    first = next(network.parameters(), torch.empty(0))
    image = torch.zeros(1, *in_shape, dtype=first.dtype, device=first.device)
    recorder = _Recorder(image)
    with ExitStack() as stack:
        stack.enter_context(_mode(network, training))
        stack.enter_context(torch.no_grad())
        for name, module in network.named_modules():
            if isinstance(module, blocks) or not any(module.children()):
                stack.enter_context(_hooked(module, name, recorder, isinstance(module, blocks)))
        stack.enter_context(recorder)
        network(image)
    return recorder.steps


@contextmanager
def _mode(network, training):
    flags = {module: module.training for module in network.modules()}
    network.train(training)
    try:
        yield
    finally:
        for module, flag in flags.items():
            module.training = flag


@contextmanager
def _hooked(module, name, recorder, is_block):
    def before(module, args):
        recorder.depth += 1

    def after(module, args, output):
        recorder.depth -= 1
        recorder.record(name, "block" if is_block else _kind(module), args, output, module)

    handles = [module.register_forward_pre_hook(before), module.register_forward_hook(after)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


class _Recorder(TorchFunctionMode):
    """Keeps the steps, and for each tensor that was seen the step that made it."""

    def __init__(self, image):
        super().__init__()
        self.steps = [Step("image", "image", out_shape=tuple(image.shape[1:]))]
        self.depth = 0
        self._made_by = {id(image): 0}
        self._kept = [image]  # so that no other tensor gets the same id

    def __torch_function__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if self.depth == 0 and isinstance(result, torch.Tensor):
            name = getattr(function, "__name__", "").strip("_")
            self.record(name, _FUNCTIONS.get(name, "rearranged"), args, result)
        return result

    def record(self, name, kind, args, output, module=None):
        """Add a step, unless a block around it is being recorded or nothing known is taken."""
        inputs = tuple(self._made_by[id(each)] for each in _tensors(args) if id(each) in self._made_by)
        outputs = list(_tensors(output))
        if self.depth or not inputs or not outputs:
            return
        if kind == "rearranged" and len(set(inputs)) == 1:
            made_by = inputs[0]
        else:
            self.steps.append(Step(name, kind, inputs, tuple(outputs[0].shape[1:]), module))
            made_by = len(self.steps) - 1
        for each in outputs:
            self._made_by[id(each)] = made_by
            self._kept.append(each)


_FUNCTIONS = {
    **dict.fromkeys(("add", "iadd", "radd"), "add"),
    **dict.fromkeys(("cat", "concat", "concatenate"), "concatenate"),
    **dict.fromkeys(("relu", "tanh", "sigmoid", "mul", "rmul"), "activation"),
    **dict.fromkeys(("max_pool2d", "avg_pool2d", "adaptive_avg_pool2d"), "pooling"),
    "dropout": "dropout",
    "local_response_norm": "normalisation",
}


def _tensors(value):
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _tensors(each)


def _kind(module):
    for kind, classes in _KINDS.items():
        if isinstance(module, classes):
            return kind
    return "other" if any(True for _ in module.parameters()) else "rearranged"


_POOLING = nn.modules.pooling
_KINDS = {
    "convolution": (nn.modules.conv._ConvNd, classical.TableConv2d),
    "fully connected": (nn.Linear, classical.DigitCodes),
    "pooling": (
        classical.Subsampling,
        _POOLING._MaxPoolNd,
        _POOLING._AvgPoolNd,
        _POOLING._AdaptiveAvgPoolNd,
        _POOLING._AdaptiveMaxPoolNd,
    ),
    "normalisation": (nn.modules.batchnorm._NormBase, nn.LocalResponseNorm),
    "dropout": nn.modules.dropout._DropoutNd,
    "activation": (nn.ReLU, nn.Tanh, nn.Sigmoid, classical.ScaledTanh, classical.UnitBias),
}


def without(steps, kinds):
    """Return the steps that are not of these kinds; what took a result of theirs takes what they took.

    Parameters
    ----------
    steps : list of Step
    kinds : collection of str

    Returns
    -------
    list of Step
    """
    kept, new_place = [], {}
    for place, step in enumerate(steps):
        inputs = tuple(new_place[each] for each in step.inputs)
        if step.kind in kinds and inputs:
            new_place[place] = inputs[0]
        else:
            new_place[place] = len(kept)
            kept.append(Step(step.name, step.kind, inputs, step.out_shape, step.module))
    return kept


def ways(steps, choose=max):
    """Return the layers with weights on one way from the image to the last step.

    Parameters
    ----------
    steps : list of Step
    choose : {max, min}
        Whether the way with the most such layers is taken, which is called the depth, or with the fewest.

    Returns
    -------
    list of Step
        From the image upwards; of equal ways, one that is not specified.
    """
    chosen = []
    for step in steps:
        before = choose((chosen[place] for place in step.inputs), key=len, default=[])
        chosen.append([*before, step] if step.kind in LAYERS else before)
    return chosen[-1]


def num_ways(steps):
    """Return how many different ways lead from the image to the last step."""
    counts = [1]
    for step in steps[1:]:
        counts.append(sum(counts[place] for place in step.inputs))
    return counts[-1]
