"""DeepFace, whose upper layers do not share weights.

Source: Y. Taigman, M. Yang, M. Ranzato and L. Wolf, "DeepFace: closing the gap to human-level performance in
face verification" (2014), section 3.1.
"""

from convnets.sizing.composition import Chain
from convnets.sizing.descriptions import FullyConnected
from convnets.sizing.windowed import Convolution, LocallyConnected, Pooling

__all__ = ["deepface"]


def deepface():
    """Return DeepFace, for aligned faces of 152×152 in colour and 4,030 people."""
    layers = (
        Convolution(32, 11, name="C1"),
        Pooling(3, 2, rounding="ceil", name="M2"),
        Convolution(16, 9, name="C3"),
        LocallyConnected(16, 9, name="L4"),
        LocallyConnected(16, 7, stride=2, name="L5"),
        LocallyConnected(16, 5, name="L6"),
        FullyConnected(4096, name="F7"),
        FullyConnected(4030, name="F8"),
    )
    return Chain(layers, name="DeepFace")
