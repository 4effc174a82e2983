"""A learning rate that warms up and is cut on a plateau (coverage row 7.7)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS

SECTION = "training.html#schedules"


def rates_on_plateau(errors, rate, warm_up, patience, factor):
    rates, best, waited = np.zeros(len(errors)), np.inf, 0
    for epoch, error in enumerate(errors):
        rates[epoch] = rate * min(1, (epoch + 1) / warm_up) if warm_up else rate
        is_better, best = error < best, min(error, best)
        waited = 0 if is_better or epoch < warm_up else waited + 1
        if waited == patience:
            rate, waited = rate * factor, 0
    return rates


def compared_with_the_epoch_before(errors, rate, warm_up, patience, factor):
    out, last, k = [], np.inf, 0
    for e, error in enumerate(errors):
        out.append(rate * (e + 1) / warm_up if e < warm_up else rate)
        k = 0 if error < last or e < warm_up else k + 1
        last = error
        if k == patience:
            rate, k = rate * factor, 0
    return np.array(out)


def equal_counts_as_better(errors, rate, warm_up, patience, factor):
    out, best, k = [], np.inf, 0
    for e, error in enumerate(errors):
        out.append(rate * (e + 1) / warm_up if e < warm_up else rate)
        k = 0 if error <= best or e < warm_up else k + 1
        best = min(best, error)
        if k == patience:
            rate, k = rate * factor, 0
    return np.array(out)


def cut_in_the_same_epoch(errors, rate, warm_up, patience, factor):
    out, best, k = [], np.inf, 0
    for e, error in enumerate(errors):
        k = 0 if error < best or e < warm_up else k + 1
        best = min(best, error)
        if k == patience:
            rate, k = rate * factor, 0
        out.append(rate * (e + 1) / warm_up if e < warm_up else rate)
    return np.array(out)


def one_epoch_too_patient(errors, rate, warm_up, patience, factor):
    out, best, k = [], np.inf, 0
    for e, error in enumerate(errors):
        out.append(rate * (e + 1) / warm_up if e < warm_up else rate)
        k = 0 if error < best or e < warm_up else k + 1
        best = min(best, error)
        if k > patience:
            rate, k = rate * factor, 0
    return np.array(out)


def counting_goes_on_after_a_cut(errors, rate, warm_up, patience, factor):
    out, best, k = [], np.inf, 0
    for e, error in enumerate(errors):
        out.append(rate * (e + 1) / warm_up if e < warm_up else rate)
        k = 0 if error < best or e < warm_up else k + 1
        best = min(best, error)
        if k >= patience:
            rate = rate * factor
    return np.array(out)


def not_in_a_row(errors, rate, warm_up, patience, factor):
    out, best, k = [], np.inf, 0
    for e, error in enumerate(errors):
        out.append(rate * (e + 1) / warm_up if e < warm_up else rate)
        k = k + (error >= best and e >= warm_up)
        best = min(best, error)
        if k == patience:
            rate, k = rate * factor, 0
    return np.array(out)


def best_forgotten_after_a_cut(errors, rate, warm_up, patience, factor):
    out, best, k = [], np.inf, 0
    for e, error in enumerate(errors):
        out.append(rate * (e + 1) / warm_up if e < warm_up else rate)
        k = 0 if error < best or e < warm_up else k + 1
        best = min(best, error)
        if k == patience:
            rate, k, best = rate * factor, 0, np.inf
    return np.array(out)


def warm_up_from_zero(errors, rate, warm_up, patience, factor):
    out, best, k = [], np.inf, 0
    for e, error in enumerate(errors):
        out.append(rate * e / warm_up if e < warm_up else rate)
        k = 0 if error < best or e < warm_up else k + 1
        best = min(best, error)
        if k == patience:
            rate, k = rate * factor, 0
    return np.array(out)


def impatient_while_warming_up(errors, rate, warm_up, patience, factor):
    out, best, k = [], np.inf, 0
    for e, error in enumerate(errors):
        out.append(rate * (e + 1) / warm_up if e < warm_up else rate)
        k = 0 if error < best else k + 1
        best = min(best, error)
        if k == patience:
            rate, k = rate * factor, 0
    return np.array(out)


def first_epoch_from_which(errors, rate, warm_up, patience, factor):
    out = rate * np.minimum(1.0, np.arange(1, len(errors) + 1) / max(warm_up, 1))
    last = warm_up - 1  # the epoch from which the waiting is counted
    for epoch in range(warm_up, len(errors)):
        if epoch == 0 or errors[epoch] < np.min(errors[:epoch]):
            last = epoch
        elif epoch - last == patience:
            out[epoch + 1 :] *= factor
            last = epoch
    return out


def with_a_generator(errors, rate, warm_up, patience, factor):
    def course():
        cuts, record, left = 0, float("inf"), patience
        for number in range(len(errors)):
            yield rate * factor**cuts * min(1.0, (number + 1) / (warm_up or 1))
            left -= 1
            if errors[number] < record:
                record, left = errors[number], patience
            if number < warm_up:
                left = patience
            if left == 0:
                cuts, left = cuts + 1, patience

    return np.array(list(course()))


def hidden(rng):
    def case(group, label, errors, warm_up, patience, factor=0.1):
        errors = np.array(errors) * float(rng.integers(2, 9)) + float(rng.integers(0, 5))
        return Case(group, label, (errors, float(rng.uniform(0.05, 2)), warm_up, patience, factor))

    falling = np.sort(rng.integers(0, 50, 9))[::-1].tolist()
    yield case("plateau", "errors as they come", rng.integers(0, 8, 30).tolist(), 0, 2, 0.5)
    yield case("plateau", "patience of three", rng.integers(0, 6, 30).tolist(), 0, 3)
    yield case("plateau", "patience of one", rng.permutation(12).tolist(), 0, 1, 0.5)
    yield case("plateau", "a new best just in time", [9, 8, 8, 8, 7, 7, 7, 6, 6, 6, 6, 5], 0, 3)
    yield case("plateau", "up and down", [9, 5, 8, 7, 6, 7, 6, 4, 6, 5, 4, 3], 0, 3)
    yield case("plateau", "falling for long", falling + [falling[-1]] * 6, 0, 2)
    yield case("warm-up", "nothing but warming up", rng.integers(0, 9, 5).tolist(), 7, 2)
    yield case("warm-up", "best before its end", [9, 2, 5, 6, 7, 4, 5, 6, 1, 3, 3, 3], 4, 2)
    yield case("warm-up", "as they come", rng.integers(0, 7, 30).tolist(), 5, 2, 0.5)


EXERCISE = Exercise(
    name="rates_on_plateau",
    title="When the error stops falling",
    task=(
        "ResNet's learning rate was divided by ten whenever the validation error had stopped falling; the "
        "network of 110 layers had to be warmed up first. Write `rates_on_plateau(errors, rate, warm_up, "
        "patience, factor)`. `errors` holds the validation error measured at the end of each epoch; return "
        "the learning rate that each epoch was trained with, an array of the same length.\n\n"
        "In the first `warm_up` epochs the rate rises in equal steps and reaches `rate` in the last of them; "
        "`warm_up` may be 0. After the warm-up, an epoch whose error is not below the best error of all "
        "epochs before it, those of the warm-up included, was in vain. After `patience` such epochs in a row "
        "the rate is multiplied by `factor` from the next epoch on, and the counting begins anew. "
        "Epochs of the warm-up are never counted as in vain."
    ),
    reference=rates_on_plateau,
    groups=(
        Group("plateau", 5, "Without a warm-up"),
        Group("warm-up", 3, "With a warm-up"),
    ),
    public=(
        Case("plateau", "two epochs in vain", (np.array([9.0, 8, 9, 10, 7, 6]), 1.0, 0, 2, 0.5)),
        Case("plateau", "up, and down a little", (np.array([9.0, 5, 8, 7, 6, 7, 6]), 1.0, 0, 3, 0.5)),
        Case("plateau", "in vain, but not in a row", (np.array([9.0, 9, 8, 8, 7, 7, 7, 8]), 1.0, 0, 2, 0.5)),
        Case(
            "plateau", "still no better after a cut", (np.array([5.0, 6, 8, 7, 6, 8, 9, 9]), 1.0, 0, 2, 0.5)
        ),
        Case("warm-up", "four epochs", (np.array([9.0, 2, 5, 6, 4, 3, 1, 1]), 0.8, 4, 2, 0.1)),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            compared_with_the_epoch_before,
            "You compared each error with that of the epoch before. An error that jumps up and creeps down "
            "again has not improved: it must get below the best one so far.",
            SECTION,
        ),
        Mistake(
            equal_counts_as_better,
            "An error equal to the best one counts as progress with you. On a perfectly flat plateau your "
            "rate would never be cut: only an error *below* the best is one.",
            SECTION,
        ),
        Mistake(
            cut_in_the_same_epoch,
            "Your rate is cut one epoch too early. The error is measured at the end of an epoch, and that "
            "epoch has been trained already; the new rate begins with the next one.",
            SECTION,
        ),
        Mistake(
            one_epoch_too_patient,
            "You wait for one epoch too many. With a patience of 2, the second epoch in vain is the last one "
            "at the old rate.",
            SECTION,
        ),
        Mistake(
            counting_goes_on_after_a_cut,
            "After a cut you go on counting, so that the very next epoch in vain cuts the rate again. The "
            "new rate must be given time: begin at zero.",
            SECTION,
        ),
        Mistake(
            not_in_a_row,
            "You counted all epochs in vain. They must follow one another: a new best error in between shows "
            "that the rate still works, and the counting begins anew.",
            SECTION,
        ),
        Mistake(
            best_forgotten_after_a_cut,
            "With each cut you forget the best error. It remains the mark to beat: otherwise the first "
            "epoch after a cut always counts as progress, whatever its error is.",
            SECTION,
        ),
        Mistake(
            warm_up_from_zero,
            "Your first epoch has a rate of 0, so nothing is learnt in it. With a warm-up of 4 epochs the "
            "rates are a quarter, a half, three quarters, and the whole of it.",
            SECTION,
        ),
        Mistake(
            impatient_while_warming_up,
            "You counted epochs of the warm-up as in vain. There the rate is still rising, and an error that "
            "does not fall says nothing about it.",
            SECTION,
        ),
    ),
    variants=(first_epoch_from_which, with_a_generator),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=25,
    hints=(
        "Go through the epochs one by one with three variables: the rate, the best error so far, and the "
        "number of epochs in vain. First write down the rate of this epoch, then look at its error.",
        "In epoch $e$, counted from 0, the warm-up gives `rate * (e + 1) / warm_up` while `e < warm_up`. "
        "Update the best error in the warm-up, too, but leave the counter at 0.",
        "At the end of an epoch: if `error < best`, take it as the best and set the counter to 0; "
        "otherwise, if the warm-up is over, add 1. If the counter is now `patience`, multiply the rate by "
        "`factor` and set the counter to 0.",
    ),
    section=SECTION,
)
