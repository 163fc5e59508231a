"""One run of a notebook by an answer process, which is made anew where it ends.

A submission's notebook is run several times, once for each way of asking its answers:

    run        tests that learners see      hidden tests       what is shown
    first      isolated, some in-process    -                  outputs and messages
    second     in the answer process        -                  messages of tests in-process alone
    third      isolated, so that what they  isolated           how hidden tests end
               change is changed
    fourth     in the answer process        there, too         how hidden tests in-process end

In the fourth all cells and tests run in one process, in order, as in a kernel. Where a test gives
other points there, they wait for a person, and nothing else is told of it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import random
import socket
import time
from collections.abc import Collection, Iterator
from typing import Any

from nbexaminer.judging import codecs
from nbexaminer.judging.limits import Limits
from nbexaminer.judging.message import Message
from nbexaminer.judging.names.names import bound_names, names_used
from nbexaminer.judging.notebook.cell import Role
from nbexaminer.judging.session.guard import Guard
from nbexaminer.judging.session.remote_proxy import Ended, Lost, Remote, RemoteError
from nbexaminer.judging.session.replay import Replay
from nbexaminer.judging.session.verdicts import CellToRun, Outcome, is_hidden
from nbexaminer.judging.session.wire import Channel, Closed, TimedOut
from nbexaminer.sandbox.limits import EndedBy

MAX_RESTARTS = 8
SECONDS_AGAIN = 2.0
"""What a cell of the learner's gets, and a test that calls it, once it has taken too long."""
ANSWER_SECONDS = 1.0
"""What a process gets to say that it is still there."""


@dataclasses.dataclass(frozen=True)
class Mode:
    """How a run asks answers.

    in_process: isolated tests run in the answer process, as far as learners see them.
    hidden: hidden tests run, so that nothing is shown any more that an answer says: it may hand
        back what it was asked.
    """

    in_process: bool = False
    hidden: bool = False


@dataclasses.dataclass(frozen=True)
class RunConfig:
    """What all runs of a notebook have in common.

    grader: where answer processes come from.
    seed: of the learner's own random numbers.
    is_told: whether errors of hidden tests are told in full.
    guard: what keeps answers' values from being run here.
    """

    grader: Channel
    cells: list[CellToRun]
    limits: Limits
    seed: int
    is_told: bool
    guard: Guard


class NotebookRun:
    """A notebook that runs as far as it is asked for.

    Args:
        seconds: what it may take.
        before: the run before it, which tells what ends a process, or takes too long.
        skip: indices of cells not to run.
    """

    def __init__(
        self,
        config: RunConfig,
        mode: Mode,
        seconds: float,
        before: NotebookRun | None = None,
        skip: Collection[int] = (),
    ) -> None:
        self._grader, self.cells = config.grader, config.cells
        self._limits, self._seed = config.limits, config.seed
        self.guard = config.guard
        self.guard.has_refused = False
        self.mode, self.is_discreet = mode, mode.hidden and not config.is_told
        self.end = time.monotonic() + seconds
        self.replay = Replay(self.cells)
        self.replay.is_discreet = self.is_discreet
        self.remote: Remote | None = None
        self.place = 0
        """The first cell that has not run yet."""
        self.restarts = 0
        self.has_lost = False
        """Whether what tests have changed is lost, with an answer process or a test runner."""
        self.skip, self.slow, self.long = set(skip), set[int](), set[int]()
        """Cells that end their process; those that take too long, or tests of them; and tests."""
        self.stops: dict[int, Ended] = {}
        """How cells ended that did not run to their end."""
        self.locked_ends: dict[int, Message] = {}
        """Of locked cells that ended it, why nothing behind them runs."""
        if before is not None:
            self._learn(before)

    def _learn(self, before: NotebookRun) -> None:
        """Take over what a run before has found out about cells."""
        self.long = before.long
        if self.mode.in_process:
            # What took too long by itself does so again, and not what a test of it has waited for.
            timed_out = {i for i, stop in before.stops.items() if stop.outcome is Outcome.TIMED_OUT}
            self.slow = timed_out | before.long
            # A locked cell is to end it there, as in a kernel.
            self.skip = {i for i in before.skip if self.cells[i]["role"] != Role.GIVEN}
            return
        self.slow, self.skip = before.slow | before.long, set(before.skip)
        self.stops = dict(before.stops)
        self.locked_ends = dict(before.locked_ends)

    def ready(self, index: int) -> Remote:
        """An answer process with the names as they are after the cells before `index`.

        Raises Ended where there is none to be had.
        """
        while True:
            self.in_time()
            if self.remote is not None and self.place > index:
                self.let_go()
            if self.remote is None:
                self._spawn()
            self._advance(index)
            if self.remote is not None:
                return self.remote

    def cell_over(self) -> None:
        """Tell the answer process that a test has ended, and find out now whether it still answers:
        what stands behind a test that broke the connection isn't to blame for it."""
        if (remote := self.remote) is not None:
            with contextlib.suppress(Ended, RemoteError), self.watched(remote):
                remote.request("cell_over")

    def _advance(self, index: int) -> None:
        """Run the cells before `index` that have not run yet; what they print is not kept.

        It ends early where one of them ends the process: it is left out of the next.
        """
        while self.remote is not None and self.place < index:
            place = self.place
            if self.code_there(place) and place not in self.skip:
                self._grader.send({"do": "alive"})
                with contextlib.suppress(Ended):
                    self.run_there(self.remote, place)
            self.follow(place)

    def code_there(self, index: int) -> str:
        """What the answer process itself runs of the cell at `index`, if anything."""
        cell = self.cells[index]
        is_kernel = self.mode.in_process and self.mode.hidden
        if cell["role"] != Role.TEST:
            is_run = True
        elif is_hidden(cell):
            is_run = is_kernel and (cell["beside"] or cell["in_kernel"])
        else:
            is_run = cell["beside"] and (self.mode != Mode() or not cell["in_second_run"])
        if is_run:
            return cell["code"]
        return cell["visible_text"] if self.mode.in_process else cell["lends"]

    def run_there(self, remote: Remote, index: int) -> tuple[Any, RemoteError | Ended | None]:
        """Run a cell in the answer process, once: not again where it ends that; see `Remote.run`.

        Raises Ended.
        """
        cell = self.cells[index]
        is_locked = cell["role"] == Role.GIVEN
        try:
            with self.watched(remote, {index}):
                result = remote.run(self.code_there(index), is_locked)
                # So that a cell that breaks the connection is found at once and left out of the
                # next process, and not the cell or test behind it. One that was interrupted has
                # had all its time.
                remote.deadline = max(remote.deadline, time.monotonic() + ANSWER_SECONDS)
                with contextlib.suppress(RemoteError):
                    remote.request("cell_over")
        except Ended as ended:
            self.skip.add(index)
            self.stops[index] = ended
            if is_locked:
                text = f"the locked cell {cell['id']!r} {ended.message}"
                self.locked_ends[index] = Message(text)
            raise
        if isinstance(result[1], Ended):
            self.slow.add(index)
            if cell["role"] == Role.TEST:
                self.long.add(index)
        return result

    def run_cell(self, index: int) -> Any:
        """Run a cell that is no test; its outputs as they came. Raises Ended."""
        remote = self.ready(index)
        try:
            outputs, error = self.run_there(remote, index)
        finally:
            self.follow(index)
        if error is not None:
            text = f"raised {type(error).__name__}: {error}".removesuffix(": ")
            if isinstance(error, Ended):
                text = f"took longer than {self.cell_limit()}"
            self.stops[index] = Ended(error.outcome, text)
        return outputs

    def follow(self, index: int) -> None:
        """Have the test runner's names follow the answer process's over the cell at `index`."""
        cell, self.place = self.cells[index], index + 1
        if self.mode.in_process:
            return
        if cell["role"] == Role.TEST and not cell["beside"]:
            self.replay.again(index)
        elif cell["role"] == Role.TEST and not cell["replay"]:
            self.replay.imports(index)
        elif cell["role"] == Role.ANSWER:
            self.replay.answer(index)
        elif (remote := self.remote) is None or index in self.skip:
            self.replay.give_up(index)
        elif cell["replay"]:
            seed_all(cell["seed"])
            remote.begin(is_test=False)
            try:
                with printing_to(io.StringIO()), self.watched(remote, {index}):
                    self.replay.run(index, remote)
                    if remote.n_calls:
                        remote.request("cell_over")
                if remote.by_word:
                    self.replay.by_word |= {*cell["makes"]}
                if remote.limit:
                    self.replay.give_up(index, f"it {remote.limit}")
            except (RemoteError, Ended):
                if self.remote is None:
                    self.skip.add(index)

    def _spawn(self) -> None:
        if self.restarts > MAX_RESTARTS:
            text = f"not run: the notebook ended its process {MAX_RESTARTS} times"
            raise Ended(Outcome.NOT_RUN, text)
        self.has_lost |= self.restarts > 0
        self.restarts += 1
        self._grader.send({"do": "spawn"})
        _, fds, _, _ = socket.recv_fds(self._grader.sock, 1, 1)
        channel = Channel(socket.socket(fileno=fds[0]), self._limits.message_bytes)
        self.remote = Remote(channel, self.replay.classes, self._seed)
        self.remote.guard = self.guard
        self.place = 0
        self.replay.start()

    def let_go(self) -> None:
        """Have no answer process any more; what is left of it can't be asked."""
        if self.remote is not None:
            self.remote.is_over = True
            self._grader.send({"do": "leave"})
            self._grader.receive()  # once nothing of it is left
        self.remote = None

    @contextlib.contextmanager
    def watched(self, remote: Remote, cells: Collection[int] = ()) -> Iterator[None]:
        """Give the answer process the time of one cell, and turn its end into Ended.

        cells: whose code runs, as far as is known: once it has taken too long, it has little time.
        """
        now, again = self.in_time(), not self.slow.isdisjoint(cells)
        seconds = self._limits.cell_wall_seconds
        seconds = min(seconds, SECONDS_AGAIN) if again else seconds
        remote.deadline, remote.stopped = min(now + seconds, self.end), None
        try:
            try:
                yield
            finally:
                if remote.stopped is not None:  # whatever a test's `except:` made of it
                    raise remote.stopped
        except Ended as ended:
            if ended.outcome is Outcome.TIMED_OUT:
                self.slow.update(cells)
                limit = self.cell_limit()
                if again:
                    limit = (
                        f"{seconds:g} seconds, all it has since its cell, or a test of it or of "
                        "what it calls, took too long"
                    )
                ended.message = ended.message or f"took longer than {limit}"
            raise
        except Lost as lost:
            remote.is_over, self.remote = True, None
            raise self._how_it_ended(lost.cause) from None

    def seconds_left(self) -> float:
        """What it may still take."""
        return max(0.0, self.end - time.monotonic())

    def in_time(self) -> float:
        """The time, where there is some left. Raises Ended."""
        now = time.monotonic()
        if now >= self.end:
            text = f"not run: the notebook took longer than {self._whole_limit()}"
            raise Ended(Outcome.NOT_RUN, text)
        return now

    def _how_it_ended(self, error: Exception) -> Ended:
        self._grader.send({"do": "end", "closed": isinstance(error, Closed)})
        status, _ = self._grader.receive()
        if status["ended_by"] == EndedBy.MEMORY:
            most = f"{self._limits.memory_bytes / (1 << 30):.3g} GiB"
            # What the kernel holds for files and for parts of address spaces is memory, too.
            text = f"used more memory than {most}, or opened far too many files"
            return Ended(Outcome.OUT_OF_MEMORY, text)
        if status["ended_by"] == EndedBy.CPU:
            most = f"{self._limits.notebook_cpu_seconds:g} seconds"
            text = f"took more computing time than the whole notebook has ({most})"
            return Ended(Outcome.TIMED_OUT, text)
        if status["ended_by"] == EndedBy.WALL:
            text = f"took longer than the whole notebook has ({self._whole_limit()})"
            return Ended(Outcome.TIMED_OUT, text)
        if isinstance(error, TimedOut):
            text = f"took longer than {self.cell_limit()} and could not be interrupted"
            return Ended(Outcome.TIMED_OUT, text)
        text, details = "wrote to the grader's own connection", error
        if isinstance(error, Closed):
            text, details = "ended its process", status["words"]
        return Ended(Outcome.CRASHED, text if self.is_discreet else f"{text} ({details})")

    def cell_limit(self) -> str:
        """How long a cell may take, in words."""
        computing = f"or {self._limits.cell_cpu_seconds:g} of computing time"
        return f"{self._limits.cell_wall_seconds:g} seconds ({computing})"

    def _whole_limit(self) -> str:
        return f"{self._limits.notebook_wall_seconds:g} seconds"

    def locked_end(self, index: int) -> Message | None:
        """Why a kernel would not have come to the test there, or None."""
        found = (self.locked_ends[i] for i in sorted(self.locked_ends) if i < index)
        return next(found, None)

    def refuse_what_is_lost(self, index: int) -> None:
        """Raise Ended for a test that reads what tests before have changed, where that is lost."""
        for name in self.cells[index]["carried"] if self.has_lost else ():
            text = f"not run: {name}, which a test before this one has changed, was lost when a "
            raise Ended(Outcome.NOT_RUN, text + "process ended")

    def cell_of(self, index: int, name: str) -> int | None:
        """The cell that defines `name` for the test at `index`, as far as its text says."""
        for before in reversed(range(index)):
            code = self.cells[before]["code"]
            is_run = self.code_there(before) and before not in self.skip
            if is_run and name in code and name in bound_names(code):
                return before
        return None

    def cells_behind(self, index: int, names: Collection[str]) -> set[int]:
        """The cells that define these names for the test at `index`, and what those read."""
        cells = {self.cell_of(index, name) for name in names} - {None}
        read = {
            self.cell_of(cell, name)
            for cell in cells
            if cell is not None
            for name in names_used(self.cells[cell]["code"])
        }
        return {cell for cell in cells | read if cell is not None}


@contextlib.contextmanager
def printing_to(printed: io.StringIO) -> Iterator[None]:
    """Have what a test prints go there."""
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        yield


def seed_all(seed: int) -> None:
    """Start every random generator that a test may use."""
    random.seed(seed)
    codecs.seed(seed)
