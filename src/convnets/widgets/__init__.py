"""Explorers: figures that the reader operates, live in Jupyter and without a kernel in the book."""

from convnets.widgets.augmentation_sliders import AugmentationSliders
from convnets.widgets.base import BookWidget
from convnets.widgets.batch_norm_axes import BatchNormAxes
from convnets.widgets.build_network import BuildNetwork
from convnets.widgets.convolution_arithmetic import ConvolutionArithmetic
from convnets.widgets.counting_table import CountingTable
from convnets.widgets.gradient_flow import GradientFlow
from convnets.widgets.layer_counter import LayerCounter
from convnets.widgets.receptive_field_stack import ReceptiveFieldStack
from convnets.widgets.schedule_drawer import ScheduleDrawer
from convnets.widgets.shift_digit import ShiftDigit
from convnets.widgets.sliding_kernel import SlidingKernel
from convnets.widgets.translate_and_scale import TranslateAndScale
from convnets.widgets.transposed_convolution import TransposedConvolution

__all__ = [
    "AugmentationSliders",
    "BatchNormAxes",
    "BookWidget",
    "BuildNetwork",
    "ConvolutionArithmetic",
    "CountingTable",
    "GradientFlow",
    "LayerCounter",
    "ReceptiveFieldStack",
    "ScheduleDrawer",
    "ShiftDigit",
    "SlidingKernel",
    "TranslateAndScale",
    "TransposedConvolution",
]
