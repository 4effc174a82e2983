"""Figures of the chapter on training."""

from convnets.drawings.training.curves import courses, error_pairs, lines
from convnets.drawings.training.pictures import framed_crops, picture_grid

__all__ = ["courses", "error_pairs", "framed_crops", "lines", "picture_grid"]
