"""Networks counted as they are built, beside what was published (chapter *Architectures*).

Each function returns a Table. Networks are built on PyTorch's meta device, where weights take no memory.
Sources of the published figures are in :mod:`convnets.sizing.published` and
:mod:`convnets.sizing.competitions`.
"""

import torch

from convnets.architectures.catalogue import NETWORKS
from convnets.architectures.cifar_resnet import cifar_resnet
from convnets.architectures.googlenet import Inception, NaiveInception
from convnets.architectures.pretrained import PRETRAINED
from convnets.architectures.resnet import resnet18, resnet34, resnet50, resnet101, resnet152
from convnets.sizing import Table, summary
from convnets.sizing.competitions import RESNET_RESULTS
from convnets.sizing.networks import INCEPTION
from convnets.sizing.published import CIFAR_RESNET_PAPER, RESNET_PAPER, TORCHVISION

__all__ = [
    "cifar_table",
    "counted",
    "counts_table",
    "inception_table",
    "resnet_table",
    "torchvision_modules",
    "unbuilt",
]

_IMAGE = (3, 224, 224)
_RESNETS = {18: resnet18, 34: resnet34, 50: resnet50, 101: resnet101, 152: resnet152}


def unbuilt(build, *args, **settings):
    """Return a network without numbers, on PyTorch's meta device: shapes, keys and counts are all there.

    Parameters
    ----------
    build : callable
        A builder of :mod:`convnets.architectures`, called with the other arguments.
    """
    with torch.device("meta"):
        return build(*args, **settings).eval()


def counted(build, in_shape=_IMAGE, **settings):
    """Return the :class:`~convnets.sizing.Summary` of what a builder builds, without allocating it."""
    return summary(unbuilt(build, **settings), in_shape)


def counts_table(names=None):
    """Return the parameters of networks as counted in the code, beside the published number.

    Parameters
    ----------
    names : sequence of str, optional
        Keys of `NETWORKS`; all of them if not given.
    """
    entries = [NETWORKS[name] for name in names or NETWORKS]
    notes = list(dict.fromkeys(entry.differs for entry in entries if entry.differs))
    rows = [
        (
            name,
            entry.image_shape,
            entry.published if entry.published is not None else "not stated",
            sum(parameter.numel() for parameter in unbuilt(entry.build).parameters()),
            str(notes.index(entry.differs) + 1) if entry.differs else "",
        )
        for name, entry in zip(names or NETWORKS, entries, strict=True)
    ]
    header = ("network", "image", "parameters, published", "parameters, counted", "note")
    notes = [f"{note[0].upper()}{note[1:]}." for note in notes]
    return Table(header, rows, "Networks as they are built here", notes=notes)


def inception_table(key="3a", in_channels=192, side=28):
    """Return what an Inception module costs, naive and with 1×1 filters that reduce.

    Parameters
    ----------
    key : str
        A module of the paper's table 1.
    in_channels, side : int
        Of the maps that it sees.
    """
    one, _, three, _, five, _ = widths = INCEPTION[key]
    modules = {
        "naive": unbuilt(NaiveInception, in_channels, one, three, five),
        "with 1×1 reduction": unbuilt(Inception, in_channels, widths),
    }
    rows = []
    for name, module in modules.items():
        cost = summary(module, (in_channels, side, side))
        rows.append((name, module.out_channels, cost.weights, cost.multiply_adds))
    header = ("module", "maps out", "weights", "multiply-adds")
    return Table(header, rows, f"Module ({key}) on {in_channels} maps of {side}×{side}")


def resnet_table():
    """Return the five residual networks for ImageNet: layers, blocks, cost, and the paper's errors."""
    errors = {result.name: result for result in RESNET_RESULTS}
    rows = []
    for depth, build in _RESNETS.items():
        network = unbuilt(build)
        cost = summary(network, _IMAGE)
        first = cost if depth < 50 else counted(build, stride_first=True)
        lengths = tuple(len(network.get_submodule(stage)) for stage in network.stages)
        error = errors.get(f"ResNet-{depth}")
        rows.append(
            (
                f"ResNet-{depth}",
                "+".join(map(str, lengths)),
                cost.parameters,
                f"{cost.multiply_adds / 1e9:.2f}",
                f"{first.multiply_adds / 1e9:.2f}",
                RESNET_PAPER[depth],
                error.val_top5 if error else None,
            )
        )
    header = (
        "network",
        "blocks",
        "parameters",
        "10⁹ products, torchvision’s",
        "10⁹ products, the paper’s",
        "paper",
        "top-5 error, paper",
    )
    return Table(header, rows, "Residual networks on an image of 3×224×224")


def cifar_table():
    """Return the residual networks for CIFAR-10: parameters of both shortcuts, and the paper's."""
    rows = []
    for depth, (parameters, error) in CIFAR_RESNET_PAPER.items():
        plain, identity, projection = (
            sum(each.numel() for each in unbuilt(cifar_resnet, depth, **settings).parameters())
            for settings in ({"residual": False}, {}, {"shortcut": "projection"})
        )
        rows.append((str(depth), parameters, plain, identity, projection, f"{error} %"))
    header = ("layers", "paper", "plain", "identity shortcuts", "projections", "test error, paper")
    return Table(header, rows, "Parameters of networks for images of 3×32×32, and errors on CIFAR-10")


def torchvision_modules():
    """Return the Summaries of the networks that torchvision has, by their names in `TORCHVISION`."""
    names = {title: title.lower().replace("-", "") for title in TORCHVISION}
    return {title: counted(PRETRAINED[name][0]) for title, name in names.items()}
