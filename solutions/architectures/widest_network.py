"""How wide a residual network may be for a budget of parameters (coverage row 6.6)."""

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import EXACT, NETWORKS

SECTION = "architectures.html#resnet"


def parameters(width, num_blocks, num_classes):
    """Count what the network learns; a test compares it with `convnets.architectures.cifar_resnet`."""
    total, before = 3 * 9 * width + 2 * width, width
    for maps in (width, 2 * width, 4 * width):
        convolutions = 9 * before * maps + (2 * num_blocks - 1) * 9 * maps**2
        total, before = total + convolutions + 2 * num_blocks * 2 * maps, maps
    return total + before * num_classes + num_classes


def widest_network(budget, num_blocks, num_classes):
    width = 0
    while parameters(width + 1, num_blocks, num_classes) <= budget:
        width += 1
    return width, parameters(width, num_blocks, num_classes) if width else 0


def norms_forgotten(budget, num_blocks, num_classes):
    def cost(w):
        total, depth = 27 * w, w
        for maps in (w, 2 * w, 4 * w):
            total += 9 * depth * maps + (2 * num_blocks - 1) * 9 * maps * maps
            depth = maps
        return total + (4 * w + 1) * num_classes

    w = 0
    while cost(w + 1) <= budget:
        w += 1
    return w, cost(w) if w else 0


def biases_beside_the_norms(budget, num_blocks, num_classes):
    def cost(w):
        total, depth = 30 * w, w
        for maps in (w, 2 * w, 4 * w):
            total += 9 * depth * maps + (2 * num_blocks - 1) * 9 * maps * maps + 6 * num_blocks * maps
            depth = maps
        return total + (4 * w + 1) * num_classes

    w = 0
    while cost(w + 1) <= budget:
        w += 1
    return w, cost(w) if w else 0


def skips_counted(budget, num_blocks, num_classes):
    def cost(w):
        total, depth = 29 * w, w
        for maps in (w, 2 * w, 4 * w):
            total += 9 * depth * maps + (2 * num_blocks - 1) * 9 * maps * maps + 4 * num_blocks * maps
            total += depth * maps if depth != maps else 0
            depth = maps
        return total + (4 * w + 1) * num_classes

    w = 0
    while cost(w + 1) <= budget:
        w += 1
    return w, cost(w) if w else 0


def stages_begin_at_full_width(budget, num_blocks, num_classes):
    def cost(w):
        total = 29 * w
        for maps in (w, 2 * w, 4 * w):
            total += 2 * num_blocks * (9 * maps * maps + 2 * maps)
        return total + (4 * w + 1) * num_classes

    w = 0
    while cost(w + 1) <= budget:
        w += 1
    return w, cost(w) if w else 0


def first_layer_forgotten(budget, num_blocks, num_classes):
    def cost(w):
        total, depth = 0, w
        for maps in (w, 2 * w, 4 * w):
            total += 9 * depth * maps + (2 * num_blocks - 1) * 9 * maps * maps + 4 * num_blocks * maps
            depth = maps
        return total + (4 * w + 1) * num_classes

    w = 0
    while cost(w + 1) <= budget:
        w += 1
    return w, cost(w) if w else 0


def one_convolution_a_block(budget, num_blocks, num_classes):
    def cost(w):
        total, depth = 29 * w, w
        for maps in (w, 2 * w, 4 * w):
            total += 9 * depth * maps + (num_blocks - 1) * 9 * maps * maps + 2 * num_blocks * maps
            depth = maps
        return total + (4 * w + 1) * num_classes

    w = 0
    while cost(w + 1) <= budget:
        w += 1
    return w, cost(w) if w else 0


def all_of_it_never_spent(budget, num_blocks, num_classes):
    def cost(w):
        total, depth = 29 * w, w
        for maps in (w, 2 * w, 4 * w):
            total += 9 * depth * maps + (2 * num_blocks - 1) * 9 * maps * maps + 4 * num_blocks * maps
            depth = maps
        return total + (4 * w + 1) * num_classes

    w = 0
    while cost(w + 1) < budget:
        w += 1
    return w, cost(w) if w else 0


def first_one_too_wide(budget, num_blocks, num_classes):
    def cost(w):
        total, depth = 29 * w, w
        for maps in (w, 2 * w, 4 * w):
            total += 9 * depth * maps + (2 * num_blocks - 1) * 9 * maps * maps + 4 * num_blocks * maps
            depth = maps
        return total + (4 * w + 1) * num_classes

    w = 1
    while cost(w) < budget:
        w += 1
    return w, cost(w)


def solved_as_an_equation(budget, num_blocks, num_classes):
    squares = 9 * (1 + 2 + 8 + (2 * num_blocks - 1) * 21)
    singles = 29 + 28 * num_blocks + 4 * num_classes
    w = int((-singles + (singles**2 + 4 * squares * (budget - num_classes)) ** 0.5) / (2 * squares) + 1e-9)
    return (w, squares * w * w + singles * w + num_classes) if budget > num_classes and w > 0 else (0, 0)


def layer_by_layer(budget, num_blocks, num_classes):
    best = [0, 0]
    for w in range(1, int(budget**0.5) + 2):
        convolutions = [(3, w)]
        for stage in range(3):
            for block in range(num_blocks):
                maps = w * 2**stage
                before = maps // 2 if block == 0 and stage > 0 else maps
                convolutions += [(before, maps), (maps, maps)]
        total = sum(9 * a * b + 2 * b for a, b in convolutions) + 4 * w * num_classes + num_classes
        if total <= budget:
            best = [w, total]
    return best


def hidden(rng):
    for _ in range(2):
        n, classes, w = (int(number) for number in rng.integers((1, 2, 2), (5, 120, 24)))
        exactly = parameters(w, n, classes)
        yield Case("budget", "some budget", (exactly + int(rng.integers(1, 300)), n, classes))
        yield Case("exact", "spent to the last", (exactly, n, classes))
        yield Case("exact", "one is missing", (exactly - 1, n, classes))
        smallest = parameters(1, n, classes)
        yield Case("small", "nothing fits", (smallest - int(rng.integers(1, 40)), n, classes))


EXERCISE = Exercise(
    name="widest_network",
    title="The widest network that the budget allows",
    task=(
        "The residual networks for CIFAR-10 begin with a $3 \\times 3$ convolution from 3 maps to $w$. Three "
        "stages follow, of $w$, $2w$ and $4w$ maps, each of `num_blocks` blocks of two $3 \\times 3$ "
        "convolutions; the first convolution of the second and third stage doubles the maps. No convolution "
        "has a bias, and behind each comes a batch normalisation, which learns two numbers for each map. The "
        "skips learn nothing, not even where the maps double. The average of each map goes into a fully "
        "connected layer with a bias.\n\n"
        "Write `widest_network(budget, num_blocks, num_classes)`. Return the largest $w$ for which the "
        "network has at most `budget` parameters, and how many it has; `(0, 0)` where not even $w = 1$ fits."
    ),
    reference=widest_network,
    groups=(
        Group("budget", 4, "A budget with something left over"),
        Group("exact", 4, "A budget that is spent to the last parameter"),
        Group("small", 2, "A budget too small for any network"),
    ),
    public=(
        Case("budget", "one block a stage", (5000, 1, 10)),
        Case("exact", "ResNet-20", (269_722, 3, 10)),
        Case("exact", "ResNet-20, and one parameter less", (269_721, 3, 10)),
        Case("small", "a hundred parameters", (100, 1, 10)),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            norms_forgotten,
            "You left out the batch normalisations. Each of them learns a factor and an offset for each of "
            "its maps; they are few, but the budget counts them.",
            SECTION,
        ),
        Mistake(
            biases_beside_the_norms,
            "You gave the convolutions biases. The normalisation behind a convolution would take any bias "
            "away again; only the fully connected layer has one.",
            SECTION,
        ),
        Mistake(
            skips_counted,
            "You counted projections on the skips where the maps double. In these networks the skip learns "
            "nothing: it takes every other pixel, and the new maps start from zeros.",
            SECTION,
        ),
        Mistake(
            stages_begin_at_full_width,
            "You counted all convolutions of a stage alike. The first of the second and third stage sees "
            "only half as many maps as it makes.",
            SECTION,
        ),
        Mistake(
            first_layer_forgotten,
            "You began with the first block. Before it stands a convolution that turns the three colours "
            "into w maps, with a normalisation behind it.",
            SECTION,
        ),
        Mistake(
            one_convolution_a_block,
            "You counted one convolution for each block. A block has two, and two normalisations: that is "
            "why the depth is 6n + 2.",
            "architectures.html#residual-block",
        ),
        Mistake(
            all_of_it_never_spent,
            "A network that costs exactly as much as the budget allows was too dear for you. At most so many "
            "parameters means that the last one may be spent.",
            SECTION,
        ),
        Mistake(
            first_one_too_wide,
            "You stopped at the first network that reaches the budget, and it may well exceed it. Asked for "
            "is the last one that does not.",
            SECTION,
        ),
    ),
    variants=(solved_as_an_equation, layer_by_layer),
    tolerance=EXACT,
    banned=NETWORKS,
    difficulty=2,
    minutes=25,
    hints=(
        "Write a function that counts the parameters for a given w, and test it: w = 16 with three blocks a "
        "stage is ResNet-20, with 269,722. Then search.",
        "Count convolution by convolution: 9 · maps before · maps behind, and 2 · maps behind for its "
        "normalisation. A stage has 2 · `num_blocks` of them, the first perhaps with half the maps before.",
        "Start at w = 0 and go up while the next width still fits into the budget: `<=`, not `<`. The fully "
        "connected layer adds 4 · w · `num_classes`, and a bias for each class.",
    ),
    section=SECTION,
)
