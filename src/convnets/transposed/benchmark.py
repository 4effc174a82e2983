"""How fast layers are, there and back: ``python -m convnets.transposed.benchmark [--out FILE]``.

The convolution layer forward, forward and backward, its Winograd form, and the transposed convolution, each
against PyTorch's in the same run, in float32, in the way that :mod:`convnets.timing` describes; and how much
memory the forward pass takes at its peak beyond its output. The shapes are those of first, middle and last
layers of LeNet, VGG and ResNet, and of three steps of a decoder; every layer has a bias. Filters are
transformed anew in each call of the Winograd form. A goal is set for the geometric mean over the shapes.
"""

import tracemalloc
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import geometric_mean

import numpy as np
import torch
from tqdm import tqdm

from convnets import backprop, convolution, layers, timing, transposed

__all__ = ["GOALS", "SHAPES", "TASKS", "Shape", "main", "measure", "memory_share", "ratios", "table"]


@dataclass(frozen=True)
class Shape:
    """One layer, and how many images it gets at once."""

    batch: int
    in_channels: int
    size: int
    out_channels: int
    kernel_size: int
    stride: int = 1
    padding: int = 0

    @property
    def settings(self):
        """The keyword arguments of the layer."""
        return {"stride": self.stride, "padding": self.padding}

    def draw(self, rng, *, transpose=False):
        """Return random images, filters and biases, in float32."""
        channels = (
            (self.in_channels, self.out_channels) if transpose else (self.out_channels, self.in_channels)
        )
        x = rng.standard_normal((self.batch, self.in_channels, self.size, self.size), np.float32)
        weight = rng.standard_normal((*channels, self.kernel_size, self.kernel_size), np.float32)
        return x, weight, rng.standard_normal(self.out_channels, np.float32)


LAYERS = {
    "LeNet C1": Shape(8, 1, 32, 6, 5),
    "LeNet C3": Shape(8, 6, 14, 16, 5),
    "VGG 64@56": Shape(4, 64, 56, 64, 3, padding=1),
    "VGG 256@28": Shape(4, 256, 28, 256, 3, padding=1),
    "VGG 512@14": Shape(4, 512, 14, 512, 3, padding=1),
    "ResNet 7×7/2": Shape(4, 3, 224, 64, 7, stride=2, padding=3),
    "ResNet 1×1": Shape(4, 256, 56, 64, 1),
}
SMALL_FILTERS = {name: shape for name, shape in LAYERS.items() if shape.kernel_size == 3}
DECODER = {
    "decoder 256@14": Shape(4, 256, 14, 128, 4, stride=2, padding=1),
    "decoder 128@28": Shape(4, 128, 28, 64, 4, stride=2, padding=1),
    "decoder 64@56": Shape(4, 64, 56, 32, 4, stride=2, padding=1),
}
SHAPES = {"forward": LAYERS, "forward+backward": LAYERS, "winograd": SMALL_FILTERS, "transposed": DECODER}
"""On which shapes each task is measured."""
GOALS = {"forward": 2.0, "forward+backward": 2.5, "winograd": 1.1, "transposed": 2.5}
"""How many times as long as PyTorch each may take, as the geometric mean over its shapes."""


def _forward(shape, rng):
    arrays = shape.draw(rng)
    tensors = map(torch.from_numpy, arrays)
    return {
        "ours": partial(layers.conv2d, *arrays, **shape.settings),
        "torch": partial(torch.nn.functional.conv2d, *tensors, **shape.settings),
    }


def _forward_and_backward(shape, rng):
    x, weight, bias = shape.draw(rng)
    grad_output = layers.conv2d(x, weight, bias, **shape.settings)
    tensors = [torch.from_numpy(array).requires_grad_() for array in (x, weight, bias)]

    def ours():
        layers.conv2d(x, weight, bias, **shape.settings)
        return backprop.conv2d_backward(grad_output, x, weight, **shape.settings)

    def theirs():
        out = torch.nn.functional.conv2d(*tensors, **shape.settings)
        return torch.autograd.grad(out, tensors, torch.from_numpy(grad_output))

    return {"ours": ours, "torch": theirs}


def _winograd(shape, rng):
    arrays = shape.draw(rng)
    tensors = map(torch.from_numpy, arrays)
    return {
        "ours": partial(layers.conv2d_winograd, *arrays, padding=shape.padding),
        "torch": partial(torch.nn.functional.conv2d, *tensors, **shape.settings),
    }


def _transposed(shape, rng):
    arrays = shape.draw(rng, transpose=True)
    tensors = map(torch.from_numpy, arrays)
    return {
        "ours": partial(transposed.conv_transpose2d, *arrays, **shape.settings),
        "torch": partial(torch.nn.functional.conv_transpose2d, *tensors, **shape.settings),
    }


TASKS = {
    "forward": _forward,
    "forward+backward": _forward_and_backward,
    "winograd": _winograd,
    "transposed": _transposed,
}
"""For each task, from a shape and a random generator to two functions that do the same."""


def measure(shapes=SHAPES, rounds=9, seed=0):
    """Time every task on its shapes, against PyTorch.

    Parameters
    ----------
    shapes : dict of str to dict of str to Shape
        By task and by name.
    rounds : int
        How many turns each of the two gets.
    seed : int
        From which arrays and the order within each round are drawn.

    Returns
    -------
    list of dict
        Two records for each task and shape, ``form`` ``"ours"`` and ``"torch"``: ``task``, ``shape``,
        ``batch`` and what :func:`convnets.timing.take_turns` returns; that of our forward pass also holds
        ``memory_share``.
    """
    rng = np.random.default_rng(seed)
    cases = [(task, name, shape) for task in shapes for name, shape in shapes[task].items()]
    records = []
    with timing.one_thread():
        for task, name, shape in tqdm(cases, unit="case"):
            measured = timing.take_turns(TASKS[task](shape, rng), rounds, rng)
            if task == "forward":
                measured["ours"]["memory_share"] = round(memory_share(shape), 2)
            about = {"task": task, "shape": name, "batch": shape.batch}
            records += [about | {"form": form} | times for form, times in measured.items()]
    return records


def memory_share(shape):
    """Return the peak of memory of a forward pass beyond its output, in units of one image's columns.

    Python's own objects, some kilobytes whatever the image's size, are not counted: they are what the same
    call takes for an image of a single window.
    """
    one_window = replace(shape, size=shape.kernel_size, padding=0)
    (peak, out, weight), (objects, *_) = _peak(shape), _peak(one_window)
    return (peak - objects) / (weight[0].size * out[0, 0].size * out.itemsize)


def _peak(shape):
    x, weight, bias = shape.draw(np.random.default_rng(0))
    layers.conv2d(x, weight, bias, **shape.settings)
    tracemalloc.start()
    try:
        out = layers.conv2d(x, weight, bias, **shape.settings)
        return tracemalloc.get_traced_memory()[1] - out.nbytes, out, weight
    finally:
        tracemalloc.stop()


def ratios(records):
    """Return, by task and by shape, how many times as long as PyTorch's median ours is."""
    medians = {(one["task"], one["shape"], one["form"]): one["median_s"] for one in records}
    found = {}
    for task, shape, form in medians:
        if form == "ours":
            ratio = medians[task, shape, "ours"] / medians[task, shape, "torch"]
            found.setdefault(task, {})[shape] = ratio
    return found


def table(records):
    """Return the records as a table of ratios: shapes down, tasks across, geometric means and goals below."""
    found = ratios(records)
    memory = {one["shape"]: one["memory_share"] for one in records if "memory_share" in one}
    batches = {one["shape"]: one["batch"] for one in records}
    rows = [["times PyTorch's", "batch", *found, "memory"]]
    for shape, batch in batches.items():
        cells = [_number(found[task].get(shape)) for task in found]
        rows.append([shape, str(batch), *cells, _number(memory.get(shape))])
    means = {task: geometric_mean(by_shape.values()) for task, by_shape in found.items()}
    rows.append(["geometric mean", "", *map(_number, means.values()), ""])
    rows.append(["goal: at most", "", *(_number(GOALS[task]) for task in found), "1.00"])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows
    ]
    return "\n".join([*lines, "memory: peak beyond the output, in units of the columns of one image"])


def _number(value):
    return "" if value is None else f"{value:.2f}"


def main(arguments=None):
    """Measure, print the table, and write the record as JSON if a file is named."""
    folders = [Path(package.__file__).parent for package in (convolution, layers, backprop, transposed)]
    timing.run_benchmark(__doc__, measure, table, folders, arguments)


if __name__ == "__main__":
    main()
