"""How fast the forms of 2-D convolution are: ``python -m convnets.convolution.benchmark [--out FILE]``.

Every form is timed against PyTorch's and SciPy's, in float32, over filter sizes and numbers of channels, in
the way that :mod:`convnets.timing` describes. Slow forms are left out of large cases. The chapter draws what
is written here, and computes from it where forms cross.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import scipy.signal
import torch
from tqdm import tqdm

from convnets import timing
from convnets.convolution import FORMS, conv2d_winograd
from convnets.convolution.arguments import over_channels
from convnets.convolution.crossings import crossover, speedup, summary
from convnets.timing import read

__all__ = ["CASES", "CONTESTANTS", "Case", "crossover", "main", "measure", "read", "speedup", "summary"]


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
    with timing.one_thread():
        return [record for case in tqdm(cases, unit="case") for record in _measure_case(case, rounds, rng)]


def _measure_case(case, rounds, rng):
    x, weight = case.draw(rng)
    entered = {
        name: partial(one.run, x, weight, "same") for name, one in CONTESTANTS.items() if one.enters(case)
    }
    measured = timing.take_turns(entered, rounds, rng)
    return [{"form": name, **asdict(case), **times} for name, times in measured.items()]


def main(arguments=None):
    """Measure, print where the forms cross, and write the record as JSON if a file is named."""
    timing.run_benchmark(__doc__, measure, summary, [Path(__file__).parent], arguments)


if __name__ == "__main__":
    main()
