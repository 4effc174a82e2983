"""Explorers: figures that the reader operates, live in Jupyter and without a kernel in the book."""

from convnets.widgets.base import BookWidget
from convnets.widgets.layer_counter import LayerCounter
from convnets.widgets.shift_digit import ShiftDigit
from convnets.widgets.sliding_kernel import SlidingKernel
from convnets.widgets.translate_and_scale import TranslateAndScale

__all__ = ["BookWidget", "LayerCounter", "ShiftDigit", "SlidingKernel", "TranslateAndScale"]
