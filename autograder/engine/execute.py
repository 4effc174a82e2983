"""nbgrader's Execute, except that check cells are answered by the oracle in this process.

The student's cells run in the student's kernel as ever. A check cell is not run at all: the oracle sends
inputs to that kernel, gets data back, and writes report, score and record into the cell. A call that does not
end is interrupted, then the kernel is killed; what was graded until then stays. No cell is run unless the
kernel is in a sandbox, or the grader was told in so many words to do without one, which the results then say.
"""

import copy
import math
import os
import queue
import re
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
from jupyter_core.utils import ensure_async, run_sync
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode, ValidationError
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_solution
from traitlets import Bool, Dict, Float, Integer, Unicode

from autograder.authoring.exercises import Assignment, load
from autograder.engine import oracle, report
from autograder.engine.harmless import clean
from autograder.engine.kernels import PromptManager
from autograder.engine.transport import answer_of, request_code
from autograder.layout import DEFAULT
from autograder.sandbox.limits import Limits
from autograder.sandbox.protection import Unprotected, protection
from autograder.sandbox.provisioner import NAME, SandboxProvisioner, register
from checks.contract import USUAL_SECONDS, Exercise, Trial
from checks.outcome import Outcome

__all__ = ["OracleExecute"]

MALFORMED = (AttributeError, KeyError, TypeError, ValueError, ValidationError)
"""What a message brings about whose content is not what its type demands; a kernel may send any."""

IMPORT = re.compile(r"^(?:import|from) ([\w.]+)", re.MULTILINE)
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
    max_total_output = Integer(5_000_000, help="characters of output kept of a notebook").tag(config=True)
    allowances = Dict(
        help="what single exercises need, by name: {'conv2d': {'seconds': 20.0, 'memory': 4096}}; "
        "seconds for a call, limits of autograder.sandbox.limits.Limits for the whole notebook"
    ).tag(config=True)
    accept_unsandboxed = Bool(
        False, help="run student code with the grader's rights where there is no sandbox; results say so"
    ).tag(config=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"kernel_manager_class": PromptManager, **kwargs})

    def preprocess(self, nb: NotebookNode, resources: dict, km=None) -> tuple[NotebookNode, dict]:
        """Execute and grade one notebook; once more if its kernel died, which others may have killed."""
        self._assignment: Assignment = load(resources["nbgrader"]["assignment"], Path(self.solutions))
        self._seed = oracle.new_seed() if self.seed is None else self.seed
        unchanged = copy.deepcopy(nb)
        nb, resources = self._run(nb, resources, km)
        if self._died:
            nb, resources = self._run(unchanged, resources, km)
        return clean(nb), resources

    def _run(self, nb: NotebookNode, resources: dict, km=None) -> tuple[NotebookNode, dict]:
        self._lost, self._died, self._sources = "", False, []
        self._output = self._total_output = 0
        return super().preprocess(nb, resources, km)

    def create_kernel_manager(self) -> PromptManager:
        """Return a manager that starts its kernel in a sandbox with room for every exercise."""
        manager = super().create_kernel_manager()
        if self._shut_in():
            needs = {"least": self._least(), "preload": self._imports()}
            manager.kernel_spec.metadata["kernel_provisioner"] = {"provisioner_name": NAME, "config": needs}
            register(manager.parent)
        return manager

    def _imports(self) -> list[str]:
        """Return what the assignment imports, as its source says: a student's cell starts no warm process."""
        slug = self._assignment.slug
        source = Path(self.solutions) / slug / f"{slug}.md"
        return sorted(set(IMPORT.findall(source.read_text(encoding="utf-8")))) if source.is_file() else []

    def _least(self) -> dict[str, float]:
        """Return the limits that the exercises of this assignment need to be no smaller."""
        least: dict[str, float] = {}
        for exercise in self._assignment.exercises:
            for name, value in self.allowances.get(exercise.name, {}).items():
                if name != "seconds":
                    least[name] = max(value, least.get(name, 0))
        if long := sum(map(self._long, self._assignment.exercises)):
            usual = Limits(**self.config.get("SandboxProvisioner", {}).get("limits", {}))
            for name in ("cpu_seconds", "wall_seconds"):
                least[name] = max(math.ceil(getattr(usual, name) + long), least.get(name, 0))
        return least

    def _long(self, exercise: Exercise) -> float:
        """Return the seconds that an exercise may take in all, where a call of it may take unusually long."""
        seconds = self._capped(self._allowed(exercise).seconds)
        if seconds <= USUAL_SECONDS:
            return 0.0
        return seconds * len([*exercise.public, *exercise.hidden(np.random.default_rng(0))])

    async def async_start_new_kernel(self, **kwargs) -> None:
        """Start the kernel; one outside a sandbox with warnings off and no way into the grader's terminal."""
        if not self._shut_in():
            kwargs |= {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            kwargs["env"] = {**os.environ, "PYTHONWARNINGS": "ignore"}
        await super().async_start_new_kernel(**kwargs)

    start_new_kernel = run_sync(async_start_new_kernel)

    def _shut_in(self) -> bool:
        """Whether to use a sandbox: always, unless none can be made and that was accepted."""
        return not self.accept_unsandboxed or protection().sandboxed

    @property
    def sandboxed(self) -> bool:
        """Whether the kernel in use is shut in."""
        return isinstance(self.km.provisioner, SandboxProvisioner)

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
        self._require_sandbox()
        self._output = 0
        try:
            return super().preprocess_cell(cell, resources, index)
        except Exception as error:  # a kernel can end, hang, or send what is no message or an odd one
            if isinstance(error, CellTimeoutError) and self._reconnect():
                cell.outputs.append(report.cut_off())
                return cell, resources
            self._lose(f"The kernel was lost in cell {index + 1}: {self._why(error)}.", error)
            cell.outputs.append(report.kernel_lost(self._lost))
            return cell, resources

    def process_message(self, msg: dict, cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Drop what a cell, or the whole notebook, puts out beyond the limit, while it arrives."""
        if msg["msg_type"] in OUTPUTS:
            was_cut, size = self._is_cut(), len(str(msg["content"]))
            self._output += size
            self._total_output += size
            if self._is_cut():
                if not was_cut:
                    cut = nbformat.v4.new_output("stream", name="stdout", text="\n… output cut …\n")
                    cell.outputs.append(cut)
                return None
        try:
            return super().process_message(msg, cell, cell_index)
        except MALFORMED:
            return None

    def _is_cut(self) -> bool:
        return self._output > self.max_output or self._total_output > self.max_total_output

    def _require_sandbox(self) -> None:
        """Stop where student code would run outside a sandbox although nobody accepted that."""
        if not self.sandboxed and not self.accept_unsandboxed:
            raise Unprotected(
                "the kernel is not in a sandbox, so no cell is run; see python -m autograder doctor"
            )

    def _answer(self, cell: NotebookNode) -> None:
        """Grade the exercise of a check cell and write the result into the cell."""
        name = cell.metadata["nbgrader"]["grade_id"].removeprefix("check-")
        exercise = self._allowed(self._assignment.exercise(name))
        self._require_sandbox()
        if self._lost:
            result = oracle.lost(exercise, self._seed, self._lost)
        else:
            result = oracle.grade(exercise, self._ask, self._seed, self._sources)
        report.write(cell, exercise, result, sandboxed=self.sandboxed)

    def _allowed(self, exercise: Exercise) -> Exercise:
        """Return the exercise with the seconds that the configuration allows a call."""
        seconds = self.allowances.get(exercise.name, {}).get("seconds", exercise.seconds)
        return replace(exercise, seconds=seconds)

    def _capped(self, seconds: float) -> float:
        return min(seconds, self.max_seconds or seconds)

    def _ask(
        self, name: str, args: tuple, kwargs: dict, seconds: float, trial: Trial | None = None
    ) -> Outcome:
        """Call a function in the student's kernel; kill the kernel where it neither answers nor gives way."""
        if self._lost:
            return Outcome("lost", detail=self._lost)
        seconds = self._capped(seconds)
        try:
            reply = self._request(request_code(name, args, kwargs, seconds, trial), seconds)
        except Exception as error:
            self._lose(f"The kernel was lost while {name} was called: {self._why(error)}.", error)
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

    async def _async_reconnect(self) -> bool:
        """Whether the kernel is well, asked over new connections: too long a message has cut the old ones."""
        self.kc.stop_channels()
        self.kc = self.km.client()
        self.kc.start_channels()
        self.kc.allow_stdin = False
        try:
            await self.kc.wait_for_ready(timeout=self.grace)
        except Exception:
            return False
        return True

    _reconnect = run_sync(_async_reconnect)

    def _lose(self, reason: str, error: Exception | None = None) -> None:
        """Remember that the kernel is gone, and make sure of it."""
        ended = getattr(self.km.provisioner, "ended_because", "") if self.km else ""
        self._lost, self._died = reason, isinstance(error, DeadKernelError) and not ended
        run_sync(self._async_kill)()

    async def _async_kill(self) -> None:
        if self.km is not None and await ensure_async(self.km.is_alive()):
            await ensure_async(self.km.shutdown_kernel(now=True))

    def _why(self, error: Exception) -> str:
        """Say what became of a kernel: what it took too much of, or how it was found."""
        known = getattr(self.km.provisioner, "ended_because", "") if self.km else ""
        if isinstance(error, CellTimeoutError):
            return known or "it could not be interrupted"
        return known or ("it died" if isinstance(error, DeadKernelError) else "it sent unreadable messages")
