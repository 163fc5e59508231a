"""The examiner's side of grading: runs test cells against stand-ins for a learner's answers.

`main` is what a warm parent runs in each child, for one submission. It gets the cells from
the grader, passes the learner's on to a process that runs `nbexaminer.examination.learner`, runs
the tests itself, and tells the grader how each cell ended. What a stand-in can do is said in
`nbexaminer.examination.stand_in`.

Each test cell starts from what the locked cells define; names don't last beyond it.

Hidden tests come last, each with the names as they were where it stands: what the learner's process
prints, draws, returns or raises is shown until the first of them asks it something, and no longer.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import random
import socket
import sys
import time
import types
from collections.abc import Iterable, Iterator
from typing import Any, cast

from nbexaminer.examination import codecs
from nbexaminer.examination.codecs.plain import BadValue
from nbexaminer.examination.messages import CellToRun, Do, Plan, is_hidden, order_of_results
from nbexaminer.examination.names import bound_names, free_names, names_used, without_magics
from nbexaminer.examination.stand_in import (
    MAX_TEXT,
    Ended,
    Lost,
    Remote,
    RemoteError,
    StandIn,
    rebuild_error,
    runs_out_of_memory,
)
from nbexaminer.examination.verdicts import Outcome
from nbexaminer.examination.wire import Channel, Closed, TimedOut
from nbexaminer.message import NO_MESSAGE, NOT_WRITTEN, TO_DO, Message
from nbexaminer.notebook.cell import Role
from nbexaminer.notebook.harmless import safe_outputs, size_of_output
from nbexaminer.sandbox.limits import EndedBy, Limits

NOTHING = ""
"""Run behind every cell of a learner's, so that one that breaks the connection is found at once
and left out of the next process, and not the cell or test behind it."""
MAX_RESTARTS = 8
MOST_TELLABLE = 300
"""Lines of an answer of which a hidden test may say that one raised: more would say much."""
MAX_ERROR_OUTPUT = 100_000
"""Characters of a traceback beyond what a cell may print."""


@dataclasses.dataclass
class Stop:
    """Why a learner's cell did not run to its end, and the names that it would have defined."""

    index: int
    outcome: Outcome
    message: str
    names: frozenset[str]


class Examination:
    """One submission's cells, run in order.

    Args:
        grader: where cells and processes come from, and results go to.
        plan: what to run. Locked cells are run on both sides.
    """

    def __init__(self, grader: Channel, plan: Plan, limits: Limits) -> None:
        self._grader = grader
        self._limits = limits
        self._cells = plan["cells"]
        self._order = order_of_results(self._cells)
        self._known = set(plan["known"])
        self._seed = plan["seed"]
        self._skip = set(plan["skip"])
        self._end = time.monotonic() + plan["seconds"]
        self._hidden_end = time.monotonic() + plan["hidden_seconds"]
        self._discreet = False
        self._main = types.ModuleType("__main__")
        sys.modules["__main__"] = self._main
        self._given: dict[int, dict[str, Any]] = {}
        self._remote: Remote | None = None
        self._place = 0
        self._marked: set[int] = set()
        self._stops: list[Stop] = []
        self._restarts = 0
        self._output_left = limits.notebook_output_bytes

    def run(self) -> None:
        """Run every cell, then the hidden tests, and report on those that are wanted."""
        for index, cell in enumerate(self._cells):
            if cell["role"] == Role.GIVEN:
                self._run_given(cell)
            elif is_hidden(cell):
                self._given[index] = dict(self._main.__dict__)
                self._advance(index + 1)
                continue
            if index not in self._known:
                self._report(*self._result(index, cell))
        self._end, self._discreet = self._hidden_end, True
        for index in self._order:
            if index in self._given and index not in self._known:
                self._report(*self._result(index, self._cells[index]))
        self._grader.send({"do": Do.DONE})

    def _result(self, index: int, cell: CellToRun) -> tuple[Any, Outcome | None, Message]:
        """Outputs, outcome and message of a cell."""
        try:
            if cell["role"] == Role.TEST:
                return self._test(index, cell)
            return self._run_learners(index, cell), None, NO_MESSAGE
        except Ended as ended:
            return [], ended.outcome, Message(ended.message)

    def _report(self, outputs: Any, outcome: Outcome | None, message: Message) -> None:
        said = {"do": Do.CELL, "outcome": outcome, "message": message.clean().as_data()}
        most = min(self._limits.output_bytes + MAX_ERROR_OUTPUT, self._output_left)
        kept = safe_outputs(outputs, most)
        self._output_left = max(0, self._output_left - sum(map(size_of_output, kept)))
        try:
            self._grader.send(said | {"outputs": kept})
        except ValueError:  # characters that take many bytes
            self._grader.send(said | {"outputs": safe_outputs(outputs, MAX_ERROR_OUTPUT)})

    def _run_given(self, cell: CellToRun) -> None:
        seed_all(cell["seed"])
        # Magics concern the notebook's own process.
        code = without_magics(cell["code"])
        quiet = io.StringIO()
        try:
            with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
                exec(compile(code, "<given>", "exec"), self._main.__dict__)
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            self._grader.send({"do": Do.BROKEN, "cell": cell["id"], "message": said})
            raise

    def _run_learners(self, index: int, cell: CellToRun) -> Any:
        """Run a cell in the learner's process; its outputs as they came."""
        remote = self._ready(index)
        reply = self._run(remote, index)
        if reply.get("failed") is not None:
            self._note_failure(index, reply["failed"])
        return reply.get("outputs")

    def _run(self, remote: Remote, index: int) -> dict[str, Any]:
        """Run a cell that is not to be run again where it ends its process; the reply."""
        cell = self._cells[index]
        try:
            with self._watched(remote):
                reply = remote.run(cell["code"], cell["role"] == Role.GIVEN)
                remote.run(NOTHING, False)
        except Ended as ended:
            self._skip.add(index)
            self._stop(index, ended.outcome, ended.message)
            raise
        self._place = index + 1
        return reply

    def _note_failure(self, index: int, description: Any) -> None:
        try:
            error = rebuild_error(description)
        except BadValue:
            return
        outcome = Outcome.ERROR
        if "KeyboardInterrupt" in description["bases"]:
            outcome, said = Outcome.TIMED_OUT, f"took longer than {self._cell_limit()}"
        else:
            if runs_out_of_memory(error):
                outcome = Outcome.OUT_OF_MEMORY
            said = f"raised {type(error).__name__}: {error}".removesuffix(": ")
        self._stop(index, outcome, said)

    def _stop(self, index: int, outcome: Outcome, message: str) -> None:
        cell = self._cells[index]
        # An answer cell is called after what it defines, which its text may no longer show.
        names = bound_names(cell["code"]) | {cell["id"]}
        self._stops.append(Stop(index, outcome, message, names))

    def _ready(self, index: int) -> Remote:
        """A learner's process with the names as they were after the cells before `index`."""
        while True:
            self._in_time()
            if self._remote is not None and self._place > index and not self._restored(index):
                self._remote = None
            if self._remote is None:
                self._spawn()
            self._advance(index)
            if self._remote is not None:
                return self._remote

    def _advance(self, index: int) -> None:
        """Run the cells before `index` that have not run yet; what they print is not kept.

        It ends early where one of them ends the process: it is left out of the next.
        """
        while self._remote is not None and self._place < index:
            place, cell = self._place, self._cells[self._place]
            if is_hidden(cell):
                self._mark(self._remote, place)
            elif cell["role"] != Role.TEST and place not in self._skip:
                self._grader.send({"do": Do.ALIVE})
                with contextlib.suppress(Ended):
                    self._run(self._remote, place)
            self._place = place + 1

    def _mark(self, remote: Remote, index: int) -> None:
        """Have the names kept as they are now, for the hidden test at `index`."""
        with contextlib.suppress(RemoteError, Ended), self._watched(remote):
            remote.request("mark", place=index)
            self._marked.add(index)

    def _restored(self, index: int) -> bool:
        """Whether the learner's process has the names again that it had at `index`."""
        if self._remote is None or index not in self._marked:
            return False
        try:
            with self._watched(self._remote):
                self._remote.restore(index)
        except (RemoteError, Ended):
            return False
        return True

    def _spawn(self) -> None:
        if self._restarts > MAX_RESTARTS:
            raise Ended(
                Outcome.NOT_RUN, f"not run: the notebook ended its process {MAX_RESTARTS} times"
            )
        self._restarts += 1
        self._grader.send({"do": Do.SPAWN})
        _, fds, _, _ = socket.recv_fds(self._grader.sock, 1, 1)
        channel = Channel(socket.socket(fileno=fds[0]), self._limits.message_bytes)
        self._remote = Remote(channel, self._main.__dict__, self._seed)
        self._place = 0
        self._marked.clear()

    @contextlib.contextmanager
    def _watched(self, remote: Remote) -> Iterator[None]:
        """Give the learner's process the time of one cell, and turn its end into Ended."""
        now = self._in_time()
        remote.deadline = min(now + self._limits.cell_wall_seconds, self._end)
        try:
            yield
        except Ended as ended:
            if ended.outcome is Outcome.TIMED_OUT and not ended.message:
                ended.message = f"took longer than {self._cell_limit()}"
            raise
        except Lost as lost:
            self._remote = None
            raise self._how_it_ended(lost.cause) from None

    def _in_time(self) -> float:
        """The time, where there is some left. Raises Ended."""
        now = time.monotonic()
        if now >= self._end:
            whole = _seconds(self._limits.notebook_wall_seconds)
            raise Ended(Outcome.NOT_RUN, f"not run: the notebook took longer than {whole}")
        return now

    def _how_it_ended(self, error: Exception) -> Ended:
        self._grader.send({"do": Do.END, "closed": isinstance(error, Closed)})
        status, _ = self._grader.receive()
        if status["ended_by"] == EndedBy.MEMORY:
            # What the kernel holds for files and for parts of address spaces is memory, too.
            said = f"used more memory than {self._memory_limit()}, or opened far too many files"
            return Ended(Outcome.OUT_OF_MEMORY, said)
        if status["ended_by"] == EndedBy.CPU:
            whole = f"took more computing time than the whole notebook has ({self._cpu_limit()})"
            return Ended(Outcome.TIMED_OUT, whole)
        if status["ended_by"] == EndedBy.WALL:
            whole = _seconds(self._limits.notebook_wall_seconds)
            return Ended(Outcome.TIMED_OUT, f"took longer than the whole notebook has ({whole})")
        if isinstance(error, TimedOut):
            return Ended(
                Outcome.TIMED_OUT,
                f"took longer than {self._cell_limit()} and could not be interrupted",
            )
        if isinstance(error, Closed):
            message, details = "ended its process", status["said"]
        else:
            message, details = "wrote to the grader's own connection", error
        return Ended(Outcome.CRASHED, message if self._discreet else f"{message} ({details})")

    def _cell_limit(self) -> str:
        computing = f"or {self._limits.cell_cpu_seconds:g} of computing time"
        return f"{_seconds(self._limits.cell_wall_seconds)} ({computing})"

    def _cpu_limit(self) -> str:
        return _seconds(self._limits.notebook_cpu_seconds)

    def _memory_limit(self) -> str:
        return f"{self._limits.memory_bytes / (1 << 30):.3g} GiB"

    def _test(self, index: int, cell: CellToRun) -> tuple[list[Any], Outcome, Message]:
        """Outputs, outcome and message of a test cell."""
        printed = _Printed()
        outcome, message = self._judge(index, cell, printed)
        if self._discreet:
            return [], outcome, dataclasses.replace(message, tables=())
        text = printed.getvalue()
        outputs = [{"output_type": "stream", "name": "stdout", "text": text}] if text else []
        return outputs, outcome, message

    def _judge(self, index: int, cell: CellToRun, printed: io.StringIO) -> tuple[Outcome, Message]:
        remote: Remote | None = None
        names: dict[str, Any] = {}
        try:
            code = compile(cell["code"], "<test>", "exec")
            remote = self._ready(index)
            remote.out_of_memory = False
            remote.take_back()
            namespace = dict(self._given.get(index, self._main.__dict__))
            with self._watched(remote):
                wanted = sorted(free_names(cell["code"]) - namespace.keys() & remote.names)
                remote.tellable = self._tellable(index, wanted) if self._discreet else None
                for name in wanted:
                    names[name] = remote.fetch(name, *self._defined(index, name))
                namespace |= names
                seed_all(cell["seed"])
                with (
                    contextlib.redirect_stdout(printed),
                    contextlib.redirect_stderr(io.StringIO()),
                ):
                    exec(code, namespace)
        except Ended as ended:
            label = _label(names)
            told = ended.message
            told = told if told.startswith("not run") else f"{label} {told}"
            return ended.outcome, Message(told)
        except RemoteError as error:
            outcome, message = Outcome.ERROR, self._uncaught(error, names)
        except AssertionError as error:
            outcome, message = Outcome.FAILED, Message.of(error)
        except NameError as error:
            if error.name is None or error.name in names:
                outcome, message = self._odd(error)
            else:
                outcome, message = self._missing(index, error.name)
        except Exception as error:
            outcome, message = self._odd(error)
        else:
            return Outcome.PASSED, NO_MESSAGE
        if remote is not None and remote.out_of_memory:
            outcome = Outcome.OUT_OF_MEMORY
        return outcome, message

    def _defined(self, index: int, name: str) -> tuple[str, frozenset[str]]:
        """By which cell `name` is defined for the test at `index`, and the names that it reads."""
        cell = self._cell_of(index, name)
        if cell is None:
            return "", frozenset()
        return f"{name} of {cell['id']}", names_used(cell["code"])

    def _cell_of(self, index: int, name: str) -> CellToRun | None:
        """The cell that defines `name` for the test at `index`, as far as its text says."""
        for before in reversed(range(index)):
            cell = self._cells[before]
            if cell["role"] == Role.TEST or before in self._skip or name not in cell["code"]:
                continue
            if name in bound_names(cell["code"]):
                return cell
        return None

    def _tellable(self, index: int, names: Iterable[str]) -> int:
        """How many lines the answers have that a hidden test asks; none where they are many."""
        cells = [self._cell_of(index, name) for name in names]
        lines = max((cell["code"].count("\n") + 1 for cell in cells if cell), default=0)
        return lines if lines <= MOST_TELLABLE else 0

    def _missing(self, index: int, name: str) -> tuple[Outcome, Message]:
        outcome, why = Outcome.ERROR, "no cell before this one defines it"
        for stop in reversed(self._stops):
            if name in stop.names and stop.index < index:
                outcome, why = stop.outcome, f"the cell that defines it {stop.message}"
                if stop.message == "raised NotImplementedError":
                    return outcome, Message(NOT_WRITTEN.format(name), todo=TO_DO)
                break
        return outcome, Message(f"{name} is not defined: {why}")

    def _uncaught(self, error: RemoteError, names: dict[str, Any]) -> Message:
        if self._discreet:  # its name and text are the learner's own words
            said = f"{_label(names)} raised {error.builtin}"
        else:
            said = f"{_label(names)} raised {type(error).__name__}"
            said += f": {error.message}".replace("\n", "\n    ") if error.message else ""
        return Message(said, facts=(("raised in", error.where),) if error.where else ())

    def _odd(self, error: Exception) -> tuple[Outcome, Message]:
        said = type(error).__name__ + ("" if self._discreet else f": {error}")
        if isinstance(error, ImportError):  # one of the learner's comes as a RemoteError
            return Outcome.ERROR, Message(f"the test itself could not run ({said})")
        return Outcome.ERROR, Message(f"the test could not use what came back ({said})")


def _label(names: dict[str, Any]) -> str:
    called = [n for n, v in names.items() if isinstance(v, StandIn)]
    return " or ".join(called) if 0 < len(called) <= 3 else "the answer"


def _seconds(value: float) -> str:
    return f"{value:g} seconds"


class _Printed(io.StringIO):
    """What a test prints, up to a length."""

    def write(self, text: str) -> int:
        left = MAX_TEXT - self.tell()
        return super().write(text[: max(0, left)])


def seed_all(seed: int) -> None:
    """Start every random generator that a test may use."""
    random.seed(seed)
    codecs.seed(seed)


def main(sock: socket.socket, limits: Limits) -> None:
    """Examine one submission for the grader at `sock`."""
    grader = Channel(sock)
    plan, _ = grader.receive()
    Examination(grader, cast(Plan, plan), limits).run()
