"""The two halves of AlexNet as one network without groups (coverage row 6.2)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import EXACT, NETWORKS

SECTION = "architectures.html#alexnet"


def unite_towers(first, second, maps, crosses):
    a, b = maps
    if crosses:
        return np.concatenate((first, np.concatenate((second[:, b:], second[:, :b]), axis=1)))
    beside = [(0, 0), (0, b), (0, 0), (0, 0)], [(0, 0), (a, 0), (0, 0), (0, 0)]
    return np.concatenate((np.pad(first, beside[0]), np.pad(second, beside[1])))


def halves_left_as_they_are(first, second, maps, crosses):
    if crosses:
        return np.concatenate((first, np.roll(second, maps[0], axis=1)))
    return np.concatenate((first, second))


def own_maps_stay_first(first, second, maps, crosses):
    a, b = maps
    if crosses:
        return np.concatenate((first, second))
    out = np.zeros((len(first) + len(second), a + b, *first.shape[2:]))
    out[: len(first), :a] = first
    out[len(first) :, a:] = second
    return out


def cut_at_the_wrong_count(first, second, maps, crosses):
    a, b = maps
    if crosses:
        return np.concatenate((first, np.concatenate((second[:, a:], second[:, :a]), axis=1)))
    out = np.zeros((len(first) + len(second), a + b, *first.shape[2:]))
    out[: len(first), :a] = first
    out[len(first) :, a:] = second
    return out


def zeros_where_weights_belong(first, second, maps, crosses):
    a, b = maps
    if crosses:
        return np.concatenate((first, np.roll(second, a, axis=1)))
    out = np.zeros((len(first) + len(second), a + b, *first.shape[2:]))
    out[: len(first), b:] = first
    out[len(first) :, :b] = second
    return out


def each_other_s_maps_copied(first, second, maps, crosses):
    a, b = maps
    if crosses:
        return np.concatenate((first, np.roll(second, a, axis=1)))
    out = np.zeros((len(first) + len(second), a + b, *first.shape[2:]))
    out[: len(first), :a] = first
    out[: len(first), a:] = first.mean()
    out[len(first) :, a:] = second
    out[len(first) :, :a] = second.mean()
    return out


def maps_of_the_cards_in_turn(first, second, maps, crosses):
    a, b = maps
    out = np.zeros((len(first) + len(second), a + b, *first.shape[2:]))
    if crosses:
        out[: len(first)], out[len(first) :] = first, np.roll(second, a, axis=1)
    else:
        out[: len(first), :a], out[len(first) :, a:] = first, second
    order = sorted(range(len(out)), key=lambda o: (o % len(first) if o < len(first) else o - len(first), o))
    return out[order]


def weight_by_weight(first, second, maps, crosses):
    a, b = maps
    out = np.zeros((len(first) + len(second), a + b, first.shape[2], first.shape[3]))
    for o in range(len(first)):
        for c in range(first.shape[1]):
            out[o, c] = first[o, c]
    for o in range(len(second)):
        for c in range(second.shape[1]):
            out[len(first) + o, (a + c) % (a + b)] = second[o, c]
    return out


def through_a_list_of_maps(first, second, maps, crosses):
    a, b = maps
    everyone = list(range(a + b))
    seen = [everyone, everyone[a:] + everyone[:a]] if crosses else [everyone[:a], everyone[a:]]
    rows = []
    for weight, order in zip((first, second), seen, strict=True):
        row = np.zeros((weight.shape[0], a + b, *weight.shape[2:]), dtype=weight.dtype)
        row[:, order] = weight
        rows.append(row)
    return np.vstack(rows)


def hidden(rng):
    def made(group, label, outputs, maps, size, crosses):
        inputs = (sum(maps),) * 2 if crosses else maps
        weights = [rng.integers(1, 100, (o, i, *size)) for o, i in zip(outputs, inputs, strict=True)]
        return Case(group, label, (*weights, maps, crosses))

    yield made("apart", "equal halves", (4, 4), (3, 3), (2, 3), False)
    yield made("apart", "one map each", (1, 1), (1, 1), (3, 2), False)
    yield made("across", "equal halves", (3, 3), (4, 4), (3, 2), True)
    yield made("across", "one map each", (2, 2), (1, 1), (1, 3), True)
    yield made("uneven", "apart", (2, 5), (3, 4), (2, 2), False)
    yield made("uneven", "across", (4, 3), (5, 2), (2, 3), True)
    yield made("uneven", "across", (1, 2), (1, 4), (3, 1), True)


def numbered(outputs, inputs, size, start):
    return np.arange(start, start + outputs * inputs * size[0] * size[1]).reshape(outputs, inputs, *size)


EXERCISE = Exercise(
    name="unite_towers",
    title="Two towers become one network",
    task=(
        "AlexNet was trained on two graphics cards. Each card held half of the maps of every layer, and "
        "what it stored of a layer's weights fits its own point of view. In most layers a card saw only its "
        "own maps. In the third layer it saw the maps of both cards, **its own ones first**, then those of "
        "the other card.\n\n"
        "Write `unite_towers(first, second, maps, crosses)`, which returns the weight of one ordinary "
        "convolution that computes the layer of both cards at once. `first` and `second` are the weights of "
        "the two cards, each (its output maps, input maps it sees, K_h, K_w); `maps` says how many input "
        "maps each card holds; `crosses` says whether the cards saw each other's maps. In the united layer "
        "the first card's maps come first, among the inputs and among the outputs."
    ),
    reference=unite_towers,
    groups=(
        Group("apart", 3, "Each card sees its own maps"),
        Group("across", 4, "Each card sees all maps"),
        Group("uneven", 3, "Cards that hold different numbers of maps"),
    ),
    public=(
        Case(
            "apart",
            "two maps on each card",
            (numbered(2, 2, (1, 2), 1), numbered(2, 2, (1, 2), 11), (2, 2), False),
        ),
        Case(
            "across",
            "two maps on each card",
            (numbered(2, 4, (1, 1), 1), numbered(2, 4, (1, 1), 11), (2, 2), True),
        ),
        Case(
            "uneven",
            "one map, and two",
            (numbered(1, 3, (1, 2), 1), numbered(2, 3, (1, 2), 11), (1, 2), True),
        ),
        Case(
            "uneven",
            "two maps, and one",
            (numbered(2, 2, (2, 1), 1), numbered(1, 1, (2, 1), 11), (2, 1), False),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            halves_left_as_they_are,
            "You put the two weights on top of each other as they are. That is the weight of a convolution "
            "in two groups; an ordinary one has a weight for every pair of maps, zero where a card saw "
            "nothing.",
            SECTION,
        ),
        Mistake(
            own_maps_stay_first,
            "You stacked the weights of a crossing layer without looking at the order of the maps. The "
            "second card lists its own maps first; in the united layer they come after those of the first "
            "card.",
            SECTION,
        ),
        Mistake(
            cut_at_the_wrong_count,
            "You cut the second card's weights after as many maps as the first card holds. Its own maps "
            "stand at the front, and there are as many of them as the second card holds.",
            SECTION,
        ),
        Mistake(
            zeros_where_weights_belong,
            "You gave each card's weights to the other card's maps. Where the cards work apart, the weights "
            "stand in two blocks on the diagonal, and the zeros beside them.",
            SECTION,
        ),
        Mistake(
            each_other_s_maps_copied,
            "You filled the empty places with an average of the weights. A card that does not see a map is "
            "not influenced by it, and the only weight of which that is true is zero.",
            SECTION,
        ),
        Mistake(
            maps_of_the_cards_in_turn,
            "Your output maps come from the cards in turn, like cards that are shuffled. All maps of the "
            "first card come before all maps of the second; the next layer relies on it.",
            SECTION,
        ),
    ),
    variants=(weight_by_weight, through_a_list_of_maps),
    tolerance=EXACT,
    banned=NETWORKS,
    difficulty=2,
    minutes=25,
    hints=(
        "Start from zeros in the united shape. How many output maps has it, and how many input maps? Then "
        "ask where the first card's weights go, in both kinds of layers.",
        "The rows of the second card come below those of the first. Where the cards work apart, its columns "
        "begin where those of the first card end.",
        "In a crossing layer the second card's first `maps[1]` columns belong to its own maps, which come "
        "last in the united layer; the columns after these belong at the front.",
    ),
    section=SECTION,
)
