"""The adjoint of a chain is the chain of the adjoints, backwards (coverage rows 5.1, 5.3)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS

SECTION = "backprop.html#adjoint-test"


def back_through_steps(grad, steps):
    for name, value, n in reversed(steps):
        if name == "pad":
            grad = grad[value : value + n]
        elif name == "every":
            spread = np.zeros(n)
            spread[::value] = grad
            grad = spread
        elif name == "repeat":
            grad = grad.reshape(n, value).sum(axis=1)
        elif name == "sums":
            grad = np.cumsum(grad[::-1])[::-1]
        else:
            grad = np.convolve(grad, value)
    return grad


def in_forward_order(grad, steps):
    for name, value, n in steps:
        if name == "pad":
            grad = grad[value : value + n]
        elif name == "every":
            thin, grad = grad, np.zeros(n)
            grad[::value] = thin
        elif name == "repeat":
            grad = grad.reshape(n, value).sum(1)
        elif name == "sums":
            grad = grad[::-1].cumsum()[::-1]
        else:
            grad = np.convolve(value, grad)
    return grad


def filter_turned(grad, steps):
    for name, value, n in steps[::-1]:
        if name == "pad":
            grad = grad[value : value + n]
        elif name == "every":
            thin, grad = grad, np.zeros(n)
            grad[::value] = thin
        elif name == "repeat":
            grad = grad.reshape(n, value).sum(1)
        elif name == "sums":
            grad = grad[::-1].cumsum()[::-1]
        else:
            grad = np.convolve(value[::-1], grad)
    return grad


def sums_from_the_left(grad, steps):
    for name, value, n in steps[::-1]:
        if name == "pad":
            grad = grad[value : value + n]
        elif name == "every":
            thin, grad = grad, np.zeros(n)
            grad[::value] = thin
        elif name == "repeat":
            grad = grad.reshape(n, value).sum(1)
        elif name == "sums":
            grad = grad.cumsum()
        else:
            grad = np.convolve(value, grad)
    return grad


def gaps_filled_with_copies(grad, steps):
    for name, value, n in steps[::-1]:
        if name == "pad":
            grad = grad[value : value + n]
        elif name == "every":
            grad = np.repeat(grad, value)[:n]
        elif name == "repeat":
            grad = grad.reshape(n, value).sum(1)
        elif name == "sums":
            grad = grad[::-1].cumsum()[::-1]
        else:
            grad = np.convolve(value, grad)
    return grad


def copies_thinned_out(grad, steps):
    for name, value, n in steps[::-1]:
        if name == "pad":
            grad = grad[value : value + n]
        elif name == "every":
            thin, grad = grad, np.zeros(n)
            grad[::value] = thin
        elif name == "repeat":
            grad = grad[::value]
        elif name == "sums":
            grad = grad[::-1].cumsum()[::-1]
        else:
            grad = np.convolve(value, grad)
    return grad


def copies_averaged(grad, steps):
    for name, value, n in steps[::-1]:
        if name == "pad":
            grad = grad[value : value + n]
        elif name == "every":
            thin, grad = grad, np.zeros(n)
            grad[::value] = thin
        elif name == "repeat":
            grad = grad.reshape(n, value).mean(1)
        elif name == "sums":
            grad = grad[::-1].cumsum()[::-1]
        else:
            grad = np.convolve(value, grad)
    return grad


def through_the_matrix(grad, steps):
    forward = {
        "pad": lambda signal, value: np.pad(signal, value),
        "every": lambda signal, value: signal[::value],
        "repeat": lambda signal, value: np.repeat(signal, value),
        "sums": lambda signal, value: np.cumsum(signal),
        "filter": lambda signal, value: np.correlate(signal, value, "valid"),
    }
    for name, value, n in steps[::-1]:
        grad = np.array([forward[name](impulse, value) @ grad for impulse in np.eye(n)])
    return grad


def place_by_place(grad, steps):
    out = [float(value) for value in grad]
    for name, value, n in reversed(list(steps)):
        behind, out = out, [0.0] * n
        for i in range(n):
            if name == "pad":
                out[i] = behind[i + value]
            elif name == "every":
                out[i] = behind[i // value] if i % value == 0 else 0.0
            elif name == "repeat":
                out[i] = sum(behind[i * value : (i + 1) * value])
            elif name == "sums":
                out[i] = sum(behind[i:])
            else:
                reached = [(i - k, weight) for k, weight in enumerate(value) if 0 <= i - k < len(behind)]
                out[i] = sum(behind[t] * weight for t, weight in reached)
    return np.array(out)


def hidden(rng):
    def chain(group, label, n, *wanted):
        steps = []
        for name, value in wanted:
            if name == "filter":
                value = rng.integers(1, 10, value)
            steps.append((name, value, n))
            after = {"pad": lambda n, v: n + 2 * v, "every": lambda n, v: -(-n // v), "sums": lambda n, v: n}
            after |= {"repeat": lambda n, v: n * v, "filter": lambda n, v: n - len(v) + 1}
            n = after[name](n, value)
        return Case(group, label, (rng.integers(1, 10, n).astype(float), steps))

    for step in (("pad", 3), ("every", 3), ("repeat", 3), ("sums", None), ("filter", 4)):
        yield chain("single", f"the step {step[0]}", 7, step)
    yield chain("chain", "smooth, thin out", 9, ("pad", 1), ("filter", 3), ("every", 2))
    yield chain("chain", "enlarge, smooth", 4, ("repeat", 3), ("filter", 2), ("sums", None), ("filter", 4))
    yield chain(
        "chain", "all of them", 8, ("every", 3), ("repeat", 2), ("pad", 2), ("sums", None), ("filter", 5)
    )
    yield chain("chain", "twice thinned out", 10, ("every", 2), ("filter", 2), ("every", 3), ("pad", 1))


EXERCISE = Exercise(
    name="back_through_steps",
    title="Backwards through a chain of steps",
    task=(
        "A signal goes through a chain of linear steps. Each one is a matrix, so the gradient goes back "
        "through their transposes. Write `back_through_steps(grad, steps)`: from the gradient of the chain's "
        "output, compute the gradient of its input.\n\n"
        "`steps` lists the steps in the order of the forward pass, each as `(name, value, n)`, where `n` is "
        "the length that the signal had *before* this step. There are five kinds:\n\n"
        '- `("pad", p, n)` puts `p` zeros (at least one) before and `p` behind the signal,\n'
        '- `("every", k, n)` keeps the samples 0, `k`, 2`k` … that there are,\n'
        '- `("repeat", k, n)` writes each sample `k` times in a row,\n'
        '- `("sums", None, n)` replaces each sample by the sum of all samples up to it, itself included,\n'
        '- `("filter", w, n)` computes $\\sum_k w_k\\, x_{t+k}$ wherever the array `w` lies wholly inside.'
    ),
    reference=back_through_steps,
    groups=(
        Group("single", 5, "Each kind of step alone"),
        Group("chain", 5, "Chains of steps"),
    ),
    public=(
        Case("single", "thinned out", (np.array([5.0, 6.0]), [("every", 3, 5)])),
        Case("single", "repeated", (np.array([1.0, 20.0, 300.0, 4000.0]), [("repeat", 2, 2)])),
        Case("single", "running sums", (np.array([1.0, 20.0, 300.0]), [("sums", None, 3)])),
        Case("single", "filtered", (np.array([1.0, 0.0, 10.0]), [("filter", np.array([1, 2, 4]), 5)])),
        Case(
            "chain",
            "padded, filtered, summed up",
            (
                np.array([1.0, 0.0, 0.0, 10.0]),
                [("pad", 1, 3), ("filter", np.array([2, 3]), 5), ("sums", None, 4)],
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            in_forward_order,
            "You took the steps in the order of the forward pass. The step that came last is the first one "
            "that the gradient meets: (BA)ᵀ = AᵀBᵀ.",
            "backprop.html#one-layer-one-matrix",
        ),
        Mistake(
            filter_turned,
            "Your filter came back in reverse. Sample `t` was made of `x[t]`, `x[t + 1]` … with the weights "
            "`w[0]`, `w[1]` …, so its gradient goes back to these places with these weights, in this order.",
            "backprop.html#input-gradient",
        ),
        Mistake(
            sums_from_the_left,
            "Your running sums run from the left on the way back as well. The first sample went into every "
            "sum, so it hears from all of them; the last one went into the last sum only.",
            SECTION,
        ),
        Mistake(
            gaps_filled_with_copies,
            "Between the samples that were kept you wrote copies. The samples that were left out had no "
            "influence on anything behind them: their gradient is 0.",
            "backprop.html#stride-and-padding-backward",
        ),
        Mistake(
            copies_thinned_out,
            "Of the copies of a sample you asked only the first. All of them are that sample, and what they "
            "report back is added.",
            "backprop.html#tied-weights",
        ),
        Mistake(
            copies_averaged,
            "You averaged over the copies of a sample. If it grows by 1, every one of its copies does, and "
            "the changes of the loss add up.",
            "backprop.html#tied-weights",
        ),
    ),
    variants=(through_the_matrix, place_by_place),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=3,
    minutes=35,
    hints=(
        "Ask of each kind of step: which outputs did sample $i$ have a part in, and with which factor? Its "
        "gradient is the sum of their gradients times these factors.",
        "Padding is undone by cutting, thinning out by zeros in between (the length `n` tells how many at "
        "the end), repeating by adding up blocks; running sums run from the other end. And the whole list is "
        "gone through from its end.",
        "The adjoint of a filter that stays inside is a *full* convolution, `np.convolve(grad, w)`. When in "
        "doubt, build a step's matrix from its answers to impulses, column by column, and multiply by its "
        "transpose.",
    ),
    section=SECTION,
)
