"""The training notebooks' experiments: each module trains several variants at three sizes.

``SIZES`` of a module says what is done in full (for a GPU), reduced (for the CPU of a laptop) and as a smoke
run (seconds, on embedded digits); its ``run`` trains every variant once, from one seed. :func:`run` does so
for several seeds, or reads what was recorded.
"""

import importlib
import os
from pathlib import Path

import torch

from convnets import data
from convnets.training import distributed
from convnets.training.records import Result, circumstances, read_result

__all__ = ["NAMES", "chosen_size", "load", "run"]

NAMES = tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem != "__init__"))
"""Every experiment, which is every module here."""

VARIABLE = "CONVNETS_SIZE"
RESULTS = Path(__file__).parents[4] / "book" / "results"


def load(name):
    """Return the module of an experiment.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    if name not in NAMES:
        raise ValueError(f"no experiment is called {name!r}; there are {', '.join(NAMES)}")
    return importlib.import_module(f"{__name__}.{name}")


def chosen_size(device=None):
    """Return the size to run at: what ``CONVNETS_SIZE`` says, else full on a GPU and reduced without one."""
    if size := os.environ.get(VARIABLE):
        return size
    return "full" if _device(device).type == "cuda" else "reduced"


def run(name, size=None, seeds=None, *, device=None, progress=True, folder=None):
    """Train every variant of an experiment, or read the recorded runs.

    Parameters
    ----------
    name : str
        One of ``NAMES``.
    size : {"full", "reduced", "smoke", "recorded"}, optional
        By default :func:`chosen_size`; recorded runs are those that the book shows.
    seeds : int, optional
        How many runs of each variant, from seeds 0, 1, …; by default what the size says.
    device : str or torch.device, optional
        By default the first CUDA device if there is one, else the CPU.
    progress : bool
        Whether to show bars.
    folder : path-like, optional
        Where checkpoints are kept, so that a call that was interrupted can be repeated.

    Returns
    -------
    Result

    Raises
    ------
    ValueError
        If there is no such experiment or size, or less than one seed is asked for.
    """
    module, size = load(name), size or chosen_size(device)
    if size == "recorded":
        return read_result(RESULTS / f"{name}.json")
    if size not in module.SIZES:
        raise ValueError(f"size must be one of {', '.join(module.SIZES)} or recorded, got {size!r}")
    told, device = module.SIZES[size], _device(device)
    seeds = told["seeds"] if seeds is None else seeds
    if seeds < 1:
        raise ValueError(f"there must be at least 1 seed, got {seeds}")
    about = {"experiment": name, "size": size, "says": told["says"]}
    about |= circumstances(device, Path(__file__).parents[1], Path(data.__file__).parent)
    about |= {"processes": distributed.here().num}
    records = []
    for seed in range(seeds):
        torch.manual_seed(seed)
        place = None if folder is None else Path(folder) / f"seed-{seed}"
        records += module.run(told, seed, device=device, progress=progress, folder=place)
    return Result(about, sorted(records, key=lambda record: _order(records, record)))


def _order(records, record):
    variants = list(dict.fromkeys(each["variant"] for each in records))
    return variants.index(record["variant"])


def _device(device):
    return torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
