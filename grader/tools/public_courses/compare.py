"""Whether the grader accepts an assignment, and where it gives other points than stock does."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import itertools
import json
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from nbgrader.coursedir import CourseDirectory

from nbexaminer.classroom.pipeline.source_files import read_source_files
from nbexaminer.errors import CannotGrade, SourceError
from nbexaminer.judging.limits import Limits
from nbexaminer.judging.notebook.cell import Role, cells_of
from nbexaminer.judging.notebook.source import Source, read_source
from nbexaminer.judging.profile import Profile
from nbexaminer.judging.session.engine import Engine
from nbexaminer.judging.session.trial import try_ways
from nbexaminer.judging.ways import Way, set_way
from nbexaminer.sandbox.view import Sandbox

from .courses import Assignment, NotThere, checked_out
from .mutations import mutants
from .stock import Stock, is_test

Record = dict[str, Any]
CENT = 0.01 + 1e-9
"""By which a score of ours may be lower: it has two decimals."""
SLOWEST_SECONDS = 30
"""In a kernel, of an own solution that is tried."""


class Bench(NamedTuple):
    """What both commands work with; most: mutants of an assignment."""

    engine: Engine
    stock: Stock
    mirrors: Path | None
    folder: Path
    most: int

    def read(self, assignment: Assignment, ways: Mapping[str, str]) -> tuple[Source, Path]:
        """Its source, with ways noted in its cells, and its folder. Raises NotThere, SourceError
        and CannotGrade."""
        path = checked_out(assignment, self.mirrors, self.folder)
        notebook = json.loads(path.read_bytes())
        for cell in notebook["cells"]:
            name = (cell["metadata"].get("nbgrader") or {}).get("grade_id", "")
            if name in ways:
                set_way(cell, Way(ways[name]))
        ignored = CourseDirectory().ignore
        files = read_source_files(path.parent, ignored, Limits().scratch_bytes)
        source = read_source(json.dumps(notebook).encode())
        return dataclasses.replace(source, files=files), path.parent

    def accept(self, assignment: Assignment) -> Iterator[Record]:
        """Whether its own solution has full marks in a kernel, and whether the trial passes:
        `verdict` is out, at once, written or refused, and `why` says it of each cell."""
        start = time.monotonic()
        found: Record = {"name": assignment.name, "verdict": "out", "ways": {}}
        try:
            source, folder = self.read(assignment, {})
            tests = [cell for cell in cells_of(source.notebook) if is_test(cell.content)]
            stock, error = self.stock.measured(_handed_in(source, {}, True), folder)
            lost = [cell.name for cell in tests if (stock.get(cell.name) or 0) < cell.points]
            seconds = round(time.monotonic() - start)
            if lost or not tests or seconds > SLOWEST_SECONDS:
                found["why"] = dict.fromkeys(lost, error) or {"": f"{seconds} s in a kernel"}
            else:
                found |= self._tried(assignment, source)
        except NotThere as error:
            found["why"] = {"": str(error)}
        except (SourceError, CannotGrade) as error:
            found |= {"verdict": "refused", "why": {"": str(error)}}
        yield found

    def _tried(self, assignment: Assignment, source: Source) -> Record:
        tried = try_ways(self.engine, source)
        ways = {test.cell: str(test.way) for test in tried if test.is_to_change}
        why = {test.cell: test.why for test in tried if not test.passes}
        if ways and not why:
            again = try_ways(self.engine, self.read(assignment, ways)[0])
            why = {t.cell: f"written, {t.why}" for t in again if t.is_to_change or not t.passes}
        verdict = "refused" if why else "written" if ways else "at once"
        runs = {test.cell: f"{test.way}: {test.why or test.remark}" for test in tried}
        free = [test.cell for test in tried if test.free]
        why = why or {cell: runs[cell] for cell in ways}
        return {"verdict": verdict, "why": why, "ways": ways, "runs": runs, "free": free}

    def compare(
        self, assignment: Assignment, ways: Mapping[str, str], done: Collection[Any]
    ) -> Iterator[Record]:
        """What stock and the grader give to each mutant of an accepted one, but for those done."""
        source, folder = self.read(assignment, ways)
        code = {place: cell for place, cell in enumerate(source.cells) if cell.is_code}
        answers = {place: c.source for place, c in code.items() if c.role is Role.ANSWER}
        stubs = {place: source.released[place] for place in answers}
        others = [cell.source for place, cell in code.items() if place not in answers]
        for one in itertools.islice(mutants(answers, stubs, others, assignment.name), self.most):
            words = f"{one.kind}, {one.words}, cell {one.place}"
            if (assignment.name, words) in done:
                continue
            text = _handed_in(source, {one.place: one.text}, True)
            points, error = self.stock.measured(text, folder)
            handed_in = _handed_in(source, {one.place: one.text}, False)
            examined = self.engine.grade(source, handed_in.encode())
            verdicts = [verdict for verdict in examined.verdicts if verdict.max_points]
            ours = {verdict.cell: verdict.points for verdict in verdicts}
            found: Record = {"name": assignment.name, "mutant": words}
            found |= {"stock": points, "ours": ours}
            more = [n for n in ours if ours[n] > (points.get(n) or 0) + 1e-9]
            less = [n for n in ours if ours[n] < (points.get(n) or 0) - CENT]
            if points and (more or less):
                again = [self.stock.measured(text, folder)[0] for _ in range(2)]
                found |= {"more": more, "less": less, "waiting": sorted(examined.waiting)}
                found |= {"said": {v.cell: f"{v.outcome}: {v.message}" for v in verdicts}}
                found |= {"unstable": again != [points] * 2, "error": error, "text": one.text}
            yield found


@contextlib.contextmanager
def opened(mirrors: Path | None, folder: Path, most: int) -> Iterator[Bench]:
    """A bench with an engine of a course that has nothing beside its notebooks."""
    profile = Profile(warm=("numpy", "pandas"))
    sandbox = Sandbox.find(profile)
    with Engine(profile, sandbox) as engine:
        yield Bench(engine, Stock(sandbox.bwrap, folder), mirrors, folder, most)


def _handed_in(source: Source, answers: Mapping[int, str], is_by_stock: bool) -> str:
    """What a learner hands in: the solution, but for these answers, and without hidden tests, or
    with them, as nbgrader's autograde puts them back."""
    notebook = copy.deepcopy(source.notebook)
    own = (Role.ANSWER, Role.TEST) if is_by_stock else (Role.ANSWER,)
    for place, cell in enumerate(cells_of(notebook)):
        text = cell.source if cell.role in own else source.released[place]
        cell.source = answers.get(place, text)
        if cell.is_code:
            cell.content |= {"outputs": [], "execution_count": None}
    return json.dumps(notebook)
