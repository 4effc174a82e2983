"""The learning rate over a run, and what it does to a toy problem (chapter *Training*)."""

import traitlets

from convnets.widgets import parts
from convnets.widgets.base import BookWidget
from convnets.widgets.ranges import check_range

__all__ = ["ScheduleDrawer"]

KINDS = ("constant", "step", "plateau", "cosine", "one_cycle")
AXES = ("linear", "logarithmic")
EPOCHS = (5, 200)
RATES = (0.001, 1)
OPTIONS = {
    "constant": {},
    "step": {"first": 0.5, "second": 0.75, "factor": 0.1},
    "plateau": {"factor": 0.1, "patience": 5, "threshold": 0.02},
    "cosine": {"warm_up": 0.1, "final": 0},
    "one_cycle": {"rise": 0.3, "start": 0.04, "final": 0, "anneal": "cosine"},
}


class ScheduleDrawer(BookWidget):
    """A learning-rate schedule drawn over the epochs, and the loss of a toy that is trained by it.

    Rates are those of :mod:`convnets.training.schedules`. The toy is minimised in the browser, 25 steps an
    epoch: half the sum of h w² over 24 weights, with h from 1 to 0.01 and noise in the gradients. A small h
    needs large rates, and the noise small ones.

    Parameters
    ----------
    kind : {"step", "constant", "plateau", "cosine", "one_cycle"}
        The schedule at the start.
    epochs : int
        Length of the run, 5 to 200.
    learning_rate : float
        The largest rate, 0.001 to 1.
    axis : {"linear", "logarithmic"}
        Of the picture of the rate.
    epoch : int
        The epoch that is marked at the start, counted from 0.

    Raises
    ------
    TypeError
        If a number of epochs is no integer.
    ValueError
        If an argument is out of its range or unknown.
    """

    alt = (
        "The learning rate over the epochs of a run, constant, by steps, by steps on a plateau, as a cosine "
        "with a warm-up, or in one cycle, with sliders for each; below it the loss of a toy problem trained "
        "by it."
    )
    _esm = parts.module("schedule_drawer")
    _own_css = parts.style("schedule_drawer")

    kind = traitlets.Enum(KINDS).tag(sync=True)
    epochs = traitlets.Int().tag(sync=True)
    learning_rate = traitlets.Float().tag(sync=True)
    axis = traitlets.Enum(AXES).tag(sync=True)
    epoch = traitlets.Int(min=0).tag(sync=True)
    options = traitlets.Dict().tag(sync=True)
    ranges = traitlets.Dict().tag(sync=True)

    def __init__(self, kind="step", epochs=60, learning_rate=0.1, *, axis="linear", epoch=0):
        for name, value, known in (("kind", kind, KINDS), ("axis", axis, AXES)):
            if value not in known:
                raise ValueError(f"{name} expects one of {', '.join(map(repr, known))}, got {value!r}")
        check_range("epochs", epochs, *EPOCHS)
        check_range("epoch", epoch, 0, epochs - 1)
        if not RATES[0] <= learning_rate <= RATES[1]:
            raise ValueError(f"learning_rate expects {RATES[0]} to {RATES[1]}, got {learning_rate}")
        super().__init__(
            kind=kind,
            epochs=epochs,
            learning_rate=learning_rate,
            axis=axis,
            epoch=epoch,
            options={name: dict(options) for name, options in OPTIONS.items()},
            ranges={"epochs": EPOCHS},
        )
