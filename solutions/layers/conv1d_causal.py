"""A 1-D convolution layer that looks only back (coverage row 3.1)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.layers import conv1d
from solutions.allowances import CONVOLVERS_1D, SUMS

SECTION = "layers.html#one-dimensional-layer"


def conv1d_causal(x, weight, dilation=1):
    silence = np.zeros((*x.shape[:2], dilation * (weight.shape[2] - 1)))
    return conv1d(np.concatenate([silence, x], axis=2), weight, dilation=dilation)


def first_tap_on_the_present(x, weight, dilation=1):
    reach = dilation * (weight.shape[2] - 1)
    padded = np.concatenate([np.zeros((*x.shape[:2], reach)), x], axis=2)
    out = np.zeros((x.shape[0], weight.shape[0], x.shape[2]))
    for tau in range(weight.shape[2]):
        begin = reach - tau * dilation
        out += np.einsum("ij,njt->nit", weight[:, :, tau], padded[:, :, begin : begin + x.shape[2]])
    return out


def window_around_the_present(x, weight, dilation=1):
    reach = dilation * (weight.shape[2] - 1)
    padded = np.zeros((*x.shape[:2], x.shape[2] + reach))
    padded[:, :, reach // 2 : reach // 2 + x.shape[2]] = x
    out = np.zeros((x.shape[0], weight.shape[0], x.shape[2]))
    for tau in range(weight.shape[2]):
        shown = padded[:, :, tau * dilation : tau * dilation + x.shape[2]]
        out += np.einsum("ij,njt->nit", weight[:, :, tau], shown)
    return out


def everything_ahead(x, weight, dilation=1):
    padded = np.concatenate([x, np.zeros((*x.shape[:2], dilation * (weight.shape[2] - 1)))], axis=2)
    out = np.zeros((x.shape[0], weight.shape[0], x.shape[2]))
    for tau in range(weight.shape[2]):
        shown = padded[:, :, tau * dilation : tau * dilation + x.shape[2]]
        out += np.einsum("ij,njt->nit", weight[:, :, tau], shown)
    return out


def present_left_out(x, weight, dilation=1):
    reach = dilation * (weight.shape[2] - 1)
    padded = np.concatenate([np.zeros((*x.shape[:2], reach + 1)), x], axis=2)
    out = np.zeros((x.shape[0], weight.shape[0], x.shape[2]))
    for tau in range(weight.shape[2]):
        shown = padded[:, :, tau * dilation : tau * dilation + x.shape[2]]
        out += np.einsum("ij,njt->nit", weight[:, :, tau], shown)
    return out


def first_value_before_the_beginning(x, weight, dilation=1):
    reach = dilation * (weight.shape[2] - 1)
    padded = np.concatenate([np.repeat(x[:, :, :1], reach, axis=2), x], axis=2)
    out = np.zeros((x.shape[0], weight.shape[0], x.shape[2]))
    for tau in range(weight.shape[2]):
        shown = padded[:, :, tau * dilation : tau * dilation + x.shape[2]]
        out += np.einsum("ij,njt->nit", weight[:, :, tau], shown)
    return out


def the_end_before_the_beginning(x, weight, dilation=1):
    out = np.zeros((x.shape[0], weight.shape[0], x.shape[2]))
    for tau in range(weight.shape[2]):
        delay = (weight.shape[2] - 1 - tau) * dilation
        out += np.einsum("ij,njt->nit", weight[:, :, tau], np.roll(x, delay, axis=2))
    return out


def maps_exchanged(x, weight, dilation=1):
    reach = dilation * (weight.shape[2] - 1)
    padded = np.concatenate([np.zeros((*x.shape[:2], reach)), x], axis=2)
    out = np.zeros((x.shape[0], weight.shape[1], x.shape[2]))
    for tau in range(weight.shape[2]):
        shown = padded[:, :, tau * dilation : tau * dilation + x.shape[2]]
        out += np.einsum("ji,njt->nit", weight[:, :, tau], shown)
    return out


def no_holes(x, weight, dilation=1):
    reach = weight.shape[2] - 1
    padded = np.concatenate([np.zeros((*x.shape[:2], reach)), x], axis=2)
    out = np.zeros((x.shape[0], weight.shape[0], x.shape[2]))
    for tau in range(weight.shape[2]):
        out += np.einsum("ij,njt->nit", weight[:, :, tau], padded[:, :, tau : tau + x.shape[2]])
    return out


def only_the_first_of_the_batch(x, weight, dilation=1):
    reach = dilation * (weight.shape[2] - 1)
    padded = np.concatenate([np.zeros((*x.shape[:2], reach)), x], axis=2)
    out = np.zeros((x.shape[0], weight.shape[0], x.shape[2]))
    for tau in range(weight.shape[2]):
        shown = padded[0, :, tau * dilation : tau * dilation + x.shape[2]]
        out += np.einsum("ij,jt->it", weight[:, :, tau], shown)
    return out


def sum_by_sum(x, weight, dilation=1):
    (N, J, T), (maps, _, K) = x.shape, weight.shape
    out = np.zeros((N, maps, T))
    for n in range(N):
        for i in range(maps):
            for t in range(T):
                for j in range(J):
                    for tau in range(K):
                        when = t - (K - 1 - tau) * dilation
                        if when >= 0:
                            out[n, i, t] += weight[i, j, tau] * x[n, j, when]
    return out


def one_delayed_copy_per_tap(x, weight, dilation=1):
    total = np.zeros((x.shape[0], weight.shape[0], x.shape[2]), dtype=np.float32)
    for tau in range(weight.shape[2]):
        delay = (weight.shape[2] - 1 - tau) * dilation
        if delay < x.shape[2]:
            total[:, :, delay:] += weight[:, :, tau] @ x[:, :, : x.shape[2] - delay]
    return total


def hidden(rng):
    yield Case("one", "whole numbers", (rng.integers(-9, 10, (1, 1, 7)), rng.integers(1, 10, (1, 1, 4))))
    yield Case("one", "more taps than samples", (rng.normal(size=(1, 1, 3)), rng.normal(size=(1, 1, 5))))
    for N, J, maps, T, K, D in ((1, 3, 2, 6, 3, 1), (1, 2, 4, 5, 2, 1), (1, 3, 3, 6, 2, 1)):
        yield Case(
            "maps", f"{J} maps to {maps}", (rng.normal(size=(N, J, T)), rng.normal(size=(maps, J, K)), D)
        )
    for D in (2, 3):
        yield Case("dilation", f"dilation {D}", (rng.normal(size=(1, 2, 9)), rng.normal(size=(3, 2, 3)), D))
    x, weight = rng.normal(size=(3, 2, 7)), rng.normal(size=(4, 2, 3))
    yield Case("batch", "three signals", (x, weight))
    yield Case("batch", "three signals, dilation 2", (x, weight, 2))


EXERCISE = Exercise(
    name="conv1d_causal",
    title="A layer that cannot see the future",
    task=(
        "Sound, temperatures and sales come one after the other, and whoever predicts tomorrow must not "
        "look at it. A **causal** layer computes its value at time $t$ from the values at $t$ and before. "
        "Write `conv1d_causal(x, weight, dilation=1)` for $J$ input maps and $I$ output maps, without "
        "bias:\n\n"
        "$$y_{n,i,t} = \\sum_j \\sum_{\\tau=0}^{K-1} w_{i,j,\\tau}\\; x_{n,j,\\,t-(K-1-\\tau)\\cdot D},$$\n\n"
        "where $D$ is the dilation. The last tap lies on the present, the one before it $D$ steps earlier, "
        "and so on; before the beginning, $x$ is zero. The output is exactly as long as the input."
    ),
    reference=conv1d_causal,
    groups=(
        Group("one", 3, "One map in, one map out"),
        Group("maps", 3, "Several maps"),
        Group("dilation", 2, "Taps with holes between them"),
        Group("batch", 2, "Several signals at once"),
    ),
    public=(
        Case("one", "an impulse", (np.array([[[0, 1, 0, 0, 0]]]), np.array([[[1, 2, 4]]]))),
        Case("one", "from the first moment on", (np.array([[[1, 10, 100, 1000]]]), np.array([[[2, 3]]]))),
        Case(
            "maps",
            "two maps in, two maps out",
            (np.array([[[1, 10, 100], [2, 20, 200]]]), np.array([[[0, 1], [0, 2]], [[0, 3], [5, 0]]])),
        ),
        Case(
            "dilation",
            "taps that are two steps apart",
            (np.array([[[1, 10, 100, 1000, 0]]]), np.array([[[2, 3]]]), 2),
        ),
        Case(
            "batch",
            "two signals, three maps",
            (np.array([[[1, 10, 100]], [[7, 0, 0]]]), np.array([[[1, 1]], [[0, 2]], [[3, 0]]])),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            first_tap_on_the_present,
            "Your weights run backwards in time: the first tap lies on the present. A layer does not flip "
            "its kernel. Laid on the signal as it is written, its last weight meets the latest value.",
            "convolution.html#cross-correlation",
        ),
        Mistake(
            window_around_the_present,
            "Your window lies around the present, half of it in the future. All the zeros that make the "
            "output as long as the input belong in front of the signal.",
            SECTION,
        ),
        Mistake(
            everything_ahead,
            "Your layer answers from the future: you put the zeros behind the signal. Put them in front, "
            "and the window that ends at t holds nothing later than t.",
            SECTION,
        ),
        Mistake(
            present_left_out,
            "Your result comes one step late: the window ends just before the present. The last tap lies on "
            "time t itself, so K taps need K − 1 zeros in front of the signal, not K.",
            SECTION,
        ),
        Mistake(
            first_value_before_the_beginning,
            "Before the signal began you went on with its first value. Here there is silence before the "
            "beginning: zeros.",
            "layers.html#padding-modes",
        ),
        Mistake(
            the_end_before_the_beginning,
            "At the beginning your layer knows how the signal ends: np.roll brings the last values round to "
            "the front. What comes in there has to be zeros.",
            "layers.html#padding-modes",
        ),
        Mistake(
            maps_exchanged,
            "Input and output maps have changed places. The first axis of the weights counts the output "
            "maps, the second the input maps, and the sum runs over the second.",
            "layers.html#channels",
        ),
        Mistake(
            no_holes,
            "You left the dilation out: your taps lie on neighbouring moments. Each must be dilation steps "
            "earlier than the next, and the silence in front is longer too.",
            "layers.html#stride-and-dilation",
        ),
        Mistake(
            only_the_first_of_the_batch,
            "Every signal of the batch got the answer of the first one. Nothing is added over n or taken "
            "from another n: each signal goes through the layer on its own.",
            SECTION,
        ),
    ),
    variants=(sum_by_sum, one_delayed_copy_per_tap),
    tolerance=SUMS,
    banned=CONVOLVERS_1D,
    difficulty=1,
    minutes=20,
    hints=(
        "For an impulse at time 1 and the weights 1, 2, 4: when does the 4 sound, when the 2, when the 1?",
        "Put `(K - 1) * dilation` zeros in front of the signal. Then the window of time `t` begins at index "
        "`t` of the longer signal.",
        "Go through the taps: tap `tau` sees the longer signal from `tau * dilation` on, `T` values of it. "
        '`np.einsum("ij,njt->nit", weight[:, :, tau], seen)` adds over the input maps.',
    ),
    section=SECTION,
)
