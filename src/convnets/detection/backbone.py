"""The part of a detector that looks at the image: a small network of 3×3 convolutions (chapter *Detection*).

Every detector of this package stands on such a backbone, so that what differs between them is the detector.
It is made for the small images of this book and trained from nothing; any module that maps images to features
and knows its ``out_channels`` and its ``stride`` may take its place.
"""

from torch import nn

from convnets.architectures.googlenet import BasicConv2d

__all__ = ["Backbone"]


class Backbone(nn.Sequential):
    """Two 3×3 convolutions with batch normalisation per stage; every stage but the first halves the map.

    Parameters
    ----------
    widths : sequence of int
        Channels of each stage.
    in_channels : int
        Channels of the images.

    Attributes
    ----------
    out_channels : int
        Channels of the last stage.
    stride : int
        Pixels per cell: 2 to the number of stages less one. A map of features is the image's size divided by
        it, rounded up at each halving.

    Raises
    ------
    ValueError
        If there is no stage.
    """

    def __init__(self, widths=(16, 32, 64, 64), in_channels=3):
        if len(widths) == 0:
            raise ValueError("widths must name at least one stage")
        stages, channels = [], in_channels
        for index, width in enumerate(widths):
            stages += [
                BasicConv2d(channels, width, 3, stride=1 if index == 0 else 2, padding=1, batch_norm=True),
                BasicConv2d(width, width, 3, padding=1, batch_norm=True),
            ]
            channels = width
        super().__init__(*stages)
        self.out_channels, self.stride = channels, 2 ** (len(widths) - 1)
