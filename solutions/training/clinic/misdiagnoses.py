"""What is taken for what in the clinic, and two doctors who get it right in ways of their own.

Each misdiagnosis goes down a list of suspicions from top to bottom; one of them is missing, or means another
thing. Notebooks know `np` and nothing else, so each doctor stands by itself.
"""

import numpy as np

__all__ = [
    "by_accuracies",
    "by_order_of_suspicion",
    "every_explosion_is_a_high_rate",
    "floor_taken_for_slowness",
    "measured_only_once",
    "memorising_taken_for_learning",
    "shrinking_taken_for_slowness",
    "start_not_looked_at",
    "teeth_not_seen",
    "ten_classes_taken_for_granted",
]


def every_explosion_is_a_high_rate(runs):
    out = []
    for r in runs:
        g, t, f, w = np.log(r["num_classes"]), r["train_loss"], r["first_losses"], r["weight_norm"]
        rules = [
            (any(r["test_loss"] != r["test_loss_again"]), "dropout in evaluation"),
            (f[0] > 4 * g, "inputs not normalised"),
            (w[-1] < w[0] / 2, "weight decay too large"),
            (t.max() > 4 * g, "rate too high"),
            (t[-1] / t[0] > 0.8, "rate too low"),
            (r["test_loss"][-1] > g, "labels shuffled"),
            (t.min() > np.log(1 + (np.exp(g) - 1) / np.e), "softmax twice"),
            (max(np.diff(f)) > 1.25 * g, "batches sorted"),
        ]
        out.append(next((name for is_so, name in rules if is_so), "healthy"))
    return out


def start_not_looked_at(runs):
    out = []
    for r in runs:
        g, t, f, w = np.log(r["num_classes"]), r["train_loss"], r["first_losses"], r["weight_norm"]
        rules = [
            (any(r["test_loss"] != r["test_loss_again"]), "dropout in evaluation"),
            (w[-1] < w[0] / 2, "weight decay too large"),
            (max(f[:5]) > 4 * g, "rate too high"),
            (t.max() > 4 * g, "gradients add up"),
            (t[-1] / t[0] > 0.8, "rate too low"),
            (r["test_loss"][-1] > g, "labels shuffled"),
            (t.min() > np.log(1 + (np.exp(g) - 1) / np.e), "softmax twice"),
            (max(np.diff(f)) > 1.25 * g, "batches sorted"),
        ]
        out.append(next((name for is_so, name in rules if is_so), "healthy"))
    return out


def shrinking_taken_for_slowness(runs):
    out = []
    for r in runs:
        g, t, f, w = np.log(r["num_classes"]), r["train_loss"], r["first_losses"], r["weight_norm"]
        rules = [
            (any(r["test_loss"] != r["test_loss_again"]), "dropout in evaluation"),
            (f[0] > 4 * g, "inputs not normalised"),
            (max(f[:5]) > 4 * g, "rate too high"),
            (t.max() > 4 * g, "gradients add up"),
            (t[-1] / t[0] > 0.8 or w[-1] < w[0] / 2, "rate too low"),
            (r["test_loss"][-1] > g, "labels shuffled"),
            (t.min() > np.log(1 + (np.exp(g) - 1) / np.e), "softmax twice"),
            (max(np.diff(f)) > 1.25 * g, "batches sorted"),
        ]
        out.append(next((name for is_so, name in rules if is_so), "healthy"))
    return out


def memorising_taken_for_learning(runs):
    out = []
    for r in runs:
        g, t, f, w = np.log(r["num_classes"]), r["train_loss"], r["first_losses"], r["weight_norm"]
        rules = [
            (any(r["test_loss"] != r["test_loss_again"]), "dropout in evaluation"),
            (f[0] > 4 * g, "inputs not normalised"),
            (w[-1] < w[0] / 2, "weight decay too large"),
            (max(f[:5]) > 4 * g, "rate too high"),
            (t.max() > 4 * g, "gradients add up"),
            (t[-1] / t[0] > 0.8, "rate too low"),
            (t.min() > np.log(1 + (np.exp(g) - 1) / np.e) and r["test_loss"][-1] < g, "softmax twice"),
            (max(np.diff(f)) > 1.25 * g, "batches sorted"),
        ]
        out.append(next((name for is_so, name in rules if is_so), "healthy"))
    return out


def floor_taken_for_slowness(runs):
    out = []
    for r in runs:
        g, t, f, w = np.log(r["num_classes"]), r["train_loss"], r["first_losses"], r["weight_norm"]
        rules = [
            (any(r["test_loss"] != r["test_loss_again"]), "dropout in evaluation"),
            (f[0] > 4 * g, "inputs not normalised"),
            (w[-1] < w[0] / 2, "weight decay too large"),
            (max(f[:5]) > 4 * g, "rate too high"),
            (t.max() > 4 * g, "gradients add up"),
            (r["test_loss"][-1] > g > t[-1], "labels shuffled"),
            (t.min() > np.log(1 + (np.exp(g) - 1) / np.e), "rate too low"),
            (max(np.diff(f)) > 1.25 * g, "batches sorted"),
        ]
        out.append(next((name for is_so, name in rules if is_so), "healthy"))
    return out


def teeth_not_seen(runs):
    out = []
    for r in runs:
        g, t, f, w = np.log(r["num_classes"]), r["train_loss"], r["first_losses"], r["weight_norm"]
        rules = [
            (any(r["test_loss"] != r["test_loss_again"]), "dropout in evaluation"),
            (f[0] > 4 * g, "inputs not normalised"),
            (w[-1] < w[0] / 2, "weight decay too large"),
            (max(f[:5]) > 4 * g, "rate too high"),
            (t.max() > 4 * g, "gradients add up"),
            (t[-1] / t[0] > 0.8, "rate too low"),
            (r["test_loss"][-1] > g, "labels shuffled"),
            (t.min() > np.log(1 + (np.exp(g) - 1) / np.e), "softmax twice"),
        ]
        out.append(next((name for is_so, name in rules if is_so), "healthy"))
    return out


def measured_only_once(runs):
    out = []
    for r in runs:
        g, t, f, w = np.log(r["num_classes"]), r["train_loss"], r["first_losses"], r["weight_norm"]
        rules = [
            (f[0] > 4 * g, "inputs not normalised"),
            (w[-1] < w[0] / 2, "weight decay too large"),
            (max(f[:5]) > 4 * g, "rate too high"),
            (t.max() > 4 * g, "gradients add up"),
            (t[-1] / t[0] > 0.8, "rate too low"),
            (r["test_loss"][-1] > g, "labels shuffled"),
            (t.min() > np.log(1 + (np.exp(g) - 1) / np.e), "softmax twice"),
            (max(np.diff(f)) > 1.25 * g, "batches sorted"),
        ]
        out.append(next((name for is_so, name in rules if is_so), "healthy"))
    return out


def ten_classes_taken_for_granted(runs):
    out = []
    for r in runs:
        g, t, f, w = np.log(10), r["train_loss"], r["first_losses"], r["weight_norm"]
        rules = [
            (any(r["test_loss"] != r["test_loss_again"]), "dropout in evaluation"),
            (f[0] > 4 * g, "inputs not normalised"),
            (w[-1] < w[0] / 2, "weight decay too large"),
            (max(f[:5]) > 4 * g, "rate too high"),
            (t.max() > 4 * g, "gradients add up"),
            (t[-1] / t[0] > 0.8, "rate too low"),
            (r["test_loss"][-1] > g, "labels shuffled"),
            (t.min() > np.log(1 + 9 / np.e), "softmax twice"),
            (max(np.diff(f)) > g, "batches sorted"),
        ]
        out.append(next((name for is_so, name in rules if is_so), "healthy"))
    return out


def by_accuracies(runs):
    def cause(run):
        K, first = run["num_classes"], run["first_losses"]
        train, test = run["train_accuracy"], run["test_accuracy"]
        chance, grown = np.log(K), run["weight_norm"][-1] / run["weight_norm"][0]
        if np.abs(run["test_loss"] - run["test_loss_again"]).max() > 0:
            return "dropout in evaluation"
        if grown < 0.6:
            return "weight decay too large"
        if grown > 20:  # something has exploded: before the first step, in the first few, or later?
            if run["train_loss"][0] > 8 * chance:
                return "inputs not normalised"
            return "rate too high" if first[:6].max() > 4 * chance else "gradients add up"
        if abs(grown - 1) < 0.01 and run["running_loss"][-1] > 0.8 * run["running_loss"][0]:
            return "rate too low"
        if run["test_loss"][-1] > 0.97 * chance and train[-1] > test[-1] + 0.1:
            return "labels shuffled"
        if run["running_loss"][-1] > 0.45 * chance:
            return "softmax twice"
        relapse = (first - np.minimum.accumulate(first)).max()  # how far above the best loss so far
        return "batches sorted" if relapse > 1.6 * chance else "healthy"

    return [cause(run) for run in runs]


def by_order_of_suspicion(runs):
    found = ["healthy"] * len(runs)
    for number, run in enumerate(runs):
        chance = np.log(run["num_classes"])
        epochs = np.array([run["train_loss"], run["test_loss"]]) / chance
        steps = run["first_losses"] / chance
        if (steps[1:] > steps[:-1] + 1.05).any():
            found[number] = "batches sorted"
        if epochs.min() * chance > np.log(run["num_classes"] - 1 + np.e) - 1:
            found[number] = "softmax twice"
        if epochs[0, -1] < 0.8 and epochs[1, -1] > 1:
            found[number] = "labels shuffled"
        if epochs[0, -1] > 0.8 * epochs[0, 0]:
            found[number] = "rate too low"
        if epochs.max() > 6:
            found[number] = "gradients add up"
        if steps[1:8].max() > 8 and steps[1:4].max() > 3:
            found[number] = "rate too high"
        if steps[0] > 6:
            found[number] = "inputs not normalised"
        if run["weight_norm"].min() < 0.5 * run["weight_norm"][0]:
            found[number] = "weight decay too large"
        if (run["test_loss"] != run["test_loss_again"]).any():
            found[number] = "dropout in evaluation"
    return found
