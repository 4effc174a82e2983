"""Run an experiment and record it: ``python -m convnets.training NAME --size full --seeds 5 --out FILE``.

Under torchrun (``torchrun --nproc-per-node 2 -m convnets.training NAME …``) every process trains on its share
of each batch and the first one writes.
"""

import argparse
import sys
from pathlib import Path

from convnets.data import DataUnavailableError
from convnets.training import distributed, experiments
from convnets.training.records import write_result

__all__ = ["main"]


def main(arguments=None):
    """Train as told, print a table, write the record if a file is named; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m convnets.training", description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=experiments.NAMES, help="which experiment")
    parser.add_argument("--size", choices=("full", "reduced", "smoke"), help="full on a GPU, else reduced")
    parser.add_argument("--seeds", type=int, metavar="NUM", help="runs of each variant")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write the record")
    parser.add_argument(
        "--folder", type=Path, help="where to keep checkpoints; the same call continues there"
    )
    parser.add_argument("--device", help="cpu, cuda, cuda:1 …")
    parser.add_argument("--note", default="", help="what readers should know about the machine")
    options = parser.parse_args(arguments)
    size = options.size or experiments.chosen_size(options.device)
    try:
        with distributed.processes():
            result = experiments.run(
                options.name, size, options.seeds, device=options.device, folder=options.folder
            )
            is_first = distributed.here().rank == 0
    except (DataUnavailableError, FloatingPointError, MemoryError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    if is_first:
        print(result.table())
        if options.out:
            write_result(options.out, result, options.note)
    return 0


if __name__ == "__main__":
    sys.exit(main())
