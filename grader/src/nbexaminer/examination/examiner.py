"""The test runner: runs test cells on stand-ins for a learner's answers.

`main` is what a warm parent runs in each child, for one submission. It gets the cells from
the grader, passes the learner's on to a process that runs `nbexaminer.examination.learner`, runs
the tests itself, and tells the grader how each cell ended. What a stand-in can do is said in
`nbexaminer.examination.stand_in`.

What names a test cell starts from is said in `nbexaminer.examination.replay`, and how often a
notebook runs, and why, in `nbexaminer.examination.notebook_run`. Where the first run and the second
give a test different points, `nbexaminer.examination.engine` decides.
"""

import ast
import builtins
import contextlib
import os
import socket
import sys
import types
from collections.abc import Collection
from typing import Any, cast

from nbexaminer.examination import codecs
from nbexaminer.examination.codecs.plain import CantCross
from nbexaminer.examination.isolated import IsolatedTest, Result
from nbexaminer.examination.notebook_run import (
    Mode,
    NotebookRun,
    RunConfig,
)
from nbexaminer.examination.scores import shown
from nbexaminer.examination.stand_in import (
    Ended,
    Remote,
    RemoteError,
    StandIn,
    label_of,
)
from nbexaminer.examination.verdicts import (
    Doubt,
    Outcome,
    Plan,
    Stages,
    is_hidden,
)
from nbexaminer.examination.wire import Channel
from nbexaminer.isolation.names import bound_names, builtins_used, names_used
from nbexaminer.isolation.statements import statements_of
from nbexaminer.limits import Limits
from nbexaminer.message import NO_MESSAGE, UNEXPECTED, Message
from nbexaminer.notebook.cell import Role
from nbexaminer.notebook.sanitize import safe_outputs, size_of_output

MANY_CALLS = 1_000
"""Of what a test passes: where an answer makes more and takes too long, the wire may be why."""
MAX_COMPARED_BYTES = 1 << 20
"""Of a value's arrays: up to this it is looked at whether it was changed."""
MAX_ERROR_OUTPUT = 100_000
"""Characters of a traceback beyond what a cell may print."""


class Examination:
    """One submission's cells, run as often as it takes.

    Args:
        grader: where cells and processes come from, and results go to.
        plan: what to run. What the source says of cells that are no answer is run on both sides.
    """

    def __init__(self, grader: Channel, plan: Plan, limits: Limits) -> None:
        self._grader, self._plan, self._limits = grader, plan, limits
        self._cells, self._known = plan["cells"], set(plan["known"])
        self._config = RunConfig(grader, self._cells, limits, plan["seed"], plan["told"])
        self._unwritten: set[int] = set()
        """Tests whose answer is a stub."""
        self._watching: set[int] = set()
        """Tests that look themselves at what answers change."""
        self._output_left = limits.notebook_output_bytes
        # The source's cells may write modules into the folder; a test may write there what it got.
        given = (c["replay"] for c in plan["cells"] if c["role"] == Role.GIVEN)
        if any(".py" in text and "open(" in text for text in given):
            sys.path.append(os.getcwd())

    def run(self) -> None:
        """Run every cell, then what the second run and those of hidden tests are for, and report
        on all that is wanted."""
        first, second, hidden, fourth, last = Stages.of(self._cells)
        again, longer = self._plan["again_seconds"], self._plan["hidden_seconds"]
        run = NotebookRun(self._config, Mode(), self._plan["seconds"], skip=self._plan["skip"])
        number = len(self._cells)
        run.has_lost = any(self._cells[i]["role"] == Role.TEST for i in self._known if i < number)
        for index in first:
            self._examine(run, index)
        if {item - number for item in second} <= self._unwritten:  # nothing could be taken away
            for item in second:
                self._examine(run, item)
            second = []
        if last or second:  # else the grader ends it, and waits for no word of ours
            run.let_go()
        if second:
            kernel = NotebookRun(self._config, Mode(in_process=True), again, run)
            for item in second:
                self._examine(kernel, item)
            if last:
                kernel.let_go()
        is_last_needed = bool(hidden and fourth)
        if not self._known.issuperset(hidden):
            run = self._run_hidden(run, longer)
            is_last_needed |= run.has_changed
        elif hidden:  # it isn't known any more
            is_last_needed = True
        if fourth:
            run.let_go()
            kernel = NotebookRun(self._config, Mode(in_process=True, hidden=True), again, run)
            for index in fourth:
                self._examine(kernel, index)
            kernel.let_go()
        if is_last_needed:
            run.let_go()
            self._run_last(NotebookRun(self._config, Mode(hidden=True, is_last=True), again, run))
        else:
            for _ in {*last} - self._known:
                self._report(None)

    def _run_hidden(self, before: NotebookRun, seconds: float) -> NotebookRun:
        """Run the isolated tests once more, with the hidden ones at their places."""
        run = NotebookRun(self._config, Mode(hidden=True), seconds, before)
        run.has_lost = any(self._cells[i]["role"] == Role.TEST for i in self._plan["lost"])
        for index in self._isolated_ones():
            cell = self._cells[index]
            if is_hidden(cell) and index in self._known:
                continue
            differing = self._differing(run, index, index) if is_hidden(cell) else set[str]()
            ended, asked = self._isolated(run, index)
            # A test that watches its arguments says itself what it makes of changes.
            if asked is not None and asked.changed is not None:
                self._watching.add(index)
            elif asked is not None:
                run.has_changed |= asked.has_changed or (asked.is_ahead and cell["again"])
            if not is_hidden(cell):
                self._in_doubt(run, index, ended, asked)  # which takes note of an object's word
                continue
            if ended.worth:
                differing |= self._differing(run, index, index + 1)
            self._report(self._in_doubt(run, index, ended, asked, differing))
        return run

    def _run_last(self, run: NotebookRun) -> None:
        """Run all hidden tests at their places, in one process."""
        isolated = {*self._isolated_ones()}
        for index, cell in enumerate(self._cells):
            is_wanted = is_hidden(cell) and 2 * len(self._cells) + index not in self._known
            if is_wanted:
                is_tried = cell["beside"] or index in isolated
                self._report(self._at_its_place(run, index) if is_tried else None)
            elif index in isolated and not is_hidden(cell):
                self._isolated(run, index)

    def _isolated_ones(self) -> list[int]:
        """Those to be run with hidden ones: all whose doing hidden tests or the source's cells may
        see. Those that are isolated alone only call and compare."""
        others = (c for c in self._cells if is_hidden(c) or c["role"] != Role.TEST)
        read = frozenset().union(*(names_used(cell["replay"]) for cell in others))
        found = []
        for index, cell in enumerate(self._cells):
            is_over = index in self._plan["lost"]  # it would end this test runner, too
            is_isolated = cell["role"] == Role.TEST and not (cell["beside"] or is_over)
            is_seen = is_hidden(cell) or cell["again"] or read & bound_names(cell["code"])
            if is_isolated and is_seen:
                found.append(index)
        return found

    def _at_its_place(self, run: NotebookRun, index: int) -> Result | None:
        """How a hidden test ends in the last run; None where only the run of its kind counts."""
        cell = self._cells[index]
        if cell["beside"]:
            if cell["goes_on"]:
                return None
            try:
                return self._with_differing(run, index, self._in_process(run, index))
            except Ended as stop:
                return Result(stop.outcome, Message(stop.message))
        if not cell["again"] or index in self._watching or index in self._unwritten:
            return None
        ended, _ = self._isolated(run, index)
        # Nothing can be said where a locked cell has taken too long, or another test is missing.
        cant = self._plan["lost"] or run.locked_end(index)
        if cant:
            return ended._replace(outcome=Outcome.NOT_RUN)
        return self._with_differing(run, index, ended)

    def _with_differing(self, run: NotebookRun, index: int, ended: Result) -> Result:
        """How a hidden test ends in the last run, in doubt where names differ behind it."""
        differing = self._differing(run, index, index + 1) if ended.worth else ()
        perhaps = [Doubt.STATE] if differing else []
        return ended._replace(perhaps=perhaps, differing=sorted(differing))

    def _examine(self, run: NotebookRun, item: int) -> None:
        """Run a cell that the grader has no result of, and report on it.

        item: as `Stages` has it.
        """
        index = item % len(self._cells)
        cell = self._cells[index]
        if item in self._known:
            return
        if item != index and not (run.mode.in_process and cell["seen"]):
            return self._report(None)
        try:
            if run.mode.in_process or cell["beside"]:
                self._report(self._in_process(run, index))
            elif cell["role"] == Role.TEST:
                ended, asked = self._isolated(run, index)
                self._report(self._in_doubt(run, index, ended, asked))
            else:
                self._report(None, run.run_cell(index))
        except Ended as stop:
            self._report(Result(stop.outcome, Message(stop.message)))

    def _report(self, ended: Result | None, outputs: Any = ()) -> None:
        """Tell the grader how a test ended, or a cell that is none and ran."""
        told = ended or Result(None, NO_MESSAGE, outputs=outputs)
        said = told.message.clean().as_data()
        findings: dict[str, Any] = {"do": "cell", "outcome": told.outcome, "message": said}
        findings |= {"score": told.score, "ends_in": told.ends_in, "doubt": told.doubt or ""}
        findings |= {"perhaps": [*told.perhaps], "differing": [*told.differing]}
        most = min(self._limits.output_bytes + MAX_ERROR_OUTPUT, self._output_left)
        kept = safe_outputs(told.outputs, most)
        self._output_left = max(0, self._output_left - sum(map(size_of_output, kept)))
        try:
            self._grader.send(findings | {"outputs": kept})
        except ValueError:  # characters that take many bytes
            few = safe_outputs(told.outputs, MAX_ERROR_OUTPUT)
            self._grader.send(findings | {"outputs": few})

    def _differing(self, run: NotebookRun, index: int, at: int) -> set[str]:
        """Names of the source's that a test reads, and the answer process has other values of:
        something of the learner's has changed them, which an isolated test doesn't see.

        at: the index at which they are compared: the test's, or the one behind it.
        """
        if at > index and run.remote is None:  # nobody can say it any more
            return set()
        used, found = self._used_at(index), set[str]()
        with contextlib.suppress(Ended):
            remote = run.ready(at)
            mine = run.replay.of_source(used)
            found |= {name for name in mine if not name.startswith("_")} - remote.names
            found |= used & {*dir(builtins)} & (remote.names - run.replay.names.keys())
            with run.watched(remote):
                for name, value in mine.items():
                    if callable(value) and self._is_learners(run, index, name):
                        found.add(name)
                        continue
                    with contextlib.suppress(RemoteError):
                        if not _is_large(value) and not _is_alike(value, remote.fetch(name)):
                            found.add(name)
        return found

    def _is_learners(self, run: NotebookRun, index: int, name: str) -> bool:
        """Whether what defines a name for a test isn't as the source has it."""
        cell = run.cell_of(index, name)
        if cell is None:
            return False
        there, here = run.cells[cell]["code"], run.cells[cell]["replay"]
        return _defining(there, name) != _defining(here, name)

    def _in_doubt(
        self,
        run: NotebookRun,
        index: int,
        ended: Result,
        asked: Remote | None,
        differing: Collection[str] = (),
    ) -> Result:
        """How an isolated test ended, with why its points wait.

        asked: the process that it asked.
        differing: names of the source's of which that has other values.
        """
        by_word = asked is not None and asked.by_word
        by_word = by_word or not run.replay.by_word.isdisjoint(self._used_at(index))
        if by_word:
            run.replay.by_word |= bound_names(self._cells[index]["code"])
        is_limited = asked is not None and (asked.limit or asked.n_served > MANY_CALLS)
        if is_limited and run.mode.hidden and not ended.worth:
            ended = ended._replace(doubt=ended.doubt or Doubt.CROSS)
        hidden_asked = asked if is_hidden(self._cells[index]) else None
        found = {
            Doubt.KEPT: ended.worth and hidden_asked is not None and hidden_asked.has_kept,
            Doubt.STATE: ended.worth and differing,
            Doubt.WORD: ended.worth and by_word,
        }
        perhaps = [doubt for doubt, holds in found.items() if holds]
        return ended._replace(perhaps=perhaps, differing=sorted(differing))

    def _used_at(self, index: int) -> frozenset[str]:
        """Names that a test reads, or a cell of the source's that sets one of them."""
        code = self._cells[index]["code"]
        used = names_used(code) | builtins_used(code)
        for cell in reversed(self._cells[:index]):
            if cell["replay"] and not used.isdisjoint(bound_names(cell["replay"])):
                used |= names_used(cell["replay"])
        return used

    def _in_process(self, run: NotebookRun, index: int) -> Result:
        """How a test cell ends that runs in the answer process. Raises Ended."""
        remote = run.ready(index)
        if message := run.locked_end(index):
            return Result(Outcome.ERROR, message)
        if run.mode != Mode():
            run.refuse_what_is_lost(index)
        is_told = not run.is_discreet
        try:
            outputs, error = run.run_there(remote, index)
        finally:
            run.follow(index)
        kept = outputs if is_told else []
        if error is None:
            points, asks = self._cells[index]["points"], self._cells[index]["asks"]
            return Result(*shown(outputs, points, asks, is_told), kept)
        if isinstance(error, Ended):
            message = Message(f"it took longer than {run.cell_limit()}")
            return Result(error.outcome, message, outputs=kept)
        outcome = Outcome.FAILED if isinstance(error, AssertionError) else error.outcome
        if not is_told:  # its text may be that of the test
            return Result(outcome, Message(UNEXPECTED), outputs=kept)
        text = error.message or UNEXPECTED
        if outcome is not Outcome.FAILED:
            text = f"raised {type(error).__name__}: {error.message}".removesuffix(": ")
        facts = (("raised in", error.where),) if error.where else ()
        return Result(outcome, Message(text, facts=facts), outputs=kept)

    def _isolated(self, run: NotebookRun, index: int) -> tuple[Result, Remote | None]:
        """How a test cell ends that runs here, and the process that it asked."""
        test = IsolatedTest(run, index)
        result = test.result()
        if test.is_unwritten:
            self._unwritten.add(index)
        return result, test.asked


def _defining(code: str, name: str) -> list[str]:
    """The statements of a cell that define a name."""
    return [ast.unparse(s.tree) for s in statements_of(code) if name in s.binds]


def _is_large(value: Any) -> bool:
    with contextlib.suppress(CantCross):
        return len(codecs.encode(value, codecs.no_foreign)[1]) > MAX_COMPARED_BYTES
    return False


def _is_alike(value: Any, there: Any) -> bool:
    """Whether a name's value may be what it is in the answer process. Of what is no plain value
    only the kind can be compared, and of a class or a function the name."""
    if isinstance(there, StandIn):
        if isinstance(value, types.ModuleType):
            return label_of(there) == f"module {value.__name__}"
        kind = f"{type(value).__name__} object"
        return label_of(there) == (value.__name__ if hasattr(value, "__qualname__") else kind)
    found = codecs.have_same_form(value, there)
    return value is there if found is None else found


def main(sock: socket.socket, limits: Limits) -> None:
    """Examine one submission for the grader at `sock`."""
    grader = Channel(sock)
    plan, _ = grader.receive()
    Examination(grader, cast(Plan, plan), limits).run()
