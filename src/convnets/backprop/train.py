"""Train LeNet and write down how it went: ``python -m convnets.backprop.train --data mnist --out FILE``.

Several runs, each from a seed of its own, on one thread. The record says what was reached and in how many
seconds of processor time and by the clock, on which machine, with which versions and commit. Nothing is
chosen by the test images: epochs and learning rate are fixed beforehand.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from convnets import data, layers
from convnets.backprop.lenet import train_on_digits, train_on_mnist
from convnets.timing import circumstances, write

__all__ = ["main", "record"]

TRAINERS = {"digits": train_on_digits, "mnist": train_on_mnist}


def record(name, seed, **settings):
    """Train once and return what was reached, as a dict of plain numbers and lists.

    Parameters
    ----------
    name : {"digits", "mnist"}
        On what.
    seed : int
        From which weights and order of images are drawn.
    **settings
        Passed on to :func:`train_on_digits` or :func:`train_on_mnist`.

    Returns
    -------
    dict
        ``data``, ``seed``, ``accuracy``, ``seconds`` (processor time of training), ``wall_seconds`` (with the
        tests), and by epoch ``losses`` and ``accuracies``.
    """
    start = time.perf_counter()
    training = TRAINERS[name](seed, **settings)
    return {
        "data": name,
        "seed": seed,
        "accuracy": training.accuracy,
        "seconds": round(training.seconds, 2),
        "wall_seconds": round(time.perf_counter() - start, 2),
        "losses": [round(epoch.loss, 5) for epoch in training.history],
        "accuracies": [epoch.accuracy for epoch in training.history],
    }


def main(arguments=None):
    """Train as often as asked for, print each run, and write the record if a file is named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", choices=TRAINERS, nargs="+", default=["digits"], help="on what to train")
    parser.add_argument("--seeds", type=int, default=3, metavar="NUM", help="number of runs on each")
    parser.add_argument("--epochs", type=int, help="other than the default of each set")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write the record")
    parser.add_argument("--note", default="", help="what readers should know about the machine")
    options = parser.parse_args(arguments)
    settings = {"num_epochs": options.epochs} if options.epochs else {}
    records = []
    for name in options.data:
        for seed in range(options.seeds):
            records.append(record(name, seed, **settings))
            print(
                "{data}, seed {seed}: {accuracy:.2%} in {seconds} s of processor time".format(**records[-1])
            )
        reached = [entry["accuracy"] for entry in records if entry["data"] == name]
        print(f"{name}: mean {np.mean(reached):.2%}, from {min(reached):.2%} to {max(reached):.2%}")
    if options.out:
        folders = [Path(module).parent for module in (__file__, data.__file__, layers.__file__)]
        about = circumstances(*folders)
        write(options.out, about | {"note": options.note}, records)


if __name__ == "__main__":
    main()
