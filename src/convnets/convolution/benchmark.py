"""How fast the forms of 2-D convolution are: ``python -m convnets.convolution.benchmark [--out FILE]``.

Every form is timed against PyTorch's and SciPy's on one thread, in float32, over filter sizes and numbers of
channels. Processor time is measured, which does not run while other programs do. Within a case the forms
take turns, round after round in one process, so that what disturbs them hits them alike; the median over the
rounds is reported, with the quartiles as spread. Slow forms are left out of large cases. The chapter draws
what is written here, and computes from it where forms cross.
"""

import argparse
import json
import platform
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
import scipy.signal
import torch
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from convnets.convolution import FORMS, conv2d_winograd
from convnets.convolution.arguments import over_channels
from convnets.convolution.crossings import crossover, speedup, summary

__all__ = ["CASES", "CONTESTANTS", "Case", "crossover", "main", "measure", "read", "speedup", "summary"]

TURN_SECONDS = 0.02
"""A form that needs less is called several times in a turn."""


@dataclass(frozen=True)
class Case:
    """One setting: as many output as input channels, square images and kernels, output of the same size."""

    batch: int
    channels: int
    size: int
    kernel_size: int

    @property
    def products(self):
        """Number of products in the definition of this convolution."""
        return self.batch * (self.channels * self.size * self.kernel_size) ** 2

    def draw(self, rng):
        """Return random images and kernels for this case, in float32."""
        x = rng.standard_normal((self.batch, self.channels, self.size, self.size), np.float32)
        K = self.kernel_size
        return x, rng.standard_normal((self.channels, self.channels, K, K), np.float32)


KERNEL_SIZES = (3, 5, 7, 9, 11, 15, 21, 31)
MOST_PRODUCTS = 2e10
"""Beyond, the columns of one image alone fill hundreds of megabytes."""
SMALL = tuple(Case(1, 1, 32, K) for K in KERNEL_SIZES)
LARGE = tuple(Case(4, channels, 64, K) for channels in (1, 4, 16, 64) for K in KERNEL_SIZES)
CASES = SMALL + tuple(case for case in LARGE if case.products <= MOST_PRODUCTS)


@dataclass(frozen=True)
class Contestant:
    """A way to convolve, and the largest number of products for which it is worth the wait."""

    run: Callable
    most_products: float = float("inf")
    kernel_size: int | None = None

    def enters(self, case):
        """Return whether this one is timed in ``case``."""
        return case.products <= self.most_products and self.kernel_size in (None, case.kernel_size)


def _torch_conv2d(x, weight, mode):
    return torch.nn.functional.conv2d(torch.from_numpy(x), torch.from_numpy(weight), padding=mode)


CONTESTANTS = {
    "conv2d_translate_and_scale": Contestant(FORMS["conv2d_translate_and_scale"], 1e7),
    "conv2d_flip_and_filter": Contestant(FORMS["conv2d_flip_and_filter"], 1e6),
    "conv2d_doubly_block_toeplitz": Contestant(FORMS["conv2d_doubly_block_toeplitz"], 1e5),
    "conv2d_windows": Contestant(FORMS["conv2d_windows"], 2e8),
    "conv2d_im2col": Contestant(FORMS["conv2d_im2col"]),
    "conv2d_fft": Contestant(FORMS["conv2d_fft"]),
    "conv2d_winograd tile=2": Contestant(partial(conv2d_winograd, tile=2), kernel_size=3),
    "conv2d_winograd tile=4": Contestant(partial(conv2d_winograd, tile=4), kernel_size=3),
    "torch.nn.functional.conv2d": Contestant(_torch_conv2d),
    "scipy.signal.convolve2d": Contestant(over_channels(scipy.signal.convolve2d), 1e7),
    "scipy.signal.fftconvolve": Contestant(over_channels(scipy.signal.fftconvolve), 3e8),
    "scipy.signal.oaconvolve": Contestant(over_channels(scipy.signal.oaconvolve), 3e8),
}
"""Who takes part, by name."""


def measure(cases=CASES, rounds=9, seed=0):
    """Time every contestant in every case.

    Parameters
    ----------
    cases : sequence of Case
        What to time.
    rounds : int
        How many turns each contestant gets in each case.
    seed : int
        From which images, kernels and the order within each round are drawn.

    Returns
    -------
    list of dict
        One record for each case and contestant in it: ``form``, the fields of the case, ``median_s``,
        ``lower_quartile_s`` and ``upper_quartile_s`` in seconds of processor time for one call, ``rounds``,
        and ``calls`` in each of them.
    """
    rng = np.random.default_rng(seed)
    records = []
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1):
            for case in tqdm(cases, unit="case"):
                records += _measure_case(case, rounds, rng)
    finally:
        torch.set_num_threads(threads)
    return records


def _measure_case(case, rounds, rng):
    x, weight = case.draw(rng)
    entered = {name: one for name, one in CONTESTANTS.items() if one.enters(case)}
    calls = {name: _calls_in_a_turn(one.run, x, weight) for name, one in entered.items()}
    seconds = {name: [] for name in entered}
    for _ in range(rounds):
        for name in rng.permutation(list(entered)):
            seconds[name].append(_turn(entered[name].run, x, weight, calls[name]))
    return [_record(name, case, seconds[name], calls[name]) for name in entered]


def _calls_in_a_turn(run, x, weight):
    run(x, weight, "same")  # the first call pays for caches and memory
    return max(1, int(TURN_SECONDS / max(_turn(run, x, weight, 1), 1e-6)))


def _turn(run, x, weight, calls):
    start = time.process_time()
    for _ in range(calls):
        run(x, weight, "same")
    return (time.process_time() - start) / calls


def _record(name, case, seconds, calls):
    lower, median, upper = (float(f"{q:.4g}") for q in np.quantile(seconds, (0.25, 0.5, 0.75)))
    times = {"median_s": median, "lower_quartile_s": lower, "upper_quartile_s": upper}
    return {"form": name, **asdict(case), **times, "rounds": len(seconds), "calls": calls}


def read(path):
    """Return what a run wrote: a dict whose ``"records"`` are those of :func:`measure`."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def _circumstances():
    return {
        "device": "CPU",
        "threads": 1,
        "dtype": "float32",
        "clock": "processor time",
        "hardware": _processor(),
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in ("numpy", "scipy", "torch")},
        "commit": _commit(),
    }


def _processor():
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _commit():
    """Return the commit of the measured code, marked if it has changed since; None outside git."""
    folder = Path(__file__).parent

    def git(*arguments):
        run = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
        return run.stdout.strip()

    try:
        commit = git("log", "-1", "--format=%h", "--", ".")
        return commit + (" and later changes" if git("status", "--porcelain", "--", ".") else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def main(arguments=None):
    """Measure, print where the forms cross, and write the record as JSON if a file is named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write the record")
    parser.add_argument("--rounds", type=int, default=9, help="turns of each form in each case")
    parser.add_argument("--note", default="", help="what readers should know about the machine")
    options = parser.parse_args(arguments)
    records = measure(rounds=options.rounds)
    print(summary(records))
    if options.out:
        _write(options.out, _circumstances() | {"note": options.note}, records)


def _write(path, circumstances, records):
    """Write JSON with one record to a line, so that a difference between two runs can be read."""
    lines = ",\n".join(json.dumps(record) for record in records)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps(circumstances, indent=1)[:-2] + f',\n "records": [\n{lines}\n ]\n}}\n', encoding="utf-8"
    )


if __name__ == "__main__":
    main()
