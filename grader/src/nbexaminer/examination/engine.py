"""Grade one submission: source and submitted notebook in, graded notebook and verdicts out."""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import hashlib
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from nbexaminer.errors import Malformed, SourceError
from nbexaminer.examination.messages import CellToRun, Do, Plan, order_of_results
from nbexaminer.examination.verdicts import Outcome, Verdict
from nbexaminer.examination.wire import Channel, TimedOut, WireError
from nbexaminer.message import NO_MESSAGE, Message
from nbexaminer.notebook.cell import NOTE, Cell, Role, cells_of
from nbexaminer.notebook.graft import graft
from nbexaminer.notebook.harmless import MAX_SHOWN_CODE, safe_line, showable_code
from nbexaminer.notebook.reader import read_notebook
from nbexaminer.notebook.source import Source, read_source
from nbexaminer.profile import Profile
from nbexaminer.sandbox.limits import EndedBy, Limits
from nbexaminer.sandbox.parent import (
    Child,
    ExitStatus,
    WarmParent,
    WarmParentDied,
)
from nbexaminer.sandbox.view import Occupant, Sandbox

EXAMINER_GRACE_SECONDS = 30.0
MAX_EXAMINER_RESTARTS = 5
HIDDEN_SHARE = 0.25
"""Of a notebook's time: what hidden tests may take beyond it, so that slow cells of the learner's
behind an answer don't cost its points."""
NOT_RUN = "This cell is not run while grading: it only shows something.\n"


@dataclass(frozen=True)
class Examined:
    """What grading one submission gives.

    notebook: the graded notebook, with outputs; scores are read from these by nbgrader.
    verdicts: one for each test cell, in order.
    reason: why the submission could not be read, or empty.
    """

    notebook: dict[str, Any]
    verdicts: tuple[Verdict, ...]
    reason: str = ""


@dataclass
class _CellResult:
    outputs: list[dict[str, Any]]
    outcome: Outcome | None
    message: Message


class Engine:
    """Two warm parents, for as many submissions as you like; a context manager.

    profile: of the course whose submissions are graded.
    sandbox: from `Sandbox.find(profile)`, or None to run learners' code and examiners without one.

    A process that `multiprocessing` starts with an engine as an argument shares its parents,
    and starts its own when those die.
    """

    def __init__(
        self,
        profile: Profile,
        sandbox: Sandbox | None,
        limits: Limits = Limits(),  # noqa: B008
    ) -> None:
        self._limits = limits
        hidden_seconds = self._hidden_seconds()
        self._learners = WarmParent(
            "nbexaminer.examination.learner:main",
            Occupant.learner(profile),
            profile,
            sandbox,
            dataclasses.replace(limits, extra_seconds=hidden_seconds),
        )
        self._examiners = WarmParent(
            "nbexaminer.examination.examiner:main",
            Occupant.examiner(profile),
            profile,
            sandbox,
            dataclasses.replace(limits, extra_seconds=hidden_seconds + self._longest_silence()),
        )
        self._stack = contextlib.ExitStack()

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in vars(self).items() if k != "_stack"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _stack=contextlib.ExitStack())

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            parents = (self._learners, self._examiners)
            for parent in parents:  # at the same time: each imports for seconds
                parent.start()
                stack.push(parent)
            for parent in parents:
                parent.await_ready()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def grade(self, source: bytes | Source, submitted: bytes) -> Examined:
        """Grade a submission.

        source: the instructor's notebook, as a file or as `read_source` gave it.
        submitted: whatever was handed in.
        Raises SourceError where the source is at fault.
        """
        if isinstance(source, bytes):
            source = read_source(source)
        try:
            cells = read_notebook(submitted)
        except Malformed as malformed:
            return as_unreadable(source, str(malformed))
        return self._run(graft(source, cells), source)

    def _run(self, notebook: dict[str, Any], source: Source) -> Examined:
        """Run and examine a grafted notebook, which it completes."""
        cells = cells_of(notebook)
        answers = hashlib.sha256("\0".join(c.source for c in cells).encode()).digest()
        # The tests' random numbers depend on the source and on the answers.
        secret = hashlib.sha256(source.data).digest() + answers
        code = [cell for cell in cells if _is_run(cell)]
        to_run = [_to_run(cell, source.hidden, secret) for cell in code]
        try:
            results = self._examine(to_run, _seed(answers, "learner"))
        except WarmParentDied:
            # Not this learner's doing; the machine may have been short of memory.
            self.__exit__()
            self.__enter__()
            results = self._examine(to_run, _seed(answers, "learner"))
        verdicts = {}
        for number, (cell, result) in enumerate(zip(code, results, strict=True), 1):
            cell.content["execution_count"] = number
            cell.content["outputs"] = _outputs(cell, result)
            if cell.role is Role.TEST:
                verdicts[cell.name] = _record(cell, result)
        tests = [cell for cell in cells if cell.role is Role.TEST]
        for cell in tests:
            if cell.decision is not None:
                verdicts[cell.name] = _record(
                    cell, _CellResult([], Outcome(cell.decision), NO_MESSAGE)
                )
                cell.content["outputs"] = [_printed(f"{cell.decided}\n")]
        _make_showable(cells)
        in_order = (verdicts[cell.name] for cell in tests if cell.name in verdicts)
        return Examined(notebook, tuple(in_order))

    def _examine(self, cells: list[CellToRun], seed: int) -> list[_CellResult]:
        """The results of the cells, in their own order."""
        order = order_of_results(cells)
        results: dict[int, _CellResult] = {}
        end = time.monotonic() + self._limits.notebook_wall_seconds
        for _ in range(MAX_EXAMINER_RESTARTS):
            try:
                for result in self._session(cells, seed, results, end):
                    results[order[len(results)]] = result
                break
            except _ExaminerLost as lost:
                results[order[len(results)]] = _CellResult([], lost.outcome, Message(lost.message))
                if len(results) == len(cells):
                    break
        why = Message("not run: the tests' process kept ending")
        not_run = _CellResult([], Outcome.NOT_RUN, why)
        return [results.get(index, not_run) for index in range(len(cells))]

    def _session(
        self, cells: list[CellToRun], seed: int, results: dict[int, _CellResult], end: float
    ) -> Iterator[_CellResult]:
        """One examiner's life; the results that are not known yet, in `order_of_results`."""
        now = time.monotonic()
        plan = Plan(
            cells=cells,
            known=[*results],
            skip=[
                index
                for index, result in results.items()
                if result.outcome is not None and cells[index]["role"] is not Role.TEST
            ],
            seed=seed,
            seconds=end - now,
            hidden_seconds=end + self._hidden_seconds() - now,
        )
        with contextlib.ExitStack() as stack:
            examiner = stack.enter_context(self._examiners.spawn())
            channel = Channel(examiner.sock)
            learner: Child | None = None
            try:
                channel.send(plan)
                while True:
                    message, _ = channel.receive(self._patience())
                    match message["do"]:
                        case Do.SPAWN:
                            learner = stack.enter_context(self._learners.spawn())
                            socket.send_fds(examiner.sock, [b"+"], [learner.sock.fileno()])
                            learner.sock.close()
                        case Do.END:
                            assert learner is not None
                            channel.send(_ending(learner, message["closed"]))
                        case Do.CELL:
                            outcome = message["outcome"]
                            yield _CellResult(
                                message["outputs"],
                                None if outcome is None else Outcome(outcome),
                                Message.read(message["message"]),
                            )
                        case Do.BROKEN:
                            raise SourceError(
                                f"the locked cell {message['cell']!r} fails: {message['message']}"
                            )
                        case Do.DONE:
                            return
            except (WireError, ConnectionError) as error:  # the latter where a socket is passed on
                raise _lost(examiner, error) from None

    def _patience(self) -> float:
        return time.monotonic() + self._longest_silence()

    def _hidden_seconds(self) -> float:
        return HIDDEN_SHARE * self._limits.notebook_wall_seconds

    def _longest_silence(self) -> float:
        return self._limits.cell_wall_seconds + EXAMINER_GRACE_SECONDS


@dataclass(frozen=True)
class Terms:
    """On which terms an engine grades.

    unsafe: run learners' code without a sandbox.
    """

    profile: Profile
    unsafe: bool = False
    limits: Limits = Limits()  # noqa: RUF009


_engines: dict[Terms, Engine] = {}


def engine_for(terms: Terms, secret: Path) -> Engine:
    """This process's engine, started when first asked for. Raises SandboxUnavailable.

    secret: the course folder, which learners' code must not see.
    """
    if terms not in _engines:
        sandbox = None if terms.unsafe else Sandbox.find(terms.profile, [secret])
        engine = Engine(terms.profile, sandbox, terms.limits).__enter__()
        atexit.register(engine.__exit__)
        share(engine, terms)
    return _engines[terms]


def share(engine: Engine, terms: Terms) -> None:
    """Let this process use another one's engine."""
    _engines[terms] = engine


def engines() -> dict[Terms, Engine]:
    """The engines of this process, by the terms on which they were asked for."""
    return dict(_engines)


class _ExaminerLost(Exception):
    def __init__(self, outcome: Outcome, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.message = message


def _lost(examiner: Child, error: Exception) -> _ExaminerLost:
    status = None if isinstance(error, TimedOut) else _wait(examiner)
    if status is None or status.ended_by is EndedBy.WALL:
        return _ExaminerLost(Outcome.TIMED_OUT, "took too long to examine")
    if status.ended_by is EndedBy.LOSS:
        raise WarmParentDied(str(status))
    if status.ended_by is EndedBy.CPU:
        return _ExaminerLost(Outcome.TIMED_OUT, "took too much computing time to examine")
    if status.ended_by is EndedBy.MEMORY:
        return _ExaminerLost(Outcome.OUT_OF_MEMORY, "took too much memory to examine")
    return _ExaminerLost(Outcome.CRASHED, f"ended the test's own process ({status})")


def _wait(child: Child, patience: float = 2.0) -> ExitStatus:
    """How a child ends by itself within `patience` seconds, or else by being killed."""
    try:
        return child.wait(patience)
    except TimeoutError:
        child.kill()
        return child.wait()


def _ending(learner: Child, closed: bool) -> dict[str, Any]:
    status = _wait(learner, 2.0 if closed else 0.0)
    if status.ended_by is EndedBy.LOSS:
        raise WarmParentDied(str(status))
    return {"ended_by": status.ended_by, "said": str(status)}


def _is_run(cell: Cell) -> bool:
    """Whether a cell is code that learner or examiner run; a dropped question's test isn't."""
    if not cell.is_code or not cell.source.strip() or cell.role is Role.SHOWN:
        return False
    return cell.role is not Role.TEST or cell.decision is None


def _to_run(cell: Cell, hidden: frozenset[str], secret: bytes) -> CellToRun:
    name = cell.grade_id or str(cell.content["id"])
    return CellToRun(
        id=name,
        role=cell.role,
        code=cell.source,
        hidden=name in hidden,
        seed=_seed(secret, name),
    )


def _seed(secret: bytes, name: str) -> int:
    """A number below 2**63 that only who has `secret` can foresee."""
    return int.from_bytes(hashlib.sha256(secret + name.encode()).digest()[:8], "big") >> 1


def _outputs(cell: Cell, result: _CellResult) -> list[dict[str, Any]]:
    if result.outcome in (None, Outcome.PASSED):
        return result.outputs
    said = result.message
    if cell.role is not Role.TEST and result.outcome is not Outcome.NOT_RUN:
        said = dataclasses.replace(said, headline=f"this cell {said.headline}")
    return [*result.outputs, error_output(Outcome(str(result.outcome)), said)]


def _printed(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def _make_showable(cells: list[Cell]) -> None:
    """Cut very long code of the learner's, and say which cells were not run."""
    left = MAX_SHOWN_CODE
    for cell in cells:
        if cell.role is Role.SHOWN:
            cell.content["outputs"] = [_printed(NOT_RUN)]
        if cell.is_code and cell.role in (Role.ANSWER, Role.OPEN, Role.SHOWN):
            cell.source = showable_code(cell.source, left)
            left = max(0, left - len(cell.source))


def _record(cell: Cell, result: _CellResult) -> Verdict:
    outcome = result.outcome or Outcome.NOT_RUN
    cell.note = {"outcome": str(outcome), "message": result.message.as_data()}
    return Verdict.of(cell.name, outcome, cell.points, result.message)


def error_output(outcome: Outcome, message: Message) -> dict[str, Any]:
    """An output that says what went wrong, and means no points to nbgrader."""
    plain = outcome in (Outcome.FAILED, Outcome.ERROR)
    bold, facts = message.lines(sign="✗ " if plain else f"✗ {outcome}: ")
    return {
        "output_type": "error",
        "ename": str(outcome),
        "evalue": message.said.partition("\n")[0],
        # A notebook, a page and a terminal all know these codes.
        "traceback": [f"\x1b[1m{line}\x1b[0m" for line in bold] + facts,
    }


def as_unreadable(source: Source, reason: str) -> Examined:
    """What a submission that can't be read gets: the source's stubs, and no points."""
    notebook = graft(source, [])
    reason = safe_line(reason)
    verdicts = []
    for cell in cells_of(notebook):
        if cell.role is Role.TEST:
            said = Message(f"the submitted notebook could not be read: {reason}")
            result = _CellResult([], Outcome.MALFORMED, said)
            cell.content["outputs"] = [error_output(Outcome.MALFORMED, said)]
            verdicts.append(_record(cell, result))
    notebook["metadata"][NOTE] = {"malformed": reason}
    return Examined(notebook, tuple(verdicts), reason)
