"""Download data sets ahead of time: ``python -m convnets.data mnist``, or list them with no name."""

import argparse
import sys

from convnets.data.files import DataUnavailableError, locate
from convnets.data.registry import REGISTRY


def main(arguments=None):
    """Fetch the named sets, or print what there is; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m convnets.data", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(sorted(REGISTRY))}")
    names = parser.parse_args(arguments).names
    unknown = [name for name in names if name not in REGISTRY]
    if unknown:
        parser.error(f"no data set is called {', '.join(unknown)}; there are {', '.join(sorted(REGISTRY))}")
    if not names:
        for entry in REGISTRY.values():
            print(f"{entry.name}: {entry.title} ({entry.licence})")
    try:
        for name in names:
            for file in REGISTRY[name].files:
                print(locate(name, file))
    except DataUnavailableError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
