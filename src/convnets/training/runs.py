"""What a training run leaves behind: its course, epoch by epoch, and its weights."""

from dataclasses import dataclass
from typing import NamedTuple

from convnets.training.settings import Settings

__all__ = ["Epoch", "Run"]


class Epoch(NamedTuple):
    """What is noted after each image has been seen once more.

    Attributes
    ----------
    epoch : int
        Counted from 1.
    train_loss, train_error : float
        Means over the images of the epoch, each as it was seen: augmented, and before the step of its batch.
        The error is None where answers are not simply right or wrong, as those of detectors.
    test_loss, test_error : float or None
        On the test images after the epoch; None where they were not looked at.
    learning_rate : float
        Of the last step.
    seconds : float
        Time of training since the start, without the tests: processor time on a CPU, the clock on a GPU.
    """

    epoch: int
    train_loss: float
    train_error: float | None
    test_loss: float | None
    test_error: float | None
    learning_rate: float
    seconds: float


CURVES = ("train_loss", "train_error", "test_loss", "test_error", "learning_rate", "seconds")


@dataclass(frozen=True, eq=False)
class Run:
    """A finished run.

    Attributes
    ----------
    settings : Settings
        What it was told.
    history : list of Epoch
        Its course.
    state : dict
        The ``state_dict`` after the last epoch, on the CPU.
    best_state, best_epoch : dict, int
        The one with the least test error, and when that was; the first of several. It was chosen by those
        images, so its error on them is no measure of anything.
    device : str
        ``"cpu"``, ``"cuda"`` or ``"mps"``.
    parameters : int
        How many numbers were trained.
    """

    settings: Settings
    history: list
    state: dict
    best_state: dict
    best_epoch: int
    device: str
    parameters: int

    @property
    def error(self):
        """Test error after the last epoch."""
        return self.history[-1].test_error

    @property
    def train_error(self):
        """Training error of the last epoch."""
        return self.history[-1].train_error

    @property
    def seconds(self):
        """Time of training, without the tests."""
        return self.history[-1].seconds

    def record(self, variant, **extra):
        """Return the run as plain numbers, lists and dicts, for a file of results.

        Parameters
        ----------
        variant : str
            Which of an experiment's networks or settings this was.
        **extra
            What else the experiment wants to be remembered; it replaces what has the same name.

        Returns
        -------
        dict
            ``variant``, ``seed``, ``error``, ``train_error``, ``test_loss``, ``seconds``, ``parameters``,
            ``settings``, ``curves``, and what is in `extra`.
        """
        return {
            "variant": variant,
            "seed": self.settings.seed,
            "error": _rounded(self.error),
            "train_error": _rounded(self.train_error),
            "test_loss": _rounded(self.history[-1].test_loss),
            "seconds": _rounded(self.seconds),
            "parameters": self.parameters,
            **extra,
            "settings": self.settings.plain(),
            "curves": {name: [_rounded(getattr(epoch, name)) for epoch in self.history] for name in CURVES},
        }


def _rounded(value):
    return None if value is None else float(f"{value:.5g}")
