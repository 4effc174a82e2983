"""The clinic: what is wrong with a run, told from its curves (coverage row 7.7)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import EXACT, LIBRARIES
from solutions.training.clinic import misdiagnoses as wrong
from solutions.training.clinic.ward import CAUSES, train

SECTION = "training.html#reading-curves"


def name_causes(runs):
    causes = []
    for run in runs:
        guessing = np.log(run["num_classes"])
        floor = np.log(1 + (run["num_classes"] - 1) / np.e)
        loss, first, norm = run["train_loss"], run["first_losses"], run["weight_norm"]
        if not np.array_equal(run["test_loss"], run["test_loss_again"]):
            cause = "dropout in evaluation"
        elif first[0] > 5 * guessing:
            cause = "inputs not normalised"
        elif norm[-1] < norm[0] / 2:
            cause = "weight decay too large"
        elif loss.max() > 5 * guessing:
            cause = "rate too high" if first[1:5].max() > 5 * guessing else "gradients add up"
        elif loss[-1] > 0.8 * loss[0]:
            cause = "rate too low"
        elif run["test_loss"][-1] > 0.9 * guessing:
            cause = "labels shuffled"
        elif loss.min() > floor:
            cause = "softmax twice"
        else:
            cause = "batches sorted" if np.diff(first).max() > 1.25 * guessing else "healthy"
        causes.append(cause)
    return causes


def patient(cause, rng):
    """Return the chart of a new run on which doctors who look at different curves agree."""
    doctors = name_causes, wrong.by_accuracies, wrong.by_order_of_suspicion
    while True:
        run = train(cause, rng)
        if all(doctor([run]) == [cause] for doctor in doctors):
            return run


def patients(rng, *causes):
    """Return the charts of new runs with these things wrong, in a random order."""
    return ([patient(causes[i], rng) for i in rng.permutation(len(causes))],)


def hidden(rng):
    kinds = {
        "rate": ("healthy", "rate too high", "rate too low"),
        "data": ("inputs not normalised", "labels shuffled", "batches sorted"),
        "step": ("gradients add up", "weight decay too large"),
        "measure": ("softmax twice", "dropout in evaluation"),
    }
    for group, causes in kinds.items():
        other = rng.choice([cause for cause in CAUSES if cause not in causes])
        yield Case(group, "new runs", patients(rng, *causes, str(other)))
    yield Case("all", "one of each", patients(rng, *CAUSES))


def public():
    rng = np.random.default_rng(8)
    rate = ("healthy", "rate too high", "rate too low") * 2
    data = ("inputs not normalised", "labels shuffled", "batches sorted") * 2
    step = ("gradients add up", "weight decay too large") * 2
    measure = ("softmax twice", "dropout in evaluation") * 2
    yield Case("rate", "healthy, too fast, too slow", patients(rng, *rate))
    yield Case("data", "something about the data", patients(rng, *data, "healthy"))
    yield Case("step", "something about the step", patients(rng, *step, "rate too high", "rate too low"))
    yield Case("measure", "something about the loss", patients(rng, *measure, "healthy", "rate too low"))


EXERCISE = Exercise(
    name="name_causes",
    title="The clinic: what is wrong with these runs?",
    task=(
        "Every chart in the ward belongs to a real training run: a network with one hidden layer and dropout "
        "learns to tell `num_classes` kinds of picture apart, 200 pictures in batches of ten, by gradient "
        "descent without momentum. In most of the runs *one* thing is wrong. Write "
        "`name_causes(runs)`, which returns a list with the cause for each chart:\n\n"
        '- `"healthy"`: nothing is wrong.\n'
        '- `"rate too high"`, `"rate too low"`: the learning rate.\n'
        '- `"inputs not normalised"`: the pixels go in as they are, around 120.\n'
        '- `"labels shuffled"`: each training picture has the label of some other one.\n'
        '- `"batches sorted"`: the pictures are sorted by class, and come in this order in every epoch.\n'
        '- `"gradients add up"`: they are never set to zero, so each step takes all gradients so far.\n'
        '- `"weight decay too large"`: at each step every weight loses a tenth of itself or more.\n'
        '- `"softmax twice"`: probabilities go into a loss that takes the softmax of what it gets.\n'
        '- `"dropout in evaluation"`: units are still dropped at random when the network is measured.\n\n'
        "A chart is a dictionary. `first_losses` are the losses of the first 24 batches, each from "
        "before its step. `train_loss`, `train_accuracy`, `test_loss`, `test_accuracy` and `weight_norm` are "
        "measured before the training and after each of 10 epochs, and `test_loss_again` is the test loss of "
        "the same weights, measured a second time. `running_loss` is the mean loss of the batches of each "
        "epoch. Losses beyond 100 are written down as 100. Runs that you have not seen differ in classes, "
        "pictures, weights and learning rate."
    ),
    reference=name_causes,
    groups=(
        Group("rate", 3, "Too fast, too slow, or healthy"),
        Group("data", 4, "Something about the data"),
        Group("step", 3, "Something about the step"),
        Group("measure", 3, "Something about the loss and its measurement"),
        Group("all", 5, "One of each, mixed"),
    ),
    public=tuple(public()),
    hidden=hidden,
    mistakes=(
        Mistake(
            wrong.every_explosion_is_a_high_rate,
            "You blame the rate for every explosion. With a rate too high the second or third batch is "
            "worse already; where gradients add up, the first few steps are fine, and the harm grows with "
            "what has piled up.",
            SECTION,
        ),
        Mistake(
            wrong.start_not_looked_at,
            "Look at the very first loss: no step has been taken yet, so no learning rate can be blamed for "
            "it. One who guesses has log K; far above that, the inputs themselves are too large.",
            SECTION,
        ),
        Mistake(
            wrong.shrinking_taken_for_slowness,
            "A loss that stays near log K may have two causes. With a rate too low the weights hardly "
            "move; if they *shrink* to nothing, something pulls at them at every step.",
            "training.html#weight-decay-and-dropout",
        ),
        Mistake(
            wrong.memorising_taken_for_learning,
            "A training loss that falls proves nothing: pictures can be memorised with any labels. Look at "
            "the test loss of such a run: it is worse than that of one who guesses, and it rises.",
            SECTION,
        ),
        Mistake(
            wrong.floor_taken_for_slowness,
            "Most pictures are classified rightly in a run that you call too slow, and yet its loss stays "
            "high. What is the smallest loss if the scores are probabilities, 1 for the right class and 0 "
            "for the others?",
            SECTION,
        ),
        Mistake(
            wrong.teeth_not_seen,
            "By the epoch, one of your healthy runs looks well. Its first losses have teeth: batch after "
            "batch of one class it gets better, and at the next class it falls back far above log K.",
            SECTION,
        ),
        Mistake(
            wrong.measured_only_once,
            "You did not compare the two measurements of the same weights. A network in evaluation answers "
            "the same question in the same way; if the losses differ, dice are being rolled.",
            "training.html#weight-decay-and-dropout",
        ),
        Mistake(
            wrong.ten_classes_taken_for_granted,
            "Your limits are those of ten classes. One who guesses among K classes has a loss of log K: 1.10 "
            "for three of them and 1.79 for six, so what is high in one run is not in another.",
            SECTION,
        ),
    ),
    variants=(wrong.by_accuracies, wrong.by_order_of_suspicion),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=3,
    minutes=45,
    hints=(
        "Measure every loss in units of log K, the loss of one who guesses. Then take one cause after the "
        "other, the most unmistakable first, and ask which curve shows it and no other cause does.",
        "Two measurements that differ; a first loss far above log K; weights that shrink; a loss that "
        "explodes (at once, or after a while); a loss that hardly moves; a test loss no better than "
        "guessing; a training loss that never gets below a certain number; teeth in the first losses. What "
        "is left is healthy.",
        "If the scores can only be 0 and 1, the smallest loss is $\\log(1 + (K - 1)/e)$. Limits that "
        "separate all charts you can see with room to spare: 5 log K for an explosion, half for the weights, "
        "0.8 of the first loss for a run too slow, a rise of 1.25 log K from one batch to the next for "
        "teeth.",
    ),
    section=SECTION,
)
