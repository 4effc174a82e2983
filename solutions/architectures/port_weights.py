"""Weights of a network whose images have their channels last, brought to PyTorch (coverage row 6.4)."""

import numpy as np
import torch
from torch import nn

from checks.contract import Case, Exercise, Group, Mistake, Trial
from solutions.allowances import FLOAT32_WHOLE, NETWORKS
from solutions.trials import image

SECTION = "architectures.html#loading-weights"


def port_weights(weights, image_size):
    layers, (H, W), number = [], image_size, 1
    while f"conv_{number}/kernel" in weights:
        kernel = torch.from_numpy(weights[f"conv_{number}/kernel"]).permute(3, 2, 0, 1)
        conv = nn.Conv2d(kernel.shape[1], kernel.shape[0], tuple(kernel.shape[2:]))
        conv.weight.data.copy_(kernel)
        conv.bias.data.copy_(torch.from_numpy(weights[f"conv_{number}/bias"]))
        layers += [conv, nn.ReLU(), nn.MaxPool2d(2)]
        H, W = (H - kernel.shape[2] + 1) // 2, (W - kernel.shape[3] + 1) // 2
        number += 1
    kernel = torch.from_numpy(weights["dense/kernel"])
    dense = nn.Linear(*kernel.shape)
    in_our_order = kernel.reshape(H, W, -1, kernel.shape[1]).permute(3, 2, 0, 1)
    dense.weight.data.copy_(in_our_order.reshape(kernel.shape[1], -1))
    dense.bias.data.copy_(torch.from_numpy(weights["dense/bias"]))
    return nn.Sequential(*layers, nn.Flatten(), dense)


def channels_first_when_flattened(weights, image_size):
    layers, number = [], 1
    while f"conv_{number}/kernel" in weights:
        kernel = weights[f"conv_{number}/kernel"].transpose(3, 2, 0, 1)
        conv = nn.Conv2d(kernel.shape[1], kernel.shape[0], kernel.shape[2:])
        conv.weight.data = torch.tensor(kernel)
        conv.bias.data = torch.tensor(weights[f"conv_{number}/bias"])
        layers += [conv, nn.ReLU(), nn.MaxPool2d(2)]
        number += 1
    dense = nn.Linear(*weights["dense/kernel"].shape)
    dense.weight.data = torch.tensor(weights["dense/kernel"].T.copy())
    dense.bias.data = torch.tensor(weights["dense/bias"])
    return nn.Sequential(*layers, nn.Flatten(), dense)


def dense_reshaped_not_turned(weights, image_size):
    class Permuted(nn.Module):
        def forward(self, x):
            return x.permute(0, 2, 3, 1).flatten(1)

    layers, number = [], 1
    while f"conv_{number}/kernel" in weights:
        kernel = weights[f"conv_{number}/kernel"].transpose(3, 2, 0, 1)
        conv = nn.Conv2d(kernel.shape[1], kernel.shape[0], kernel.shape[2:])
        conv.weight.data = torch.tensor(kernel)
        conv.bias.data = torch.tensor(weights[f"conv_{number}/bias"])
        layers += [conv, nn.ReLU(), nn.MaxPool2d(2)]
        number += 1
    inputs, outputs = weights["dense/kernel"].shape
    dense = nn.Linear(inputs, outputs)
    dense.weight.data = torch.tensor(weights["dense/kernel"].reshape(outputs, inputs))
    dense.bias.data = torch.tensor(weights["dense/bias"])
    return nn.Sequential(*layers, Permuted(), dense)


def biases_left_behind(weights, image_size):
    class Permuted(nn.Module):
        def forward(self, x):
            return x.permute(0, 2, 3, 1).flatten(1)

    layers, number = [], 1
    while f"conv_{number}/kernel" in weights:
        kernel = weights[f"conv_{number}/kernel"].transpose(3, 2, 0, 1)
        conv = nn.Conv2d(kernel.shape[1], kernel.shape[0], kernel.shape[2:], bias=False)
        conv.weight.data = torch.tensor(kernel)
        layers += [conv, nn.ReLU(), nn.MaxPool2d(2)]
        number += 1
    dense = nn.Linear(*weights["dense/kernel"].shape, bias=False)
    dense.weight.data = torch.tensor(weights["dense/kernel"].T.copy())
    return nn.Sequential(*layers, Permuted(), dense)


def rows_and_columns_swapped(weights, image_size):
    class Permuted(nn.Module):
        def forward(self, x):
            return x.permute(0, 2, 3, 1).flatten(1)

    layers, number = [], 1
    while f"conv_{number}/kernel" in weights:
        kernel = weights[f"conv_{number}/kernel"].transpose(3, 2, 1, 0)
        conv = nn.Conv2d(kernel.shape[1], kernel.shape[0], kernel.shape[2:])
        conv.weight.data = torch.tensor(kernel)
        conv.bias.data = torch.tensor(weights[f"conv_{number}/bias"])
        layers += [conv, nn.ReLU(), nn.MaxPool2d(2)]
        number += 1
    dense = nn.Linear(*weights["dense/kernel"].shape)
    dense.weight.data = torch.tensor(weights["dense/kernel"].T.copy())
    dense.bias.data = torch.tensor(weights["dense/bias"])
    return nn.Sequential(*layers, Permuted(), dense)


def kernels_reshaped_not_turned(weights, image_size):
    class Permuted(nn.Module):
        def forward(self, x):
            return x.permute(0, 2, 3, 1).flatten(1)

    layers, number = [], 1
    while f"conv_{number}/kernel" in weights:
        rows, columns, before, behind = weights[f"conv_{number}/kernel"].shape
        conv = nn.Conv2d(before, behind, (rows, columns))
        kernel = weights[f"conv_{number}/kernel"].reshape(behind, before, rows, columns)
        conv.weight.data = torch.tensor(kernel)
        conv.bias.data = torch.tensor(weights[f"conv_{number}/bias"])
        layers += [conv, nn.ReLU(), nn.MaxPool2d(2)]
        number += 1
    dense = nn.Linear(*weights["dense/kernel"].shape)
    dense.weight.data = torch.tensor(weights["dense/kernel"].T.copy())
    dense.bias.data = torch.tensor(weights["dense/bias"])
    return nn.Sequential(*layers, Permuted(), dense)


def kernels_flipped(weights, image_size):
    class Permuted(nn.Module):
        def forward(self, x):
            return x.permute(0, 2, 3, 1).flatten(1)

    layers, number = [], 1
    while f"conv_{number}/kernel" in weights:
        kernel = weights[f"conv_{number}/kernel"][::-1, ::-1].transpose(3, 2, 0, 1)
        conv = nn.Conv2d(kernel.shape[1], kernel.shape[0], kernel.shape[2:])
        conv.weight.data = torch.tensor(kernel.copy())
        conv.bias.data = torch.tensor(weights[f"conv_{number}/bias"])
        layers += [conv, nn.ReLU(), nn.MaxPool2d(2)]
        number += 1
    dense = nn.Linear(*weights["dense/kernel"].shape)
    dense.weight.data = torch.tensor(weights["dense/kernel"].T.copy())
    dense.bias.data = torch.tensor(weights["dense/bias"])
    return nn.Sequential(*layers, Permuted(), dense)


def flattened_the_other_way(weights, image_size):
    class Ported(nn.Module):
        def forward(self, x):
            number = 1
            while f"conv_{number}/kernel" in weights:
                kernel = torch.tensor(weights[f"conv_{number}/kernel"]).movedim((3, 2), (0, 1))
                x = nn.functional.conv2d(x, kernel, torch.tensor(weights[f"conv_{number}/bias"]))
                x = nn.functional.max_pool2d(x.relu(), 2)
                number += 1
            flat = x.movedim(1, 3).reshape(len(x), -1)
            return flat @ torch.tensor(weights["dense/kernel"]) + torch.tensor(weights["dense/bias"])

    return Ported()


def a_convolution_at_the_end(weights, image_size):
    (H, W), chain, number = image_size, nn.Sequential(), 1
    while (kernel := weights.get(f"conv_{number}/kernel")) is not None:
        conv = nn.Conv2d(kernel.shape[2], kernel.shape[3], kernel.shape[:2])
        state = {"weight": torch.tensor(np.moveaxis(kernel, (3, 2), (0, 1)).copy())}
        conv.load_state_dict(state | {"bias": torch.tensor(weights[f"conv_{number}/bias"])})
        chain.append(conv).append(nn.MaxPool2d(2)).append(nn.ReLU())
        H, W = (H - kernel.shape[0] + 1) // 2, (W - kernel.shape[1] + 1) // 2
        number += 1
    last = weights["dense/kernel"].reshape(H, W, -1, weights["dense/kernel"].shape[1])
    conv = nn.Conv2d(last.shape[2], last.shape[3], (H, W))
    conv.weight.data = torch.tensor(last.transpose(3, 2, 0, 1).copy())
    conv.bias.data = torch.tensor(weights["dense/bias"])
    return chain.append(conv).append(nn.Flatten())


def made(group, label, rng, kernels, num_classes, shape):
    (H, W), depth, weights = shape[2:], shape[1], {}

    def drawn(*shape):
        return (rng.integers(1, 5, shape) * rng.choice([-1, 1], shape)).astype(np.float32)

    for number, (rows, columns, maps) in enumerate(kernels, start=1):
        weights[f"conv_{number}/kernel"] = drawn(rows, columns, depth, maps)
        weights[f"conv_{number}/bias"] = drawn(maps)
        H, W, depth = (H - rows + 1) // 2, (W - columns + 1) // 2, maps
    weights |= {"dense/kernel": drawn(H * W * depth, num_classes), "dense/bias": drawn(num_classes)}
    return Case(group, label, (weights, shape[2:]), trial=Trial((image(rng, shape),)))


def hidden(rng):
    a, b, c = (int(n) for n in rng.integers(2, 5, 3))
    yield made("dense", "no convolution", rng, [], c, (2, a, 3, 4))
    yield made("conv", "one convolution", rng, [(2, 3, a)], b, (2, c, 6, 9))
    yield made("conv", "square kernels", rng, [(3, 3, b)], c, (2, a, 6, 8))
    yield made("deep", "two convolutions", rng, [(3, 2, a), (2, 3, b)], c, (2, 2, 12, 15))


EXERCISE = Exercise(
    name="port_weights",
    title="Weights from another library",
    task=(
        "Somebody trained a network in a library whose images have the shape (N, H, W, C), and gave you its "
        "weights as a dict of arrays. There are some convolutions, none of them padded, each followed by a "
        "ReLU and by max pooling over windows of 2 × 2, side by side; then a fully connected layer gives the "
        "logits. The names are `conv_1/kernel`, of shape (K_h, K_w, C_in, C_out), `conv_1/bias`, "
        "`conv_2/kernel` and so on, at last `dense/kernel`, of shape (inputs, num_classes), and "
        "`dense/bias`. The maps were flattened as that library keeps them: rows, columns, channels.\n\n"
        "Write `port_weights(weights, image_size)`, which returns a `torch.nn.Module` that gives the same "
        "logits for images of shape (N, C, H, W), as PyTorch has them; `image_size` is (H, W). There may be "
        "no convolution at all. The names of the layers are your own affair here."
    ),
    reference=port_weights,
    groups=(
        Group("dense", 4, "Only the fully connected layer"),
        Group("conv", 5, "One convolution before it"),
        Group("deep", 3, "Two convolutions"),
    ),
    public=(
        made("dense", "no convolution", np.random.default_rng(1), [], 2, (1, 2, 2, 3)),
        made("conv", "one convolution", np.random.default_rng(2), [(2, 3, 2)], 2, (1, 1, 5, 8)),
        made("conv", "square kernels", np.random.default_rng(3), [(2, 2, 2)], 3, (1, 3, 3, 5)),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            channels_first_when_flattened,
            "You flattened the maps in PyTorch's order, channel after channel. The fully connected layer "
            "learned its weights for rows, columns, channels: turn its inputs, or its weight, into one "
            "order.",
            SECTION,
        ),
        Mistake(
            dense_reshaped_not_turned,
            "You reshaped the matrix of the fully connected layer. `reshape` keeps the numbers in a row as "
            "they are and only breaks the lines elsewhere; a matrix is turned by a transpose.",
            SECTION,
        ),
        Mistake(
            biases_left_behind,
            "You left the biases behind. They stand in the dict too, under the names that end in `/bias`, "
            "and the logits need them.",
            SECTION,
        ),
        Mistake(
            rows_and_columns_swapped,
            "Your kernels lie on their side: you reversed the order of all four axes. Rows stay before "
            "columns; only the two axes of channels move, to the front and in the opposite order.",
            SECTION,
        ),
        Mistake(
            kernels_reshaped_not_turned,
            "You reshaped the kernels. The shape is right then, but the numbers belong to other maps and "
            "places; axes change places by `permute` or `transpose`.",
            SECTION,
        ),
        Mistake(
            kernels_flipped,
            "You turned the kernels by 180°. Both libraries compute a correlation and call it a convolution; "
            "the kernels are not flipped.",
            SECTION,
        ),
    ),
    variants=(flattened_the_other_way, a_convolution_at_the_end),
    tolerance=FLOAT32_WHOLE,
    banned=NETWORKS,
    difficulty=3,
    minutes=40,
    hints=(
        "Begin without convolutions. Which number of `x.flatten(1)` is row h, column w, channel c, and at "
        "which place did the other library have it?",
        "`kernel.transpose(3, 2, 0, 1)` brings (K_h, K_w, C_in, C_out) into PyTorch's order. For the fully "
        "connected layer you may also turn the maps before they are flattened: `x.permute(0, 2, 3, 1)`.",
        "`layer.weight.data = torch.tensor(array)` sets a weight; an array that was turned may need "
        "`.copy()`. Count upwards, conv_1, conv_2 …, as long as the name is in the dict.",
    ),
    section=SECTION,
)
