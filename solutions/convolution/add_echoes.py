"""Echoes: translate-and-scale with a kernel that is mostly zeros (coverage row 2.1)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.convolution import conv1d_translate_and_scale
from solutions.allowances import CONVOLVERS_1D, SUMS

SECTION = "convolution.html#translate-and-scale"


def add_echoes(sound, delays, gains):
    kernel = np.zeros(max(delays) + 1)
    np.add.at(kernel, np.asarray(delays), gains)
    return conv1d_translate_and_scale(kernel, sound)


def later_copies_overwrite(sound, delays, gains):
    out = np.zeros(len(sound) + max(delays))
    for delay, gain in zip(delays, gains, strict=True):
        out[delay : delay + len(sound)] = gain * sound
    return out


def tail_cut_off(sound, delays, gains):
    out = np.zeros(len(sound) + max(delays))
    for delay, gain in zip(delays, gains, strict=True):
        out[delay : delay + len(sound)] += gain * sound
    return out[: len(sound)]


def original_kept_too(sound, delays, gains):
    out = np.zeros(len(sound) + max(delays))
    out[: len(sound)] = sound
    for delay, gain in zip(delays, gains, strict=True):
        out[delay : delay + len(sound)] += gain * sound
    return out


def echoes_come_round_again(sound, delays, gains):
    out = np.zeros(len(sound))
    for delay, gain in zip(delays, gains, strict=True):
        out += gain * np.roll(sound, delay)
    return out


def same_delay_counted_once(sound, delays, gains):
    kernel = np.zeros(max(delays) + 1)
    kernel[delays] = gains
    out = np.zeros(len(sound) + max(delays))
    for delay, gain in enumerate(kernel):
        out[delay : delay + len(sound)] += gain * sound
    return out


def sample_by_sample(sound, delays, gains):
    out = [0.0] * (len(sound) + max(delays))
    for delay, gain in zip(delays, gains, strict=True):
        for t, value in enumerate(sound):
            out[t + delay] += gain * value
    return np.array(out)


def one_row_per_echo(sound, delays, gains):
    rows = np.zeros((len(delays), len(sound) + max(delays)))
    for row, delay, gain in zip(rows, delays, gains, strict=True):
        row[delay : delay + len(sound)] = gain * np.asarray(sound)
    return rows.sum(axis=0)


def in_single_precision(sound, delays, gains):
    out = np.zeros(len(sound) + max(delays), dtype=np.float32)
    for delay, gain in zip(delays, gains, strict=True):
        out[delay : delay + len(sound)] += np.float32(gain) * np.asarray(sound, dtype=np.float32)
    return out


def hidden(rng):
    yield Case("overlap", "whole numbers", (rng.integers(-9, 10, 7), [0, 2, 3], [2, -3, 1]))
    delays = rng.permutation(6)[:4].tolist()
    yield Case("overlap", "in any order", (rng.normal(size=9), delays, rng.normal(size=4).round(2).tolist()))
    gap = int(rng.integers(5, 9))
    yield Case("apart", "a long silence", (rng.normal(size=4), [gap, 2 * gap], [1.0, -0.5]))
    yield Case("apart", "one sample, many echoes", (np.array([3.0]), [4, 0, 2], rng.normal(size=3).tolist()))
    yield Case("apart", "twice the same delay", (rng.normal(size=5), [3, 1, 3], [0.5, -1.0, 0.25]))


EXERCISE = Exercise(
    name="add_echoes",
    title="Echoes: translate, scale, add",
    task=(
        "Clap your hands in front of a cliff: what you hear is a sum of copies of the clap, each one later "
        "and weaker than the last. That is convolution by **translate-and-scale**, with a kernel that is "
        "mostly zeros. Write `add_echoes(sound, delays, gains)`: for every pair of a delay and a gain, a "
        "copy of `sound` starts `delay` samples late, multiplied by `gain`, and all the copies are "
        "added.\n\n"
        "The sound itself is heard only if one of the delays is 0. Delays come in any order, and the same "
        "one may come twice. The result ends when the latest copy ends."
    ),
    reference=add_echoes,
    groups=(
        Group("worked", 3, "The lecture's numbers and a single clap"),
        Group("overlap", 4, "Copies that overlap, in any order"),
        Group("apart", 3, "Silence between the copies, and two copies at the same time"),
    ),
    public=(
        Case("worked", "(2, −1, 1) * (1, 1, 2)", (np.array([1, 1, 2]), [0, 1, 2], [2, -1, 1])),
        Case("worked", "a single clap", (np.array([1.0]), [0, 3], [1.0, 0.5])),
        Case("overlap", "the later echo first", (np.array([1, 2, 4]), [2, 1], [10, 1])),
        Case("apart", "two echoes at the same time", (np.array([1, 2]), [1, 1], [3, -1])),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            later_copies_overwrite,
            "Where two copies overlap you kept only the last one. Sound does not replace sound: at every "
            "moment the copies that are playing are added, so each new copy goes on top of what is already "
            "there.",
            SECTION,
        ),
        Mistake(
            tail_cut_off,
            "Your recording stops when the original sound stops, but the echoes are still ringing. The last "
            "copy starts max(delays) samples late, so the result is that much longer than the sound.",
            "convolution.html#one-dimension",
        ),
        Mistake(
            original_kept_too,
            "You began with the sound itself and added the echoes to it. The list of delays is already the "
            "whole story: the original is heard only if 0 is one of the delays, so begin with silence "
            "(zeros).",
            SECTION,
        ),
        Mistake(
            echoes_come_round_again,
            "What runs out at the end came back in at the beginning: np.roll treats the signal as a ring. "
            "An echo is never heard before the sound; give the result room for it instead.",
            SECTION,
        ),
        Mistake(
            same_delay_counted_once,
            "When the same delay came twice, only its last gain was heard. Writing kernel[delays] = gains "
            "stores one number per place, the last one; two echoes at the same moment must be added.",
            SECTION,
        ),
    ),
    variants=(sample_by_sample, one_row_per_echo, in_single_precision),
    tolerance=SUMS,
    banned=CONVOLVERS_1D,
    difficulty=1,
    minutes=15,
    hints=(
        "How many samples does the result have? Find the moment at which the very last copy ends.",
        "Begin with zeros of that length. A copy that is `delay` late covers the samples from `delay` up to "
        "`delay + len(sound)`.",
        "One loop over the pairs is enough; in each turn, *add* `gain` times the sound to that slice.",
    ),
    section=SECTION,
)
