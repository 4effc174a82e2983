"""Figures of the chapter on architectures, drawn from the networks themselves."""

from convnets.drawings.architectures.flow import Step, flow, num_ways, ways, without
from convnets.drawings.architectures.graphs import graphs
from convnets.drawings.architectures.results import (
    complexity_chart,
    deleted_blocks,
    errors_by_year,
    learning_curves,
)
from convnets.drawings.architectures.towers import connections_picture, depth_strips, towers, versions

__all__ = [
    "Step",
    "complexity_chart",
    "connections_picture",
    "deleted_blocks",
    "depth_strips",
    "errors_by_year",
    "flow",
    "graphs",
    "learning_curves",
    "num_ways",
    "towers",
    "versions",
    "ways",
    "without",
]
