"""Recorded runs of an experiment: what notebooks, the page of results and the drawings read.

A file holds the circumstances once and one line for each variant and seed (:mod:`convnets.timing`). What the
book ships of the networks themselves lies beside it, in a file of tensors.
"""

from pathlib import Path

import numpy as np
import torch

from convnets import timing
from convnets.sizing.tables import Table
from convnets.training.tensor_files import load_tensors, save_tensors

__all__ = ["Result", "circumstances", "read_result", "write_result"]

KEPT = ("device", "hardware", "threads", "clock", "blas", "versions", "commit")
SHARES = {
    "train_error": "training error, %",
    "error": "test error, %",
    "ap50": "AP50, %",
    "ap": "AP, %",
    "mask_ap50": "mask AP50, %",
}
"""Columns of a table, by what they show; one that no record has is left out."""
TENSORS = ".safetensors"


def circumstances(device, *folders):
    """Return under what circumstances a run takes place.

    Parameters
    ----------
    device : str or torch.device
        Where it trains.
    *folders : path-like
        Where the code that trains stands.

    Returns
    -------
    dict
        As :func:`convnets.timing.circumstances`; the hardware is the GPU where one trains, and the clock
        that of the wall then.
    """
    found = {key: value for key, value in timing.circumstances(*folders).items() if key in KEPT}
    found |= {"threads": torch.get_num_threads()}
    if torch.device(device).type == "cuda":
        gpu = {"device": "GPU", "hardware": torch.cuda.get_device_name(), "clock": "wall clock"}
        found |= {**gpu, "processor": found["hardware"]}
    return found


class Result:
    """Every run of an experiment, by variant and seed.

    Parameters
    ----------
    about : dict
        What holds for all runs: circumstances, ``experiment``, ``size``, and ``says``, the size in words.
    records : list of dict
        One for each variant and seed (:meth:`convnets.training.Run.record`).
    tensors : dict of str to Tensor, optional
        What is shipped with them, by ``"variant/name"``.

    Raises
    ------
    ValueError
        If there is no record.
    """

    def __init__(self, about, records, tensors=None):
        if not records:
            raise ValueError(f"{about.get('experiment')} holds no record")
        self.about, self.records, self.tensors = about, list(records), tensors or {}

    @property
    def size(self):
        """``"full"``, ``"reduced"`` or ``"smoke"``."""
        return self.about["size"]

    @property
    def label(self):
        """Device and size in two words: ``"CPU, reduced"``."""
        return f"{self.about['device']}, {self.size}"

    @property
    def conditions(self):
        """What a reader must know about the numbers, in one line."""
        num = len({record["seed"] for record in self.records})
        threads = self.about["threads"]
        parts = [
            f"{self.label}: {self.about['says']}",
            f"{num} seed{'s' if num > 1 else ''}",
            f"{self.about['hardware']}, {threads} thread{'s' if threads > 1 else ''}, {self.about['clock']}",
            f"PyTorch {self.about['versions']['torch']}",
            f"commit {self.about['commit'] or 'unknown'}",
        ]
        return "; ".join([*parts, *filter(None, [self.about.get("note")])])

    @property
    def variants(self):
        """The variants' names in the order of the records."""
        return list(dict.fromkeys(record["variant"] for record in self.records))

    def of(self, variant):
        """Return the records of a variant, one for each seed.

        Raises
        ------
        ValueError
            If there is no such variant.
        """
        found = [record for record in self.records if record["variant"] == variant]
        if not found:
            raise ValueError(f"no variant is called {variant!r}; there are {', '.join(self.variants)}")
        return found

    def shipped(self, variant):
        """Return the tensors that came with a variant, by their names, as a dict.

        Raises
        ------
        ValueError
            If there are none.
        """
        found = {
            name.removeprefix(f"{variant}/"): values
            for name, values in self.tensors.items()
            if name.startswith(f"{variant}/")
        }
        if not found:
            experiment = self.about.get("experiment")
            raise ValueError(f"{experiment} ships nothing of {variant!r}; record it again, with --out")
        return found

    def values(self, variant, key="error"):
        """Return one number of each record of a variant, as an array over the seeds."""
        return np.array([record[key] for record in self.of(variant)], float)

    def mean(self, variant, key="error"):
        """Return the mean over the seeds."""
        return float(self.values(variant, key).mean())

    def spread(self, variant, key="error"):
        """Return the standard deviation over the seeds, 0 for a single one."""
        values = self.values(variant, key)
        return float(values.std(ddof=1)) if len(values) > 1 else 0.0

    def curves(self, variant, key="test_error"):
        """Return a curve by seed and epoch, an array (seeds, epochs); NaN where nothing was tested."""
        return np.array([record["curves"][key] for record in self.of(variant)], float)

    def table(self):
        """Return the variants as a table: parameters, errors with their spread, seconds.

        Of detectors the averages of precision stand in place of the test error, which is 1 − AP50.
        """
        keys = [key for key in SHARES if any(record.get(key) is not None for record in self.records)]
        keys = [key for key in keys if key != "error" or "ap50" not in keys]
        header = ("variant", "parameters", *(SHARES[key] for key in keys), "seconds", "runs")
        rows = [
            (
                variant,
                self.of(variant)[0]["parameters"],
                *(self.written(variant, key) for key in keys),
                f"{self.mean(variant, 'seconds'):.3g}",
                len(self.of(variant)),
            )
            for variant in self.variants
        ]
        return Table(header, rows, caption=self.conditions)

    def written(self, variant, key="error"):
        """Return a share in per cent as text, with the spread where there are several seeds; – for none."""
        if any(record.get(key) is None for record in self.of(variant)):
            return "–"
        spread = f" ± {100 * self.spread(variant, key):.2f}" if len(self.of(variant)) > 1 else ""
        return f"{100 * self.mean(variant, key):.2f}{spread}"


def read_result(path):
    """Return the :class:`Result` that a file holds.

    Parameters
    ----------
    path : path-like

    Raises
    ------
    FileNotFoundError
        If there is no such file; the message says how to make it.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is not here: no run was recorded. To record one: "
            f"python -m convnets.training {path.stem} --out {path}"
        )
    found = timing.read(path)
    about = {key: value for key, value in found.items() if key != "records"}
    shipped = path.with_suffix(TENSORS)
    return Result(about, found["records"], load_tensors(shipped) if shipped.is_file() else None)


def write_result(path, result, note=""):
    """Write a result where :func:`read_result` finds it: a file of records, and beside it one of tensors.

    Parameters
    ----------
    path : path-like
        Ends in ``.json``.
    result : Result
    note : str
        What readers should know about the machine.
    """
    path = Path(path)
    timing.write(path, result.about | {"note": note}, result.records)
    shipped = path.with_suffix(TENSORS)
    if result.tensors:
        save_tensors(shipped, result.tensors)
    else:
        shipped.unlink(missing_ok=True)  # what was shipped with the record before is not of this one
