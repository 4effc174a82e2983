"""How much one kernel may take: of memory, processes, files, time."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from autograder.positive import Positive

__all__ = ["MB", "Limits"]

MB = 1 << 20


@dataclass(frozen=True)
class Limits(Positive):
    """The allowance of one sandbox; a kernel needs about 250 MB of data with PyTorch imported.

    Attributes
    ----------
    memory : int
        Megabytes: of data for each process, and of memory for all of them together.
    disk : int
        Megabytes that may be written into the scratch folder, and as many again into ``/tmp``.
    file : int
        Megabytes of the largest file.
    processes : int
        Processes and threads at a time.
    files : int
        Open files of a process.
    cpu_seconds : int
        Processor time of a process.
    wall_seconds : float
        Time from start to end of the kernel, which is that of the whole notebook.
    threads : int
        Threads that NumPy and PyTorch use for one operation.
    """

    memory: int = 2048
    disk: int = 256
    file: int = 128
    processes: int = 128
    files: int = 512
    cpu_seconds: int = 600
    wall_seconds: float = 900.0
    threads: int = 1

    def widened(self, **least: float) -> "Limits":
        """Return the limits with none of the named ones smaller than said."""
        return replace(self, **{name: max(value, getattr(self, name)) for name, value in least.items()})

    def plain(self) -> dict[str, Any]:
        """Return them as plain data, for `autograder.sandbox.inside`."""
        return asdict(self)
