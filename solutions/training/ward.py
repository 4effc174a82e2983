"""Makes the patients of the clinic: a small network, really trained, with one thing wrong or none.

Every run is drawn afresh: the number of classes, the pixels, the weights, the learning rate and the order of
the batches follow from a generator, so what two runs with one illness have in common is the illness. The
network has one hidden layer with dropout and is trained by plain stochastic gradient descent.
"""

from collections.abc import Iterable, Iterator
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
NUM_EPOCHS, NUM_IMAGES, BATCH = 15, 240, 10
NUM_PIXELS, NUM_UNITS, KEEP = 16, 32, 0.8
LARGEST = 100.0  # a loss beyond it is written down as this

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
        ``num_classes``, the losses of the `FIRST` steps, the mean loss of the batches of each epoch
        (``running_loss``), and, before the training and after each epoch, losses, accuracies and the norm
        of all weights.

    Raises
    ------
    ValueError
        If there is no such cause.
    """
    if cause not in CAUSES:
        raise ValueError(f"cause must be one of {', '.join(CAUSES)}; {cause!r} was given")
    script = _script(cause, rng)
    losses, measured = [], [_measure(script)]
    grads = [np.zeros(part.shape) for part in script.parts]
    for _ in range(NUM_EPOCHS):
        losses += [_step(script, grads, chosen) for chosen in _batches(script)]
        measured.append(_measure(script))
    losses = np.minimum(losses, LARGEST)
    chart = {"num_classes": script.num_classes, "first_losses": losses[:FIRST]}
    chart["running_loss"] = losses.reshape(NUM_EPOCHS, -1).mean(axis=1)
    return chart | {name: np.array([row[name] for row in measured]) for name in measured[0]}


def _script(cause: str, rng: np.random.Generator) -> Script:
    num_classes = int(rng.integers(4, 9))
    centres = rng.normal(0, 0.75, (num_classes, NUM_PIXELS))
    (images, labels), test = (_pictures(centres, rng) for _ in range(2))
    mean, std = (0.0, 1.0) if cause == "inputs not normalised" else (images.mean(axis=0), images.std(axis=0))
    if cause == "labels shuffled":
        labels = rng.permutation(labels)
    if cause == "batches sorted":
        order = np.argsort(labels, kind="stable")
        images, labels = images[order], labels[order]
    rate = rng.uniform(0.12, 0.3) * {"rate too high": 20, "rate too low": 1 / 500}.get(cause, 1)
    decay = rng.uniform(0.3, 0.8) if cause == "weight decay too large" else 1e-4
    sizes = (NUM_PIXELS, NUM_UNITS, num_classes)
    parts = []
    for n, m in zip(sizes[:-1], sizes[1:], strict=True):
        parts += [rng.normal(0, np.sqrt(2 / n) if not parts else np.sqrt(1 / n), (n, m)), np.zeros(m)]
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


def _step(script: Script, grads: Parts, chosen: np.ndarray) -> float:
    """Take one step of gradient descent on a batch, and return the loss that it had before."""
    x, labels = script.train[0][chosen], script.train[1][chosen]
    weight, _, head, _ = script.parts
    dropped = (script.rng.random((len(x), NUM_UNITS)) < KEEP) / KEEP
    hidden, scores = _forward(script, x, dropped)
    loss, grad = _loss(script, scores, labels)
    if script.cause != "gradients add up":
        for kept in grads:
            kept[:] = 0
    grad_hidden = (grad @ head.T) * dropped * (hidden > 0)
    for kept, new in zip(
        grads, (x.T @ grad_hidden, grad_hidden.sum(0), hidden.T @ grad, grad.sum(0)), strict=True
    ):
        kept += new
    for part, kept in zip(script.parts, grads, strict=True):
        part -= script.rate * (kept + script.decay * part * (part.ndim == 2))
    return loss


def _forward(script: Script, x: np.ndarray, dropped: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    weight, bias, head, head_bias = script.parts
    hidden = np.maximum(x @ weight + bias, 0) * dropped
    return hidden, hidden @ head + head_bias


def _loss(script: Script, scores: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean cross-entropy and its gradient with respect to the scores."""
    inner = _softmax(scores) if script.cause == "softmax twice" else scores
    probabilities, rows = _softmax(inner), np.arange(len(labels))
    peak = inner.max(axis=1)
    logs = inner[rows, labels] - peak - np.log(np.exp(inner - peak[:, None]).sum(axis=1))
    grad = probabilities / len(labels)
    grad[rows, labels] -= 1 / len(labels)
    if script.cause == "softmax twice":
        grad = inner * (grad - (grad * inner).sum(axis=1, keepdims=True))
    return float(-logs.mean()), grad


def _softmax(scores: np.ndarray) -> np.ndarray:
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


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
    dropped = 1.0
    if script.cause == "dropout in evaluation":
        dropped = (script.rng.random((len(data[0]), NUM_UNITS)) < KEEP) / KEEP
    _, scores = _forward(script, data[0], dropped)
    loss = min(_loss(script, scores, data[1])[0], LARGEST)
    return loss, float((scores.argmax(axis=1) == data[1]).mean())
