"""Colour jitter: brightness, contrast and saturation, and their order (coverage row 7.4)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS

SECTION = "training.html#colour-jitter"


def jitter_colours(images, steps, mean, std):
    out = np.empty(images.shape)
    for image, of_image, result in zip(images, steps, out, strict=True):
        for name, factor in of_image:
            grey = np.tensordot([0.299, 0.587, 0.114], image, axes=1)
            centre = {"brightness": 0.0, "contrast": grey.mean(), "saturation": grey}[name]
            image = np.clip(centre + factor * (image - centre), 0, 1)
        result[:] = image
    return (out - mean[:, None, None]) / std[:, None, None]


def always_in_one_order(images, steps, mean, std):
    out = []
    for x, chain in zip(images, steps, strict=True):
        for name, f in sorted(chain):
            g = 0.299 * x[0] + 0.587 * x[1] + 0.114 * x[2]
            m = {"brightness": 0, "contrast": g.mean(), "saturation": g}[name]
            x = np.clip(m + f * (x - m), 0, 1)
        out.append((x - mean[:, None, None]) / std[:, None, None])
    return np.array(out)


def first_pictures_steps_for_all(images, steps, mean, std):
    out = []
    for x in images:
        for name, f in steps[0]:
            g = 0.299 * x[0] + 0.587 * x[1] + 0.114 * x[2]
            m = {"brightness": 0, "contrast": g.mean(), "saturation": g}[name]
            x = np.clip(m + f * (x - m), 0, 1)
        out.append((x - mean[:, None, None]) / std[:, None, None])
    return np.array(out)


def never_clipped(images, steps, mean, std):
    out = []
    for x, chain in zip(images, steps, strict=True):
        for name, f in chain:
            g = 0.299 * x[0] + 0.587 * x[1] + 0.114 * x[2]
            m = {"brightness": 0, "contrast": g.mean(), "saturation": g}[name]
            x = m + f * (x - m)
        out.append((x - mean[:, None, None]) / std[:, None, None])
    return np.array(out)


def clipped_at_the_end(images, steps, mean, std):
    out = []
    for x, chain in zip(images, steps, strict=True):
        for name, f in chain:
            g = 0.299 * x[0] + 0.587 * x[1] + 0.114 * x[2]
            m = {"brightness": 0, "contrast": g.mean(), "saturation": g}[name]
            x = m + f * (x - m)
        out.append((np.clip(x, 0, 1) - mean[:, None, None]) / std[:, None, None])
    return np.array(out)


def normalised_first(images, steps, mean, std):
    out = []
    for x, chain in zip((images - mean[:, None, None]) / std[:, None, None], steps, strict=True):
        for name, f in chain:
            g = 0.299 * x[0] + 0.587 * x[1] + 0.114 * x[2]
            m = {"brightness": 0, "contrast": g.mean(), "saturation": g}[name]
            x = np.clip(m + f * (x - m), 0, 1)
        out.append(x)
    return np.array(out)


def contrast_of_each_channel(images, steps, mean, std):
    out = []
    for x, chain in zip(images, steps, strict=True):
        for name, f in chain:
            g = 0.299 * x[0] + 0.587 * x[1] + 0.114 * x[2]
            m = {"brightness": 0, "contrast": x.mean((1, 2), keepdims=True), "saturation": g}[name]
            x = np.clip(m + f * (x - m), 0, 1)
        out.append((x - mean[:, None, None]) / std[:, None, None])
    return np.array(out)


def grey_as_plain_mean(images, steps, mean, std):
    out = []
    for x, chain in zip(images, steps, strict=True):
        for name, f in chain:
            g = x.mean(0)
            m = {"brightness": 0, "contrast": g.mean(), "saturation": g}[name]
            x = np.clip(m + f * (x - m), 0, 1)
        out.append((x - mean[:, None, None]) / std[:, None, None])
    return np.array(out)


def with_branches(images, steps, mean, std):
    batch = np.array(images, dtype=float)
    for n, chain in enumerate(steps):
        red, green, blue = batch[n]
        for name, factor in chain:
            luminance = 0.299 * red + 0.587 * green + 0.114 * blue
            if name == "brightness":
                red, green, blue = factor * red, factor * green, factor * blue
            elif name == "contrast":
                average = luminance.mean()
                red, green, blue = (average + factor * (c - average) for c in (red, green, blue))
            else:
                red, green, blue = (factor * c + (1 - factor) * luminance for c in (red, green, blue))
            red, green, blue = (np.minimum(np.maximum(c, 0), 1) for c in (red, green, blue))
        batch[n] = np.stack([red, green, blue])
    return (batch - mean.reshape(1, 3, 1, 1)) / std.reshape(1, 3, 1, 1)


def channels_last(images, steps, mean, std):
    weights, out = np.array([0.299, 0.587, 0.114]), []
    for picture, chain in zip(np.moveaxis(images, 1, -1), steps, strict=True):
        for name, factor in chain:
            grey = (picture * weights).sum(axis=-1, keepdims=True)
            towards = np.zeros(1) if name == "brightness" else grey
            if name == "contrast":
                towards = np.mean(grey)
            picture = (1 - factor) * towards + factor * picture
            picture = picture.clip(0.0, 1.0)
        out.append((picture - mean) / std)
    return np.stack(out).transpose(0, 3, 1, 2)


def hidden(rng):
    mean, std = rng.uniform(0.3, 0.6, 3), rng.uniform(0.1, 0.4, 3)

    def pictures(group, label, size, *steps):
        images = rng.uniform(0, 1, (len(steps), 3, *size))
        chains = [
            [(name, float(f * rng.uniform(0.95, 1.05))) for name, f in zip(*one, strict=True)]
            for one in steps
        ]
        return Case(group, label, (images, chains, mean, std))

    b, c, s = "brightness", "contrast", "saturation"
    for name in (b, c, s):
        yield pictures("single", f"only {name}, less", (3, 4), ((name,), (0.5,)))
        yield pictures("single", f"only {name}, more", (4, 3), ((name,), (1.8,)))
    yield pictures("chain", "saturation first", (3, 5), ((s, c, b), (1.7, 2.1, 0.6)))
    yield pictures("chain", "brightness first", (3, 4), ((b, s, c), (1.9, 0.4, 1.5)))
    yield pictures(
        "batch",
        "three orders",
        (2, 4),
        ((c, b), (1.8, 0.7)),
        ((b, c), (1.8, 0.6)),
        ((s, b, c), (2, 1.4, 1.8)),
    )
    yield pictures("batch", "one is left alone", (3, 3), ((), ()), ((c,), (1.7,)))


EXERCISE = Exercise(
    name="jitter_colours",
    title="Colour jitter, in the order that was drawn",
    task=(
        "A dog at dusk is the same dog. Training pictures therefore get another brightness, contrast and "
        "saturation each time, in an order that is drawn too. Here everything is drawn already: "
        "`steps[n]` lists, as `(name, factor)`, what happens to picture `n`, one after the other. Every step "
        "takes each value $x$ away from, or nearer to, some $c$: $x \\leftarrow c + \\text{factor} "
        "\\cdot (x - c)$.\n\n"
        '- `"brightness"`: $c = 0$,\n'
        '- `"saturation"`: $c$ is the grey of the same pixel, $0.299\\,R + 0.587\\,G + 0.114\\,B$,\n'
        '- `"contrast"`: $c$ is one number, the mean of this grey over the picture as it is by then.\n\n'
        "After each step, values below 0 become 0 and those above 1 become 1, as in any picture. At the very "
        "end the pictures are normalised for the network: from each channel its `mean` is subtracted, and "
        "the rest divided by its `std`. Write `jitter_colours(images, steps, mean, std)`."
    ),
    reference=jitter_colours,
    groups=(
        Group("single", 4, "One step"),
        Group("chain", 3, "Several steps, one after the other"),
        Group("batch", 3, "A batch, each picture with its own steps"),
    ),
    public=(
        Case(
            "single",
            "half as bright",
            (
                np.array([[[[0.5, 1.0]], [[0.2, 0.4]], [[0.0, 0.8]]]]),
                [[("brightness", 0.5)]],
                np.array([0.25, 0.5, 0.5]),
                np.array([0.5, 0.25, 0.2]),
            ),
        ),
        Case(
            "single",
            "a quarter of the contrast",
            (
                np.array([[[[0.2, 1.0]], [[0.4, 0.6]], [[0.6, 0.6]]]]),
                [[("contrast", 0.25)]],
                np.array([0.5, 0.5, 0.0]),
                np.array([0.5, 0.5, 1.0]),
            ),
        ),
        Case(
            "single",
            "three times the saturation",
            (
                np.array([[[[0.2, 0.5]], [[0.4, 0.5]], [[0.4, 0.6]]]]),
                [[("saturation", 3.0)]],
                np.array([0.5, 0.5, 0.0]),
                np.array([0.5, 0.5, 1.0]),
            ),
        ),
        Case(
            "chain",
            "more colour, then more contrast",
            (
                np.array([[[[0.2, 1.0]], [[0.4, 0.8]], [[0.6, 0.6]]]]),
                [[("saturation", 3.0), ("contrast", 1.5)]],
                np.array([0.5, 0.5, 0.5]),
                np.array([0.5, 0.5, 1.0]),
            ),
        ),
        Case(
            "batch",
            "one brighter, one paler",
            (
                np.array(
                    [[[[0.2, 0.8]], [[0.4, 0.6]], [[0.6, 0.0]]], [[[0.2, 0.8]], [[0.4, 0.6]], [[0.6, 0.0]]]]
                ),
                [[("brightness", 1.5)], [("saturation", 0.5)]],
                np.array([0.5, 0.5, 0.5]),
                np.array([0.5, 0.5, 1.0]),
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            always_in_one_order,
            "You took the steps in an order of your own. If nothing were ever cut off, any order would "
            "give the same picture; but each step loses what leaves the range, so `steps` says which comes "
            "first.",
            SECTION,
        ),
        Mistake(
            first_pictures_steps_for_all,
            "You gave every picture the steps of the first one. Each picture of a batch has its own draw, "
            "`steps[n]`; otherwise a batch is dark as a whole, or pale as a whole.",
            SECTION,
        ),
        Mistake(
            never_clipped,
            "Some of your values have left the range of a picture: they are below 0 or above 1 before they "
            "are normalised. No camera would give them; cut them off after each step.",
            SECTION,
        ),
        Mistake(
            clipped_at_the_end,
            "You cut the values off once, at the end. After each step there is a picture, and what was too "
            "bright for it is lost, even if the next step makes it darker again.",
            SECTION,
        ),
        Mistake(
            normalised_first,
            "You normalised first. Then 0 is no longer black but the mean of the training set, half of the "
            "values are negative, and cutting off at 0 throws half of the picture away.",
            SECTION,
        ),
        Mistake(
            contrast_of_each_channel,
            "You spread each channel around its own mean. The contrast of a picture is one for all three: a "
            "single number in the middle, the mean of its grey, or its tint changes as well.",
            SECTION,
        ),
        Mistake(
            grey_as_plain_mean,
            "Your grey is the plain mean of red, green and blue. To the eye green is far brighter than blue, "
            "so the three have different weights: 0.299, 0.587 and 0.114.",
            SECTION,
        ),
    ),
    variants=(with_branches, channels_last),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=25,
    hints=(
        "All three steps are one formula with another $c$: a zero, a number per picture, a number per pixel. "
        "Go through the pictures one by one.",
        "Compute the grey anew at each step, from the picture as it is now: shape (H, W). Its mean is the "
        "$c$ of contrast; as it is, NumPy lines it up with the three channels of an image of shape (3, H, "
        "W).",
        "`for name, factor in steps[n]:` compute $c$, then `image = np.clip(c + factor * (image - c), 0, "
        "1)`. After the loop: `(image - mean[:, None, None]) / std[:, None, None]`.",
    ),
    section=SECTION,
)
