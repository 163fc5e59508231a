"""Grade one submission: source and submitted notebook in, graded notebook and verdicts out."""

import atexit
import contextlib
import dataclasses
import hashlib
import json
import socket
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Self

from nbexaminer.errors import Malformed
from nbexaminer.judging.limits import Limits
from nbexaminer.judging.message import NO_MESSAGE, Message
from nbexaminer.judging.names.names import names_used
from nbexaminer.judging.names.steps import Step, in_process, lent_to, seen_of, steps_of
from nbexaminer.judging.notebook.cell import NOTE, Cell, Role, cells_of
from nbexaminer.judging.notebook.graft import Grafted, graft
from nbexaminer.judging.notebook.places import AGAIN
from nbexaminer.judging.notebook.reader import read_notebook
from nbexaminer.judging.notebook.sanitize import (
    MAX_SHOWN_CODE,
    safe_line,
    safe_outputs,
    showable_code,
)
from nbexaminer.judging.notebook.source import Source, read_source
from nbexaminer.judging.profile import Profile, SandboxRole
from nbexaminer.judging.session.notebook_run import MAX_RESTARTS
from nbexaminer.judging.session.scores import NUMBER, no_score
from nbexaminer.judging.session.verdicts import (
    COST_NOTHING,
    CellToRun,
    Doubt,
    Outcome,
    Plan,
    Remark,
    Stages,
    Verdict,
    is_hidden,
    worth,
)
from nbexaminer.judging.session.wire import Channel, TimedOut, WireError
from nbexaminer.judging.ways import Way, ways_of
from nbexaminer.sandbox.files import sealed
from nbexaminer.sandbox.limits import EndedBy
from nbexaminer.sandbox.view import Sandbox
from nbexaminer.sandbox.zygote_handle import Child, ExitStatus, ZygoteDied, ZygoteHandle

TEST_RUNNER_GRACE_SECONDS = 30.0
MAX_TEST_RUNNER_RESTARTS = 5
MAX_SPAWNED = 4 * (MAX_RESTARTS + 1)
"""Answer processes of one test runner, in all runs."""
MAX_AHEAD = 1.0
"""Seconds that a process may have waited of those which it has for a notebook."""
HIDDEN_SHARE = 0.25
"""Of a notebook's time: what hidden tests may take beyond it, so that slow cells of the learner's
behind an answer don't cost its points."""
IN_ORDER = (
    "it passes by itself, but not where the whole notebook runs from top to bottom. Does your code "
    "change what it is given, miss an import, or give a name of Python's to something else?"
)
IN_A_KERNEL = (
    "it passes by itself, but not where all cells and tests run in one process. Does your code "
    "change what it is given, keep something between calls, or give a name to something else?"
)
_LIMITS = Limits()
_NO_STEP = Step()
MAX_OUTPUTS = 64 << 20
"""Bytes of a cell's outputs, whatever the test runner has kept of them."""
NOT_RUN = "This cell is not run while grading: it only shows something.\n"


@dataclass(frozen=True)
class Examined:
    """What grading one submission gives.

    notebook: the graded notebook, with outputs; scores are read from these by nbgrader.
    verdicts: one for each test cell, in order.
    reason: why the submission could not be read, or empty.
    remarks: what is to be said of answers that were not found as usual.
    waiting: grade ids of the cells whose points wait for a person, since it isn't clear which of
        the learner's cells is the answer, or since a test fails apart that a kernel would pass.
    """

    notebook: dict[str, Any]
    verdicts: tuple[Verdict, ...]
    reason: str = ""
    remarks: tuple[Remark, ...] = ()
    waiting: frozenset[str] = frozenset()


@dataclass
class _CellResult:
    outcome: Outcome | None
    message: Message
    outputs: list[dict[str, Any]] = field(default_factory=list)
    score: float | None = None
    ends_in: str = ""
    doubt: Doubt | None = None
    by_word: bool = False
    """Whether it took an object's word."""
    needs: frozenset[str] = frozenset()
    """What code that tests have made has besides the source's words, as `Guard` found it."""
    in_kernel: "_CellResult | None" = None
    """How the same test ended where all ran in one process, as in a kernel."""
    ended_test_runner: bool = False
    """Whether it ended the test runner."""

    @property
    def worth(self) -> float:
        """What it gives, to be compared."""
        return worth(self.outcome, self.score)


class _Files(NamedTuple):
    """What is found in the working folder, by answers and by tests."""

    answers: BinaryIO | None
    tests: BinaryIO | None


class _Order(NamedTuple):
    """What is to be run of one submission.

    seed: of the learner's own random numbers.
    is_told: whether errors of hidden tests are told in full.
    trusted: what `Guard` is to trust, or None for all.
    """

    cells: list[CellToRun]
    seed: int
    files: _Files
    is_told: bool
    trusted: Collection[str] | None


class Engine:
    """Two zygotes, for as many submissions as you like; a context manager.

    profile: of the course whose submissions are graded.
    sandbox: from `Sandbox.find(profile)`, or None to run learners' code and test runners without
    one.

    A process that `multiprocessing` starts with an engine as an argument shares its zygotes,
    and starts its own when those die.
    """

    _stack = contextlib.ExitStack()  # of nothing that was entered here

    def __init__(self, profile: Profile, sandbox: Sandbox | None, limits: Limits = _LIMITS) -> None:
        self._limits, self._way = limits, profile.way
        self._solved: dict[bytes, dict[str, _CellResult]] = {}
        self._steps: dict[tuple[bytes, str, frozenset[str], frozenset[str]], tuple[Step, ...]] = {}
        self._hidden_seconds = HIDDEN_SHARE * limits.notebook_wall_seconds
        self._longest_silence = limits.cell_wall_seconds + TEST_RUNNER_GRACE_SECONDS

        def zygote(module: str, role: SandboxRole, extra_seconds: float) -> ZygoteHandle:
            own = dataclasses.replace(limits, extra_seconds=extra_seconds)
            main = f"nbexaminer.judging.session.{module}:main"
            return ZygoteHandle(main, role, profile, sandbox, own)

        longer = 4 * limits.notebook_wall_seconds + self._hidden_seconds + self._longest_silence
        self._learners = zygote("learner", SandboxRole.learner(profile), self._hidden_seconds)
        self._test_runners = zygote("test_runner", SandboxRole.test_runner(profile), longer)

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in vars(self).items() if k != "_stack"}

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            zygotes = (self._learners, self._test_runners)
            for zygote in zygotes:  # at the same time: each imports for seconds
                zygote.start()
                stack.push(zygote)
            for zygote in zygotes:
                zygote.await_ready()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def ways_of(self, source: Source) -> dict[str, Way]:
        """How each graded cell of a source is run here. Raises SourceError."""
        ways = ways_of(source.notebook, self._way)
        found = in_process(source.cells, self.steps_of(source))
        return ways | dict.fromkeys(found, Way.BESIDE)

    def steps_of(self, source: Source) -> tuple[Step, ...]:
        """What the test runner does at each cell of a source. Raises SourceError."""
        said = ways_of(source.notebook, self._way)
        noted, insisted = (
            frozenset(name for name, way in said.items() if way is one)
            for one in (Way.BESIDE, Way.APART)
        )
        key = source.data, source.delimiters, noted, insisted
        if key not in self._steps:  # once for all submissions
            self._steps |= {key: tuple(steps_of(source.cells, source.hidden, noted, insisted))}
        return self._steps[key]

    def grade(
        self, source: bytes | Source, submitted: bytes, beside: str = "", own: bytes = b""
    ) -> Examined:
        """Grade a submission.

        source: the instructor's notebook, as a file or as `read_source` gave it.
        submitted: whatever was handed in.
        beside: the name of another notebook of the exercise that was handed in, or empty.
        own: what the answers find in their working folder, as `sandbox.files.pack` gives it, where
            that isn't what the source has.
        Raises SourceError where the source is at fault.
        """
        if isinstance(source, bytes):
            source = read_source(source)
        try:
            return self._run(graft(source, read_notebook(submitted), beside), source, own)
        except Malformed as malformed:
            return as_unreadable(source, str(malformed))

    def _run(self, grafted: Grafted, source: Source, own: bytes) -> Examined:
        """Run and examine a grafted notebook, which it completes. Raises Malformed for one whose
        code is too long to be sent."""
        notebook, remarks, doubts = grafted.notebook, grafted.remarks, grafted.doubts
        cells, ways = cells_of(notebook), self.ways_of(source)
        alone = self._alone(source)
        known = _needs(self._solved.get(source.data, {}).values())  # else it would run twice
        to_run, results = self._results(grafted, source, own, alone, known)
        if (needs := _needs(results)) and not source.is_told:
            trusted = _needs(self._solution(source).values())
            if needs & trusted:
                to_run, results = self._results(grafted, source, own, alone, trusted)
        self._settle(source, to_run, results)
        numbered = enumerate(results, 1)
        verdicts = []
        for cell in cells:
            if _is_run(cell):
                number, result = next(numbered)
                if result.score is not None:
                    result.score = min(max(float(result.score), 0.0), cell.points)
                cell.content |= {"execution_count": number, "outputs": _outputs(cell, result)}
            elif cell.role is Role.TEST and cell.decision is not None:
                result = _CellResult(Outcome(cell.decision), NO_MESSAGE)
                cell.content["outputs"] = [_printed(f"{cell.decided}\n")]
            else:
                continue
            if cell.role is Role.TEST:
                beside = ways.get(cell.name) is Way.BESIDE and cell.decision is None
                verdicts.append(_record(cell, result, beside))
        _make_showable(cells)
        settled = {verdict.cell for verdict in verdicts if verdict.outcome in COST_NOTHING}
        settled |= {cell.name for cell in cells if cell.decision is not None}
        pairs = zip(to_run, results, strict=True)
        disputed = {cell["id"]: result.doubt for cell, result in pairs if result.doubt is not None}
        waiting = (doubts.keys() - settled) | disputed.keys()
        for cell in cells:
            if cell.role is Role.TEST and cell.name in waiting:
                cell.note |= {"waits": True}
        wait = {doubts[name] for name in waiting & doubts.keys()}
        told = tuple(
            Remark(name, text, name in wait)
            for name, text in remarks.items()
            if name in wait or text != AGAIN
        )
        told += tuple(Remark(name, doubt, True) for name, doubt in sorted(disputed.items()))
        return Examined(notebook, tuple(verdicts), "", told, frozenset(waiting))

    def _results(
        self,
        grafted: Grafted,
        source: Source,
        own: bytes,
        alone: Collection[str],
        trusted: Collection[str] | None,
    ) -> tuple[list[CellToRun], list[_CellResult]]:
        """The cells of a grafted notebook that are run, and how each ended.

        alone: tests of which a kernel says nothing.
        trusted: what `Guard` is to trust, or None for all.
        """
        trusted = None if source.is_told else trusted
        cells = cells_of(grafted.notebook)
        # The tests' random numbers depend on the source and on all that runs of the learner's: who
        # could change one without the other would see more of what the same numbers give.
        run = json.dumps([(cell.role, cell.source) for cell in cells if _is_run(cell)])
        answers = hashlib.sha256(run.encode() + own).digest()
        secret = hashlib.sha256(source.data).digest() + answers
        steps = self.steps_of(source)
        to_run, read = list[CellToRun](), frozenset[str]()
        for cell, place in reversed([*zip(cells, grafted.places, strict=True)]):
            if _is_run(cell):
                known = (_NO_STEP, "") if place is None else (steps[place], seen_of(source, place))
                to_run.insert(0, _to_run(cell, *known, read, secret, alone))
                if cell.role is not Role.TEST:
                    read |= names_used(cell.source)
        files = _Files(sealed(own or source.files), sealed(source.files))
        order = _Order(to_run, _seed(answers, "learner"), files, source.is_told, trusted)
        try:
            return to_run, self._examine(order)
        except ZygoteDied:
            # Not this learner's doing; the machine may have been short of memory.
            self.__exit__()
            self.__enter__()
            return to_run, self._examine(order)

    def _settle(self, source: Source, cells: list[CellToRun], results: list[_CellResult]) -> None:
        """Settle what depends on how the source's own solution ends.

        No points are given for what is no number, where the solution ends in one; else the cell
        only shows something, and what that is costs nothing, as in nbgrader. What is in doubt for
        the solution, too, is for nobody.
        """
        if source.is_told:  # the solution itself is being tried
            return
        pairs = [*zip(cells, results, strict=True)]
        for place, (cell, result) in enumerate(pairs):
            if result.in_kernel is not None:
                results[place] = result = _with_kernel(result, result.in_kernel)
            is_odd = result.ends_in not in ("", NUMBER)
            if not (is_odd or result.by_word):
                continue
            solved = self._solution(source)[cell["id"]]
            if is_odd and solved.ends_in == NUMBER:
                result.outcome, result.score = Outcome.FAILED, None
                result.message = no_score(result.ends_in)
                result.doubt = result.doubt or Doubt.NUMBER
            if result.by_word and solved.worth and not solved.by_word:
                result.doubt = result.doubt or Doubt.WORD
        if any(result.doubt is Doubt.MORE for result in results):
            for cell, result in zip(cells, results, strict=True):
                costs_points = (
                    result.outcome not in (None, Outcome.PASSED) and not result.message.todo
                )
                is_uncompared = is_hidden(cell) and not (cell["beside"] or cell["in_kernel"])
                if costs_points and is_uncompared:
                    result.doubt = result.doubt or Doubt.LIKE

    def _solution(self, source: Source) -> dict[str, _CellResult]:
        """How the cells of a source's own solution end, by their ids."""
        if source.data not in self._solved:
            grafted = graft(source, read_notebook(source.data))
            solved = self._results(grafted, source, b"", frozenset(), None)
            self._solved[source.data] = {c["id"]: result for c, result in zip(*solved, strict=True)}
        return self._solved[source.data]

    def _alone(self, source: Source) -> frozenset[str]:
        """Tests of which a kernel says nothing: the source's own solution ends otherwise there,
        where a test misses what only the test runner has. All, where no hidden one is left."""
        pairs = zip(source.cells, self.steps_of(source), strict=True)
        tests = {cell.name: step for cell, step in pairs if cell.role is Role.TEST}
        hidden = {name for name, step in tests.items() if step.hidden}
        alone = {name for name, step in tests.items() if not (step.reason or step.runs_again)}
        if not (source.is_told or hidden <= alone):
            for name, result in self._solution(source).items():
                if result.in_kernel and result.in_kernel.worth != result.worth:
                    alone.add(name)
        return frozenset(tests if hidden <= alone else alone)

    def _examine(self, order: _Order) -> list[_CellResult]:
        """The results of the cells, in their own order; each process unpacks the files anew."""
        cells, items = order.cells, Stages.of(order.cells).items
        number = len(cells)
        results: dict[int, _CellResult] = {}
        end = time.monotonic() + self._limits.notebook_wall_seconds
        for _ in range(MAX_TEST_RUNNER_RESTARTS):
            for result in self._session(order, results, end):
                results[items[len(results)]] = result
            if len(results) == len(items):
                break
        why = Message("not run: the tests' process kept ending")
        not_run = _CellResult(Outcome.NOT_RUN, why, doubt=Doubt.LOST)
        once = [results.get(index, not_run) for index in range(number)]
        for index, cell in enumerate(cells):
            if cell["both_ways"] and not is_hidden(cell):
                once[index] = _lower(once[index], results.get(number + index, not_run))
            if cell["in_kernel"]:
                there = results.get(2 * number + index, not_run)
                once[index].in_kernel = None if there.outcome is None else there
        return once

    def _plan(self, order: _Order, results: dict[int, _CellResult], end: float) -> Plan:
        """What a test runner is to do that begins now."""
        cells, trusted = order.cells, order.trusted
        lost = [index % len(cells) for index, result in results.items() if result.ended_test_runner]
        stopped = (index for index, result in results.items() if result.outcome is not None)
        number, again = len(cells), self._limits.notebook_wall_seconds
        return Plan(
            cells=cells,
            known=[*results],
            lost=lost,
            skip=[i for i in stopped if i < number and cells[i]["role"] is not Role.TEST],
            seed=order.seed,
            seconds=end - time.monotonic(),
            again_seconds=again,
            hidden_seconds=again + self._hidden_seconds,
            told=order.is_told,
            trusted=None if trusted is None else sorted(trusted),
        )

    def _session(
        self, order: _Order, results: dict[int, _CellResult], end: float
    ) -> Iterator[_CellResult]:
        """One test runner's life; the results that are not known yet, in `Stages`.

        It ends when all are in `results`, or with that of the cell at which the test runner was
        lost.
        """
        again = self._limits.notebook_wall_seconds
        last = end + 4 * again + self._hidden_seconds + self._longest_silence
        cells, files, plan = order.cells, order.files, self._plan(order, results, end)
        with contextlib.ExitStack() as stack:
            test_runner = stack.enter_context(self._test_runners.spawn(files.tests))
            channel = Channel(test_runner.sock)

            def fork_ahead() -> None:
                ahead.append((time.monotonic(), enter(self._learners.spawn(files.answers))))

            # Forking one takes a while: it begins before the test runner asks.
            enter, learners, n_spawned = stack.enter_context, list[Child](), 0
            ahead = list[tuple[float, Child]]()
            for _ in filter(None, Stages.of(cells)):  # for each run one
                fork_ahead()
            try:
                try:
                    channel.send(plan)
                except ValueError as error:
                    raise Malformed(f"its code is too long: {error}") from None
                while len(results) < len(Stages.of(cells).items):
                    silent = time.monotonic() + self._longest_silence
                    message, _ = channel.receive(min(silent, last))
                    match message["do"]:
                        case "spawn" if n_spawned < MAX_SPAWNED:
                            n_spawned += 1
                            if not ahead or ahead[0][0] < time.monotonic() - MAX_AHEAD:
                                ahead.clear()
                                fork_ahead()
                            learner = ahead.pop(0)[1]
                            socket.send_fds(test_runner.sock, [b"+"], [learner.sock.fileno()])
                            learner.sock.close()
                            learners.append(learner)
                        case "leave":
                            _wait(learners.pop(), 0.0)
                            channel.send({})
                        case "end":
                            status = _wait(learners.pop(), 2.0 if message["closed"] else 0.0)
                            channel.send({"ended_by": status.ended_by, "words": str(status)})
                        case "cell":
                            yield _reported(message)
                        case "alive":
                            pass
                        case _:
                            raise ValueError("what no test runner asks for")
                for child in (test_runner, *learners):  # together, and then wait
                    child.kill()
                return
            # The last of these where a learner has got hold of it, or a socket is passed on.
            except (WireError, ConnectionError, LookupError, TypeError, ValueError) as error:
                lost = _lost(test_runner, error)
        yield lost


@dataclass(frozen=True)
class Terms:
    """On which terms an engine grades.

    unsafe: run learners' code without a sandbox.
    """

    profile: Profile
    unsafe: bool = False
    limits: Limits = _LIMITS


engines: dict[Terms, Engine] = {}
"""What `engine_for` gives in this process: another one's engine can be shared by setting it here.
"""


def engine_for(terms: Terms, secret: Path) -> Engine:
    """This process's engine, started when first asked for. Raises SandboxUnavailable.

    secret: the course folder, which learners' code must not see.
    """
    if terms not in engines:
        sandbox = None if terms.unsafe else Sandbox.find(terms.profile, [secret])
        engines[terms] = Engine(terms.profile, sandbox, terms.limits).__enter__()
        atexit.register(engines[terms].__exit__)
    return engines[terms]


def _needs(results: Iterable[_CellResult]) -> frozenset[str]:
    return frozenset().union(*(result.needs for result in results))


def _reported(message: dict[str, Any]) -> _CellResult:
    """What a test runner reports of a cell. Raises TypeError, ValueError for what none would."""
    outcome, doubt = message["outcome"], message["doubt"]
    if outcome in (Outcome.ACCEPTED, Outcome.DROPPED):
        raise ValueError("an outcome that no run has")
    if not (message["score"] is None or type(message["score"]) is float):
        raise TypeError("a score that is no number")
    return _CellResult(
        outcome=None if outcome is None else Outcome(outcome),
        message=Message.read(message["message"]),
        outputs=safe_outputs(message["outputs"], MAX_OUTPUTS),
        score=message["score"],
        ends_in=message["ends_in"],
        doubt=Doubt(doubt) if doubt else None,
        by_word=message["by_word"] is True,
        needs=frozenset(map(str, message["needs"])),
    )


def _lower(first: _CellResult, second: _CellResult) -> _CellResult:
    """What a test gives that ran isolated and then in the answer process: never more than either.
    It is in doubt where the second gives more.

    second: without an outcome where the answer isn't written, or learners see nothing of the test.
    """
    if second.outcome is None:
        return first
    if second.worth == first.worth:
        is_settled = first.doubt is Doubt.CROSS
        return dataclasses.replace(first, doubt=None) if is_settled else first
    if (
        second.worth > first.worth
    ):  # nbgrader takes some numbers, such as `np.float64(0.5)`, for none
        is_other_number = first.ends_in == NUMBER and second.ends_in != NUMBER
        return first if is_other_number else dataclasses.replace(first, doubt=Doubt.MORE)
    if second.outcome is Outcome.PARTLY:
        return dataclasses.replace(first, outcome=Outcome.PARTLY, score=second.score)
    message = Message(IN_ORDER, facts=(("then", str(second.message)),))
    doubt = first.doubt or second.doubt
    return dataclasses.replace(
        first, outcome=second.outcome, message=message, score=None, doubt=doubt
    )


def _with_kernel(before: _CellResult, in_kernel: _CellResult) -> _CellResult:
    """What a test gives that has run, and then as a kernel runs it. It is in doubt where the two
    differ, and gives nothing where it gives less there.

    Nothing else is told of it: answers may have read hidden tests.
    """
    if in_kernel.worth >= before.worth:
        return _lower(before, in_kernel)
    # It had no time, or its process ended, which an answer of another test may have done.
    if in_kernel.outcome not in (Outcome.PARTLY, Outcome.FAILED, Outcome.ERROR):
        return dataclasses.replace(before, doubt=before.doubt or Doubt.LESS)
    return _CellResult(Outcome.FAILED, Message(IN_A_KERNEL), doubt=Doubt.LESS)


_OVER_A_LIMIT = {
    EndedBy.CPU: (Outcome.TIMED_OUT, "took too much computing time to examine"),
    EndedBy.MEMORY: (Outcome.OUT_OF_MEMORY, "took too much memory to examine"),
}


def _lost(test_runner: Child, error: Exception) -> _CellResult:
    """What comes of the cell that a test runner was at when it was lost."""
    status = None if isinstance(error, TimedOut) else _wait(test_runner, 2.0)
    outcome, text = Outcome.TIMED_OUT, "took too long to examine"
    if status is not None and status.ended_by is not EndedBy.WALL:
        ended = Outcome.CRASHED, f"ended the test's own process ({status})"
        outcome, text = _OVER_A_LIMIT.get(status.ended_by, ended)
    return _CellResult(outcome, Message(text), ended_test_runner=True)


def _wait(child: Child, patience: float) -> ExitStatus:
    """How a child ends by itself within `patience` seconds, or else by being killed.

    Raises ZygoteDied where it was lost with its parent.
    """
    try:
        status = child.wait(patience)
    except TimeoutError:
        child.kill()
        status = child.wait()
    if status.ended_by is EndedBy.LOSS:
        raise ZygoteDied(str(status))
    return status


def _is_run(cell: Cell) -> bool:
    """Whether a cell is code that learner or test runner run; a dropped question's test isn't."""
    left_out = cell.role is Role.SHOWN or (cell.role is Role.TEST and cell.decision is not None)
    is_empty = cell.is_own and not cell.source.strip()  # a cell of the source's may be emptied
    return cell.is_code and not is_empty and not left_out


def _to_run(
    cell: Cell, step: Step, seen: str, read: Collection[str], secret: bytes, alone: Collection[str]
) -> CellToRun:
    """What is to be known of a cell.

    Args:
        seen: what learners see of a test.
        read: names that cells behind it read which are no tests.
        alone: tests of which a kernel says nothing.
    """
    is_compared = step.runs_again or (bool(step.reason) and not step.hidden)
    name = cell.grade_id or str(cell.content["id"])
    seen = seen if step.runs_again and step.stands_alone else ""
    return CellToRun(
        id=name,
        role=cell.role,
        code=cell.source,
        replay=step.replay,
        defines=step.defines,
        may_define=step.may_define,
        imports=step.imports,
        answers=step.answers,
        makes=step.makes,
        carried=step.carried,
        asks=step.asks,
        hidden=step.hidden,
        beside=bool(step.reason),
        in_second_run=step.is_late,
        both_ways=step.runs_again,
        in_kernel=is_compared and name not in alone,
        visible_text=seen,
        lends=lent_to(read, seen),
        seed=_seed(secret, name),
        points=cell.points,
    )


def _seed(secret: bytes, name: str) -> int:
    """A number below 2**63 that only who has `secret` can foresee."""
    return int.from_bytes(hashlib.sha256(secret + name.encode()).digest()[:8], "big") >> 1


def _outputs(cell: Cell, result: _CellResult) -> list[dict[str, Any]]:
    if result.outcome is None:
        return result.outputs
    if result.outcome is Outcome.PASSED:
        return [_costing_nothing(output) for output in result.outputs]
    if result.outcome is Outcome.PARTLY:  # nbgrader reads the points in it
        shown = {"data": {"text/plain": repr(result.score)}, "metadata": {}}
        printed = [_costing_nothing(output) for output in result.outputs]
        return [*printed, shown | {"output_type": "execute_result", "execution_count": None}]
    text = result.message
    if cell.role is not Role.TEST and result.outcome is not Outcome.NOT_RUN:
        text = dataclasses.replace(text, headline=f"this cell {text.headline}")
    return [*result.outputs, error_output(Outcome(str(result.outcome)), text)]


def _costing_nothing(output: dict[str, Any]) -> dict[str, Any]:
    """An output of a test that earns points: nbgrader gives none where one is an error or stands
    on stderr, and beside the answers a test may show both."""
    if output["output_type"] == "error":
        return _printed("\n".join([*output["traceback"], ""]))
    return output | {"name": "stdout"} if output["output_type"] == "stream" else output


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


def _record(cell: Cell, result: _CellResult, beside: bool = False) -> Verdict:
    outcome = result.outcome or Outcome.NOT_RUN
    cell.note = {"outcome": str(outcome), "message": result.message.as_data()}
    if outcome is Outcome.PARTLY:
        cell.note |= {"score": result.score}
    if beside:
        cell.note |= {"beside": True}
    return Verdict.of(cell.name, outcome, cell.points, result.message, result.score, beside)


def error_output(outcome: Outcome, message: Message) -> dict[str, Any]:
    """An output that says what went wrong, and means no points to nbgrader."""
    plain = outcome in (Outcome.FAILED, Outcome.ERROR)
    bold, facts = message.lines(sign="✗ " if plain else f"✗ {outcome}: ")
    return {
        "output_type": "error",
        "ename": str(outcome),
        "evalue": message.opening.partition("\n")[0],
        # A notebook, a page and a terminal all know these codes.
        "traceback": [f"\x1b[1m{line}\x1b[0m" for line in bold] + facts,
    }


def as_unreadable(source: Source, reason: str) -> Examined:
    """What a submission that can't be read gets: the source's stubs, and no points."""
    notebook = graft(source, []).notebook
    reason = safe_line(reason)
    text = Message(f"the submitted notebook could not be read: {reason}")
    verdicts = []
    for cell in cells_of(notebook):
        if cell.role is Role.TEST:
            cell.content["outputs"] = [error_output(Outcome.MALFORMED, text)]
            verdicts.append(_record(cell, _CellResult(Outcome.MALFORMED, text)))
    notebook["metadata"][NOTE] = {"malformed": reason}
    return Examined(notebook, tuple(verdicts), reason)
