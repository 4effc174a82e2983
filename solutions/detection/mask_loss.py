"""The loss of a mask head: one class of many, pixel by pixel (coverage row 12.12)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS
from solutions.detection.misjudged import maskings

SECTION = "detection.html#mask-head"


def mask_loss(logits, matches, labels, regions, masks):
    R, M, grad, total = len(logits), logits.shape[-1], np.zeros(logits.shape), 0.0
    for r, i, j in np.ndindex(R, M, M):
        x1, y1, x2, y2 = regions[r]
        x, y = x1 + (x2 - x1) * (j + 0.5) / M, y1 + (y2 - y1) * (i + 0.5) / M
        target = float(masks[matches[r], int(y), int(x)])
        channel = labels[matches[r]]
        output = logits[r, channel, i, j]
        total += np.logaddexp(0, output) - output * target
        probability = np.exp(output - np.logaddexp(0, output))
        grad[r, channel, i, j] = (probability - target) / (R * M * M)
    return float(total / (R * M * M)), grad


def with_one_hot_classes(logits, matches, labels, regions, masks):
    num_classes, M = logits.shape[1:3]
    steps = (2 * np.arange(M) + 1) / (2 * M)
    corner, extent = regions[:, :2], regions[:, 2:] - regions[:, :2]
    columns, rows = np.floor(corner[:, :, None] + extent[:, :, None] * steps).astype(int).swapaxes(0, 1)
    wanted = masks[matches[:, None, None], rows[:, :, None], columns[:, None, :]]
    is_class = np.equal.outer(labels[matches], np.arange(num_classes))[:, :, None, None]
    signs = np.where(wanted > 0, -1.0, 1.0)[:, None]  # the loss of z is log(1 + exp(z)), or that of -z
    costs = np.logaddexp(0, signs * logits) * is_class
    slopes = signs * np.exp(-np.logaddexp(0, -signs * logits)) * is_class
    return costs.sum() / wanted.size, slopes / wanted.size


def hidden(rng):
    def case(group, label, R, C, M, shape, num_objects, top=3.0):
        height, width = shape
        masks = (rng.random((num_objects, height, width)) < 0.5).astype(int)
        corner = rng.uniform(0, 0.5, (R, 2)) * (width, height)
        regions = np.hstack([corner, corner + rng.uniform(0.25, 0.49, (R, 2)) * (width, height)])
        matches = rng.permutation(np.arange(R) % num_objects)
        labels = (np.arange(num_objects) + rng.integers(1, C)) % C
        return Case(group, label, (rng.normal(0, top, (R, C, M, M)), matches, labels, regions, masks))

    yield case("target", "two classes", 1, 2, 4, (30, 20), 1)
    yield case("target", "a wide image", 2, 2, 5, (12, 40), 2)
    yield case("class", "five classes", 3, 5, 3, (24, 24), 3)
    yield case("class", "several regions of an object", 5, 4, 4, (20, 32), 2)
    yield case("large", "large outputs", 2, 3, 4, (24, 20), 2, 900.0)


PICTURE = np.array([[[0, 0, 0, 0, 0, 0], [0, 0, 1, 1, 1, 1], [0, 0, 0, 1, 1, 0], [0, 0, 0, 0, 0, 0]]])


EXERCISE = Exercise(
    name="mask_loss",
    title="A mask for one class of many",
    task=(
        "Mask R-CNN (He et al., 2017) draws, for each region, a small mask for *every* class, and "
        "another head decides which of them is shown. Write `mask_loss(logits, matches, labels, regions, "
        "masks)`. `logits`, shape $(R, C, M, M)$, holds the outputs for $R$ regions before the sigmoid. "
        "Region $r$ belongs to object `matches[r]`, whose class is `labels[matches[r]]`, counted from 0, and "
        "whose mask, `masks[matches[r]]`, has the size of the image and holds ones and zeros. `regions` are "
        "`(x1, y1, x2, y2)` in pixels, inside the image.\n\n"
        "The target of a region is what its object's mask shows there: cut the region into $M \\times M$ "
        "equal parts; each takes the pixel in which its centre lies. The loss is the binary cross-entropy of "
        "the sigmoid with the target, on the outputs of the region's class only, and the mean over all "
        "regions and parts. Return the loss and its gradient with respect to `logits`. Outputs may be as "
        "large as 1000."
    ),
    reference=mask_loss,
    groups=(
        Group("target", 3, "Targets cut out of the masks"),
        Group("class", 4, "The class that counts"),
        Group("large", 2, "Large outputs"),
    ),
    public=(
        Case(
            "target",
            "one region, two classes",
            (
                np.array([[[[1.0, -1], [2, 0]], [[3, 1], [-2, 0.5]]]]),
                np.array([0]),
                np.array([1]),
                np.array([[2.0, 1, 6, 4]]),
                PICTURE,
            ),
        ),
        Case(
            "class",
            "two objects, three classes",
            (
                np.array(
                    [
                        [[[1.0, -1]] * 2, [[0, 2]] * 2, [[-3, 1]] * 2],
                        [[[2, 2]] * 2, [[1, 0]] * 2, [[-1, 4]] * 2],
                    ]
                ),
                np.array([1, 0]),
                np.array([0, 2]),
                np.array([[0.0, 0, 2, 2], [1, 0, 3, 2]]),
                np.array([[[1, 0, 1], [1, 1, 0]], [[0, 1, 1], [1, 0, 0]]]),
            ),
        ),
        Case(
            "large",
            "very sure, twice right, twice not",
            (
                np.array([[[[800.0, -800], [800, -800]], [[0, 0], [0, 0]]]]),
                np.array([0]),
                np.array([0]),
                np.array([[0.0, 0, 2, 2]]),
                np.array([[[1, 0], [0, 1]]]),
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            maskings.classes_compete,
            "Your classes compete in a softmax, so the outputs of the other classes received a gradient. "
            "Each class has a sigmoid of its own: what the object *is* has been decided by another head.",
            SECTION,
        ),
        Mistake(
            maskings.all_classes_counted,
            "You trained the masks of all classes, those of the others towards empty. Only the mask of "
            "the true class counts; the others are not looked at, and get no gradient.",
            SECTION,
        ),
        Mistake(
            maskings.number_for_the_class,
            "You took the number of the matched object for its class. The number says which mask it has; "
            "its class stands in `labels`.",
            SECTION,
        ),
        Mistake(
            maskings.whole_mask_shrunk,
            "Your target is the mask of the whole image. The head sees the region only, so its target is "
            "what the mask shows *there*.",
            SECTION,
        ),
        Mistake(
            maskings.rows_along_x,
            "Your targets are mirrored along the diagonal: the first axis of a mask is the row, from top "
            "to bottom, that of a region's corner is x.",
            SECTION,
        ),
        Mistake(
            maskings.looked_up_at_the_edges,
            "You looked the mask up at the upper left corner of each part. Its centre is meant, half a "
            "part further: your targets are moved to the lower right.",
            SECTION,
        ),
        Mistake(
            maskings.sum_for_mean,
            "You added up the losses of all pixels. Their mean is asked for, over all regions and pixels,"
            " so that neither the number of regions nor the size of the mask changes the scale.",
            SECTION,
        ),
        Mistake(
            maskings.gradient_of_the_sum,
            "Your loss is a mean, but your gradient that of the sum: each pixel's share in the mean is "
            "one part in all of them.",
            SECTION,
        ),
        Mistake(
            maskings.target_left_out_of_the_gradient,
            "You returned the slope of the sigmoid. The logarithm of the loss cancels most of it: what is"
            " left is the probability less the target.",
            SECTION,
        ),
        Mistake(
            maskings.large_outputs_overflow,
            "Your loss becomes infinite for large outputs: exp(800) is more than a float can hold. Take "
            "max(z, 0) out of the logarithm first; what remains is log(1 + exp(-|z|)).",
            SECTION,
        ),
    ),
    variants=(with_one_hot_classes,),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=30,
    hints=(
        "Make the targets first, an array of shape (R, M, M). Then pick the outputs that count, "
        "which are of the same shape, and forget the rest.",
        "`logits[np.arange(R), labels[matches]]` picks one class for each region. With the target $t$ the "
        "cross-entropy of the output $z$ is $\\max(z, 0) - zt + \\ln(1 + e^{-|z|})$.",
        "The gradient has the shape of `logits` and is 0 but at the places that you picked; there it is the "
        "probability less the target, divided by the number of all targets. Part $j$ of a region has its "
        "centre at `x1 + (x2 - x1) * (j + 0.5) / M`.",
    ),
    section=SECTION,
)
