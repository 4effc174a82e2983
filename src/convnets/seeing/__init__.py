"""Why seeing is hard, and what convolution does about it (chapter *Seeing*).

A fully connected, a locally connected and a convolutional layer side by side with their counts; what a change
of viewpoint, light or place does to the numbers of an image; what it does to a network that was never shown
it; and what the first layers of networks learn.

Networks here are as small as they can be and trained on scikit-learn's digits within seconds, on a CPU, from
a seed: the same seed gives the same figures on the same machine and version of PyTorch.
"""

from convnets.layers import shift
from convnets.seeing.correlation import pixel_correlation
from convnets.seeing.features import StrongestPatches, first_layer_filters, strongest_patches
from convnets.seeing.hopping import HoppingExperiment, hop, hopping_experiment
from convnets.seeing.layers import convolution_layer, fully_connected, locally_connected
from convnets.seeing.networks import on_canvas
from convnets.seeing.shifting import ShiftExperiment, shift_experiment
from convnets.seeing.transformations import (
    TRANSFORMATIONS,
    Transformation,
    pixel_distance,
    pixel_distances,
)
from convnets.sizing import LayerCount, count_convolution, count_fully_connected, count_locally_connected

__all__ = [
    "TRANSFORMATIONS",
    "HoppingExperiment",
    "LayerCount",
    "ShiftExperiment",
    "StrongestPatches",
    "Transformation",
    "convolution_layer",
    "count_convolution",
    "count_fully_connected",
    "count_locally_connected",
    "first_layer_filters",
    "fully_connected",
    "hop",
    "hopping_experiment",
    "locally_connected",
    "on_canvas",
    "pixel_correlation",
    "pixel_distance",
    "pixel_distances",
    "shift",
    "shift_experiment",
    "strongest_patches",
]
