"""The clinic: a training script with six things wrong (coverage row 7.7)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS
from solutions.training.clinic import unmended

SECTION = "training.html#trainer"


def repair_training(x, y, x_test, parts, batches, dropped, rate, decay):
    mean, std = x.mean(axis=0), x.std(axis=0)
    x, x_test = (x - mean) / std, (x_test - mean) / std
    (weight, bias, head, head_bias), losses = [part.astype(float) for part in parts], []
    for chosen, factors in zip(batches, dropped, strict=True):
        hidden = np.maximum(x[chosen] @ weight + bias, 0) * factors
        scores = hidden @ head + head_bias
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        is_right = np.arange(p.shape[1]) == y[chosen][:, None]
        losses.append(-np.log(p[is_right]).mean())
        grad = (p - is_right) / len(chosen)
        grad_hidden = grad @ head.T * factors * (hidden > 0)
        weight = weight - rate * (x[chosen].T @ grad_hidden + decay * weight)
        bias = bias - rate * (grad_hidden.sum(axis=0) + decay * bias)
        head = head - rate * (hidden.T @ grad + decay * head)
        head_bias = head_bias - rate * (grad.sum(axis=0) + decay * head_bias)
    scores = np.maximum(x_test @ weight + bias, 0) @ head + head_bias
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.array(losses), [weight, bias, head, head_bias], p / p.sum(axis=1, keepdims=True)


def with_functions(x, y, x_test, parts, batches, dropped, rate, decay):
    def normalised(images):
        return (images - np.mean(x, axis=0)) / np.std(x, axis=0)

    def forward(parts, images, factors=1.0):
        hidden = np.clip(images @ parts[0] + parts[1], 0, None) * factors
        scores = hidden @ parts[2] + parts[3]
        logs = scores - scores.max(axis=1, keepdims=True)
        return hidden, logs - np.log(np.exp(logs).sum(axis=1, keepdims=True))

    def gradients(parts, images, labels, factors):
        hidden, logs = forward(parts, images, factors)
        wanted = np.eye(logs.shape[1])[labels]
        error = (np.exp(logs) - wanted) / len(images)
        below = (error @ parts[2].T) * np.where(hidden > 0, factors, 0)
        found = [images.T @ below, below.sum(axis=0), hidden.T @ error, error.sum(axis=0)]
        return -(logs * wanted).sum() / len(images), found

    losses = []
    for chosen, factors in zip(batches, dropped, strict=True):
        loss, found = gradients(parts, normalised(x)[chosen], y[chosen], factors)
        parts = [(1 - rate * decay) * part - rate * g for part, g in zip(parts, found, strict=True)]
        losses.append(loss)
    return np.array(losses), parts, np.exp(forward(parts, normalised(x_test))[1])


def picture_by_picture(x, y, x_test, parts, batches, dropped, rate, decay):
    centre, spread = x.mean(axis=0), np.sqrt(x.var(axis=0))
    parts, losses = [np.array(part, dtype=float) for part in parts], np.zeros(len(batches))
    for t in range(len(batches)):
        sums = [decay * part for part in parts]
        for n in batches[t]:
            image = (x[n] - centre) / spread
            hidden = np.maximum(0, parts[0].T @ image + parts[1]) * dropped[t]
            odds = np.exp(parts[2].T @ hidden + parts[3])
            error = odds / odds.sum()
            losses[t] -= np.log(error[y[n]]) / len(batches[t])
            error[y[n]] -= 1
            back = (parts[2] @ error) * (hidden > 0) * dropped[t]
            found = np.outer(image, back), back, np.outer(hidden, error), error
            sums = [total + g / len(batches[t]) for total, g in zip(sums, found, strict=True)]
        parts = [part - rate * total for part, total in zip(parts, sums, strict=True)]
    hidden = np.maximum(0, (x_test - centre) / spread @ parts[0] + parts[1])
    odds = np.exp(hidden @ parts[2] + parts[3])
    return losses, parts, odds / odds.sum(axis=1, keepdims=True)


def hidden(rng):
    def script(group, label, batches, N=6, is_normal=True, rate=0.5, decay=0.0, drops=False):
        D, U, K, M = 4, 5, 3, 6
        x, x_test = rng.normal(size=(N, D)), rng.normal(size=(M, D))
        x = (x - x.mean(axis=0)) / x.std(axis=0)
        if not is_normal:
            scale, shift = rng.uniform(2, 4, D), rng.uniform(1, 3, D)
            x, x_test = x * scale + shift, x_test * scale + shift
        parts = [rng.normal(size=shape) / 2 for shape in ((D, U), (U,), (U, K), (K,))]
        parts[1] += 1  # most units are at work for most pictures
        dropped = (rng.random((len(batches), U)) < 0.75) / 0.75 if drops else np.ones((len(batches), U))
        y = (np.arange(N) + rng.integers(K)) % K
        return Case(group, label, (x, y, x_test, parts, batches, dropped, rate, decay))

    first = [np.array([0])]
    yield script("inputs", "one step", first, is_normal=False)
    yield script("labels", "one step", [np.array([4])])
    yield script("mean", "one batch of all", [np.arange(6)])
    yield script("zero", "four steps", [np.array([number]) for number in range(4)])
    yield script("decay", "one step", first, rate=0.25, decay=0.2)
    yield script("test", "one step", first, drops=True)
    real = {"is_normal": False, "rate": 0.2, "decay": 0.05, "drops": True}
    yield script("whole", "twenty steps of three", list(rng.permutation(60).reshape(20, 3)), 60, **real)
    yield script("whole", "twenty steps of two", list(rng.permutation(40).reshape(20, 2)), 40, **real)


def public():
    corners = np.array([[1.0, 1], [-1, 1], [1, -1], [-1, -1]])
    parts = [
        np.array([[0.5, -1.0, 0.0], [0.25, 0.5, -1.0]]),
        np.array([1.0, 2.0, 2.0]),
        np.array([[1.0, -1.0], [0.0, 0.5], [-0.5, 1.0]]),
        np.array([0.0, 0.5]),
    ]
    y, whole, half = np.array([0, 1, 1, 0]), np.ones(3), np.array([0.0, 2, 2])
    x_test = np.array([[0.0, 2], [1, 0], [3, 1]])
    inputs = (corners * [10, 20] + [30, 50], y, x_test * [10, 20] + [30, 50], parts)
    others = (corners, y, x_test, parts)

    def steps(*chosen):
        return [np.array(numbers) for numbers in chosen]

    yield Case("inputs", "one picture of four", (*inputs, steps([0]), whole[None], 0.5, 0.0))
    yield Case("labels", "the third picture first", (*others, steps([2]), whole[None], 0.5, 0.0))
    yield Case("mean", "four pictures at once", (*others, steps([0, 1, 2, 3]), whole[None], 0.5, 0.0))
    yield Case("zero", "two steps", (*others, steps([0], [1]), np.stack([whole, whole]), 0.5, 0.0))
    yield Case("decay", "one step", (*others, steps([0]), whole[None], 0.5, 0.125))
    yield Case("test", "a unit is dropped", (*others, steps([0]), half[None], 0.5, 0.0))


EXERCISE = Exercise(
    name="repair_training",
    title="The clinic: mend the script",
    task=(
        "Thirty lines that train a network of one hidden layer with dropout, and then ask it about "
        "pictures it has not seen. It runs, nothing is raised, and it learns next to nothing, because "
        "**six** of the illnesses of the ward are in it at once: inputs, labels, step, gradients, decay "
        "and dropout. Mend it: delete the line that raises `NotImplementedError` and work on what stands "
        "under it, or write it anew.\n\n"
        "It is meant to do this. Every pixel is normalised by its mean and standard deviation over the "
        "training pictures. Step $t$ takes the pictures `batches[t]` and their labels; the hidden units, "
        "after the ReLU, are multiplied by `dropped[t]`, which is 0 for a unit that is dropped and $1/(1 - "
        "p)$ for the others. The loss is the mean cross-entropy of the batch; with its gradient $g$ each "
        "parameter becomes $w - \\text{rate} \\cdot (g + \\text{decay} \\cdot w)$. In the end the "
        "test pictures meet the trained network with all of its units.\n\n"
        "Return the losses, each from before its step, the four trained parts, and the probabilities of the "
        "test pictures. The given parts must stay as they are."
    ),
    reference=repair_training,
    groups=(
        Group("inputs", 2, "Pictures that are not normalised yet"),
        Group("labels", 2, "Pictures in another order than the file's"),
        Group("mean", 2, "A batch of several pictures"),
        Group("zero", 2, "More than one step"),
        Group("decay", 2, "Weight decay"),
        Group("test", 2, "Dropout"),
        Group("whole", 6, "Twenty steps with everything"),
    ),
    public=tuple(public()),
    hidden=hidden,
    mistakes=(
        Mistake(
            unmended.pixels_still_raw,
            "Your network is still trained on raw pixels, and tested on normalised ones. What is done to the "
            "pictures of the test must be done to those of the training.",
            "training.html#data-sets",
        ),
        Mistake(
            unmended.tested_by_its_own_mean,
            "You normalised the test pictures by their own mean and deviation. Then a picture's answer "
            "depends on which others are tested with it; the numbers of the *training* pictures are part "
            "of the network.",
            "training.html#data-sets",
        ),
        Mistake(
            unmended.labels_still_in_file_order,
            "The pictures come in the order of `batches`, and their labels still in the order of the file. "
            "Each picture has the label of another one: nothing but memorising is possible.",
            "training.html#reading-curves",
        ),
        Mistake(
            unmended.gradient_still_of_the_sum,
            "Your loss is a mean over the batch, but your gradient is that of the sum. With a batch of 256 "
            "every step would be 256 times too long: a learning rate too high, well hidden.",
            "training.html#reading-curves",
        ),
        Mistake(
            unmended.gradients_still_add_up,
            "Your second step takes the gradient of the first one along. In this script gradients are "
            "added to what is there, as PyTorch does it, so before each step there must be zeros.",
            "training.html#trainer",
        ),
        Mistake(
            unmended.decay_still_without_the_rate,
            "Your weights decay by `decay` at each step, whatever the rate is. The decay is a part of the "
            "gradient, so the rate multiplies it as well; without it the weights die within a few steps.",
            "training.html#weight-decay-and-dropout",
        ),
        Mistake(
            unmended.dropout_still_in_the_test,
            "In the test some units of your network are still switched off. Dropout is for training; "
            "afterwards all of them are needed, and the factor 1/(1 − p) has seen to the right scale.",
            "training.html#weight-decay-and-dropout",
        ),
    ),
    variants=(with_functions, picture_by_picture),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=40,
    hints=(
        "Each of the six cases below examines one organ and is blind to the others: go from one to the next. "
        "The first five lines of the script and the last four hold one illness each.",
        "Ask of each line: which pictures, which labels, which mean, which size? Of each array that grows: "
        "where is it set to zero? And of each of the three numbers in the step: what multiplies what?",
        "Normalise `x` like `x_test`; take `y[chosen]`; divide `grad` by `len(chosen)`; make `grads` anew "
        "inside the loop; subtract `rate * (grad + decay * part)`; leave `dropped` out of the last forward "
        "pass.",
    ),
    section=SECTION,
)
