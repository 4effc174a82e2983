"""How speed is measured in this book: one thread, processor time, contestants in turn, medians.

Processor time does not run while other programs do. Within a case the contestants take turns, round after
round in one process, so that what disturbs them hits them alike; the median over the rounds is reported, with
the quartiles as spread. A record says on what machine it was made and with which versions, and of which
commit.
"""

import argparse
import json
import platform
import subprocess
import time
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits

__all__ = [
    "circumstances",
    "command_line",
    "one_thread",
    "processor",
    "read",
    "run_benchmark",
    "take_turns",
    "write",
]

TURN_SECONDS = 0.02
"""A contestant that needs less is called several times in a turn."""


@contextmanager
def one_thread():
    """Let matrix products of NumPy and everything of PyTorch run on one thread meanwhile."""
    import torch  # takes a second, which those who only read records need not wait

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1):
            yield
    finally:
        torch.set_num_threads(threads)


def take_turns(contestants, rounds, rng):
    """Time functions against one another.

    Parameters
    ----------
    contestants : dict of str to callable
        What to call, without arguments, by name.
    rounds : int
        How many turns each of them gets.
    rng : numpy.random.Generator
        From which the order within each round is drawn.

    Returns
    -------
    dict of str to dict
        For each name ``median_s``, ``lower_quartile_s`` and ``upper_quartile_s`` in seconds of processor time
        for one call, ``rounds``, and ``calls`` in each of them.
    """
    calls = {name: _calls_in_a_turn(run) for name, run in contestants.items()}
    seconds = {name: [] for name in contestants}
    for _ in range(rounds):
        for name in rng.permutation(list(contestants)):
            seconds[name].append(_turn(contestants[name], calls[name]))
    return {name: _summary(seconds[name], calls[name]) for name in contestants}


def _calls_in_a_turn(run):
    run()  # the first call pays for caches and memory
    return max(1, int(TURN_SECONDS / max(_turn(run, 1), 1e-6)))


def _turn(run, calls):
    start = time.process_time()
    for _ in range(calls):
        run()
    return (time.process_time() - start) / calls


def _summary(seconds, calls):
    lower, median, upper = (float(f"{q:.4g}") for q in np.quantile(seconds, (0.25, 0.5, 0.75)))
    times = {"median_s": median, "lower_quartile_s": lower, "upper_quartile_s": upper}
    return times | {"rounds": len(seconds), "calls": calls}


def circumstances(*folders):
    """Return under what circumstances a benchmark runs.

    Parameters
    ----------
    *folders : path-like
        Where the code that is measured stands.

    Returns
    -------
    dict
        Device, threads, dtype, clock, hardware, the kernels that NumPy's linear algebra has chosen for it,
        versions, and the last commit of the folders, marked if they have changed since; None outside git.
    """
    return {
        "device": "CPU",
        "threads": 1,
        "dtype": "float32",
        "clock": "processor time",
        "hardware": processor(),
        "blas": sorted({_kernels(library) for library in threadpool_info() if library["user_api"] == "blas"}),
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in ("numpy", "scipy", "torch")},
        "commit": _commit([str(Path(folder).resolve()) for folder in folders]),
    }


def processor():
    """Return the name of this machine's processor."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _kernels(library):
    return " ".join(filter(None, (library["internal_api"], library["version"], library.get("architecture"))))


def _commit(folders):
    def git(*arguments):
        command = ["git", *arguments, "--", *folders]
        run = subprocess.run(command, cwd=folders[0], capture_output=True, text=True, check=True)
        return run.stdout.strip()

    try:
        commit = git("log", "-1", "--format=%h")
        return commit + (" and later changes" if git("status", "--porcelain") else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def command_line(description, rounds=9):
    """Return the parser of a benchmark's command line: ``--out``, ``--rounds`` and ``--note``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write the record")
    parser.add_argument("--rounds", type=int, default=rounds, help="turns of each contestant in each case")
    parser.add_argument("--note", default="", help="what readers should know about the machine")
    return parser


def run_benchmark(description, measure, tell, folders, arguments=None, rounds=9):
    """Measure as the command line says, print what came of it, and write the record if a file is named.

    Parameters
    ----------
    description : str
        What is measured; its first line is that of the help.
    measure : callable
        Takes ``rounds``, returns the records.
    tell : callable
        Takes the records, returns what is printed.
    folders : sequence of path-like
        Whose commit is recorded, as of :func:`circumstances`.
    arguments : list of str, optional
        Of the command line; by default those of this process.
    rounds : int
        How many, unless the command line says otherwise.
    """
    options = command_line(description.splitlines()[0], rounds).parse_args(arguments)
    records = measure(rounds=options.rounds)
    print(tell(records))
    if options.out:
        write(options.out, circumstances(*folders) | {"note": options.note}, records)


def write(path, about, records):
    """Write JSON with one record to a line, so that a difference between two runs can be read.

    Parameters
    ----------
    path : path-like
        The file; folders on the way are made.
    about : dict
        What holds for all records: :func:`circumstances` and the like.
    records : list of dict
        What was measured.
    """
    path = Path(path)
    lines = ",\n".join(json.dumps(record) for record in records)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps(about, indent=1)[:-2] + f',\n "records": [\n{lines}\n ]\n}}\n', encoding="utf-8"
    )


def read(path):
    """Return what :func:`write` wrote: what holds for all records, and these under ``"records"``."""
    return json.loads(Path(path).read_text(encoding="utf-8"))
