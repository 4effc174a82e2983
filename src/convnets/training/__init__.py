"""Training networks: the loop, schedules, first weights, normalisation, augmentation and experiments.

The chapter *Training* explains them, the training notebooks use them. Everything is plain PyTorch; what is
normalised or augmented in NumPy stands beside it. :func:`fit` trains any network of
:mod:`convnets.architectures` on images that lie in memory.
"""

from convnets.training import augmentation
from convnets.training.distributed import SynchronisedBatchNorm2d
from convnets.training.dropout import dropout
from convnets.training.failures import NotFiniteError
from convnets.training.images import Images, load_images, mean_and_std, normalise
from convnets.training.initialisation import fans, he_, xavier_
from convnets.training.loop import parameter_groups
from convnets.training.metrics import Evaluation, confusion_matrix, evaluate, predict, top_k_error
from convnets.training.normalisation import (
    BatchNorm2d,
    batch_norm_per_filter,
    batch_norm_per_filter_backward,
    batch_norm_per_location,
    batch_norm_per_location_backward,
    fold_batch_norm,
)
from convnets.training.records import Result, read_result, write_result
from convnets.training.runs import Epoch, Run
from convnets.training.schedules import (
    SCHEDULES,
    constant,
    cosine,
    learning_rates,
    one_cycle,
    scheduler,
    step,
    step_on_plateau,
)
from convnets.training.settings import Settings
from convnets.training.trainer import fit

__all__ = [
    "SCHEDULES",
    "BatchNorm2d",
    "Epoch",
    "Evaluation",
    "Images",
    "NotFiniteError",
    "Result",
    "Run",
    "Settings",
    "SynchronisedBatchNorm2d",
    "augmentation",
    "batch_norm_per_filter",
    "batch_norm_per_filter_backward",
    "batch_norm_per_location",
    "batch_norm_per_location_backward",
    "confusion_matrix",
    "constant",
    "cosine",
    "dropout",
    "evaluate",
    "fans",
    "fit",
    "fold_batch_norm",
    "he_",
    "learning_rates",
    "load_images",
    "mean_and_std",
    "normalise",
    "one_cycle",
    "parameter_groups",
    "predict",
    "read_result",
    "scheduler",
    "step",
    "step_on_plateau",
    "top_k_error",
    "write_result",
    "xavier_",
]
