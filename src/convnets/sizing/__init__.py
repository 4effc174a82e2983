"""How large a network is, before any number runs through it (chapter *Sizing*).

Output sizes and their inverses, units, weights, connections and multiply-adds of layers, and receptive
fields. Everything is arithmetic on integers.
"""

from convnets.sizing.counting import (
    LayerCount,
    count_convolution,
    count_fully_connected,
    count_locally_connected,
)
from convnets.sizing.inverses import input_sizes, windows_between
from convnets.sizing.receptive import ReceptiveField, Window, receptive_field
from convnets.sizing.windows import output_size, same_padding, window_extent

__all__ = [
    "LayerCount",
    "ReceptiveField",
    "Window",
    "count_convolution",
    "count_fully_connected",
    "count_locally_connected",
    "input_sizes",
    "output_size",
    "receptive_field",
    "same_padding",
    "window_extent",
    "windows_between",
]
