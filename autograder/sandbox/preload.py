"""Imports modules before multiprocessing's fork server starts: ``… preload MODULE,MODULE … -c CODE``.

The server could do so itself, but it would take over the grader's module path, on which nothing of a sandbox
lies. A module that is not installed is left out: the notebook that needs it will say so.
"""

import contextlib
import importlib
import sys

if __name__ == "__main__":
    sys.modules["debugpy"] = None  # a kernel does without it; to start one takes a third of its time
    for name in sys.argv[1].split(","):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    exec(sys.argv[-1])  # multiprocessing's own line, which starts the server
