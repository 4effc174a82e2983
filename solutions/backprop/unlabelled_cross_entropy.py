"""Softmax cross-entropy and its gradient, in a batch with labels missing (coverage row 5.3)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS

SECTION = "backprop.html#softmax-cross-entropy"


def unlabelled_cross_entropy(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.flatnonzero(labels >= 0)
    grad = np.zeros(logits.shape)
    grad[rows] = np.exp(log_p[rows])
    grad[rows, labels[rows]] -= 1
    return -log_p[rows, labels[rows]].mean(), grad / len(rows)


def divided_by_all_images(logits, labels):
    z = logits - logits.max(1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    known = labels >= 0
    hot = (labels[:, None] == np.arange(p.shape[1])) * 1.0
    loss = (np.log(np.exp(z).sum(1)) * known - (hot * z).sum(1)).sum()
    return loss / len(z), (p - hot) * known[:, None] / len(z)


def gradient_not_divided(logits, labels):
    z = logits - logits.max(1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    known = labels >= 0
    hot = (labels[:, None] == np.arange(p.shape[1])) * 1.0
    loss = (np.log(np.exp(z).sum(1)) * known - (hot * z).sum(1)).sum()
    return loss / known.sum(), (p - hot) * known[:, None]


def missing_label_is_the_last_class(logits, labels):
    z = logits - logits.max(1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    hot = np.eye(p.shape[1])[labels]
    return (np.log(np.exp(z).sum(1)) - (hot * z).sum(1)).mean(), (p - hot) / len(z)


def unlabelled_images_pull_too(logits, labels):
    z = logits - logits.max(1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    known = labels >= 0
    hot = (labels[:, None] == np.arange(p.shape[1])) * 1.0
    loss = (np.log(np.exp(z).sum(1)) * known - (hot * z).sum(1)).sum()
    return loss / known.sum(), (p - hot) / known.sum()


def softmax_down_the_batch(logits, labels):
    z = logits - logits.max(0)
    p = np.exp(z) / np.exp(z).sum(0)
    known = labels >= 0
    hot = (labels[:, None] == np.arange(p.shape[1])) * 1.0
    loss = (hot * (np.log(np.exp(z).sum(0)) - z)).sum()
    return loss / known.sum(), (p - hot) * known[:, None] / known.sum()


def exponential_overflows(logits, labels):
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        known = labels >= 0
        hot = (labels[:, None] == np.arange(p.shape[1])) * 1.0
        loss = -np.log(p[known, labels[known]]).sum()
        return loss / known.sum(), (p - hot) * known[:, None] / known.sum()


def sign_of_the_gradient(logits, labels):
    z = logits - logits.max(1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    known = labels >= 0
    hot = (labels[:, None] == np.arange(p.shape[1])) * 1.0
    loss = (np.log(np.exp(z).sum(1)) * known - (hot * z).sum(1)).sum()
    return loss / known.sum(), (hot - p) * known[:, None] / known.sum()


def image_by_image(logits, labels):
    loss, grad, number = 0.0, np.zeros_like(logits, dtype=float), (labels != -1).sum()
    for n, label in enumerate(labels):
        if label == -1:
            continue
        top = max(logits[n])
        total = sum(np.exp(value - top) for value in logits[n])
        loss += (top + np.log(total) - logits[n, label]) / number
        for k, value in enumerate(logits[n]):
            grad[n, k] = (np.exp(value - top) / total - (k == label)) / number
    return loss, grad


def log_add_exp(logits, labels):
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    one_hot = np.eye(logits.shape[1] + 1)[labels][:, :-1]
    number = one_hot.sum()
    known = one_hot.sum(axis=1, keepdims=True)
    return [-(one_hot * log_p).sum() / number, np.asfortranarray((np.exp(log_p) - one_hot) * known / number)]


def hidden(rng):
    for N, K in ((1, 4), (5, 3), (4, 6)):
        yield Case("labelled", f"{N} of {K} classes", (rng.normal(size=(N, K)) * 3, rng.integers(0, K, N)))
    for N, K in ((4, 3), (6, 5)):
        labels = rng.integers(0, K, N)
        labels[rng.permutation(N)[: N // 2]] = -1
        yield Case("missing", f"{N} of {K} classes", (rng.normal(size=(N, K)) * 3, labels))
    logits = rng.integers(-9, 10, (4, 3)) + np.array([[1000.0], [-1000.0], [3000.0], [0.0]])
    yield Case("large", "shifted by thousands", (logits, rng.integers(0, 3, 4)))
    yield Case("large", "a hopeless case", (np.array([[900.0, 0.0], [0.0, 1.0]]), np.array([1, -1])))


EXERCISE = Exercise(
    name="unlabelled_cross_entropy",
    title="Cross-entropy where some labels are missing",
    task=(
        "The network gives each image $K$ numbers, its `logits`. Softmax makes probabilities of them, $p_k = "
        "e^{z_k} / \\sum_j e^{z_j}$, and the loss of an image is $-\\log p_{\\text{label}}$. Not every image "
        "of the batch has got its label: where it is missing, `labels` holds $-1$, and this image has no "
        "say.\n\n"
        "Write `unlabelled_cross_entropy(logits, labels)`, which returns two things: the mean loss **over "
        "the images that have a label** (there is at least one), and its gradient with respect to `logits`, "
        "an array of the same shape `(N, K)`. Logits may be in the thousands, where $e^z$ is more than a "
        "float can hold."
    ),
    reference=unlabelled_cross_entropy,
    groups=(
        Group("labelled", 4, "Every image has a label"),
        Group("missing", 3, "Labels are missing"),
        Group("large", 3, "Large logits"),
    ),
    public=(
        Case("labelled", "no idea", (np.array([[0.0, 0.0, 0.0, 0.0]]), np.array([2]))),
        Case(
            "labelled",
            "probabilities 1/4 and 3/4, then 1/2 and 1/2",
            (np.array([[0.0, np.log(3)], [2.0, 2.0]]), np.array([1, 0])),
        ),
        Case(
            "missing",
            "the second image has no label",
            (np.array([[0.0, np.log(3)], [1.0, 5.0], [np.log(4), 0.0]]), np.array([0, -1, 1])),
        ),
        Case("large", "a thousand", (np.array([[1000.0, 999.0], [-1000.0, -1001.0]]), np.array([0, 1]))),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            divided_by_all_images,
            "You divided by the number of all images. The mean is over those that have a label; otherwise "
            "a batch with few labels would seem easier than one with many.",
            SECTION,
        ),
        Mistake(
            gradient_not_divided,
            "Your loss is a mean, but your gradient is that of the sum. The 1/N of the mean belongs to both, "
            "or the steps of training grow with the size of the batch.",
            SECTION,
        ),
        Mistake(
            missing_label_is_the_last_class,
            "Images without a label were trained to be of the last class: −1, used as an index, means “the "
            "last one” in Python. Choose the labelled rows before you index with the labels.",
            SECTION,
        ),
        Mistake(
            unlabelled_images_pull_too,
            "The loss leaves the unlabelled images out, but your gradient does not: their rows should be 0. "
            "What does not change the loss has no gradient.",
            SECTION,
        ),
        Mistake(
            softmax_down_the_batch,
            "Your softmax runs down the batch, so the images compete with each other for a class. The "
            "classes compete for an image: along `axis=1`, each row sums to 1.",
            SECTION,
        ),
        Mistake(
            exponential_overflows,
            "Infinity appeared: exp(1000) is more than a float can hold. Softmax does not change when the "
            "same number is subtracted from all logits of an image; subtract the largest.",
            SECTION,
        ),
        Mistake(
            sign_of_the_gradient,
            "Your gradient points the wrong way: descending along it would make the right class less "
            "likely. It is “probability minus one-hot label”, negative at the label.",
            SECTION,
        ),
    ),
    variants=(image_by_image, log_add_exp),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=25,
    hints=(
        "For one image, work out −log p = log(Σ exp z) − z_label and take its derivative with respect to one "
        "logit. It is simpler than it looks.",
        "The gradient of one image's loss is `p - one_hot`. Subtract `logits.max(axis=1, keepdims=True)` "
        "first; with `shifted`, the loss is `np.log(np.exp(shifted).sum(axis=1)) - shifted[row, label]`.",
        "`rows = np.flatnonzero(labels >= 0)` are the images that count. Compute both results for these rows "
        "alone, divide by `len(rows)`, and put the gradient into an array of zeros.",
    ),
    section=SECTION,
)
