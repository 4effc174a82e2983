"""Figures of the chapter on detection."""

from convnets.drawings.detection.measures import precision_over_recall
from convnets.drawings.detection.pictures import Panel, panels
from convnets.drawings.detection.regions import shares_of_bin

__all__ = ["Panel", "panels", "precision_over_recall", "shares_of_bin"]
