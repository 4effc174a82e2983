"""What a run keeps on disk after each epoch, so that nothing but the epoch under way is lost.

``log.json`` holds the course so far and can be read while the run goes on; ``last.pt`` is what the run
continues from, ``best.pt`` the weights with the least test error. Each file is written beside the old one and
then takes its place. Checkpoints are read without unpickling code (``weights_only``).
"""

import os
from pathlib import Path

import torch

from convnets import timing
from convnets.training.runs import Epoch

__all__ = ["Checkpoints"]


class Checkpoints:
    """The folder of one run; with no folder nothing is kept.

    Parameters
    ----------
    folder : path-like or None
        Made if it does not exist.
    about : dict
        Plain numbers and words that decide the run; a folder of a run with others is refused.
    writes : bool
        Whether this process writes; all read.
    """

    def __init__(self, folder, about, writes=True):
        self.folder, self.about = None if folder is None else Path(folder), about
        self.writes = writes and folder is not None

    def resume(self, network, optimizer):
        """Load the last checkpoint, if there is one.

        Parameters
        ----------
        network : torch.nn.Module
        optimizer : torch.optim.Optimizer
            Both are set to what they were after the last epoch that was finished.

        Returns
        -------
        history : list of Epoch
        best : dict or None
            The weights with the least test error.

        Raises
        ------
        ValueError
            If the folder holds a run that was told something else.
        """
        if self.folder is None or not (self.folder / "last.pt").exists():
            return [], None
        kept = _load(self.folder / "last.pt")
        changed = [key for key in self.about if kept["about"].get(key) != self.about[key]]
        if changed:
            told = ", ".join(f"{key}: {kept['about'].get(key)!r} → {self.about[key]!r}" for key in changed)
            raise ValueError(f"{self.folder} holds another run ({told}); give this one a folder of its own")
        network.load_state_dict(kept["network"])
        optimizer.load_state_dict(kept["optimizer"])
        best = self.folder / "best.pt"
        return [Epoch(*values) for values in kept["history"]], _load(best) if best.exists() else None

    def keep(self, network, optimizer, history, best):
        """Write log and checkpoints after an epoch; `best` is None unless this epoch is the best so far."""
        if not self.writes:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        _replace(self.folder / "log.json", self._log(history))
        if best is not None:
            _replace(self.folder / "best.pt", lambda path: torch.save(best, path))
        kept = {
            "about": self.about,
            "history": [tuple(epoch) for epoch in history],
            "network": network.state_dict(),
            "optimizer": optimizer.state_dict(),
        }
        _replace(self.folder / "last.pt", lambda path: torch.save(kept, path))

    def _log(self, history):
        return lambda path: timing.write(path, self.about, [epoch._asdict() for epoch in history])


def _load(path):
    return torch.load(path, map_location="cpu", weights_only=True)


def _replace(path, write):
    """Write a file so that at every moment there is a whole one."""
    new = path.with_name(path.name + ".new")
    write(new)
    os.replace(new, path)
