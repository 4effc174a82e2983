"""What the exercises of all assignments agree on: how exact an answer must be, and what it may not call."""

from checks.contract import Tolerance

__all__ = [
    "CONVOLVERS_1D",
    "EXACT",
    "FLOAT32",
    "FLOAT32_WHOLE",
    "LEAST_SQUARES",
    "LIBRARIES",
    "NETWORKS",
    "SUMS",
]

EXACT = Tolerance(0.0, 0.0, "whole numbers, or numbers that are only moved: nothing is rounded")
SUMS = Tolerance(1e-9, 1e-9, "sums of a few dozen products in float64, added up in any order")
FLOAT32 = Tolerance(
    1e-4, 1e-4, "a few layers in float32, which rounds at the seventh digit of the largest one"
)
FLOAT32_WHOLE = Tolerance(1e-6, 1e-6, "sums of whole numbers that float32 holds exactly, in any order")
LEAST_SQUARES = Tolerance(
    1e-6, 1e-6, "float64; the normal equations square the condition number, which is below 100 in every case"
)

LIBRARIES = ("convnets", "scipy", "skimage", "torch")
CONVOLVERS_1D = ("numpy.convolve", "numpy.correlate", "numpy.poly1d", "numpy.polymul", *LIBRARIES)
NETWORKS = ("convnets", "torchvision", "timm", "torch.hub")
