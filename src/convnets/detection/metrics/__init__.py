"""How good a detector is (chapter *Detection*, section metrics): verdicts, curves, averages."""

from convnets.detection.metrics.coco import CocoResult, coco_average_precision
from convnets.detection.metrics.curves import (
    COCO_LEVELS,
    VOC_LEVELS,
    Curve,
    average_precision,
    average_precision_loops,
    precision_recall,
    precision_recall_loops,
)
from convnets.detection.metrics.verdicts import (
    DISREGARDED,
    FALSE,
    TRUE,
    coco_verdicts,
    coco_verdicts_loops,
    voc_verdicts,
    voc_verdicts_loops,
)
from convnets.detection.metrics.voc import ScoredCurve, VocResult, voc_average_precision, voc_curve

__all__ = [
    "COCO_LEVELS",
    "DISREGARDED",
    "FALSE",
    "TRUE",
    "VOC_LEVELS",
    "CocoResult",
    "Curve",
    "ScoredCurve",
    "VocResult",
    "average_precision",
    "average_precision_loops",
    "coco_average_precision",
    "coco_verdicts",
    "coco_verdicts_loops",
    "precision_recall",
    "precision_recall_loops",
    "voc_average_precision",
    "voc_curve",
    "voc_verdicts",
    "voc_verdicts_loops",
]
