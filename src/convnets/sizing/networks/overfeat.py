"""OverFeat's fast network.

Source: P. Sermanet et al., "OverFeat: integrated recognition, localization and detection using convolutional
networks" (2014), table 1.
"""

from convnets.sizing.composition import Chain
from convnets.sizing.descriptions import FullyConnected
from convnets.sizing.windowed import Convolution, Pooling

__all__ = ["overfeat"]


def overfeat():
    """Return OverFeat's fast network, for images of 231×231."""
    layers = (
        Convolution(96, 11, stride=4, name="conv1"),
        Pooling(2, name="pool1"),
        Convolution(256, 5, name="conv2"),
        Pooling(2, name="pool2"),
        Convolution(512, 3, padding=1, name="conv3"),
        Convolution(1024, 3, padding=1, name="conv4"),
        Convolution(1024, 3, padding=1, name="conv5"),
        Pooling(2, name="pool5"),
        FullyConnected(3072, name="fc6"),
        FullyConnected(4096, name="fc7"),
        FullyConnected(1000, name="fc8"),
    )
    return Chain(layers, name="OverFeat, fast")
