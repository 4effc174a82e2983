"""Two convolution layers without a nonlinearity between them are one (coverage row 3.4)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.convolution import conv2d_translate_and_scale
from solutions.allowances import LIBRARIES, SUMS

SECTION = "layers.html#nonlinearity"


def collapse_layers(first, first_bias, second, second_bias, stride=(1, 1)):
    C_out, M, *K = second.shape
    spread = np.zeros((C_out, M, *((k - 1) * s + 1 for k, s in zip(K, stride, strict=True))))
    spread[:, :, :: stride[0], :: stride[1]] = second
    weight = [
        [
            sum(conv2d_translate_and_scale(first[m, c], spread[o, m]) for m in range(M))
            for c in range(first.shape[1])
        ]
        for o in range(C_out)
    ]
    return np.array(weight), second.sum(axis=(2, 3)) @ first_bias + second_bias


def second_filter_turned(first, first_bias, second, second_bias, stride=(1, 1)):
    (_, C, A, B), (C_out, _, S, T) = first.shape, second.shape
    weight = np.zeros((C_out, C, A + (S - 1) * stride[0], B + (T - 1) * stride[1]))
    for s in range(S):
        for t in range(T):
            down, right = s * stride[0], t * stride[1]
            turned = second[:, :, S - 1 - s, T - 1 - t]
            weight[:, :, down : down + A, right : right + B] += np.einsum("om,mcab->ocab", turned, first)
    return weight, second.sum(axis=(2, 3)) @ first_bias + second_bias


def stride_forgotten(first, first_bias, second, second_bias, stride=(1, 1)):
    (_, C, A, B), (C_out, _, S, T) = first.shape, second.shape
    weight = np.zeros((C_out, C, A + S - 1, B + T - 1))
    for s in range(S):
        for t in range(T):
            weight[:, :, s : s + A, t : t + B] += np.einsum("om,mcab->ocab", second[:, :, s, t], first)
    return weight, second.sum(axis=(2, 3)) @ first_bias + second_bias


def strides_exchanged(first, first_bias, second, second_bias, stride=(1, 1)):
    (_, C, A, B), (C_out, _, S, T) = first.shape, second.shape
    weight = np.zeros((C_out, C, A + (S - 1) * stride[1], B + (T - 1) * stride[0]))
    for s in range(S):
        for t in range(T):
            down, right = s * stride[1], t * stride[0]
            part = np.einsum("om,mcab->ocab", second[:, :, s, t], first)
            weight[:, :, down : down + A, right : right + B] += part
    return weight, second.sum(axis=(2, 3)) @ first_bias + second_bias


def wrong_filter_spread(first, first_bias, second, second_bias, stride=(1, 1)):
    (_, C, A, B), (C_out, _, S, T) = first.shape, second.shape
    weight = np.zeros((C_out, C, (A - 1) * stride[0] + S, (B - 1) * stride[1] + T))
    for a in range(A):
        for b in range(B):
            down, right = a * stride[0], b * stride[1]
            part = np.einsum("omst,mc->ocst", second, first[:, :, a, b])
            weight[:, :, down : down + S, right : right + T] += part
    return weight, second.sum(axis=(2, 3)) @ first_bias + second_bias


def overlaps_overwritten(first, first_bias, second, second_bias, stride=(1, 1)):
    (_, C, A, B), (C_out, _, S, T) = first.shape, second.shape
    weight = np.zeros((C_out, C, A + (S - 1) * stride[0], B + (T - 1) * stride[1]))
    for s in range(S):
        for t in range(T):
            down, right = s * stride[0], t * stride[1]
            part = np.einsum("om,mcab->ocab", second[:, :, s, t], first)
            weight[:, :, down : down + A, right : right + B] = part
    return weight, second.sum(axis=(2, 3)) @ first_bias + second_bias


def maps_in_between_mixed_up(first, first_bias, second, second_bias, stride=(1, 1)):
    (_, C, A, B), (C_out, _, S, T) = first.shape, second.shape
    weight = np.zeros((C_out, C, A + (S - 1) * stride[0], B + (T - 1) * stride[1]))
    for s in range(S):
        for t in range(T):
            down, right = s * stride[0], t * stride[1]
            part = np.einsum("om,kcab->ocab", second[:, :, s, t], first)
            weight[:, :, down : down + A, right : right + B] += part
    return weight, second.sum(axis=(2, 3)) @ first_bias + second_bias


def first_bias_lost(first, first_bias, second, second_bias, stride=(1, 1)):
    (_, C, A, B), (C_out, _, S, T) = first.shape, second.shape
    weight = np.zeros((C_out, C, A + (S - 1) * stride[0], B + (T - 1) * stride[1]))
    for s in range(S):
        for t in range(T):
            down, right = s * stride[0], t * stride[1]
            part = np.einsum("om,mcab->ocab", second[:, :, s, t], first)
            weight[:, :, down : down + A, right : right + B] += part
    return weight, second_bias


def first_bias_added_as_it_is(first, first_bias, second, second_bias, stride=(1, 1)):
    (_, C, A, B), (C_out, _, S, T) = first.shape, second.shape
    weight = np.zeros((C_out, C, A + (S - 1) * stride[0], B + (T - 1) * stride[1]))
    for s in range(S):
        for t in range(T):
            down, right = s * stride[0], t * stride[1]
            part = np.einsum("om,mcab->ocab", second[:, :, s, t], first)
            weight[:, :, down : down + A, right : right + B] += part
    return weight, first_bias.sum() + second_bias


def weight_by_weight(first, first_bias, second, second_bias, stride=(1, 1)):
    (M, C, A, B), (C_out, _, S, T) = first.shape, second.shape
    weight = np.zeros((C_out, C, A + (S - 1) * stride[0], B + (T - 1) * stride[1]))
    bias = np.array(second_bias, dtype=float)
    for o, m, s, t in np.ndindex(C_out, M, S, T):
        bias[o] += second[o, m, s, t] * first_bias[m]
        for c, a, b in np.ndindex(C, A, B):
            weight[o, c, s * stride[0] + a, t * stride[1] + b] += second[o, m, s, t] * first[m, c, a, b]
    return [weight, bias]


def asked_with_impulses(first, first_bias, second, second_bias, stride=(1, 1)):
    def layer(x, weight, bias, steps):
        H_out = (x.shape[1] - weight.shape[2]) // steps[0] + 1
        W_out = (x.shape[2] - weight.shape[3]) // steps[1] + 1
        out = np.zeros((len(weight), H_out, W_out))
        for i in range(H_out):
            for j in range(W_out):
                top, left = i * steps[0], j * steps[1]
                window = x[:, top : top + weight.shape[2], left : left + weight.shape[3]]
                out[:, i, j] = (weight * window).sum(axis=(1, 2, 3)) + bias
        return out

    height = first.shape[2] + (second.shape[2] - 1) * stride[0]
    width = first.shape[3] + (second.shape[3] - 1) * stride[1]
    black = np.zeros((first.shape[1], height, width))
    bias = layer(layer(black, first, first_bias, stride), second, second_bias, (1, 1))[:, 0, 0]
    weight = np.zeros((len(second), *black.shape))
    for c, a, b in np.ndindex(black.shape):
        probe = black.copy()
        probe[c, a, b] = 1
        weight[:, c, a, b] = layer(layer(probe, first, first_bias, stride), second, second_bias, (1, 1))[
            :, 0, 0
        ]
    return weight - bias[:, None, None, None], bias


def hidden(rng):
    def case(group, C, M, C_out, one, two, stride=(1, 1), biased=False):
        first, second = rng.normal(size=(M, C, *one)), rng.normal(size=(C_out, M, *two))
        biases = [rng.normal(size=n) * biased for n in (M, C_out)]
        return Case(group, f"{C} to {M} to {C_out} maps", (first, biases[0], second, biases[1], stride))

    yield case("one", 1, 1, 1, (2, 3), (3, 2))
    yield case("one", 1, 1, 1, (3, 1), (1, 4))
    yield case("maps", 3, 2, 4, (2, 3), (3, 2))
    yield case("maps", 1, 4, 2, (3, 3), (2, 1))
    yield case("bias", 2, 3, 4, (2, 2), (3, 1), biased=True)
    yield case("bias", 3, 2, 2, (1, 3), (2, 2), biased=True)
    yield case("stride", 2, 3, 2, (3, 2), (2, 3), (2, 3), biased=True)
    yield case("stride", 1, 2, 3, (2, 4), (3, 2), (3, 1), biased=True)
    yield case("stride", 2, 1, 2, (2, 1), (2, 2), (3, 2))


EXERCISE = Exercise(
    name="collapse_layers",
    title="Two layers that are one",
    task=(
        "A convolution layer behind a convolution layer, and no nonlinearity between them: that is one "
        "layer with larger filters, only slower. Find it. The first layer has filters `first` of shape `(M, "
        "C, A, B)`, a bias `first_bias` of shape `(M,)` and strides `stride = (vertical, horizontal)`; the "
        "second has filters `second` of shape `(C_out, M, S, T)`, a bias `second_bias` of shape `(C_out,)` "
        "and stride 1. Neither has padding, and as in every layer nothing is flipped.\n\n"
        "Write `collapse_layers(first, first_bias, second, second_bias, stride=(1, 1))`, which returns a "
        "pair: the filters of the one layer, with the smallest shape that can hold them, and its bias. Used "
        "with the same strides as the first layer, that layer must give for every image what the two give "
        "one after the other."
    ),
    reference=collapse_layers,
    groups=(
        Group("one", 2, "One map everywhere"),
        Group("maps", 3, "Several maps"),
        Group("bias", 2, "Biases"),
        Group("stride", 3, "A first layer with strides"),
    ),
    public=(
        Case(
            "one",
            "three weights, then two",
            (np.array([[[[1, 2, 4]]]]), np.array([0]), np.array([[[[1, 10]]]]), np.array([0])),
        ),
        Case(
            "maps",
            "two maps in between",
            (np.array([[[[1]]], [[[10]]]]), np.array([0, 0]), np.array([[[[2]], [[3]]]]), np.array([0])),
        ),
        Case(
            "bias",
            "biases in both layers",
            (np.array([[[[1]]]]), np.array([5]), np.array([[[[2, 10]]]]), np.array([100])),
        ),
        Case(
            "stride",
            "steps of two to the right",
            (
                np.array([[[[1, 2, 4]]]]),
                np.array([0]),
                np.array([[[[1, 10], [100, 1000]]]]),
                np.array([0]),
                (1, 2),
            ),
        ),
        Case(
            "stride",
            "two down, three to the right",
            (
                np.array([[[[1, 2]]]]),
                np.array([1]),
                np.array([[[[1, 10], [100, 1000]]]]),
                np.array([0]),
                (2, 3),
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            second_filter_turned,
            "You turned the second filters round. Follow one pixel: tap s of the second layer reads the "
            "unit s steps on, whose tap a reads the pixel a further on. So the weights add up at s + a, and "
            "nothing runs backwards.",
            "convolution.html#cross-correlation",
        ),
        Mistake(
            stride_forgotten,
            "You forgot the stride. Two neighbouring units between the layers lie a whole stride apart in "
            "the image, so the taps of the second filter must be spread that far.",
            "layers.html#stride-and-dilation",
        ),
        Mistake(
            strides_exchanged,
            "The two strides have changed places. The first one is vertical: it spreads the rows of the "
            "second filter.",
            "layers.html#stride-and-dilation",
        ),
        Mistake(
            wrong_filter_spread,
            "You spread the first filter. Its taps lie on neighbouring pixels of the image; it is the "
            "second one whose neighbours are a stride apart.",
            "layers.html#stride-and-dilation",
        ),
        Mistake(
            overlaps_overwritten,
            "Where two copies of the first filter overlap you kept only the last one. The same pixel is "
            "read on several ways, and all of them are added.",
            "convolution.html#translate-and-scale",
        ),
        Mistake(
            maps_in_between_mixed_up,
            "You combined every filter of the first layer with every one of the second. The way leads "
            "through one map at a time: what goes into map m comes out of map m.",
            "layers.html#channels",
        ),
        Mistake(
            first_bias_lost,
            "The first bias is lost. The second layer sees it at every one of its taps, as if that number "
            "had been added to the map, and weights it like everything else.",
            SECTION,
        ),
        Mistake(
            first_bias_added_as_it_is,
            "You added the first bias as it is. It goes through the second layer: every tap multiplies it, "
            "so it counts as often as the weights of that filter add up to.",
            SECTION,
        ),
    ),
    variants=(weight_by_weight, asked_with_impulses),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=3,
    minutes=35,
    hints=(
        "Work out the first public case on paper: write $y_t$ with the values of the map in between, "
        "replace each of those by three pixels, and collect. Which weight does $x_{t+1}$ get?",
        "Each tap `second[o, m, s, t]` puts a scaled copy of `first[m]` into the result, `s * stride[0]` "
        "rows down and `t * stride[1]` columns to the right. Translate, scale, add.",
        "Start from zeros of shape `(C_out, C, A + (S - 1) * stride[0], B + (T - 1) * stride[1])`; for each "
        '`s, t` add `np.einsum("om,mcab->ocab", second[:, :, s, t], first)`. The bias is '
        "`second.sum(axis=(2, 3)) @ first_bias + second_bias`.",
    ),
    section=SECTION,
)
