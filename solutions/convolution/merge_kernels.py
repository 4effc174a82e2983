"""One kernel for a network of kernels: associativity and linearity at work (coverage row 2.4)."""

from functools import reduce

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.convolution import conv1d_translate_and_scale
from solutions.allowances import SUMS

SECTION = "convolution.html#properties"


def merge_kernels(branches, gains):
    chains = [reduce(conv1d_translate_and_scale, branch, np.ones(1)) for branch in branches]
    merged = np.zeros(max(map(len, chains)))
    for chain, gain in zip(chains, gains, strict=True):
        merged[: len(chain)] += gain * chain
    return merged


def chains_added_instead(branches, gains):
    merged = np.zeros(max(sum(len(kernel) - 1 for kernel in branch) + 1 for branch in branches))
    for branch, gain in zip(branches, gains, strict=True):
        for kernel in branch:
            merged[: len(kernel)] += gain * np.asarray(kernel)
    return merged


def chains_kept_short(branches, gains):
    chains = []
    for branch in branches:
        chain = np.ones(1)
        for kernel in branch:
            chain = np.convolve(chain, kernel)[: max(len(chain), len(kernel))]
        chains.append(chain)
    merged = np.zeros(max(len(chain) for chain in chains))
    for chain, gain in zip(chains, gains, strict=True):
        merged[: len(chain)] += gain * chain
    return merged


def gains_ignored(branches, gains):
    chains = []
    for branch in branches:
        chain = np.ones(1)
        for kernel in branch:
            chain = np.convolve(chain, kernel)
        chains.append(chain)
    merged = np.zeros(max(len(chain) for chain in chains))
    for chain in chains:
        merged[: len(chain)] += chain
    return merged


def gain_used_at_every_step(branches, gains):
    chains = []
    for branch, gain in zip(branches, gains, strict=True):
        chain = np.ones(1)
        for kernel in branch:
            chain = gain * np.convolve(chain, kernel)
        chains.append(chain if branch else gain * chain)
    merged = np.zeros(max(len(chain) for chain in chains))
    for chain in chains:
        merged[: len(chain)] += chain
    return merged


def branches_centred(branches, gains):
    chains = []
    for branch in branches:
        chain = np.ones(1)
        for kernel in branch:
            chain = np.convolve(chain, kernel)
        chains.append(chain)
    merged = np.zeros(max(len(chain) for chain in chains))
    for chain, gain in zip(chains, gains, strict=True):
        start = (len(merged) - len(chain)) // 2
        merged[start : start + len(chain)] += gain * chain
    return merged


def empty_branch_is_silent(branches, gains):
    chains = []
    for branch in branches:
        chain = np.ones(1) if branch else np.zeros(1)
        for kernel in branch:
            chain = np.convolve(chain, kernel)
        chains.append(chain)
    merged = np.zeros(max(len(chain) for chain in chains))
    for chain, gain in zip(chains, gains, strict=True):
        merged[: len(chain)] += gain * chain
    return merged


def ask_an_impulse(branches, gains):
    length = max(1 + sum(len(kernel) - 1 for kernel in branch) for branch in branches)
    impulse = np.zeros(length)
    impulse[0] = 1
    out = np.zeros(length)
    for branch, gain in zip(branches, gains, strict=True):
        signal = impulse
        for kernel in branch:
            signal = np.convolve(signal, kernel)
        out += gain * signal[:length]
    return out


def multiply_polynomials(branches, gains):
    total = np.poly1d([0.0])
    length = max(1 + sum(len(kernel) - 1 for kernel in branch) for branch in branches)
    for branch, gain in zip(branches, gains, strict=True):
        product = np.poly1d([float(gain)])
        for kernel in branch:
            product = product * np.poly1d(list(kernel)[::-1])
        total = total + product
    coefficients = total.coeffs[::-1]
    return np.concatenate([coefficients, np.zeros(length - len(coefficients))])


def double_loops(branches, gains):
    merged = []
    for branch, gain in zip(branches, gains, strict=True):
        chain = [float(gain)]
        for kernel in branch:
            longer = [0.0] * (len(chain) + len(kernel) - 1)
            for i, value in enumerate(chain):
                for j, weight in enumerate(kernel):
                    longer[i + j] += value * weight
            chain = longer
        merged += [0.0] * (len(chain) - len(merged))
        for i, value in enumerate(chain):
            merged[i] += value
    return np.array(merged)


def hidden(rng):
    chain = [rng.integers(1, 6, size) for size in (3, 2, 4)]
    yield Case("chain", "three kernels", ([chain], [1]))
    yield Case("chain", "one kernel, nothing to merge", ([[rng.normal(size=4)]], [2.0]))
    yield Case("chain", "a chain of differences", ([[np.array([1, -1])] * int(rng.integers(2, 5))], [1]))
    sides = [[rng.integers(-5, 6, size) + 0.5] for size in (2, 5, 3)]
    yield Case("sum", "three kernels side by side", (sides, [2.0, -1.0, 0.5]))
    yield Case(
        "sum", "kernels of the same length", ([[rng.normal(size=3)], [rng.normal(size=3)]], [1.5, -0.5])
    )
    network = [[rng.normal(size=2), rng.normal(size=3)], [], [rng.normal(size=5), rng.normal(size=1)]]
    yield Case("network", "two chains and a shortcut", (network, [0.5, 2.0, -1.5]))
    yield Case("network", "a long chain beside a short one", ([chain, [np.array([7])]], [-2, 3]))


EXERCISE = Exercise(
    name="merge_kernels",
    title="A whole network in one kernel",
    task=(
        "A small network has several branches. In a branch the signal is convolved with one kernel after "
        "the other; the branch's output is multiplied by the branch's gain, and the outputs of all the "
        "branches are added:\n\n"
        "$$y = \\sum_i \\lambda_i\\, (x * k_{i1} * k_{i2} * \\dots).$$\n\n"
        "Convolution is linear, commutative and associative, so **one** kernel does the work of them all. "
        "Write `merge_kernels(branches, gains)`, which returns it. A branch without kernels is a shortcut: "
        "it hands the signal on as it is. All convolutions are “full”, and the branches are added from "
        "their first values on. The result is as long as the longest branch needs, even if its last values "
        "happen to be zero. You have seen what is inside it, so `np.convolve` is allowed here."
    ),
    reference=merge_kernels,
    groups=(
        Group("chain", 3, "One branch: kernels in a row"),
        Group("sum", 3, "Kernels side by side"),
        Group("network", 4, "Chains side by side, and shortcuts"),
    ),
    public=(
        Case("chain", "(1, 1) after (1, −1)", ([[np.array([1, -1]), np.array([1, 1])]], [1])),
        Case("chain", "(2, −1, 1) after (1, 1, 2)", ([[np.array([1, 1, 2]), np.array([2, -1, 1])]], [1])),
        Case(
            "sum", "two kernels with gains 2 and −1", ([[np.array([1, 2, 3])], [np.array([4, 5])]], [2, -1])
        ),
        Case(
            "network",
            "a chain and a shortcut",
            ([[np.array([1, 2]), np.array([0, 3])], []], [2, -1]),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            chains_added_instead,
            "Inside a branch you added the kernels. Adding is what happens to branches side by side; one "
            "after the other means x * k₁ * k₂ = x * (k₁ * k₂), so the kernels of a chain are convolved "
            "with each other.",
            SECTION,
        ),
        Mistake(
            chains_kept_short,
            "Your merged kernel is too short: each convolution spreads the signal further. Kernels of 3 and "
            "2 weights in a row reach as far as one of 3 + 2 − 1 = 4.",
            "convolution.html#one-dimension",
        ),
        Mistake(
            gains_ignored,
            "The gains made no difference. Linearity says that the factor λ of a branch may be pulled into "
            "its kernel, so multiply each branch's kernel by it before you add.",
            SECTION,
        ),
        Mistake(
            gain_used_at_every_step,
            "You multiplied by the gain at every kernel of a branch, so a chain of two got λ² instead of λ. "
            "The gain belongs to the branch and counts once.",
            SECTION,
        ),
        Mistake(
            branches_centred,
            "You lined the branches up at their middles. “Full” convolutions all begin at the same moment, "
            "so shorter kernels are filled with zeros at the end only.",
            SECTION,
        ),
        Mistake(
            empty_branch_is_silent,
            "Your shortcut is silent. A branch without kernels does nothing to the signal, and “doing "
            "nothing” is not the kernel (0) but the impulse (1): x * (1) = x.",
            SECTION,
        ),
    ),
    variants=(ask_an_impulse, multiply_polynomials, double_loops),
    tolerance=SUMS,
    banned=("convnets",),
    difficulty=2,
    minutes=20,
    hints=(
        "Take one branch at a time. Which law lets you write $(x * k_1) * k_2$ as $x$ convolved with a "
        "single kernel?",
        "Begin a branch with the kernel that changes nothing, `[1]`, and convolve it with one kernel after "
        "the other. An empty branch then needs no special treatment.",
        "Collect the chains first, make zeros as long as the longest of them, and add each chain, times its "
        "gain, to the *beginning* of those zeros.",
    ),
    section=SECTION,
)
