"""The package as it ships: beside a notebook, with NumPy and nothing else of ours."""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import checks
from checks import public

from .samples import EXERCISE

PACKAGE = Path(checks.__file__).parent
SOURCES = sorted(PACKAGE.glob("*.py"))


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    """Lay out a folder as a learner has it: a copy of the package with the public cases inside."""
    folder = tmp_path_factory.mktemp("release")
    shutil.copytree(PACKAGE, folder / "checks", ignore=shutil.ignore_patterns("__pycache__", "*.json"))
    public.write(folder / "checks" / "public_cases.json", [EXERCISE])
    return folder


def run(release, code):
    """Run code in the folder by a fresh interpreter that finds no other copy of the package."""
    prelude = (
        f"import sys; sys.path[:] = [{str(release)!r}] + [p for p in sys.path if p not in {PARENTS!r}]\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", prelude + code],
        cwd=release,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=ENVIRONMENT,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


PARENTS = [str(PACKAGE.parent), str(PACKAGE.parent.parent)]
ENVIRONMENT = {"PYTHONIOENCODING": "utf-8", "PATH": "", "OMP_NUM_THREADS": "1"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_only_the_standard_library_and_numpy_are_imported(path):
    allowed = set(sys.stdlib_module_names) | {"numpy", "checks"}
    optional = {"plain.py": {"torch"}, "reporting.py": {"IPython"}}.get(path.name, set())
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= allowed | optional
    at_import_time = {
        alias.name.split(".")[0] for node in tree.body if isinstance(node, ast.Import) for alias in node.names
    }
    assert at_import_time <= allowed


def test_a_script_beside_the_package_works(release):
    shown = run(
        release,
        "import sys, numpy as np\nfrom checks import check\n"
        "def neighbours(x):\n    return x[:-1] - x[1:]\n"
        "check(neighbours)\n"
        "print({'torch', 'IPython', 'convnets'} & set(sys.modules))",
    )
    assert shown.startswith("✗ neighbours · four values\n  All 3 values differ, the first at index [0]: ")
    assert shown.endswith("\nset()\n")


def test_a_notebook_gets_both_forms(release):
    pytest.importorskip("IPython")
    shown = run(
        release,
        """
import json
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
sent = []
shell.display_pub.publish = lambda data, metadata=None, **rest: sent.append(data)
shell.run_cell("from checks import check\\nimport numpy as np", store_history=True)
shell.run_cell("def neighbours(x):\\n    y = x + 1\\n    return y[99]", store_history=True)
shell.run_cell("check(neighbours)", store_history=True)
shell.run_cell("def of_row(x):\\n    return np.convolve(x, [1, 1], 'valid')", store_history=True)
shell.run_cell(
    "def neighbours(x):\\n    return of_row(x) if x.ndim == 1 else x[:-1] + x[1:]", store_history=True
)
shell.run_cell("check(neighbours)", store_history=True)
shell.run_cell("neighbours = lambda x: x[:-1] + x[1:]", store_history=True)
shell.run_cell("check(neighbours)", store_history=True)
print(json.dumps(sent))
""",
    )
    crash, banned, right = json.loads(shown)
    assert set(crash) == {"text/html", "text/plain"}
    assert "index 99 is out of bounds for axis 0 with size 4` in line 3: `return y[99]`." in crash[
        "text/plain"
    ].replace("\n  ", " ")
    assert "calling.py" not in crash["text/plain"] + crash["text/html"]
    assert "numpy.convolve" in banned["text/html"]
    assert right["text/plain"].startswith("✓ neighbours\n")


def test_a_released_folder_without_its_cases_says_what_to_do(release, tmp_path):
    shutil.copytree(release / "checks", tmp_path / "checks", ignore=shutil.ignore_patterns("*.json"))
    shown = run(tmp_path, "from checks import check\ncheck(print)")
    assert shown.startswith("! check\n  The file `public_cases.json` is missing from the folder `checks`.")


def test_the_package_exports_one_name():
    assert checks.__all__ == ["check"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_exported_names_exist_and_are_sorted(path):
    module = checks if path.stem == "__init__" else __import__(f"checks.{path.stem}", fromlist=["*"])
    assert module.__all__ == sorted(
        module.__all__, key=lambda name: (not name.isupper(), name[0].islower(), name)
    )
    assert all(hasattr(module, name) for name in module.__all__)
