"""The training notebooks' experiments: each module trains several variants at three sizes.

``SIZES`` of a module says what is done in full (for a GPU), reduced (for the CPU of a laptop) and as a smoke
run (seconds, on embedded images); its ``run`` trains every variant once, from one seed. :func:`run` does so
for several seeds, or reads what was recorded.

Every part of the package that has a folder ``experiments`` takes part: its modules are found by their files
and imported when they are asked for, so that this package imports nothing that stands above it.
"""

import importlib
import os
from pathlib import Path

import torch

from convnets import data
from convnets.training import distributed
from convnets.training.records import Result, circumstances, read_result

__all__ = ["NAMES", "PARTS", "chosen_size", "load", "run"]

PACKAGE = Path(__file__).parents[2]
PARTS = {
    folder.parent.name: tuple(sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__"))
    for folder in sorted(PACKAGE.glob("*/experiments"))
}
"""The experiments of each part of the package, which are the modules of its folder."""

NAMES = tuple(sorted(name for names in PARTS.values() for name in names))
"""Every experiment."""

VARIABLE = "CONVNETS_SIZE"
RESULTS = PACKAGE.parents[1] / "book" / "results"


def load(name):
    """Return the module of an experiment.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    return importlib.import_module(f"{PACKAGE.name}.{_part_of(name)}.experiments.{name}")


def _part_of(name):
    for part, names in PARTS.items():
        if name in names:
            return part
    raise ValueError(f"no experiment is called {name!r}; there are {', '.join(NAMES)}")


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
        With the tensors that the runs from seed 0 gave along, if any: weights that are shipped, for example.

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
    about |= circumstances(device, *_folders(name)) | {"processes": distributed.here().num}
    records, tensors = [], {}
    for seed in range(seeds):
        torch.manual_seed(seed)
        place = None if folder is None else Path(folder) / f"seed-{seed}"
        for record in module.run(told, seed, device=device, progress=progress, folder=place):
            along = record.pop("tensors", {})
            if seed == 0:
                tensors |= {f"{record['variant']}/{key}": values for key, values in along.items()}
            records.append(record)
    return Result(about, sorted(records, key=lambda record: _order(records, record)), tensors)


def _folders(name):
    """Return where the code of an experiment stands: its part, the training under it, and the data."""
    return dict.fromkeys([PACKAGE / _part_of(name), PACKAGE / "training", Path(data.__file__).parent])


def _order(records, record):
    variants = list(dict.fromkeys(each["variant"] for each in records))
    return variants.index(record["variant"])


def _device(device):
    return torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
