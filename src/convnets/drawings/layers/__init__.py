"""Figures of the chapter on layers."""

from convnets.drawings.layers.numbers import maps_of_a_layer, padding_rows, pooled_numbers
from convnets.drawings.layers.photographs import curves_by_shift, depth_columns, opposite_edges
from convnets.drawings.layers.windows import paths_to_a_unit, window_positions

__all__ = [
    "curves_by_shift",
    "depth_columns",
    "maps_of_a_layer",
    "opposite_edges",
    "padding_rows",
    "paths_to_a_unit",
    "pooled_numbers",
    "window_positions",
]
