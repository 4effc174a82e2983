"""Hands submissions to a Dask cluster, which may be this machine, a SLURM partition or Kubernetes pods.

A worker needs this project and its sandbox, not the course's folder nor the gradebook: a task carries the
submission and the release as plain data, and the answer comes back as plain data.
"""

import contextlib
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Executor

from autograder.layout import CourseError

__all__ = ["RETRIES", "connected"]

RETRIES = 3
"""How often a submission is handed out again because the worker that had it is gone."""


@contextlib.contextmanager
def connected(address: str, seconds: float = 20.0) -> Iterator[tuple[Executor, int]]:
    """Connect to a scheduler and give an executor, and how many submissions the workers take at a time.

    Parameters
    ----------
    address : str
        Such as ``tcp://127.0.0.1:8786``.
    seconds : float
        How long to wait for the scheduler and for a first worker.

    Raises
    ------
    CourseError
        Nobody answers, no worker has come, or a worker cannot start kernels.
    """
    from distributed import Client

    try:
        client = Client(address, timeout=seconds, set_as_default=False)
    except OSError as error:
        raise CourseError(f"no Dask scheduler answers at {address}: {error}") from error
    with client:
        yield client.get_executor(pure=False, retries=RETRIES), _threads(client, seconds)


def _threads(client, seconds: float) -> int:
    """Return the number of threads of all workers, each of which must be allowed to start processes."""
    try:
        client.wait_for_workers(1, timeout=seconds)
    except TimeoutError as error:
        raise CourseError(
            f"no worker has come to {client.scheduler.address}; start one: "
            f"DASK_DISTRIBUTED__WORKER__DAEMON=False dask worker {client.scheduler.address}"
        ) from error
    if bound := sorted(address for address, is_one in client.run(_is_daemon).items() if is_one):
        raise CourseError(
            f"these workers may not start processes, and a kernel is one: {', '.join(bound)}. "
            "Start them with DASK_DISTRIBUTED__WORKER__DAEMON=False in their environment"
        )
    return sum(client.nthreads().values())


def _is_daemon() -> bool:
    return multiprocessing.current_process().daemon
