"""How large a network is, before any number runs through it (chapter *Sizing*).

Output sizes and their inverses, units, weights, connections and multiply-adds of layers, receptive fields,
and summaries of whole networks. Everything is arithmetic on integers; only the summary of a
``torch.nn.Module`` runs anything, and only it imports PyTorch.
"""

from convnets.sizing.composition import Branches, Chain, Residual
from convnets.sizing.counting import (
    LayerCount,
    count_convolution,
    count_fully_connected,
    count_locally_connected,
)
from convnets.sizing.descriptions import BatchNorm, Counts, Elementwise, FullyConnected
from convnets.sizing.inverses import input_sizes, windows_between
from convnets.sizing.receptive import ReceptiveField, Window, receptive_field
from convnets.sizing.rows import Row
from convnets.sizing.summary import Summary, summary
from convnets.sizing.tables import Table
from convnets.sizing.windowed import Convolution, LocallyConnected, Pooling, Subsampling
from convnets.sizing.windows import output_size, same_padding, window_extent

__all__ = [
    "BatchNorm",
    "Branches",
    "Chain",
    "Convolution",
    "Counts",
    "Elementwise",
    "FullyConnected",
    "LayerCount",
    "LocallyConnected",
    "Pooling",
    "ReceptiveField",
    "Residual",
    "Row",
    "Subsampling",
    "Summary",
    "Table",
    "Window",
    "count_convolution",
    "count_fully_connected",
    "count_locally_connected",
    "input_sizes",
    "output_size",
    "receptive_field",
    "same_padding",
    "summary",
    "window_extent",
    "windows_between",
]
