"""The examiner's side of grading: runs test cells against stand-ins for a learner's answers.

`main` is what a warm parent runs in each child, for one submission. It gets the cells from
the grader, passes the learner's on to a process that runs `nbexaminer.examination.learner`, runs
the tests itself, and tells the grader how each cell ended. What a stand-in can do is said in
`nbexaminer.examination.stand_in`.

What names a test cell starts from is said in `nbexaminer.examination.replay`.

Hidden tests come last, each with the names as they were where it stands: what the learner's process
prints, draws, returns or raises is shown until the first of them asks it something, and no longer.

A test cell that is to run beside the answers is given to the learner's process, where its code can
forge this one verdict. Before hidden tests, what learners see of tests that run apart runs a second
time, in a second process and as in a kernel, so that they give no points for what a kernel would
see and a proxy doesn't show. A hidden test that runs beside is given to a third process, in which
all cells run once more: what has read it is not asked for anything but how it ended.
"""

import ast
import builtins
import contextlib
import dataclasses
import io
import os
import random
import re
import socket
import sys
import time
import traceback
import types
from collections.abc import Collection, Iterable, Iterator
from typing import Any, cast

from nbexaminer.examination import codecs
from nbexaminer.examination.codecs import in_place
from nbexaminer.examination.codecs.plain import CantCross
from nbexaminer.examination.replay import GIVEN, Replay
from nbexaminer.examination.scores import TEST, Scored, shown
from nbexaminer.examination.stand_in import (
    MAX_TEXT,
    Ended,
    Lost,
    Remote,
    RemoteError,
    StandIn,
    label_of,
)
from nbexaminer.examination.verdicts import (
    CellToRun,
    Doubt,
    Outcome,
    Plan,
    Stages,
    is_hidden,
    worth,
)
from nbexaminer.examination.wire import Channel, Closed, TimedOut
from nbexaminer.isolation.names import bound_names, builtins_used, named_instead, names_used
from nbexaminer.message import INSTEAD, NO_MESSAGE, NOT_WRITTEN, TO_DO, UNEXPECTED, Message
from nbexaminer.notebook.cell import Role
from nbexaminer.notebook.harmless import safe_outputs, size_of_output
from nbexaminer.sandbox.limits import EndedBy, Limits

MAX_RESTARTS = 8
SECONDS_AGAIN = 2.0
"""What a cell of the learner's gets, and a test that calls it, once it has taken too long."""
ANSWER_SECONDS = 1.0
"""What a process gets to say that it is still there."""
MOST_TELLABLE = 300
"""Lines of an answer of which a hidden test may say that one raised: more would say much."""
MANY_CALLS = 1_000
"""Of what a test passes: where an answer makes more and takes too long, the wire may be why."""
MOST_COMPARED = 1 << 20
"""Bytes of a value's arrays up to which it is looked at whether it was changed."""
MAX_ERROR_OUTPUT = 100_000
"""Characters of a traceback beyond what a cell may print."""


_OF_A_PROCESS = (
    "_process", "_remote", "_place", "_marked", "_restarts", "_slow", "_skip", "_stops",
    "_locked_ends",
)  # fmt: skip
"""What an Examination keeps of an answer process while another one is at work."""
_Ended = tuple[Outcome, Message, float | None, str]
"""How a test ended: outcome, message, score, and what its last line has."""


class Examination:
    """One submission's cells, run in order.

    Args:
        grader: where cells and processes come from, and results go to.
        plan: what to run. What the source says of cells that are no answer is run on both sides.
    """

    def __init__(self, grader: Channel, plan: Plan, limits: Limits) -> None:
        self._grader = grader
        self._limits = limits
        self._cells = plan["cells"]
        self._known, number = set(plan["known"]), len(plan["cells"])
        self._unwritten: set[int] = set()
        """Tests whose answer is a stub."""
        self._long: set[int] = set()
        """Tests that took too long: where they run once more, they have little time."""
        self._seed = plan["seed"]
        self._skip = set(plan["skip"])
        self._end = time.monotonic() + plan["seconds"]
        self._hidden_end = time.monotonic() + plan["hidden_seconds"]
        self._is_hidden = self._discreet = False
        self._doubt: Doubt | None = None
        self._ordered: dict[int, _Ended] | None = None
        """How isolated tests end in order, once that is asked for."""
        self._by_word = False
        """Whether the last test took an object's word."""
        self._asked: Remote | None = None
        """The process that it asked, which may have ended since."""
        self._worded: set[str] = set()
        """Names that hold what was made of one."""
        self._told = plan["told"]
        # The source's cells may write modules into the folder; a test may write there what it got.
        given = (c["replay"] for c in plan["cells"] if c["role"] == Role.GIVEN)
        if any(".py" in text and "open(" in text for text in given):
            sys.path.append(os.getcwd())
        self._main = types.ModuleType("__main__")
        sys.modules["__main__"] = self._main
        self._replay = Replay(self._cells, self._main.__dict__)
        self._process = 1
        """Which of the answer processes is at work: in all but the first, all runs as in a kernel.
        The fourth is for hidden tests that may have been misled."""
        self._differing: dict[int, frozenset[str]] = {}
        """Names of the source's that the second process has another value of, where a hidden test
        stands: something of the learner's has changed them, which a test apart doesn't see."""
        self._locked_ends: dict[int, Message] = {}
        """Of locked cells that ended it, why nothing behind them runs."""
        self._again_seconds = plan["again_seconds"]
        self._has_lost = any(self._cells[i]["role"] == Role.TEST for i in self._known if i < number)
        """Whether what tests have changed is lost, with the answer process or the examiner."""
        self._remote: Remote | None = None
        self._place = 0
        self._marked: set[int] = set()
        self._stops: dict[int, Ended] = {}
        self._slow: set[int] = set()
        self._restarts = 0
        self._output_left = limits.notebook_output_bytes

    def run(self) -> None:
        """Run every cell, then what a second answer process is to run, then the hidden tests, and
        report on those that are wanted."""
        first, second, hidden, last = Stages.of(self._cells)
        for index in sorted((*first, *hidden)):
            if index in hidden:
                self._advance(index + 1)
            else:
                self._examine(index)
        began = time.monotonic()
        self._in_another(second, is_last=not hidden and not last)
        self._end = self._hidden_end + time.monotonic() - began
        self._discreet = self._replay.is_discreet = not self._told
        self._is_hidden = True
        for index in hidden:
            self._examine(index)
        if last:
            self._let_go()
            self._in_another(last, is_last=True)

    def _in_another(self, items: list[int], is_last: bool) -> None:
        """Examine these with another answer process, which has a notebook's time of its own.

        is_last: whether nothing follows: the grader ends it then, and waits for no word of ours.
        """
        again = {item - len(self._cells) for item in items}
        if again <= self._unwritten:  # nothing could be taken away
            for item in items:
                self._examine(item)
            return
        kept = {name: getattr(self, name) for name in _OF_A_PROCESS}
        self._remote, self._marked, self._restarts = None, set(), 0
        # What took too long by itself does so again, and not what a test of it has waited for.
        self._slow = {i for i, stop in self._stops.items() if stop.outcome is Outcome.TIMED_OUT}
        self._slow |= self._long
        self._skip = {i for i in self._skip if self._cells[i]["role"] != Role.GIVEN}
        self._stops = {}
        self._process, self._locked_ends = (3 if self._is_hidden else 2), {}
        self._end = time.monotonic() + self._again_seconds
        for item in items:
            self._examine(item)
        hidden = [i for i, cell in enumerate(self._cells) if is_hidden(cell)]
        if self._process == 2 and hidden:
            with contextlib.suppress(Ended):
                self._ready(hidden[-1] + 1)
        if not is_last:
            self._let_go()
            vars(self).update(kept)

    def _examine(self, item: int) -> None:
        """Run a cell that the grader has no result of, and report on it.

        item: as `Stages` has it.
        """
        index, self._doubt = item % len(self._cells), None
        cell = self._cells[index]
        if item in self._known:
            return
        if item != index and (self._process == 1 or not cell["seen"]):
            return self._report([], None, NO_MESSAGE)
        try:
            if self._process > 1 or cell["beside"]:
                self._report(*self._test_beside(index))
            elif cell["role"] == Role.TEST:
                self._report(*self._test(index, cell))
            else:
                self._report(self._run_learners(index), None, NO_MESSAGE)
        except Ended as ended:
            self._report([], ended.outcome, Message(ended.message))

    def _report(
        self,
        outputs: Any,
        outcome: Outcome | None,
        message: Message,
        score: float | None = None,
        ends_in: str = "",
    ) -> None:
        said = message.clean().as_data()
        findings: dict[str, Any] = {"do": "cell", "outcome": outcome, "message": said}
        findings |= {"score": score, "ends_in": ends_in, "doubt": self._doubt or ""}
        most = min(self._limits.output_bytes + MAX_ERROR_OUTPUT, self._output_left)
        kept = safe_outputs(outputs, most)
        self._output_left = max(0, self._output_left - sum(map(size_of_output, kept)))
        try:
            self._grader.send(findings | {"outputs": kept})
        except ValueError:  # characters that take many bytes
            self._grader.send(findings | {"outputs": safe_outputs(outputs, MAX_ERROR_OUTPUT)})

    def _run_learners(self, index: int) -> Any:
        """Run a cell in the learner's process; its outputs as they came."""
        remote = self._ready(index)
        try:
            outputs, error = self._run(remote, index)
        finally:
            self._follow(index)
        if error is not None:
            text = f"raised {type(error).__name__}: {error}".removesuffix(": ")
            if isinstance(error, Ended):
                text = f"took longer than {self._cell_limit()}"
            self._stops[index] = Ended(error.outcome, text)
        return outputs

    def _run(self, remote: Remote, index: int) -> tuple[Any, RemoteError | Ended | None]:
        """Run a cell that is not to be run again where it ends its process; see `Remote.run`."""
        cell = self._cells[index]
        is_locked = cell["role"] == Role.GIVEN
        try:
            with self._watched(remote, {index}):
                result = remote.run(cell["seen"] or cell["code"], is_locked)
                # So that a cell that breaks the connection is found at once and left out of the
                # next process, and not the cell or test behind it. One that was interrupted has
                # had all its time.
                remote.deadline = max(remote.deadline, time.monotonic() + ANSWER_SECONDS)
                with contextlib.suppress(RemoteError):
                    remote.request("nothing")
        except Ended as ended:
            self._skip.add(index)
            self._stops[index] = ended
            if is_locked:
                text = f"the locked cell {cell['id']!r} {ended.message}"
                self._locked_ends[index] = Message(text)
            raise
        if isinstance(result[1], Ended):
            self._slow.add(index)
        return result

    def _ready(self, index: int) -> Remote:
        """A learner's process with the names as they were after the cells before `index`."""
        while True:
            self._in_time()
            if self._remote is not None and self._place > index and not self._restored(index):
                self._let_go()
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
            is_marked = is_hidden(cell) and not cell["beside"] and self._process == 1
            if self._process == 2 and is_hidden(cell):
                self._compare(place)
            if is_marked:  # which wants the names as they are now
                with (
                    contextlib.suppress(RemoteError, Ended),
                    self._watched(self._remote),
                ):
                    self._remote.request("mark", place=place)
                    self._marked.add(place)
            elif self._takes_part(cell) and place not in self._skip:
                self._grader.send({"do": "alive"})
                with contextlib.suppress(Ended):
                    self._run(self._remote, place)
            self._follow(place)

    def _follow(self, index: int) -> None:
        """Have the test runner's names follow the answer process's over the cell at `index`."""
        cell, self._place = self._cells[index], index + 1
        if self._process in (2, 3):
            return
        if cell["role"] == Role.TEST and not cell["beside"]:
            if is_hidden(cell):
                self._replay.mark(index)
            self._replay.again(index)
        elif cell["role"] == Role.TEST and not cell["replay"]:
            self._replay.imports(index)
        elif cell["role"] == Role.ANSWER:
            self._replay.answer(index)
        elif (remote := self._remote) is None or index in self._skip:
            self._replay.give_up(index)
        elif cell["replay"]:
            seed_all(cell["seed"])
            remote.is_testing, remote.limit = False, ""
            try:
                with _printing_to(io.StringIO()), self._watched(remote, {index}):
                    remote.by_word = False
                    self._replay.run(index, remote)
                if remote.by_word:
                    self._worded |= {*cell["makes"]}
                if remote.limit:
                    self._replay.give_up(index, f"it {remote.limit}")
            except (RemoteError, Ended):
                if self._remote is None:
                    self._skip.add(index)

    def _compare(self, index: int) -> None:
        """Take note of what the second process has other values of at the hidden test there."""
        mine, remote = self._replay.of_source(index), self._remote
        if not mine or remote is None or index in self._differing:
            return
        differing = set(dir(builtins)) & (remote.names - mine.keys())
        with contextlib.suppress(Ended), self._watched(remote):
            for name, value in mine.items():
                with contextlib.suppress(RemoteError):
                    if not _is_large(value) and not _is_alike(value, remote.fetch(name)):
                        differing.add(name)
        self._differing[index] = frozenset(differing)

    def _doubt_of(self, index: int, has_points: bool) -> Doubt | None:
        """Why the points of a test wait that has run apart."""
        if not has_points:
            is_limited = self._asked is not None and (
                self._asked.limit or self._asked.n_served > MANY_CALLS
            )
            return Doubt.CROSS if is_limited and self._is_hidden else None
        used = self._used_at(index)
        if self._by_word:
            self._worded |= bound_names(self._cells[index]["code"])
        if self._by_word or not self._worded.isdisjoint(used):
            return Doubt.WORD
        return None if used.isdisjoint(self._differing.get(index, ())) else Doubt.STATE

    def _used_at(self, index: int) -> frozenset[str]:
        """Names that a test reads, or a cell of the source's that sets one of them."""
        code = self._cells[index]["code"]
        used = names_used(code) | builtins_used(code)
        for cell in reversed(self._cells[:index]):
            if cell["replay"] and not used.isdisjoint(bound_names(cell["replay"])):
                used |= names_used(cell["replay"])
        return used

    def _takes_part(self, cell: CellToRun) -> bool:
        """Whether a cell is run by the learner's process that there is now."""
        if cell["role"] == Role.TEST and cell["beside"]:
            is_last = is_hidden(cell)
            is_early = not is_last and (self._process > 1 or not cell["late"])
            return self._process == 3 or is_early
        if cell["role"] == Role.TEST:
            return self._process > 1 and bool(cell["seen"])
        return True

    def _restored(self, index: int) -> bool:
        """Whether the learner's process has the names again that it had at `index`."""
        if self._remote is not None and index in self._marked:
            with contextlib.suppress(RemoteError, Ended), self._watched(self._remote):
                self._remote.restore(index)
                self._replay.restore(index)
                return True
        return False

    def _spawn(self) -> None:
        if self._restarts > MAX_RESTARTS:
            text = f"not run: the notebook ended its process {MAX_RESTARTS} times"
            raise Ended(Outcome.NOT_RUN, text)
        self._has_lost |= self._process == 1 and self._restarts > 0
        self._restarts += 1
        self._grader.send({"do": "spawn"})
        _, fds, _, _ = socket.recv_fds(self._grader.sock, 1, 1)
        channel = Channel(socket.socket(fileno=fds[0]), self._limits.message_bytes)
        self._remote = Remote(channel, self._replay.classes, self._seed)
        self._remote.is_following = self._process == 4
        self._place = 0
        self._marked.clear()
        if self._process in (1, 4):
            self._replay.start()

    def _let_go(self) -> None:
        """Have no answer process any more; what is left of it can't be asked."""
        if self._remote is not None:
            self._remote.is_over = True
            self._grader.send({"do": "leave"})
            self._grader.receive()  # once nothing of it is left
        self._remote = None

    @contextlib.contextmanager
    def _watched(self, remote: Remote, cells: Collection[int] = ()) -> Iterator[None]:
        """Give the learner's process the time of one cell, and turn its end into Ended.

        cells: whose code runs, as far as is known: once it has taken too long, it has little time.
        """
        now, again = self._in_time(), not self._slow.isdisjoint(cells)
        seconds = self._limits.cell_wall_seconds
        seconds = min(seconds, SECONDS_AGAIN) if again else seconds
        remote.deadline, remote.stopped = min(now + seconds, self._end), None
        try:
            try:
                yield
            finally:
                if remote.stopped is not None:  # whatever a test's `except:` made of it
                    raise remote.stopped
        except Ended as ended:
            if ended.outcome is Outcome.TIMED_OUT:
                self._slow.update(cells)
                limit = self._cell_limit()
                if again:
                    limit = (
                        f"{seconds:g} seconds, all it has since its cell, or a test of it or of "
                    )
                    limit += "what it calls, took too long"
                ended.message = ended.message or f"took longer than {limit}"
            raise
        except Lost as lost:
            remote.is_over, self._remote = True, None
            raise self._how_it_ended(lost.cause) from None

    def _in_time(self) -> float:
        """The time, where there is some left. Raises Ended."""
        now = time.monotonic()
        if now >= self._end:
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
            text = f"took longer than {self._cell_limit()} and could not be interrupted"
            return Ended(Outcome.TIMED_OUT, text)
        text, details = "wrote to the grader's own connection", error
        if isinstance(error, Closed):
            text, details = "ended its process", status["words"]
        return Ended(Outcome.CRASHED, text if self._discreet else f"{text} ({details})")

    def _cell_limit(self) -> str:
        computing = f"or {self._limits.cell_cpu_seconds:g} of computing time"
        return f"{self._limits.cell_wall_seconds:g} seconds ({computing})"

    def _whole_limit(self) -> str:
        return f"{self._limits.notebook_wall_seconds:g} seconds"

    def _test(
        self, index: int, cell: CellToRun
    ) -> tuple[list[Any], Outcome, Message, float | None, str]:
        """Outputs, outcome, message and score of a test cell, and what its last line has."""
        printed = _Printed()
        ended = self._judge(index, cell, printed)
        outcome, message, score, ends_in = ended
        if outcome is Outcome.TIMED_OUT:
            self._long.add(index)
        if self._doubt is None:
            self._doubt = self._doubt_of(index, bool(worth(outcome, score)))
        if self._discreet:
            return [], outcome, dataclasses.replace(message, tables=()), score, ends_in
        text = printed.getvalue()
        outputs = [{"output_type": "stream", "name": "stdout", "text": text}] if text else []
        return outputs, outcome, message, score, ends_in

    def _test_beside(self, index: int) -> tuple[list[Any], Outcome, Message, float | None, str]:
        """The same of a test cell that runs in the learner's process."""
        remote = self._ready(index)
        if self._process == 2 and is_hidden(self._cells[index]):
            self._compare(index)
        if message := self._locked_end(index):
            return [], Outcome.ERROR, message, None, ""
        if self._process > 1 and self._restarts > 1:
            self._refuse_what_is_lost(index)
        is_told = not self._discreet
        try:
            outputs, error = self._run(remote, index)
        finally:
            self._follow(index)
        if error is None:
            points, asks = self._cells[index]["points"], self._cells[index]["asks"]
            return outputs if is_told else [], *shown(outputs, points, asks, is_told)
        outputs = outputs if is_told else []
        if isinstance(error, Ended):
            message = Message(f"it took longer than {self._cell_limit()}")
            return outputs, error.outcome, message, None, ""
        outcome = Outcome.FAILED if isinstance(error, AssertionError) else error.outcome
        if not is_told:  # its text may be that of the test
            return outputs, outcome, Message(UNEXPECTED), None, ""
        text = error.message or UNEXPECTED
        if outcome is not Outcome.FAILED:
            text = f"raised {type(error).__name__}: {error.message}".removesuffix(": ")
        facts = (("raised in", error.where),) if error.where else ()
        return outputs, outcome, Message(text, facts=facts), None, ""

    def _judge(self, index: int, cell: CellToRun, printed: io.StringIO) -> _Ended:
        """Run a test. How a hidden one that an answer may have misled ends in order gives nothing:
        it only takes points away, or has a person look."""
        first = self._judge_once(index, cell, printed)
        self._by_word = self._asked is not None and self._asked.by_word
        if not (self._is_hidden and cell["again"]):
            return first
        outcome, remote, points = first[0], self._remote, worth(first[0], first[2])
        if outcome in (Outcome.PASSED, Outcome.PARTLY):
            # A test that watches its arguments says itself what it makes of changes.
            if remote is None or not remote.has_changed or remote.changed is not None:
                return first
            outcome, message, score, ends_in = self._in_order()[index]
            if worth(outcome, score) < points:
                self._doubt = Doubt.CHANGED
            if outcome is Outcome.NOT_RUN or self._doubt is None:
                return first
            facts = (*message.facts, ("changed by your code", "what the test passes to it"))
            return outcome, dataclasses.replace(message, facts=facts), score, ends_in
        is_lost = outcome in (Outcome.FAILED, Outcome.ERROR) and index not in self._unwritten
        if is_lost and self._place > index + 1 and worth(*self._in_order()[index][::2]):
            self._doubt = Doubt.LATER
        return first

    def _in_order(self) -> dict[int, _Ended]:
        """How isolated tests end where each runs at its place, with an answer process of their own,
        and what answers change in place is changed here, too: as in a kernel, as far as can be."""
        if self._ordered is not None:
            return self._ordered
        of_all = ("_replay", "_end", "_doubt", "_has_lost", "_by_word", "_asked")
        kept = {name: getattr(self, name) for name in (*_OF_A_PROCESS, *of_all)}
        names, now, first = dict(self._replay.names), time.monotonic(), self._remote
        if first is not None:
            first.is_over = True  # for now, so that nothing changes there
        self._process, self._replay, self._ordered = 4, self._replay.anew(), {}
        self._remote, self._marked, self._restarts, self._has_lost = None, set(), 0, False
        self._skip, self._slow, self._stops = set(self._skip), self._slow | self._long, {}
        self._end = now + (self._end - now) / 2
        for index, cell in enumerate(self._cells):
            if cell["role"] == Role.TEST and not cell["beside"]:
                self._ordered[index] = self._judge_once(index, cell, _Printed())
        self._let_go()
        in_place.undo()
        vars(self).update(kept)
        if first is not None:
            first.is_over = False
        self._replay.replace(names)
        return self._ordered

    def _judge_once(self, index: int, cell: CellToRun, printed: io.StringIO) -> _Ended:
        """Run a test."""
        remote: Remote | None = None
        names: dict[str, Any] = {}
        try:
            code = Scored(cell["code"])
            remote = self._asked = self._ready(index)
            if self._is_hidden and (message := self._locked_end(index)):
                return Outcome.ERROR, message, None, ""
            if self._has_lost:
                self._refuse_what_is_lost(index)
            remote.is_watching = cell["again"] and self._is_hidden
            remote.is_discreet = self._is_hidden
            remote.begin_test()
            self._run_test(index, code, remote, names, printed)
        except Ended as ended:
            whose = "" if ended.message.startswith("not run") else f"{_label(names)} "
            return ended.outcome, Message(whose + ended.message), None, ""
        except RemoteError as error:
            outcome, message = Outcome.ERROR, self._uncaught(error, names)
            if remote and type(error).__name__ == CantCross.__name__:
                message = _no_use(f"it {remote.limit}" if self._discreet else error.message)
        except AssertionError as error:
            message = Message.of(error) if self._may_say(error) else Message(UNEXPECTED)
            if message.headline == UNEXPECTED and not is_hidden(cell):
                message = dataclasses.replace(message, facts=_in_the_test(cell["code"], error))
            outcome, message = Outcome.FAILED, self._or_misspelt(index, message)
        except NameError as error:
            if missing := self._replay.why_missing(str(error.name), index):
                outcome, message = Outcome.ERROR, Message(missing)
            elif error.name is None or error.name in names:
                outcome, message = Outcome.ERROR, self._odd(error)
            else:
                outcome, message = self._missing(index, error.name)
        except Exception as error:
            outcome, message = Outcome.ERROR, self._odd(error)
            if remote and isinstance(error, CantCross) and self._discreet:
                message = _no_use(f"it {remote.limit}")
        else:
            if remote.limit:
                return Outcome.ERROR, _no_use(f"it {remote.limit}"), None, ""
            judged = code.judged(cell["points"], cell["asks"], not self._discreet)
            return *judged, code.ends_in
        if remote is not None and remote.out_of_memory:
            outcome = Outcome.OUT_OF_MEMORY
        return outcome, message, None, ""

    def _locked_end(self, index: int) -> Message | None:
        """Why a kernel would not have come to the test there, or None."""
        found = (self._locked_ends[i] for i in sorted(self._locked_ends) if i < index)
        return next(found, None)

    def _refuse_what_is_lost(self, index: int) -> None:
        """Raise Ended for a test that reads what tests before have changed, where that is lost."""
        for name in self._cells[index]["carried"]:
            text = f"not run: {name}, which a test before this one has changed, was lost when a "
            raise Ended(Outcome.NOT_RUN, text + "process ended")

    def _may_say(self, error: AssertionError) -> bool:
        """Whether an assertion's text may be shown: a library's has what came back in it."""
        if not self._discreet or hasattr(error, "as_message"):
            return True
        *_, (frame, _) = traceback.walk_tb(error.__traceback__)
        return frame.f_code.co_filename in (TEST, GIVEN)

    def _run_test(
        self,
        index: int,
        code: Scored,
        remote: Remote,
        names: dict[str, Any],
        printed: io.StringIO,
    ) -> None:
        """Run a test with the names that it reads. Raises what it raises, Ended, Lost.

        names: gets what the learner calls so, where the test has it from them.
        """
        cell, replay = self._cells[index], self._replay
        answers = {name: self._cell_of(index, name) for name in cell["answers"]}

        with self._watched(remote, self._behind(answers.values())):
            remote.tellable = _tellable(answers.values()) if self._discreet else None
            with _printing_to(printed):
                frame = replay.prepare(index, remote)
                for name in answers.keys() & frame.keys():
                    names[name] = frame[name]
                    if (answer := answers[name]) is not None:
                        told = f"{name} of {answer['id']}"
                        remote.tell(names[name], told, names_used(answer["code"]))
                seed_all(cell["seed"])
                try:
                    code.run(replay.names, frame)
                finally:
                    replay.keep(index, frame)
                    self._place = max(self._place, index + 1)

    def _cell_of(self, index: int, name: str) -> CellToRun | None:
        """The cell that defines `name` for the test at `index`, as far as its text says."""
        for before in reversed(range(index)):
            cell = self._cells[before]
            is_run = self._takes_part(cell) and before not in self._skip
            if is_run and name in cell["code"] and name in bound_names(cell["code"]):
                return cell
        return None

    def _behind(self, answers: Iterable[CellToRun | None]) -> set[int]:
        """The cells of answers, and those that define what they read."""
        places = {cell["id"]: index for index, cell in enumerate(self._cells)}
        cells = [answer for answer in answers if answer]
        read = [
            self._cell_of(places[cell["id"]], name)
            for cell in cells
            for name in names_used(cell["code"])
        ]
        return {places[cell["id"]] for cell in [*cells, *read] if cell}

    def _missing(self, index: int, name: str) -> tuple[Outcome, Message]:
        """What to say of a name that the test at `index` reads, and nobody has defined."""
        for place in sorted(self._stops, reverse=True):
            cell, stop = self._cells[place], self._stops[place]
            # An answer cell is called after what it defines, which its text may no longer show.
            if place >= index or name not in bound_names(cell["code"]) | {cell["id"]}:
                continue
            if stop.message == "raised NotImplementedError":
                self._unwritten.add(index)
                unwritten = Message(NOT_WRITTEN.format(name), todo=TO_DO)
                return stop.outcome, self._or_misspelt(index, unwritten)
            why = f"the cell that defines it {stop.message}"
            return stop.outcome, Message(f"{name} is not defined: {why}")
        text = (
            self._instead(index, name)
            or f"{name} is not defined: no cell before this one defines it"
        )
        return Outcome.ERROR, Message(text)

    def _or_misspelt(self, index: int, message: Message) -> Message:
        """A message, or, where it says that an answer is not written, that it has another name."""
        unwritten = re.fullmatch(NOT_WRITTEN.format(r"(\w+)"), message.headline)
        text = self._instead(index, unwritten[1]) if unwritten else ""
        return Message(text, text) if text else message

    def _instead(self, index: int, name: str) -> str:
        """That a cell of the learner's before the test at `index` has another name instead of
        `name`, as far as its text says; nothing where the last such cell has `name`."""
        known = {cell["id"] for cell in self._cells}
        for cell in reversed(self._cells[:index]):
            if cell["role"] in (Role.TEST, Role.GIVEN):
                continue
            if name in bound_names(cell["code"]):
                break
            if other := named_instead(name, cell["code"], known, cell["id"] == name):
                return INSTEAD.format(other, name)
        return ""

    def _uncaught(self, error: RemoteError, names: dict[str, Any]) -> Message:
        if self._discreet:  # its name and text are the learner's own words
            text = f"{_label(names)} raised {type(error).__bases__[-1].__name__}"
        else:
            text = f"{_label(names)} raised {type(error).__name__}"
            text += f": {error.message}".replace("\n", "\n    ") if error.message else ""
        return Message(text, facts=(("raised in", error.where),) if error.where else ())

    def _odd(self, error: Exception) -> Message:
        text = type(error).__name__ + ("" if self._discreet else f": {error}")
        if isinstance(error, ImportError):  # one of the learner's comes as a RemoteError
            return Message(f"the test itself could not run ({text})")
        return Message(f"the test could not use what came back ({text})")


def _tellable(answers: Iterable[CellToRun | None]) -> int:
    """How many lines the answers have that a hidden test asks; none where they are many."""
    lines = max((cell["code"].count("\n") + 1 for cell in answers if cell), default=0)
    return lines if lines <= MOST_TELLABLE else 0


def _is_large(value: Any) -> bool:
    with contextlib.suppress(CantCross):
        return len(codecs.encode(value, _no_foreign)[1]) > MOST_COMPARED
    return False


def _is_alike(value: Any, there: Any) -> bool:
    """Whether a name's value may be what it is in the answer process. Of what is no plain value
    only the kind can be compared, and of a class or a function the name."""
    if isinstance(there, StandIn):
        kind = f"{type(value).__name__} object"
        return label_of(there) == (value.__name__ if hasattr(value, "__qualname__") else kind)
    if type(value) is type(there) is set:  # whose order may be another
        return bool(value == there)
    try:
        return codecs.encode(value, _no_foreign) == codecs.encode(there, _no_foreign)
    except CantCross:
        return value is there


def _no_foreign(value: Any) -> Any:
    raise CantCross("what is no plain value isn't compared")


def _no_use(why: str) -> Message:
    return Message(f"the test could not use what came back: {why}")


def _label(names: dict[str, Any]) -> str:
    called = [n for n, v in names.items() if isinstance(v, StandIn)]
    return " or ".join(called) if 0 < len(called) <= 3 else "the answer"


def _in_the_test(code: str, error: AssertionError) -> tuple[tuple[str, str], ...]:
    """The bare assert of a test cell that failed, as a fact of its message; none where it stands in
    a function, which may be that of a hidden test."""
    *_, (frame, line) = traceback.walk_tb(error.__traceback__)
    if (frame.f_code.co_filename, frame.f_code.co_name) != (TEST, "<module>"):
        return ()
    asserts = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Assert))
    found = [node for node in asserts if node.lineno <= line <= (node.end_lineno or 0)]
    return (("in the test", ast.unparse(found[0])),) if len(found) == 1 else ()


@contextlib.contextmanager
def _printing_to(printed: io.StringIO) -> Iterator[None]:
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        yield


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
