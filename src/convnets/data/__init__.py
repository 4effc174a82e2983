"""The images of the course: embedded, generated, and downloaded with their checksums.

:func:`load` returns a set of images by name, with labels or with boxes, :func:`photograph` one photograph;
the generators draw as many scenes as asked for from a seed. What is embedded comes inside scikit-learn and
scikit-image, so that every page, exercise and test runs without a network. What is published elsewhere is
downloaded once, or read from the folder that the environment variable ``CONVNETS_DATA`` names.
"""

from convnets.data.annotated import BoxedImages
from convnets.data.embedded import PHOTOGRAPHS, Photograph, photograph
from convnets.data.files import DataUnavailableError
from convnets.data.idx import read_idx
from convnets.data.registry import REGISTRY, Dataset, File, LabelledImages, load
from convnets.data.scattered import scattered_digits
from convnets.data.synthetic import PlacedDigits, Scene, digits_on_canvas, shapes

__all__ = [
    "PHOTOGRAPHS",
    "REGISTRY",
    "BoxedImages",
    "DataUnavailableError",
    "Dataset",
    "File",
    "LabelledImages",
    "Photograph",
    "PlacedDigits",
    "Scene",
    "digits_on_canvas",
    "load",
    "photograph",
    "read_idx",
    "scattered_digits",
    "shapes",
]
