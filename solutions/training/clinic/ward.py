"""Makes the patients of the clinic: a small network, really trained, with one thing wrong or none.

Every run is drawn afresh: the number of classes, the pixels, the weights, the learning rate and the order of
the batches follow from a generator, so what two runs with one illness have in common is the illness. The
network has one hidden layer with dropout and is trained by plain stochastic gradient descent. What a chart
of a run looks like, and why, is told in the chapter *Training*.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

__all__ = ["CAUSES", "FIRST", "train"]

CAUSES = (
    "healthy",
    "rate too high",
    "rate too low",
    "inputs not normalised",
    "labels shuffled",
    "batches sorted",
    "gradients add up",
    "weight decay too large",
    "softmax twice",
    "dropout in evaluation",
)

FIRST = 24  # steps at the beginning whose loss is kept one by one
NUM_EPOCHS, NUM_IMAGES, BATCH = 10, 200, 10
NUM_PIXELS, NUM_UNITS, KEEP = 16, 32, 0.8
LARGEST_LOSS, LARGEST_WEIGHT = 100.0, 1000.0  # so that nothing overflows in a run that explodes

Parts = list[np.ndarray]


@dataclass
class Script:
    """One training script: its data, its settings, its network, and the generator it draws from."""

    cause: str
    rng: np.random.Generator
    num_classes: int
    train: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]
    rate: float
    decay: float
    parts: Parts
    grads: Parts | None = None  # of the last step, where they are kept


def train(cause: str, rng: np.random.Generator) -> dict[str, int | np.ndarray]:
    """Train a network with one thing wrong, and return the chart of the run.

    Parameters
    ----------
    cause : str
        One of `CAUSES`.
    rng : numpy.random.Generator

    Returns
    -------
    dict
        ``num_classes``; the losses of the first 24 batches (``first_losses``); the mean loss of the batches
        of each epoch (``running_loss``); and, before the training and after each epoch, losses, accuracies
        and the norm of all weights.

    Raises
    ------
    ValueError
        If there is no such cause.
    """
    if cause not in CAUSES:
        raise ValueError(f"cause must be one of {', '.join(CAUSES)}; {cause!r} was given")
    script = _script(cause, rng)
    losses, measured = [], [_measure(script)]
    for _ in range(NUM_EPOCHS):
        losses += [_step(script, chosen) for chosen in _batches(script)]
        measured.append(_measure(script))
    losses = np.minimum(losses, LARGEST_LOSS)
    chart = {"num_classes": script.num_classes, "first_losses": losses[:FIRST]}
    chart["running_loss"] = losses.reshape(NUM_EPOCHS, -1).mean(axis=1)
    return chart | {name: np.array([row[name] for row in measured]) for name in measured[0]}


def _script(cause: str, rng: np.random.Generator) -> Script:
    num_classes = int(rng.integers(3, 7))
    centres = rng.normal(0, 0.75, (num_classes, NUM_PIXELS))
    (images, labels), test = (_pictures(centres, rng) for _ in range(2))
    mean, std = (0.0, 1.0) if cause == "inputs not normalised" else (images.mean(axis=0), images.std(axis=0))
    if cause == "labels shuffled":
        labels = rng.permutation(labels)
    if cause == "batches sorted":
        order = np.argsort(labels, kind="stable")
        images, labels = images[order], labels[order]
    rate = rng.uniform(0.2, 0.35) * {"rate too high": 20, "rate too low": 1 / 2000}.get(cause, 1)
    decay = rng.uniform(0.3, 0.8) if cause == "weight decay too large" else 1e-4
    weight = rng.normal(0, np.sqrt(2 / NUM_PIXELS), (NUM_PIXELS, NUM_UNITS))
    head = rng.normal(0, np.sqrt(1 / NUM_UNITS), (NUM_UNITS, num_classes))
    parts = [weight, np.zeros(NUM_UNITS), head, np.zeros(num_classes)]
    test = (test[0] - mean) / std, test[1]
    return Script(cause, rng, num_classes, ((images - mean) / std, labels), test, rate, decay, parts)


def _pictures(centres: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw pictures with values around 120, as many of each class as the next, and their labels."""
    labels = rng.permutation(np.arange(NUM_IMAGES) % len(centres))
    return 120 + 40 * (centres[labels] + rng.normal(size=(NUM_IMAGES, NUM_PIXELS))), labels


def _batches(script: Script) -> Iterator[np.ndarray]:
    order = np.arange(NUM_IMAGES)
    if script.cause != "batches sorted":
        order = script.rng.permutation(NUM_IMAGES)
    return iter(order.reshape(-1, BATCH))


def _step(script: Script, chosen: np.ndarray) -> float:
    """Take one step of gradient descent on a batch, and return the loss that it had before."""
    x, labels = script.train[0][chosen], script.train[1][chosen]
    dropped = _dropped(script, len(x))
    hidden, scores = _forward(script, x, dropped)
    loss, grad = _loss(script, scores, labels)
    grad_hidden = (grad @ script.parts[2].T) * dropped * (hidden > 0)
    grads = [x.T @ grad_hidden, grad_hidden.sum(axis=0), hidden.T @ grad, grad.sum(axis=0)]
    if script.cause == "gradients add up":
        grads = [old + new for old, new in zip(script.grads or [0] * 4, grads, strict=True)]
        script.grads = grads
    for part, step in zip(script.parts, grads, strict=True):
        part *= 1 - script.rate * script.decay
        part -= script.rate * step
        if loss >= LARGEST_LOSS:
            np.clip(part, -LARGEST_WEIGHT, LARGEST_WEIGHT, out=part)
    return loss


def _dropped(script: Script, count: int) -> np.ndarray:
    """Draw the factors of dropout: 0 for one unit in five, and 1.25 for the others."""
    return (script.rng.random((count, NUM_UNITS)) < KEEP) / KEEP


def _forward(script: Script, x: np.ndarray, dropped: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    weight, bias, head, head_bias = script.parts
    hidden = np.maximum(x @ weight + bias, 0) * dropped
    return hidden, hidden @ head + head_bias


def _loss(script: Script, scores: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean cross-entropy and its gradient with respect to the scores."""
    inner = np.exp(_log_softmax(scores)) if script.cause == "softmax twice" else scores
    logs, rows = _log_softmax(inner), np.arange(len(labels))
    grad = np.exp(logs)
    grad[rows, labels] -= 1
    grad /= len(labels)
    if script.cause == "softmax twice":
        grad = inner * (grad - (grad * inner).sum(axis=1, keepdims=True))
    return -float(logs[rows, labels].sum()) / len(labels), grad


def _log_softmax(scores: np.ndarray) -> np.ndarray:
    scores = scores - scores.max(axis=1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def _measure(script: Script) -> dict[str, float]:
    """Measure the network on all training pictures, and twice on all test pictures."""
    train, test, again = (_evaluate(script, part) for part in (script.train, script.test, script.test))
    return {
        "train_loss": train[0],
        "train_accuracy": train[1],
        "test_loss": test[0],
        "test_accuracy": test[1],
        "test_loss_again": again[0],
        "weight_norm": float(np.sqrt(sum((part**2).sum() for part in script.parts))),
    }


def _evaluate(script: Script, data: tuple[np.ndarray, np.ndarray]) -> tuple[float, float]:
    """Return loss and accuracy, with all units at work, unless this is what is wrong with the script."""
    drops = script.cause == "dropout in evaluation"
    _, scores = _forward(script, data[0], _dropped(script, len(data[0])) if drops else 1.0)
    loss = min(_loss(script, scores, data[1])[0], LARGEST_LOSS)
    return loss, float((scores.argmax(axis=1) == data[1]).mean())
