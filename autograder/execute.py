"""nbgrader's Execute, except that check cells are answered by the oracle in this process.

The student's cells run in the student's kernel as ever. A check cell is not run at all: the oracle sends
inputs to that kernel, gets data back, and writes report, score and record into the cell. A call that does not
end is interrupted, then the kernel is killed; what was graded until then stays.
"""

import os
import queue
import subprocess
import time
from pathlib import Path

import nbformat
from jupyter_core.utils import ensure_async, run_sync
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_solution
from traitlets import Float, Integer, Unicode

from autograder import oracle, report
from autograder.exercises import Assignment, load
from autograder.kernels import PromptManager
from autograder.layout import DEFAULT
from autograder.transport import answer_of, request_code
from checks.outcome import Outcome

__all__ = ["OracleExecute"]

OUTPUTS = ("stream", "display_data", "execute_result", "update_display_data", "error")


class OracleExecute(Execute):
    """Executes a submission and grades it; put in the place of ``Execute`` by `autograder.settings`."""

    solutions = Unicode(str(DEFAULT.solutions), help="folder of the assignments' sources").tag(config=True)
    seed = Integer(None, allow_none=True, help="of the hidden cases; drawn afresh unless given").tag(
        config=True
    )
    max_seconds = Float(None, allow_none=True, help="cuts every exercise's time allowance").tag(config=True)
    grace = Float(5.0, help="seconds that a kernel has to answer after an interrupt").tag(config=True)
    max_output = Integer(1_000_000, help="characters of output kept of one cell").tag(config=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"kernel_manager_class": PromptManager, **kwargs})

    def preprocess(self, nb: NotebookNode, resources: dict, km=None) -> tuple[NotebookNode, dict]:
        """Execute and grade one notebook."""
        self._assignment: Assignment = load(resources["nbgrader"]["assignment"], Path(self.solutions))
        self._seed = oracle.new_seed() if self.seed is None else self.seed
        self._lost, self._sources, self._output = "", [], 0
        return super().preprocess(nb, resources, km)

    async def async_start_new_kernel(self, **kwargs) -> None:
        """Start the kernel with warnings off and with no way to write into the instructor's terminal."""
        environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
        nowhere = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        await super().async_start_new_kernel(env=environment, **nowhere, **kwargs)

    start_new_kernel = run_sync(async_start_new_kernel)

    def preprocess_cell(self, cell: NotebookNode, resources: dict, index: int) -> tuple[NotebookNode, dict]:
        """Run a student's cell, or answer a check cell."""
        if cell.cell_type != "code":
            return cell, resources
        if is_grade(cell) and not is_solution(cell):
            self._answer(cell)
            return cell, resources
        self._sources.append(cell.source)
        if self._lost:
            cell.outputs = [report.kernel_lost(self._lost)]
            return cell, resources
        self._output = 0
        try:
            return super().preprocess_cell(cell, resources, index)
        except (DeadKernelError, CellTimeoutError) as error:
            self._lose(f"The kernel was lost in cell {index + 1}: {_why(error)}.")
            cell.outputs.append(report.kernel_lost(self._lost))
            return cell, resources

    def process_message(self, msg: dict, cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Drop what a cell puts out beyond the limit, while it arrives."""
        if msg["msg_type"] in OUTPUTS:
            before = self._output
            self._output += len(str(msg["content"]))
            if self._output > self.max_output:
                if before <= self.max_output:
                    cell.outputs.append(
                        nbformat.v4.new_output("stream", name="stdout", text="\n… output cut …\n")
                    )
                return None
        return super().process_message(msg, cell, cell_index)

    def _answer(self, cell: NotebookNode) -> None:
        """Grade the exercise of a check cell and write the result into the cell."""
        name = cell.metadata["nbgrader"]["grade_id"].removeprefix("check-")
        exercise = self._assignment.exercise(name)
        if self._lost:
            result = oracle.lost(exercise, self._seed, self._lost)
        else:
            result = oracle.grade(exercise, self._ask, self._seed, self._sources)
        report.write(cell, exercise, result)

    def _ask(self, name: str, args: tuple, kwargs: dict, seconds: float) -> Outcome:
        """Call a function in the student's kernel; kill the kernel where it neither answers nor gives way."""
        if self._lost:
            return Outcome("lost", detail=self._lost)
        seconds = min(seconds, self.max_seconds or seconds)
        try:
            reply = self._request(request_code(name, args, kwargs, seconds), seconds)
        except DeadKernelError:
            self._lose(f"The kernel was lost while {name} was called: it died.")
            return Outcome("lost", detail=self._lost)
        if reply is None:
            self._lose(
                f"The kernel was lost while {name} was called: it did not answer and had to be killed."
            )
            return Outcome("timeout", detail=self._lost)
        return answer_of(reply, "outcome")

    async def _async_request(self, code: str, seconds: float) -> dict | None:
        """Evaluate an expression in the kernel; None where not even an interrupt brings an answer."""
        options = {"silent": True, "store_history": False, "stop_on_error": False}
        asked = await ensure_async(self.kc.execute("", user_expressions={"outcome": code}, **options))
        if (reply := await self._reply_to(asked, seconds + self.grace)) is None:
            await ensure_async(self.km.interrupt_kernel())
            reply = await self._reply_to(asked, self.grace)
        return reply

    _request = run_sync(_async_request)

    async def _reply_to(self, asked: str, seconds: float) -> dict | None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                reply = await ensure_async(self.kc.shell_channel.get_msg(timeout=min(left, 1.0)))
            except (TimeoutError, queue.Empty):
                await self._async_check_alive()
                continue
            if reply["parent_header"].get("msg_id") == asked:
                return reply
        return None

    def _lose(self, reason: str) -> None:
        """Remember that the kernel is gone, and make sure of it."""
        self._lost = reason
        run_sync(self._async_kill)()

    async def _async_kill(self) -> None:
        if self.km is not None and await ensure_async(self.km.is_alive()):
            await ensure_async(self.km.shutdown_kernel(now=True))


def _why(error: Exception) -> str:
    return "it died" if isinstance(error, DeadKernelError) else "it could not be interrupted"
