"""A sandboxed kernel to probe; where no sandbox can be made these tests are skipped, in CI they fail."""

import os

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from autograder.sandbox.protection import protection
from autograder.sandbox.provisioner import NAME, register


@pytest.fixture(autouse=True)
def _sandbox_or_skip():
    found = protection()
    if not found.sandboxed and os.environ.get("CI") != "true":
        pytest.skip(f"no sandbox can be made here: {found.problem}")


class SandboxedClient(NotebookClient):
    """nbclient with its kernel in a sandbox."""

    settings: dict = {}  # noqa: RUF012

    def create_kernel_manager(self):
        manager = super().create_kernel_manager()
        register(manager.parent)
        manager.kernel_spec.metadata["kernel_provisioner"] = {
            "provisioner_name": NAME,
            "config": dict(self.settings),
        }
        return manager


@pytest.fixture(scope="session")
def run():
    """Run cells in one sandboxed kernel and return what each put out, errors as ``Name: text``.

    ``settings`` are those of the provisioner.
    """

    def run_cells(*sources, path=None, timeout=60, interrupt=False, **settings):
        nb = new_notebook(cells=[new_code_cell(source) for source in sources])
        options = {"kernel_name": "python3", "allow_errors": True, "shutdown_kernel": "immediate"}
        options["interrupt_on_timeout"] = interrupt
        client = SandboxedClient(
            nb, timeout=timeout, resources={"metadata": {"path": str(path or "")}}, **options
        )
        client.settings = settings
        client.execute()
        return [_text(cell) for cell in nb.cells]

    return run_cells


def _text(cell):
    parts = []
    for output in cell.outputs:
        if output.output_type == "stream":
            parts.append(output.text)
        elif output.output_type == "error":
            parts.append(f"{output.ename}: {output.evalue}")
        else:
            parts.append(output.data.get("text/plain", ""))
    return "\n".join(parts).strip()
