"""Results of the ImageNet competitions, as lectures and papers state them (chapter *Architectures*).

Nothing here is computed. Figures are per cent, texts with the rounding of their source. A top-5 error is the
share of images whose class is not among five answers, a top-1 error that of images whose first answer is
wrong. The test images are kept by the organisers; the 50,000 validation images are public.
Lectures: J. Ba, "CSC421/2516 Lecture 5"; KTH "DD2424 Lecture 7"; B. Leibe, "Machine Learning Lecture 16".
"""

from typing import NamedTuple

from convnets.sizing.tables import Table

__all__ = [
    "ALEXNET_RESULTS",
    "HUMAN",
    "METHODS",
    "RESNET_RESULTS",
    "WINNERS",
    "ZFNET_RESULTS",
    "Result",
    "Winner",
    "methods_table",
    "winners_table",
]


class Winner(NamedTuple):
    """Who won the classification task of a year, without further training data.

    Attributes
    ----------
    year : int
    name : str
    is_learned : bool
        Whether the features are learnt, and not designed by hand.
    lecture : str
        Top-5 error in the lectures of Toronto.
    test_top5 : str
        Top-5 error on the test images, of the source.
    source : str
        Key in the book's bibliography.
    note : str
        Why the two differ, or what else was measured.
    """

    year: int
    name: str
    is_learned: bool
    lecture: str
    test_top5: str
    source: str
    note: str = ""


_CHALLENGE = "russakovsky2015imagenet"

WINNERS = (
    Winner(2010, "NEC-UIUC: descriptors + SVM", False, "28.2", "28.2", _CHALLENGE),
    Winner(
        2011,
        "XRCE: Fisher vectors + SVM",
        False,
        "25.8",
        "25.8",
        _CHALLENGE,
        "26.2, in another lecture, is the second place of 2012",
    ),
    Winner(
        2012,
        "AlexNet",
        True,
        "16.4",
        "16.4",
        "krizhevsky2012imagenet",
        "five nets; 15.3 with two more, trained on all of ImageNet’s 22,000 categories first",
    ),
    Winner(
        2013,
        "Clarifai",
        True,
        "11.7",
        "11.7",
        _CHALLENGE,
        "11.2 with further images; ZFNet’s own paper has 14.8",
    ),
    Winner(2014, "GoogLeNet", True, "6.6", "6.67", "szegedy2015going", "seven nets; 6.67 cut, not rounded"),
    Winner(
        2015,
        "ResNet",
        True,
        "4.5",
        "3.57",
        "he2016deep",
        "4.5 is one net on the validation images, 4.49; 3.57 are six on the test images",
    ),
)
"""The winners, with the lectures' figures beside those of the competition."""

HUMAN = "5.1"
"""Top-5 error of one annotator, after practice on 500 images, on 1,500 others (Russakovsky et al., 2015)."""


class Result(NamedTuple):
    """What a network, or several that vote, got wrong.

    Attributes
    ----------
    name : str
    nets : int or None
        How many nets vote; None is several, not said how many.
    val_top1, val_top5, test_top5 : str or None
        None where the source has no figure.
    """

    name: str
    nets: int | None
    val_top1: str | None = None
    val_top5: str | None = None
    test_top5: str | None = None


METHODS = (
    Result("VGG, several crops, dense", 2, "23.7", "6.8", "6.8"),
    Result("VGG, several crops, dense", 1, "24.4", "7.1", "7.0"),
    Result("VGG, as submitted, dense", 7, "24.7", "7.5", "7.3"),
    Result("GoogLeNet", 1, None, "7.9"),
    Result("GoogLeNet", 7, None, "6.7", "6.7"),
    Result("MSRA", 11, None, None, "8.1"),
    Result("MSRA", 1, "27.9", "9.1", "9.1"),
    Result("Clarifai", None, None, None, "11.7"),
    Result("Clarifai", 1, None, None, "12.5"),
    Result("ZFNet", 6, "36.0", "14.7", "14.8"),
    Result("ZFNet", 1, "37.5", "16.0", "16.1"),
    Result("OverFeat", 7, "34.0", "13.2", "13.6"),
    Result("OverFeat", 1, "35.7", "14.2"),
    Result("AlexNet", 5, "38.1", "16.4", "16.4"),
    Result("AlexNet", 1, "40.7", "18.2"),
)
"""K. Simonyan and A. Zisserman (2015), table 7, which the lecture of Aachen shows.

The lecture prints GoogLeNet's 6.7 in the column of the validation images; by its own paper (Szegedy et al.,
2015, section 7) it is 6.67 on both sets.
"""

ALEXNET_RESULTS = (
    Result("sparse coding, 2010", None, None, None, "28.2"),
    Result("SIFT + Fisher vectors", None, None, None, "26.2"),
    Result("AlexNet", 1, "40.7", "18.2"),
    Result("AlexNet", 5, "38.1", "16.4", "16.4"),
    Result("AlexNet, more data first", 1, "39.0", "16.6"),
    Result("AlexNet, more data first", 7, "36.7", "15.4", "15.3"),
)
"""A. Krizhevsky, I. Sutskever and G. Hinton (2012), tables 1 and 2; the first is of the images of 2010."""

ZFNET_RESULTS = (
    Result("ZFNet", 1, "38.4", "16.5"),
    Result("ZFNet", 5, "36.7", "15.3", "15.3"),
    Result("ZFNet, wider", 1, "37.5", "16.0", "16.1"),
    Result("both", 6, "36.0", "14.7", "14.8"),
)
"""M. Zeiler and R. Fergus (2014), table 2; the wider version has 512, 1024 and 512 maps in layers 3 to 5."""

RESNET_RESULTS = (
    Result("ResNet-34", 1, "21.53", "5.60"),
    Result("ResNet-50", 1, "20.74", "5.25"),
    Result("ResNet-101", 1, "19.87", "4.60"),
    Result("ResNet-152", 1, "19.38", "4.49"),
    Result("ResNets", 6, None, None, "3.57"),
)
"""K. He, X. Zhang, S. Ren and J. Sun (2016), tables 4 and 5; of ResNet-34 with option C."""


def winners_table():
    """Return the winners year by year: the lectures' error beside the competition's."""
    notes = [f"{winner.note[0].upper()}{winner.note[1:]}." for winner in WINNERS if winner.note]
    numbers = iter(range(1, len(notes) + 1))
    rows = [
        (
            str(winner.year),
            winner.name,
            f"{winner.lecture} %",
            f"{winner.test_top5} %",
            str(next(numbers)) if winner.note else "",
        )
        for winner in WINNERS
    ]
    header = ("year", "winner", "lectures", "competition", "note")
    return Table(header, rows, "Top-5 error on ImageNet, test images", notes=notes)


def methods_table():
    """Return the errors of single networks and of several that vote."""
    rows = [(name, "several" if nets is None else str(nets), *figures) for name, nets, *figures in METHODS]
    header = ("method", "nets", "top-1, validation", "top-5, validation", "top-5, test")
    return Table(header, rows, "Errors on ImageNet in per cent, by K. Simonyan and A. Zisserman (2015)")
