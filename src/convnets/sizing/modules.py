"""Counting a ``torch.nn.Module`` by watching it run once (chapter *Sizing*).

Hooks see modules, not functions: what a forward pass computes with ``torch.nn.functional``, as ReLU or an
addition, has no row. Products of layers other than convolution, transposed convolution, linear, pooling and
those without parameters are not known and are not guessed.
"""

from contextlib import contextmanager
from math import prod

import lazy_loader

from convnets.sizing.rows import Row

torch = lazy_loader.load("torch")

__all__ = ["run_and_count"]


def run_and_count(module, in_shape):
    """Run a module on one image of zeros and count each layer that it calls.

    Modules are left as they were: with the weights, running statistics, training flags and hooks that they
    had, also if the run fails.

    Parameters
    ----------
    module : torch.nn.Module
        Called with one tensor; its output may be a tensor, or tensors in tuples, lists and dicts.
    in_shape : tuple of int
        The tensor's shape without the batch, which is 1; it has the dtype and device of the first parameter.

    Returns
    -------
    list of Row
        One for each call of a module that has no modules in it or parameters of its own, in the order of the
        calls. Of a module that is called again, and of parameters that two modules share, the parameters are
        in the first row only; those of modules that are never called, in rows of kind "not called" at the
        end: the rows' parameters add up to the module's.

    Raises
    ------
    TypeError
        If `module` is no module.
    ValueError
        If the module has parameters without a shape (lazy modules): run it once first.
    """
    if not isinstance(module, torch.nn.Module):
        raise TypeError(f"a torch.nn.Module is expected, got {type(module).__name__}")
    lazy = [name for name, each in module.named_parameters() if torch.nn.parameter.is_lazy(each)]
    if lazy:
        raise ValueError(f"parameters have no shape yet, run the module once first: {', '.join(lazy)}")
    first = next(module.parameters(), torch.empty(0))
    rows, counted = [], set()
    with _watched(module, rows, counted), torch.no_grad():
        module(torch.zeros(1, *in_shape, dtype=first.dtype, device=first.device))
    return rows + _not_called(module, counted)


@contextmanager
def _watched(module, rows, counted):
    """Put a hook on each layer and switch to evaluation; take both back, whatever happens."""
    flags = {each: each.training for each in module.modules()}
    names = {each: name or type(module).__name__ for name, each in module.named_modules()}
    hooks = []
    try:
        for each, name in names.items():
            if _is_layer(each):
                hook = _hook(name, rows, counted)
                hooks.append(each.register_forward_hook(hook, with_kwargs=True))
        module.eval()
        yield
    finally:
        for handle in hooks:
            handle.remove()
        for each, flag in flags.items():
            each.training = flag


def _is_layer(module):
    """Return whether a module gets a row: it holds no others, or is known, or has parameters of its own."""
    return (
        not any(module.children())
        or _kind(module) not in ("elementwise", "other")
        or any(True for _ in module.parameters(recurse=False))
    )


def _hook(name, rows, counted):
    def hook(module, args, kwargs, output):
        inputs, outputs = list(_tensors((args, kwargs))), list(_tensors(output))
        calls = sum(row.name.split(" (call ")[0] == name for row in rows)
        rows.append(_row(f"{name} (call {calls + 1})" if calls else name, module, inputs, outputs, counted))

    return hook


def _tensors(value):
    """Yield the tensors in nested tuples, lists and dicts."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, dict):
        yield from _tensors(tuple(value.values()))
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _tensors(each)


def _row(name, module, inputs, outputs, counted):
    kind = _kind(module)
    weights, biases = _learned(module, counted)
    numbers = sum(tensor.numel() for tensor in outputs)
    connections, multiply_adds = _operations(module, inputs, outputs, kind)
    memories = {tensor.untyped_storage().data_ptr() for tensor in inputs}
    new = [tensor for tensor in outputs if tensor.untyped_storage().data_ptr() not in memories]
    return Row(
        name=name,
        kind=kind,
        detail=_detail(module),
        in_shape=tuple(inputs[0].shape[1:]) if inputs else (),
        out_shape=tuple(outputs[0].shape[1:]) if outputs else (),
        units=numbers if kind in ("convolution", "fully connected", "pooling") else 0,
        weights=weights,
        biases=biases,
        connections=connections,
        multiply_adds=multiply_adds,
        activations=0 if kind == "other" and any(module.children()) else sum(map(torch.numel, new)),
    )


def _kind(module):
    for kind, classes in _kinds().items():
        if isinstance(module, classes):
            return kind
    return "elementwise" if not any(True for _ in module.parameters()) else "other"


def _kinds():
    nn = torch.nn
    conv, pool, norm = nn.modules.conv, nn.modules.pooling, nn.modules.batchnorm
    return {
        "convolution": conv._ConvNd,
        "fully connected": nn.Linear,
        "pooling": (pool._MaxPoolNd, pool._AvgPoolNd, pool._AdaptiveMaxPoolNd, pool._AdaptiveAvgPoolNd),
        "normalisation": (norm._NormBase, nn.LayerNorm, nn.GroupNorm, nn.LocalResponseNorm),
    }


def _learned(module, counted):
    """Return the numbers of weights and biases that were not counted before."""
    weights = biases = 0
    for name, parameter in module.named_parameters(recurse=False):
        if id(parameter) not in counted:
            counted.add(id(parameter))
            if "bias" in name:
                biases += parameter.numel()
            else:
                weights += parameter.numel()
    return weights, biases


def _operations(module, inputs, outputs, kind):
    """Return connections and multiply-adds; None each if they are not known."""
    if kind in ("elementwise", "normalisation"):
        return 0, 0
    if kind == "other" or not inputs or not outputs:
        return None, None
    numbers = outputs[0].numel()
    if kind == "pooling":
        return _pooled(module, inputs[0].numel(), numbers), 0
    # one filter's products for each value that is read (transposed) or computed (all others)
    each = inputs[0].numel() if getattr(module, "transposed", False) else numbers
    products = each * prod(module.weight.shape[1:])
    return products + (0 if module.bias is None else numbers), products


def _pooled(module, num_read, num_units):
    """Return how many values enter the units of a pooling layer."""
    size = getattr(module, "kernel_size", None)
    if size is None:  # adaptive: windows that may overlap by a pixel; all is read at least once
        return num_read
    dimensions = 3 if "3d" in type(module).__name__ else 1 if "1d" in type(module).__name__ else 2
    return num_units * (prod(size) if isinstance(size, tuple) else size**dimensions)


def _detail(module):
    name = type(module).__name__
    size, stride = getattr(module, "kernel_size", None), getattr(module, "stride", None)
    if size is None:
        return name
    sides = "×".join(map(str, size)) if isinstance(size, tuple) else str(size)
    step = stride[0] if isinstance(stride, tuple) and len(set(stride)) == 1 else stride
    return f"{name} {sides}" + (f" / {step}" if step not in (1, None) else "")


def _not_called(module, counted):
    rows = []
    for name, each in module.named_modules():
        weights, biases = _learned(each, counted)
        if weights or biases:
            row = Row(name, "not called", type(each).__name__, (), (), 0, weights, biases, 0, 0, 0)
            rows.append(row)
    return rows
