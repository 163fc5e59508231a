"""The test runner: runs test cells on remote proxies for a learner's answers.

`main` is what a zygote runs in each child, for one submission. It gets the cells from the
grader, passes the learner's on to a process that runs `learner`, runs the tests itself, and tells
the grader how each cell ended. What a remote proxy can do is said in `remote_proxy`.

What names a test cell starts from is said in `replay`, and how often a notebook runs, and why, in
`notebook_run`. Where two runs give a test different points, `engine` decides.
"""

import os
import socket
import sys
from collections.abc import Iterator
from typing import Any, cast

from nbexaminer.judging.limits import Limits
from nbexaminer.judging.message import NO_MESSAGE, UNEXPECTED, Message
from nbexaminer.judging.names.names import bound_names, builtins_used, names_used
from nbexaminer.judging.notebook.cell import Role
from nbexaminer.judging.notebook.sanitize import safe_outputs, size_of_output
from nbexaminer.judging.session.guard import Guard
from nbexaminer.judging.session.isolated import IsolatedTest, Result
from nbexaminer.judging.session.notebook_run import Mode, NotebookRun, RunConfig
from nbexaminer.judging.session.remote_proxy import Ended
from nbexaminer.judging.session.scores import shown
from nbexaminer.judging.session.verdicts import CellToRun, Doubt, Outcome, Plan, Stages, is_hidden
from nbexaminer.judging.session.wire import Channel

MAX_ERROR_OUTPUT = 100_000
"""Characters of a traceback beyond what a cell may print."""


class TestSession:
    """One submission's cells, run as often as it takes.

    Args:
        grader: where cells and processes come from, and results go to.
        plan: what to run. What the source says of cells that are no answer is run on both sides.
    """

    def __init__(self, grader: Channel, plan: Plan, limits: Limits) -> None:
        self._grader, self._plan, self._limits = grader, plan, limits
        self._cells, self._known = plan["cells"], set(plan["known"])
        guard = Guard(_own_texts(plan["cells"]), plan["trusted"])
        guard.install()
        self._config = RunConfig(grader, self._cells, limits, plan["seed"], plan["told"], guard)
        self._unwritten: set[int] = set()
        """Tests whose answer is a stub."""
        self._output_left = limits.notebook_output_bytes
        # The source's cells may write modules into the folder; a test may write there what it got.
        given = (c["replay"] for c in plan["cells"] if c["role"] == Role.GIVEN)
        if any(".py" in text and "open(" in text for text in given):
            sys.path.append(os.getcwd())

    def run(self) -> None:
        """Run every cell, then what the second run and those of hidden tests are for, and report
        on all that is wanted."""
        first, second, hidden, kernel = Stages.of(self._cells)
        again, longer = self._plan["again_seconds"], self._plan["hidden_seconds"]
        run = NotebookRun(self._config, Mode(), self._plan["seconds"], skip=self._plan["skip"])
        number = len(self._cells)
        run.has_lost = any(self._cells[i]["role"] == Role.TEST for i in self._known if i < number)
        for index in first:
            self._examine(run, index)
        last = self._run_there(Mode(in_process=True), second, again, run) or run
        if not self._known.issuperset(hidden):
            last.let_go()
            last = run = self._run_hidden(run, longer)
        if kernel:  # else the grader ends it, and waits for no word of ours
            last.let_go()
            self._run_there(Mode(in_process=True, hidden=True), kernel, again, run)

    def _run_there(
        self, mode: Mode, items: list[int], seconds: float, before: NotebookRun
    ) -> NotebookRun | None:
        """Run these in the answer process, with all before them."""
        wanted, number = {*items} - self._known, len(self._cells)
        if all(item >= number and item % number in self._unwritten for item in wanted):
            for _ in wanted:  # nothing could be taken away
                self._report(None)
            return None
        before.let_go()
        run = NotebookRun(self._config, mode, seconds, before)
        for item in items:
            self._examine(run, item)
        return run

    def _run_hidden(self, before: NotebookRun, seconds: float) -> NotebookRun:
        """Run the isolated tests once more, with the hidden ones at their places."""
        run = NotebookRun(self._config, Mode(hidden=True), seconds, before)
        run.has_lost = any(self._cells[i]["role"] == Role.TEST for i in self._plan["lost"])
        for index in self._isolated_ones():
            is_reported = is_hidden(self._cells[index])
            if is_reported and index in self._known:
                continue
            ended = self._isolated(run, index)
            if is_reported:
                self._report(ended)
        return run

    def _isolated_ones(self) -> list[int]:
        """Those to be run with hidden ones, which see what visible ones have had an answer do; but
        for those that would end this test runner, too."""
        return [
            index
            for index, cell in enumerate(self._cells)
            if cell["role"] == Role.TEST and not (cell["beside"] or index in self._plan["lost"])
        ]

    def _examine(self, run: NotebookRun, item: int) -> None:
        """Run a cell that the grader has no result of, and report on it.

        item: as `Stages` has it.
        """
        index = item % len(self._cells)
        cell = self._cells[index]
        if item in self._known:
            return
        if item != index and (index in self._unwritten or not run.code_there(index)):
            return self._report(None)
        try:
            if run.mode.in_process or cell["beside"]:
                self._report(self._in_process(run, index))
            elif cell["role"] == Role.TEST:
                self._report(self._isolated(run, index))
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
        findings |= {"by_word": told.by_word, "needs": self._config.guard.found()}
        most = min(self._limits.output_bytes + MAX_ERROR_OUTPUT, self._output_left)
        kept = safe_outputs(told.outputs, most)
        self._output_left = max(0, self._output_left - sum(map(size_of_output, kept)))
        try:
            self._grader.send(findings | {"outputs": kept})
        except ValueError:  # characters that take many bytes
            few = safe_outputs(told.outputs, MAX_ERROR_OUTPUT)
            self._grader.send(findings | {"outputs": few})

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

    def _isolated(self, run: NotebookRun, index: int) -> Result:
        """How a test cell ends that runs here, with why its points wait."""
        test = IsolatedTest(run, index)
        ended, asked = test.result(), test.asked
        if test.is_unwritten:
            self._unwritten.add(index)
        by_word = asked is not None and asked.by_word
        if not by_word and run.replay.by_word:
            by_word = not run.replay.by_word.isdisjoint(self._used_at(index))
        if by_word:
            run.replay.by_word |= bound_names(self._cells[index]["code"])
        is_limited = asked is not None and (asked.limit or asked.is_busy) and run.mode.hidden
        if (is_limited or run.guard.has_refused) and not ended.worth:
            ended = ended._replace(doubt=ended.doubt or Doubt.CROSS)
        return ended._replace(by_word=bool(ended.worth) and by_word)


def _own_texts(cells: list[CellToRun]) -> Iterator[str]:
    """What the source itself has in its cells that are no answers."""
    for cell in cells:
        yield cell["replay"]
        if cell["role"] in (Role.GIVEN, Role.TEST):
            yield cell["code"]


def main(sock: socket.socket, limits: Limits) -> None:
    """Examine one submission for the grader at `sock`."""
    grader = Channel(sock)
    plan, _ = grader.receive()
    TestSession(grader, cast(Plan, plan), limits).run()
