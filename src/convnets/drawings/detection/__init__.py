"""Figures of the chapter on detection."""

from convnets.drawings.detection.measures import precision_over_recall
from convnets.drawings.detection.pictures import Panel, panels
from convnets.drawings.detection.regions import shares_of_bin
from convnets.drawings.detection.steps import parts_learnt

__all__ = ["Panel", "panels", "parts_learnt", "precision_over_recall", "shares_of_bin"]
