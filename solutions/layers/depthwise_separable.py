"""A layer taken apart: filters in the plane first, channels mixed afterwards (coverage row 3.2)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.layers import conv2d
from solutions.allowances import LIBRARIES, SUMS

SECTION = "layers.html#groups"


def depthwise_separable(x, depthwise, pointwise, stride=(1, 1)):
    filtered = conv2d(x, depthwise[:, None], stride=stride, groups=x.shape[1])
    return conv2d(filtered, pointwise[:, :, None, None]).astype(float)


def channels_dealt_out_in_turn(x, depthwise, pointwise, stride=(1, 1)):
    seen = np.lib.stride_tricks.sliding_window_view(x, depthwise.shape[1:], axis=(2, 3))
    seen = seen[:, :, :: stride[0], :: stride[1]]
    reads = np.arange(len(depthwise)) % x.shape[1]
    filtered = np.einsum("nmijst,mst->nmij", seen[:, reads], depthwise)
    return np.einsum("om,nmij->noij", pointwise, filtered)


def every_filter_sees_all_channels(x, depthwise, pointwise, stride=(1, 1)):
    seen = np.lib.stride_tricks.sliding_window_view(x, depthwise.shape[1:], axis=(2, 3))
    seen = seen[:, :, :: stride[0], :: stride[1]]
    filtered = np.einsum("ncijst,mst->nmij", seen, depthwise)
    return np.einsum("om,nmij->noij", pointwise, filtered)


def filters_turned(x, depthwise, pointwise, stride=(1, 1)):
    seen = np.lib.stride_tricks.sliding_window_view(x, depthwise.shape[1:], axis=(2, 3))
    seen = seen[:, :, :: stride[0], :: stride[1]]
    reads = np.arange(len(depthwise)) // (len(depthwise) // x.shape[1])
    filtered = np.einsum("nmijst,mst->nmij", seen[:, reads], depthwise[:, ::-1, ::-1])
    return np.einsum("om,nmij->noij", pointwise, filtered)


def mixed_by_the_transpose(x, depthwise, pointwise, stride=(1, 1)):
    seen = np.lib.stride_tricks.sliding_window_view(x, depthwise.shape[1:], axis=(2, 3))
    seen = seen[:, :, :: stride[0], :: stride[1]]
    reads = np.arange(len(depthwise)) // (len(depthwise) // x.shape[1])
    filtered = np.einsum("nmijst,mst->nmij", seen[:, reads], depthwise)
    return np.einsum("mo,nmij->noij", pointwise, filtered)


def strides_exchanged(x, depthwise, pointwise, stride=(1, 1)):
    seen = np.lib.stride_tricks.sliding_window_view(x, depthwise.shape[1:], axis=(2, 3))
    seen = seen[:, :, :: stride[1], :: stride[0]]
    reads = np.arange(len(depthwise)) // (len(depthwise) // x.shape[1])
    filtered = np.einsum("nmijst,mst->nmij", seen[:, reads], depthwise)
    return np.einsum("om,nmij->noij", pointwise, filtered)


def stride_twice(x, depthwise, pointwise, stride=(1, 1)):
    seen = np.lib.stride_tricks.sliding_window_view(x, depthwise.shape[1:], axis=(2, 3))
    seen = seen[:, :, :: stride[0], :: stride[1]]
    reads = np.arange(len(depthwise)) // (len(depthwise) // x.shape[1])
    filtered = np.einsum("nmijst,mst->nmij", seen[:, reads], depthwise)
    return np.einsum("om,nmij->noij", pointwise, filtered)[:, :, :: stride[0], :: stride[1]]


def not_mixed(x, depthwise, pointwise, stride=(1, 1)):
    seen = np.lib.stride_tricks.sliding_window_view(x, depthwise.shape[1:], axis=(2, 3))
    seen = seen[:, :, :: stride[0], :: stride[1]]
    reads = np.arange(len(depthwise)) // (len(depthwise) // x.shape[1])
    return np.einsum("nmijst,mst->nmij", seen[:, reads], depthwise)


def one_dense_layer(x, depthwise, pointwise, stride=(1, 1)):
    C, (maps, K_h, K_w) = x.shape[1], depthwise.shape
    weight = np.zeros((len(pointwise), C, K_h, K_w))
    for m in range(maps):
        weight[:, m // (maps // C)] += pointwise[:, m, None, None] * depthwise[m]
    H_out, W_out = (x.shape[2] - K_h) // stride[0] + 1, (x.shape[3] - K_w) // stride[1] + 1
    out = np.zeros((len(x), len(pointwise), H_out, W_out))
    for i in range(H_out):
        for j in range(W_out):
            window = x[:, :, i * stride[0] : i * stride[0] + K_h, j * stride[1] : j * stride[1] + K_w]
            out[:, :, i, j] = np.tensordot(window, weight, ((1, 2, 3), (1, 2, 3)))
    return out


def tap_by_tap(x, depthwise, pointwise, stride=(1, 1)):
    (N, C, H, W), (maps, K_h, K_w) = x.shape, depthwise.shape
    H_out, W_out = (H - K_h) // stride[0] + 1, (W - K_w) // stride[1] + 1
    copies = np.repeat(x, maps // C, axis=1).astype(np.float32)
    filtered = np.zeros((N, maps, H_out, W_out), dtype=np.float32)
    for s in range(K_h):
        for t in range(K_w):
            below, beside = s + H_out * stride[0], t + W_out * stride[1]
            shown = copies[:, :, s : below : stride[0], t : beside : stride[1]][:, :, :H_out, :W_out]
            filtered += depthwise[:, s, t, None, None] * shown
    mixed = pointwise.astype(np.float32) @ filtered.reshape(N, maps, -1)
    return mixed.reshape(N, len(pointwise), H_out, W_out)


def hidden(rng):
    def case(group, N, C, times, C_out, size, kernel, stride=(1, 1)):
        x = rng.normal(size=(N, C, *size))
        depthwise, pointwise = rng.normal(size=(C * times, *kernel)), rng.normal(size=(C_out, C * times))
        return Case(group, f"{times} filters for each channel", (x, depthwise, pointwise, stride))

    yield case("one", 1, 3, 1, 2, (4, 6), (2, 3))
    yield case("one", 2, 2, 1, 4, (5, 3), (3, 1))
    yield case("several", 1, 3, 2, 4, (4, 5), (2, 3))
    yield case("several", 2, 2, 3, 5, (5, 4), (3, 2))
    yield case("several", 1, 1, 4, 2, (3, 3), (1, 2))
    yield case("stride", 2, 3, 2, 4, (8, 9), (3, 2), (2, 3))
    yield case("stride", 1, 2, 1, 3, (9, 7), (2, 3), (3, 2))


EXERCISE = Exercise(
    name="depthwise_separable",
    title="Filter first, mix afterwards",
    task=(
        "A convolution layer does two things at once: it looks at neighbouring pixels, and it mixes the "
        "channels. Networks for small devices take the two apart. Write `depthwise_separable(x, depthwise, "
        "pointwise, stride=(1, 1))` for `x` of shape `(N, C, H, W)`:\n\n"
        "1. **Depthwise.** `depthwise` has the shape `(M, K_h, K_w)`, where $M$ is a multiple of $C$: each "
        "channel gets $M / C$ filters of its own, the first channel the first $M / C$ of them, and so on. "
        "Every filter sees its one channel and nothing else, without padding, with strides "
        "`(vertical, horizontal)`. That makes $M$ maps.\n"
        "2. **Pointwise.** `pointwise` has the shape `(C_out, M)`: at every pixel, each output channel is a "
        "weighted sum of the $M$ maps.\n\n"
        "Nothing is flipped, and there are no biases. The result has the shape `(N, C_out, H_out, W_out)`."
    ),
    reference=depthwise_separable,
    groups=(
        Group("one", 3, "One filter for each channel"),
        Group("several", 4, "Several filters for each channel"),
        Group("stride", 3, "Strides"),
    ),
    public=(
        Case(
            "one",
            "two channels",
            (
                np.array([[[[1, 2, 3]], [[4, 5, 6]]]]),
                np.array([[[1, 10]], [[100, 1000]]]),
                np.array([[1, 0], [2, 1]]),
            ),
        ),
        Case(
            "several",
            "two filters for each of two channels",
            (
                np.array([[[[1, 2]], [[3, 4]]]]),
                np.array([[[1, 0]], [[0, 1]], [[10, 0]], [[0, 10]]]),
                np.eye(4, dtype=int),
            ),
        ),
        Case(
            "several",
            "the same, mixed",
            (
                np.array([[[[1, 2]], [[3, 4]]]]),
                np.array([[[1, 0]], [[0, 1]], [[1, 0]], [[0, 1]]]),
                np.array([[1, 10, 100, 1000]]),
            ),
        ),
        Case(
            "stride",
            "two down, three to the right",
            (np.arange(1, 29).reshape(1, 1, 4, 7), np.array([[[1], [100]]]), np.array([[1]]), (2, 3)),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            channels_dealt_out_in_turn,
            "You dealt the channels out in turn, first, second, first, second. Each channel has its filters "
            "side by side: with two for each, filters 0 and 1 belong to the first channel.",
            SECTION,
        ),
        Mistake(
            every_filter_sees_all_channels,
            "Your filters see all the channels and add them up. In the first step every filter sees one "
            "channel only; they meet in the second.",
            SECTION,
        ),
        Mistake(
            filters_turned,
            "You turned the filters round. A layer multiplies its weights with the window as they are.",
            "convolution.html#cross-correlation",
        ),
        Mistake(
            mixed_by_the_transpose,
            "You mixed with the transpose: each row of pointwise belongs to one output channel, each column "
            "to one of the maps.",
            "layers.html#channels",
        ),
        Mistake(
            strides_exchanged,
            "The two strides have changed places. The vertical one comes first: it skips rows.",
            "layers.html#stride-and-dilation",
        ),
        Mistake(
            stride_twice,
            "You took the stride twice. The depthwise step leaves pixels out; the pointwise step mixes "
            "every pixel that is left.",
            "layers.html#stride-and-dilation",
        ),
        Mistake(
            not_mixed,
            "You returned the maps of the first step. The second one is missing: at each pixel, weighted "
            "sums of all these maps.",
            SECTION,
        ),
    ),
    variants=(one_dense_layer, tap_by_tap),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=25,
    hints=(
        "Write the depthwise step for one channel and one filter first. It is a convolution layer with a "
        "single map on each side.",
        "Map number `m` reads channel `m // (M // C)`. Fill an array of shape `(N, M, H_out, W_out)`, one "
        "window position or one tap at a time.",
        "The pointwise step is one matrix product at every pixel: "
        '`np.einsum("om,nmij->noij", pointwise, maps)`.',
    ),
    section=SECTION,
)
