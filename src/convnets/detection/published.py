"""What papers report on PASCAL VOC, with the year of the test images (chapter *Detection*).

Nothing here is computed, and nothing of it can be measured in this course, which has neither VOC nor networks
trained on ImageNet. Mean average precisions are in per cent. Those of different years are of different
images, and until 2009 precision was averaged over eleven recalls; papers report VOC 2007 in that way.
"""

from typing import NamedTuple

__all__ = ["SECONDS", "VOC_RESULTS", "Result", "results"]


class Result(NamedTuple):
    """A mean average precision, as published.

    Attributes
    ----------
    test : int
        Year of VOC's test images.
    name : str
    features : str
        What the method sees an image with.
    training : str
        Years of VOC's training images; empty where the source is not clear about it.
    mean : str
        Mean average precision in per cent, with the rounding of the source.
    source : str
        Key in the book's bibliography.
    """

    test: int
    name: str
    features: str
    training: str
    mean: str
    source: str


_RCNN, _FAST, _FASTER, _RESNET = "girshick2014rich", "girshick2015fast", "ren2015faster", "he2016deep"

VOC_RESULTS = (
    Result(2010, "DPM", "HOG", "", "33.4", _RCNN),
    Result(2010, "selective search + SVM", "SIFT", "", "35.1", _RCNN),
    Result(2010, "Regionlets", "HOG and others", "", "39.7", _RCNN),
    Result(2010, "SegDPM", "HOG", "", "40.4", _RCNN),
    Result(2010, "R-CNN without box regression", "AlexNet", "2012", "50.2", _RCNN),
    Result(2010, "R-CNN", "AlexNet", "2012", "53.7", _RCNN),
    Result(2012, "R-CNN", "AlexNet", "2012", "53.3", _RCNN),
    Result(2012, "R-CNN", "VGG-16", "2012", "62.4", _FAST),
    Result(2012, "Faster R-CNN", "VGG-16", "2007, 2012", "70.4", _FASTER),
    Result(2012, "Faster R-CNN", "ResNet-101", "2007, 2012", "73.8", _RESNET),
    Result(2007, "R-CNN with softmax, without box regression", "AlexNet", "2007", "50.9", _RCNN),
    Result(2007, "R-CNN without box regression", "AlexNet", "2007", "54.2", _RCNN),
    Result(2007, "R-CNN", "AlexNet", "2007", "58.5", _RCNN),
    Result(2007, "R-CNN", "VGG-16", "2007", "66.0", _FAST),
    Result(2007, "Fast R-CNN", "VGG-16", "2007", "66.9", _FAST),
    Result(2007, "Fast R-CNN", "VGG-16", "2007, 2012", "70.0", _FAST),
    Result(2007, "Faster R-CNN", "VGG-16", "2007", "69.9", _FASTER),
    Result(2007, "Faster R-CNN", "VGG-16", "2007, 2012", "73.2", _FASTER),
    Result(2007, "Faster R-CNN", "ResNet-101", "2007, 2012", "76.4", _RESNET),
    Result(2007, "YOLO", "its own", "2007, 2012", "63.4", "redmon2016you"),
    Result(2007, "SSD300", "VGG-16", "2007, 2012", "74.3", "liu2016ssd"),
)

SECONDS = {"R-CNN": 47, "Fast R-CNN": 0.3, "Faster R-CNN": 1 / 5, "YOLO": 1 / 45}
"""What an image takes on the graphics cards of the time, as published; all but YOLO with VGG-16.

That of R-CNN and of Fast R-CNN, which both leave out the proposals, is of Fast R-CNN's paper.
"""


def results(test=None, name=None, features=None, training=None):
    """Return the mean average precisions that fit, in the order of :data:`VOC_RESULTS`.

    Parameters
    ----------
    test : int, optional
    name, features, training : str, optional
        As in :class:`Result`; whatever is left out may be anything.

    Returns
    -------
    list of str
    """
    wanted = {"test": test, "name": name, "features": features, "training": training}
    wanted = {field: value for field, value in wanted.items() if value is not None}
    return [
        each.mean
        for each in VOC_RESULTS
        if all(getattr(each, field) == value for field, value in wanted.items())
    ]
