"""What a training run is told: one frozen record, written into every result (chapter *Training*, trainer)."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from convnets.training.schedules import PLATEAU, SCHEDULES

__all__ = ["Settings"]

OPTIMIZERS = ("sgd", "adamw")
PRECISIONS = ("float32", "bfloat16")


@dataclass(frozen=True)
class Settings:
    """Everything that decides a run besides the network, the images, the augmentation and the loss.

    Attributes
    ----------
    epochs : int
        How often each training image is seen.
    batch_size : int
        How many images there are to a step, over all processes together.
    learning_rate : float
        The largest one; the schedule multiplies it by its factor.
    optimizer : {"sgd", "adamw"}
        Gradient descent with momentum, or AdamW (I. Loshchilov and F. Hutter, 2019), which divides each step
        by the recent size of its gradient: with several losses at once no rate has to fit all of them.
    momentum : float
        Share of the last velocity that is kept (equation eq-momentum); of AdamW the first of its two shares,
        the second is 0.999.
    nesterov : bool
        Whether to take the gradient's step from where the velocity leads.
    weight_decay : float
        Share of each weight that is added to its gradient; AdamW takes learning rate times this share from
        the weight itself. Of weights only, see `decay_all`.
    decay_all : bool
        Whether biases and the two parameters of a batch normalisation decay too.
    schedule : str
        A key of :data:`convnets.training.schedules.SCHEDULES`, or ``"plateau"``, which follows the training
        loss.
    schedule_options : mapping
        Arguments of that schedule.
    label_smoothing : float
        Share of the probability that the loss wants spread evenly over the classes.
    precision : {"float32", "bfloat16"}
        In what convolutions and products are computed; weights and their changes stay float32.
    channels_last : bool
        Whether the channels of a pixel lie side by side in memory, which tensor cores read faster.
    compile : bool
        Whether to let ``torch.compile`` fuse the network: minutes at first, then less time a step, on a GPU.
        On a CPU it may not be combined with bfloat16.
    drop_last : bool
        Whether to leave out the last batch of an epoch where it is smaller than the others.
    test_every : int
        After how many epochs the test images are looked at; after the last one they always are.
    seed : int
        From which the order of the images, the augmentation and dropout are drawn.

    Raises
    ------
    ValueError
        If a number is out of its range or a name unknown; the message says which and what was expected.
    """

    epochs: int = 10
    batch_size: int = 128
    learning_rate: float = 0.1
    optimizer: str = "sgd"
    momentum: float = 0.9
    nesterov: bool = False
    weight_decay: float = 0.0
    decay_all: bool = False
    schedule: str = "constant"
    schedule_options: Mapping = field(default_factory=dict)
    label_smoothing: float = 0.0
    precision: str = "float32"
    channels_last: bool = False
    compile: bool = False
    drop_last: bool = False
    test_every: int = 1
    seed: int = 0

    def __post_init__(self):
        for name in ("epochs", "batch_size", "test_every"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        for name in ("learning_rate", "weight_decay", "seed"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, got {getattr(self, name)}")
        for name in ("momentum", "label_smoothing"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 0 and less than 1, got {getattr(self, name)}")
        if self.nesterov and self.optimizer != "sgd":
            raise ValueError(f"nesterov is for sgd, got optimizer {self.optimizer!r}")
        if self.nesterov and not self.momentum:
            raise ValueError("nesterov needs a momentum, got momentum 0")
        choices = {"schedule": (*SCHEDULES, PLATEAU), "precision": PRECISIONS, "optimizer": OPTIMIZERS}
        for name, known in choices.items():
            if getattr(self, name) not in known:
                raise ValueError(f"{name} must be one of {', '.join(known)}, got {getattr(self, name)!r}")

    def plain(self):
        """Return the settings as they come back from JSON: a dict of numbers, words, lists and dicts."""
        return json.loads(json.dumps(dataclasses.asdict(self)))
