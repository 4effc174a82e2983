"""Inception modules that are not quite the one that was asked for, as a student would write them."""

import torch
from torch import nn

__all__ = [
    "added_up",
    "every_layer_sees_the_input",
    "last_branch_first",
    "one_behind_the_other",
    "pools_that_shrink",
    "pools_without_a_border",
    "reductions_left_out",
    "stacked_along_the_batch",
]


def stacked_along_the_batch(C_in, branches):
    module = nn.Module()
    module.branches = nn.ModuleList()
    for branch in branches:
        depth, chain = C_in, nn.Sequential()
        for kind, K, *maps in branch:
            if kind == "pool":
                chain.append(nn.MaxPool2d(K, 1, K // 2))
            else:
                chain.extend([nn.Conv2d(depth, maps[0], K, padding=K // 2), nn.ReLU()])
                depth = maps[0]
        module.branches.append(chain)
    module.forward = lambda x: torch.cat([chain(x) for chain in module.branches])
    return module


def added_up(C_in, branches):
    module = nn.Module()
    module.branches = nn.ModuleList()
    for branch in branches:
        depth, chain = C_in, nn.Sequential()
        for kind, K, *maps in branch:
            if kind == "pool":
                chain.append(nn.MaxPool2d(K, 1, K // 2))
            else:
                chain.extend([nn.Conv2d(depth, maps[0], K, padding=K // 2), nn.ReLU()])
                depth = maps[0]
        module.branches.append(chain)
    module.forward = lambda x: sum(chain(x) for chain in module.branches)
    return module


def one_behind_the_other(C_in, branches):
    module = nn.Module()
    module.branches, depth = nn.ModuleList(), C_in
    for branch in branches:
        chain = nn.Sequential()
        for kind, K, *maps in branch:
            if kind == "pool":
                chain.append(nn.MaxPool2d(K, 1, K // 2))
            else:
                chain.extend([nn.Conv2d(depth, maps[0], K, padding=K // 2), nn.ReLU()])
                depth = maps[0]
        module.branches.append(chain)

    def forward(x):
        out = []
        for chain in module.branches:
            x = chain(x)
            out.append(x)
        return torch.cat(out, 1)

    module.forward = forward
    return module


def last_branch_first(C_in, branches):
    module = nn.Module()
    module.branches = nn.ModuleList()
    for branch in branches:
        depth, chain = C_in, nn.Sequential()
        for kind, K, *maps in branch:
            if kind == "pool":
                chain.append(nn.MaxPool2d(K, 1, K // 2))
            else:
                chain.extend([nn.Conv2d(depth, maps[0], K, padding=K // 2), nn.ReLU()])
                depth = maps[0]
        module.branches.append(chain)
    module.forward = lambda x: torch.cat([chain(x) for chain in reversed(module.branches)], 1)
    return module


def pools_that_shrink(C_in, branches):
    module = nn.Module()
    module.branches = nn.ModuleList()
    for branch in branches:
        depth, chain = C_in, nn.Sequential()
        for kind, K, *maps in branch:
            if kind == "pool":
                chain.append(nn.MaxPool2d(K, padding=K // 2))
            else:
                chain.extend([nn.Conv2d(depth, maps[0], K, padding=K // 2), nn.ReLU()])
                depth = maps[0]
        module.branches.append(chain)
    module.forward = lambda x: torch.cat([chain(x) for chain in module.branches], 1)
    return module


def pools_without_a_border(C_in, branches):
    module = nn.Module()
    module.branches = nn.ModuleList()
    for branch in branches:
        depth, chain = C_in, nn.Sequential()
        for kind, K, *maps in branch:
            if kind == "pool":
                chain.append(nn.MaxPool2d(K, 1))
            else:
                chain.extend([nn.Conv2d(depth, maps[0], K, padding=K // 2), nn.ReLU()])
                depth = maps[0]
        module.branches.append(chain)
    module.forward = lambda x: torch.cat([chain(x) for chain in module.branches], 1)
    return module


def reductions_left_out(C_in, branches):
    module = nn.Module()
    module.branches = nn.ModuleList()
    for branch in branches:
        chain = nn.Sequential(
            *[nn.MaxPool2d(layer[1], 1, layer[1] // 2) for layer in branch if layer[0] == "pool"]
        )
        kind, K, *maps = branch[-1]
        if kind == "conv":
            chain.extend([nn.Conv2d(C_in, maps[0], K, padding=K // 2), nn.ReLU()])
        module.branches.append(chain)
    module.forward = lambda x: torch.cat([chain(x) for chain in module.branches], 1)
    return module


def every_layer_sees_the_input(C_in, branches):
    module = nn.Module()
    module.branches = nn.ModuleList()
    for branch in branches:
        chain = nn.Sequential()
        for kind, K, *maps in branch:
            if kind == "pool":
                chain.append(nn.MaxPool2d(K, 1, K // 2))
            else:
                chain.extend([nn.Conv2d(C_in, maps[0], K, padding=K // 2), nn.ReLU()])
        module.branches.append(chain)
    module.forward = lambda x: torch.cat([chain(x) for chain in module.branches], 1)
    return module
