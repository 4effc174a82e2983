"""Figures about networks as others published them, to be held against the arithmetic (chapter *Sizing*).

Nothing here is computed. Figures that are rounded in the source are texts with the source's rounding.
Lectures: J. Ba, "CSC421/2516 Lecture 5"; KTH "DD2424 Lecture 7". Papers are named where their figures stand.
"""

from typing import NamedTuple

__all__ = [
    "ALEXNET_LECTURE",
    "CIFAR_RESNET_PAPER",
    "DEEPFACE_PAPER",
    "GOOGLENET_PAPER",
    "LENET_LECTURES",
    "LENET_PAPER",
    "NETWORKS_LECTURES",
    "OVERFEAT_PAPER",
    "RESNET_PAPER",
    "TORCHVISION",
    "VGG_LECTURE",
    "VGG_PAPER",
    "Measured",
]

LENET_LECTURES = {
    "C1": (4704, 117_600, 150),
    "S2": (1176, 4704, 0),
    "C3": (1600, 240_000, 2400),
    "S4": (400, 1600, 0),
    "F5": (120, 48_000, 48_000),
    "F6": (84, 10_080, 10_080),
    "output": (10, 840, 840),
}
"""Units, connections and weights of LeNet in the lectures of Toronto."""

LENET_PAPER = {
    "C1": (156, 122_304),
    "S2": (12, 5880),
    "C3": (1516, 151_600),
    "S4": (32, 2000),
    "C5": (48_120, 48_120),
    "F6": (10_164, 10_164),
    "whole": (60_000, 340_908),
}
"""Trainable parameters and connections of LeNet-5 in Y. LeCun et al. (1998), section II.B."""

NETWORKS_LECTURES = {
    "LeNet (1989)": {"units": "1,256", "parameters": "9,760", "connections": "65,000"},
    "LeNet (1998)": {"units": "8,084", "parameters": "60,000", "connections": "344,000"},
    "AlexNet (2012)": {"units": "658,000", "parameters": "60 million", "connections": "652 million"},
}
"""The comparison of three networks in the lectures of Toronto."""

ALEXNET_LECTURE = {
    "conv1": (96, 55, 55),
    "pool1": (96, 27, 27),
    "norm1": (96, 27, 27),
    "conv2": (256, 27, 27),
    "pool2": (256, 13, 13),
    "norm2": (256, 13, 13),
    "conv3": (384, 13, 13),
    "conv4": (384, 13, 13),
    "conv5": (256, 13, 13),
    "pool5": (256, 6, 6),
    "fc6": (4096,),
    "fc7": (4096,),
    "fc8": (1000,),
}
"""Output sizes of the simplified AlexNet in DD2424, channels first; the image is 3×227×227."""

VGG_LECTURE = {
    "image": ("150K", 0),
    "conv1_1": ("3.2M", 1728),
    "conv1_2": ("3.2M", 36_864),
    "pool1": ("800K", 0),
    "conv2_1": ("1.6M", 73_728),
    "conv2_2": ("1.6M", 147_456),
    "pool2": ("400K", 0),
    "conv3_1": ("800K", 294_912),
    "conv3_2": ("800K", 589_824),
    "conv3_3": ("800K", 589_824),
    "pool3": ("200K", 0),
    "conv4_1": ("400K", 1_179_648),
    "conv4_2": ("400K", 2_359_296),
    "conv4_3": ("400K", 2_359_296),
    "pool4": ("100K", 0),
    "conv5_1": ("100K", 2_359_296),
    "conv5_2": ("100K", 2_359_296),
    "conv5_3": ("100K", 2_359_296),
    "pool5": ("25K", 0),
    "fc6": ("4096", 102_760_448),
    "fc7": ("4096", 16_777_216),
    "fc8": ("1000", 4_096_000),
}
"""Numbers kept and weights of VGG-D in DD2424."""

VGG_PAPER = {"A": "133M", "A-LRN": "133M", "B": "133M", "C": "134M", "D": "138M", "E": "144M"}
"""Parameters in K. Simonyan and A. Zisserman (2015), table 2."""

GOOGLENET_PAPER = {
    "convolution 1": ("2.7K", "34M"),
    "convolution 2": ("112K", "360M"),
    "inception (3a)": ("159K", "128M"),
    "inception (3b)": ("380K", "304M"),
    "inception (4a)": ("364K", "73M"),
    "inception (4b)": ("437K", "88M"),
    "inception (4c)": ("463K", "100M"),
    "inception (4d)": ("580K", "119M"),
    "inception (4e)": ("840K", "170M"),
    "inception (5a)": ("1072K", "54M"),
    "inception (5b)": ("1388K", "71M"),
    "linear": ("1000K", "1M"),
}
"""Parameters and operations in C. Szegedy et al. (2015), table 1, which DD2424 repeats."""

RESNET_PAPER = {18: "1.8", 34: "3.6", 50: "3.8", 101: "7.6", 152: "11.3"}
"""Billions of multiply-adds by depth in K. He et al. (2016), table 1, who call them FLOPs."""

CIFAR_RESNET_PAPER = {
    20: ("0.27M", "8.75"),
    32: ("0.46M", "7.51"),
    44: ("0.66M", "7.17"),
    56: ("0.85M", "6.97"),
    110: ("1.7M", "6.43"),
}
"""Parameters and test error, per cent, by depth in K. He et al. (2016), table 6; for 110 the best of five."""

OVERFEAT_PAPER = {"parameters": "145 million"}
"""Of the fast network in P. Sermanet et al. (2014), table 3."""

DEEPFACE_PAPER = {"parameters": "more than 120 million", "share_without_sharing": "more than 95 %"}
"""In Y. Taigman et al. (2014), figure 2; the share is that of locally and fully connected layers."""


class Measured(NamedTuple):
    """What torchvision's documentation says of a network with its first weights (IMAGENET1K_V1).

    Attributes
    ----------
    parameters : int
    giga_ops : float
        Billions of multiply-adds for an image of 224×224.
    top1 : float
        Per cent of the 50,000 validation images of ImageNet whose first answer is right, central crop.
    """

    parameters: int
    giga_ops: float
    top1: float


TORCHVISION = {
    "AlexNet": Measured(61_100_840, 0.714, 56.522),
    "VGG-11": Measured(132_863_336, 7.609, 69.020),
    "VGG-13": Measured(133_047_848, 11.308, 69.928),
    "VGG-16": Measured(138_357_544, 15.470, 71.592),
    "VGG-19": Measured(143_667_240, 19.632, 72.376),
    "GoogLeNet": Measured(6_624_904, 1.498, 69.778),
    "ResNet-18": Measured(11_689_512, 1.814, 69.758),
    "ResNet-34": Measured(21_797_672, 3.664, 73.314),
    "ResNet-50": Measured(25_557_032, 4.089, 76.130),
    "ResNet-101": Measured(44_549_160, 7.801, 77.374),
    "ResNet-152": Measured(60_192_808, 11.514, 78.312),
}
"""Documentation of torchvision, "Models and pre-trained weights"."""
