"""The course as a whole: ``python -m course all|book|serve|bench``.

``all`` is what ``make course`` runs after the set-up: build and release every assignment, build the book,
grade the bundled sample class, print its table, and say where to look. A second call does only what changed.
"""

import argparse
import sys

from autograder.layout import CourseError
from course import book, serve


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status. What a user can mend is one sentence, not a traceback."""
    options = parser().parse_args(arguments)
    try:
        options.run(options)
    except (book.BuildError, serve.ServeError, CourseError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The course could not be written or read: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. Run the same command again to go on.", file=sys.stderr)
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the command line of ``python -m course``."""
    result = argparse.ArgumentParser(prog="python -m course", description=__doc__.splitlines()[0])
    commands = result.add_subparsers(required=True, metavar="all|book|serve|bench")
    everything = commands.add_parser("all", help="build the book, release and grade the assignments")
    everything.set_defaults(run=run_all)
    commands.add_parser("book", help="build the book").set_defaults(run=run_book)
    serving = commands.add_parser("serve", help="serve the built book on this machine")
    serving.add_argument("--port", type=int, default=8000)
    serving.set_defaults(run=lambda options: serve.serve(options.port))
    bench = commands.add_parser(
        "bench", help="time the forms of convolution, and layers, beside PyTorch and SciPy"
    )
    bench.set_defaults(run=run_bench)
    return result


def run_all(options: argparse.Namespace) -> None:
    """Build, release, grade, and end with the paths a person wants to open."""
    run_book(options)
    import autograder

    graded = autograder.run_course()
    print(f"\nThe book:      {book.HTML / 'index.html'}   (make serve shows it in a browser)")
    print(f"The feedback:  {graded.feedback}")
    print(f"The grades:    {graded.grades}")


def run_book(options: argparse.Namespace) -> None:
    """Build the book and say what came of it."""
    report = book.build()
    print(f"{report.pages} pages, {report.executed_cells} executed cells, {report.seconds:.1f} s")


def run_bench(options: argparse.Namespace) -> None:
    """Measure, and print how layers, forms of convolution and operators on boxes compare with others'."""
    from convnets.convolution import benchmark as forms
    from convnets.detection import benchmark as boxes
    from convnets.transposed import benchmark as layers

    for each in (layers, forms, boxes):
        each.main([])


if __name__ == "__main__":
    sys.exit(main())
