"""Banned calls: found through aliases and helpers, and never where a name only looks alike."""

import math
import subprocess
import sys

import pytest

from checks.banned import find_banned, notebook_sources

BANNED = ("numpy.convolve", "scipy.signal", "torch.nn.functional.conv2d", "sum")

FOUND = {
    "plain": (["import numpy\ndef f(a): return numpy.convolve(a, a)"], "numpy.convolve"),
    "alias": (["import numpy as xp\ndef f(a): return xp.convolve(a, a)"], "numpy.convolve"),
    "from": (["from numpy import convolve\ndef f(a): return convolve(a, a)"], "numpy.convolve"),
    "from as": (["from numpy import convolve as c", "def f(a): return c(a, a)"], "numpy.convolve"),
    "star": (["from numpy import *\ndef f(a): return convolve(a, a)"], "numpy.convolve"),
    "submodule": (
        ["import scipy.signal\ndef f(a): return scipy.signal.lfilter(a)"],
        "scipy.signal.lfilter",
    ),
    "prefix": (["from scipy import signal as s\ndef f(a): return s.lfilter(a)"], "scipy.signal.lfilter"),
    "from a banned module": (
        ["from scipy.signal import lfilter\ndef f(a): return lfilter(a)"],
        "scipy.signal.lfilter",
    ),
    "import inside": (["def f(a):\n  import numpy as n\n  return n.convolve(a, a)"], "numpy.convolve"),
    "helper": (
        ["import numpy as np\ndef g(a): return np.convolve(a, a)", "def f(a): return g(a)"],
        "numpy.convolve",
    ),
    "helper of a helper, not called but handed on": (
        [
            "import numpy as np\ndef h(a): return np.convolve(a, a)",
            "def g(k): return k\ndef f(a): return g(h)(a)",
        ],
        "numpy.convolve",
    ),
    "a name that stands for it": (
        ["import numpy as np\nc = np.convolve\ndef f(a): return c(a, a)"],
        "numpy.convolve",
    ),
    "one of two names": (
        ["import numpy as np\nc, d = np.convolve, 3\ndef f(a): return c(a)"],
        "numpy.convolve",
    ),
    "a local name": (["import numpy as np\ndef f(a):\n  c = np.convolve\n  return c(a)"], "numpy.convolve"),
    "getattr": (["import numpy as np\ndef f(a): return getattr(np, 'convolve')(a)"], "numpy.convolve"),
    "import function": (["def f(a): return __import__('numpy').convolve(a)"], "numpy.convolve"),
    "importlib": (
        ["import importlib\ndef f(a): return importlib.import_module('numpy').convolve(a)"],
        "numpy.convolve",
    ),
    "method of a class": (
        [
            "import torch.nn.functional as F\nclass K:\n  def go(self, a): return F.conv2d(a)",
            "def f(a): return K().go(a)",
        ],
        "torch.nn.functional.conv2d",
    ),
    "lambda": (["import numpy as np\nf = lambda a: np.convolve(a, a)"], "numpy.convolve"),
    "the function itself": (["import numpy as np\nf = np.convolve"], "numpy.convolve"),
    "partial": (
        ["from functools import partial\nimport numpy as np\nf = partial(np.convolve, mode='full')"],
        "numpy.convolve",
    ),
    "decorator": (["import numpy as np\n@np.convolve\ndef f(a): return a"], "numpy.convolve"),
    "in a condition": (
        ["import numpy as np\nif True:\n  def f(a): return np.convolve(a, a)"],
        "numpy.convolve",
    ),
    "tried": (
        ["try:\n  from numpy import convolve as c\nexcept ImportError:\n  c = None\ndef f(a): return c(a)"],
        "numpy.convolve",
    ),
    "hidden behind a comprehension's variable": (
        ["import numpy as np\ndef f(a):\n  [0 for np in ()]\n  return np.convolve(a, a)"],
        "numpy.convolve",
    ),
    "the last definition": (
        ["import numpy as np\ndef f(a): return a", "def f(a): return np.convolve(a, a)"],
        "numpy.convolve",
    ),
    "after magics": (
        ["%%time\nimport numpy as np\n!ls\n%matplotlib inline\nf = np.convolve"],
        "numpy.convolve",
    ),
    "builtin": (["def f(a): return sum(a)"], "sum"),
}

ALLOWED = {
    "nothing": ["def f(a): return a"],
    "no such function": ["import numpy as np\ndef g(a): return np.convolve(a, a)"],
    "in a comment or a text": ["def f(a):\n  '''Like np.convolve.'''\n  return a  # np.convolve"],
    "outside the function": ["import numpy as np\nnp.convolve([1], [2])\ndef f(a): return a"],
    "in another function": ["import numpy as np\ndef g(a): return np.convolve(a, a)\ndef f(a): return a"],
    "an earlier definition": [
        "import numpy as np\ndef f(a): return np.convolve(a, a)",
        "def f(a): return a",
    ],
    "an argument of that name": ["from scipy import signal\ndef f(signal): return signal.size"],
    "a variable of that name": ["from scipy import signal\ndef f(a):\n  signal = a\n  return signal.size"],
    "an inner argument": ["import numpy as np\ndef f(a):\n  g = lambda np: np.convolve\n  return g(a)"],
    "a longer name": ["import scipy.signals as s\ndef f(a): return s.lfilter(a)"],
    "one's own function of that name": ["def sum(a): return a\ndef f(a): return sum(a)"],
    "a method of that name": ["def f(a): return a.convolve(a).sum()"],
    "a module that is imported but not used": ["def f(a):\n  import scipy\n  return a"],
    "recursion": ["def f(a): return g(a)\ndef g(a): return f(a)"],
    "a cell that is no Python": ["def f(a: return", "def f(a): return a"],
    "an import in another function": [
        "def g():\n  from numpy import convolve as c\ndef c(a): return a\ndef f(a): return c(a)"
    ],
}


@pytest.mark.parametrize(("sources", "name"), FOUND.values(), ids=FOUND)
def test_banned_names_are_found(sources, name):
    assert find_banned(sources, "f", BANNED) == [name]


@pytest.mark.parametrize("sources", ALLOWED.values(), ids=ALLOWED)
def test_other_code_is_allowed(sources):
    assert find_banned(sources, "f", BANNED) == []


def test_several_are_sorted():
    source = "import numpy as np\ndef f(a): return sum(np.convolve(a, a))"
    assert find_banned([source], "f", BANNED) == ["numpy.convolve", "sum"]


def test_hostile_source_does_no_harm():
    assert find_banned(["(" * 5000, "x = " + "-" * 100_000 + "1", "\0"], "f", BANNED) == []


def test_outside_a_notebook_the_file_is_read():
    def f():
        return 1

    assert "test_outside_a_notebook_the_file_is_read" in notebook_sources(f)[0]
    assert notebook_sources(math.sin) == []


def test_in_a_notebook_the_cells_are_read():
    pytest.importorskip("IPython")
    code = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("import numpy as np", store_history=True)
shell.run_cell("def f(a): return np.convolve(a, a)", store_history=True)
from checks.banned import find_banned, notebook_sources
print(find_banned(notebook_sources(shell.user_ns["f"]), "f", ["numpy.convolve"]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['numpy.convolve']"
