"""Residual blocks that are not quite the one that was asked for, as a student would write them."""

import torch
from torch import nn

__all__ = [
    "bent_before_the_sum",
    "bent_twice",
    "biases_beside_the_norms",
    "input_overwritten",
    "projected_when_shrinking_only",
    "skip_always_projected",
    "skip_bent_in_place",
    "skip_never_projected",
    "step_taken_by_the_first_layer",
    "sum_left_unbent",
]


def bent_before_the_sum(C_in, widths, kernel_sizes, stride):
    block, depths, last = nn.Module(), [C_in, *widths], widths[-1]
    first = next((i for i, K in enumerate(kernel_sizes) if K > 1), 0)
    steps = [stride if i == first else 1 for i in range(len(widths))]
    layers = zip(depths, widths, kernel_sizes, steps, strict=False)
    block.convs = nn.ModuleList([nn.Conv2d(a, b, K, s, K // 2, bias=False) for a, b, K, s in layers])
    block.norms = nn.ModuleList(map(nn.BatchNorm2d, widths))
    project = nn.Conv2d(C_in, last, 1, stride, bias=False), nn.BatchNorm2d(last)
    block.shortcut = nn.Sequential(*project if stride != 1 or C_in != last else ())

    def forward(x):
        out = x
        for conv, norm in zip(block.convs, block.norms, strict=True):
            out = torch.relu(norm(conv(out)))
        return out + block.shortcut(x)

    block.forward = forward
    return block


def sum_left_unbent(C_in, widths, kernel_sizes, stride):
    block, depths, last = nn.Module(), [C_in, *widths], widths[-1]
    first = next((i for i, K in enumerate(kernel_sizes) if K > 1), 0)
    steps = [stride if i == first else 1 for i in range(len(widths))]
    layers = zip(depths, widths, kernel_sizes, steps, strict=False)
    block.convs = nn.ModuleList([nn.Conv2d(a, b, K, s, K // 2, bias=False) for a, b, K, s in layers])
    block.norms = nn.ModuleList(map(nn.BatchNorm2d, widths))
    project = nn.Conv2d(C_in, last, 1, stride, bias=False), nn.BatchNorm2d(last)
    block.shortcut = nn.Sequential(*project if stride != 1 or C_in != last else ())

    def forward(x):
        out = block.norms[0](block.convs[0](x))
        for conv, norm in zip(block.convs[1:], block.norms[1:], strict=True):
            out = norm(conv(torch.relu(out)))
        return out + block.shortcut(x)

    block.forward = forward
    return block


def bent_twice(C_in, widths, kernel_sizes, stride):
    block, depths, last = nn.Module(), [C_in, *widths], widths[-1]
    first = next((i for i, K in enumerate(kernel_sizes) if K > 1), 0)
    steps = [stride if i == first else 1 for i in range(len(widths))]
    layers = zip(depths, widths, kernel_sizes, steps, strict=False)
    block.convs = nn.ModuleList([nn.Conv2d(a, b, K, s, K // 2, bias=False) for a, b, K, s in layers])
    block.norms = nn.ModuleList(map(nn.BatchNorm2d, widths))
    project = nn.Conv2d(C_in, last, 1, stride, bias=False), nn.BatchNorm2d(last)
    block.shortcut = nn.Sequential(*project if stride != 1 or C_in != last else ())

    def forward(x):
        out = x
        for conv, norm in zip(block.convs, block.norms, strict=True):
            out = torch.relu(norm(conv(out)))
        return torch.relu(out + block.shortcut(x))

    block.forward = forward
    return block


def input_overwritten(C_in, widths, kernel_sizes, stride):
    block, depths, last = nn.Module(), [C_in, *widths], widths[-1]
    first = next((i for i, K in enumerate(kernel_sizes) if K > 1), 0)
    steps = [stride if i == first else 1 for i in range(len(widths))]
    layers = zip(depths, widths, kernel_sizes, steps, strict=False)
    block.convs = nn.ModuleList([nn.Conv2d(a, b, K, s, K // 2, bias=False) for a, b, K, s in layers])
    block.norms = nn.ModuleList(map(nn.BatchNorm2d, widths))
    project = nn.Conv2d(C_in, last, 1, stride, bias=False), nn.BatchNorm2d(last)
    block.shortcut = nn.Sequential(*project if stride != 1 or C_in != last else ())

    def forward(x):
        out = block.norms[0](block.convs[0](x))
        for conv, norm in zip(block.convs[1:], block.norms[1:], strict=True):
            out = norm(conv(torch.relu(out)))
        skip = block.shortcut(x)
        skip += out
        return torch.relu_(skip)

    block.forward = forward
    return block


def skip_bent_in_place(C_in, widths, kernel_sizes, stride):
    block, depths, last = nn.Module(), [C_in, *widths], widths[-1]
    first = next((i for i, K in enumerate(kernel_sizes) if K > 1), 0)
    steps = [stride if i == first else 1 for i in range(len(widths))]
    layers = zip(depths, widths, kernel_sizes, steps, strict=False)
    block.convs = nn.ModuleList([nn.Conv2d(a, b, K, s, K // 2, bias=False) for a, b, K, s in layers])
    block.norms = nn.ModuleList(map(nn.BatchNorm2d, widths))
    project = nn.Conv2d(C_in, last, 1, stride, bias=False), nn.BatchNorm2d(last)
    block.shortcut = nn.Sequential(*project if stride != 1 or C_in != last else ())

    def forward(x):
        out = x
        for conv, norm in zip(block.convs, block.norms, strict=True):
            out = norm(conv(torch.relu_(out)))
        return torch.relu_(out + block.shortcut(x))

    block.forward = forward
    return block


def skip_never_projected(C_in, widths, kernel_sizes, stride):
    block, depths = nn.Module(), [C_in, *widths]
    first = next((i for i, K in enumerate(kernel_sizes) if K > 1), 0)
    steps = [stride if i == first else 1 for i in range(len(widths))]
    layers = zip(depths, widths, kernel_sizes, steps, strict=False)
    block.convs = nn.ModuleList([nn.Conv2d(a, b, K, s, K // 2, bias=False) for a, b, K, s in layers])
    block.norms = nn.ModuleList(map(nn.BatchNorm2d, widths))

    def forward(x):
        out = block.norms[0](block.convs[0](x))
        for conv, norm in zip(block.convs[1:], block.norms[1:], strict=True):
            out = norm(conv(torch.relu(out)))
        return torch.relu(out + x)

    block.forward = forward
    return block


def skip_always_projected(C_in, widths, kernel_sizes, stride):
    block, depths, last = nn.Module(), [C_in, *widths], widths[-1]
    first = next((i for i, K in enumerate(kernel_sizes) if K > 1), 0)
    steps = [stride if i == first else 1 for i in range(len(widths))]
    layers = zip(depths, widths, kernel_sizes, steps, strict=False)
    block.convs = nn.ModuleList([nn.Conv2d(a, b, K, s, K // 2, bias=False) for a, b, K, s in layers])
    block.norms = nn.ModuleList(map(nn.BatchNorm2d, widths))
    project = nn.Conv2d(C_in, last, 1, stride, bias=False), nn.BatchNorm2d(last)
    block.shortcut = nn.Sequential(*project)

    def forward(x):
        out = block.norms[0](block.convs[0](x))
        for conv, norm in zip(block.convs[1:], block.norms[1:], strict=True):
            out = norm(conv(torch.relu(out)))
        return torch.relu(out + block.shortcut(x))

    block.forward = forward
    return block


def projected_when_shrinking_only(C_in, widths, kernel_sizes, stride):
    block, depths, last = nn.Module(), [C_in, *widths], widths[-1]
    first = next((i for i, K in enumerate(kernel_sizes) if K > 1), 0)
    steps = [stride if i == first else 1 for i in range(len(widths))]
    layers = zip(depths, widths, kernel_sizes, steps, strict=False)
    block.convs = nn.ModuleList([nn.Conv2d(a, b, K, s, K // 2, bias=False) for a, b, K, s in layers])
    block.norms = nn.ModuleList(map(nn.BatchNorm2d, widths))
    project = nn.Conv2d(C_in, last, 1, stride, bias=False), nn.BatchNorm2d(last)
    block.shortcut = nn.Sequential(*project if stride != 1 else ())

    def forward(x):
        out = block.norms[0](block.convs[0](x))
        for conv, norm in zip(block.convs[1:], block.norms[1:], strict=True):
            out = norm(conv(torch.relu(out)))
        return torch.relu(out + block.shortcut(x))

    block.forward = forward
    return block


def step_taken_by_the_first_layer(C_in, widths, kernel_sizes, stride):
    block, depths, last = nn.Module(), [C_in, *widths], widths[-1]
    steps = [stride] + [1] * (len(widths) - 1)
    layers = zip(depths, widths, kernel_sizes, steps, strict=False)
    block.convs = nn.ModuleList([nn.Conv2d(a, b, K, s, K // 2, bias=False) for a, b, K, s in layers])
    block.norms = nn.ModuleList(map(nn.BatchNorm2d, widths))
    project = nn.Conv2d(C_in, last, 1, stride, bias=False), nn.BatchNorm2d(last)
    block.shortcut = nn.Sequential(*project if stride != 1 or C_in != last else ())

    def forward(x):
        out = block.norms[0](block.convs[0](x))
        for conv, norm in zip(block.convs[1:], block.norms[1:], strict=True):
            out = norm(conv(torch.relu(out)))
        return torch.relu(out + block.shortcut(x))

    block.forward = forward
    return block


def biases_beside_the_norms(C_in, widths, kernel_sizes, stride):
    block, depths, last = nn.Module(), [C_in, *widths], widths[-1]
    first = next((i for i, K in enumerate(kernel_sizes) if K > 1), 0)
    steps = [stride if i == first else 1 for i in range(len(widths))]
    layers = zip(depths, widths, kernel_sizes, steps, strict=False)
    block.convs = nn.ModuleList([nn.Conv2d(a, b, K, s, K // 2) for a, b, K, s in layers])
    block.norms = nn.ModuleList(map(nn.BatchNorm2d, widths))
    project = nn.Conv2d(C_in, last, 1, stride), nn.BatchNorm2d(last)
    block.shortcut = nn.Sequential(*project if stride != 1 or C_in != last else ())

    def forward(x):
        out = block.norms[0](block.convs[0](x))
        for conv, norm in zip(block.convs[1:], block.norms[1:], strict=True):
            out = norm(conv(torch.relu(out)))
        return torch.relu(out + block.shortcut(x))

    block.forward = forward
    return block
