"""Try a source's own solution, so that a broken test costs nobody points, and the notebook as it is
handed out, so that nobody has points for nothing.

What is said goes to the instructor, so errors of hidden tests are told in full.
"""

import copy
import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nbexaminer.cli import cli
from nbexaminer.errors import SourceError
from nbexaminer.judging.names import reasons
from nbexaminer.judging.names.steps import NOTED, Step, in_process
from nbexaminer.judging.notebook.cell import Role, cells_of
from nbexaminer.judging.notebook.source import Source
from nbexaminer.judging.session.engine import IN_ORDER, Engine, Examined
from nbexaminer.judging.session.verdicts import COST_NOTHING, Outcome, Verdict
from nbexaminer.judging.ways import Way, set_way

_EARN = (Outcome.PASSED, Outcome.PARTLY)


@dataclass(frozen=True)
class Tried:
    """What came of trying one test cell.

    way: how it is to be run.
    why: in a sentence why it can't be run in the other way, where it has to be run in one alone and
        isn't yet; or why the solution does not pass it, if it doesn't.
    passes: whether the solution passes it, run so.
    free: whether the notebook as it is handed out passes it.
    remark: what else is to be said of it, or empty.
    """

    cell: str
    way: Way
    why: str = ""
    passes: bool = True
    free: bool = False
    remark: str = ""

    @property
    def is_to_change(self) -> bool:
        """Whether the source doesn't say yet that it is to be run in this way alone."""
        return self.passes and bool(self.why)


def try_solution(engine: Engine, source: Source, exercise: str) -> tuple[str, ...]:
    """Grade the solution in a source notebook by its own tests, hidden ones included; gives what
    the instructor has to know.

    exercise: the assignment, for the commands and the settings that would help.
    Raises SourceError that names each test cell which it does not pass, and the error.
    """
    tried = try_ways(engine, source)
    broken = [found for found in tried if not found.passes]
    if broken:
        waiver = f"\n{waived_by(exercise)}" if is_unsolved(source) else ""
        raise SourceError(
            "its own solution does not pass these test cells, so nobody could. "
            f"Nothing was graded; correct the test or the solution:\n{_listed(broken)}{waiver}"
        )
    if other := [found for found in tried if found.is_to_change]:
        raise SourceError(
            "its own solution does not pass these test cells both apart from the answers and "
            "beside them, only in one way. Beside them, in the learner's process, a learner's code "
            f"could forge the verdict. Nothing was graded. `{cli(f'try {exercise} --write')}` "
            f"notes in the source how they run:\n{_listed(other)}"
        )
    by_text = [f for f in tried if f.way is Way.BESIDE and not f.remark.startswith(NOTED)]
    found_beside = (f"{f.cell!r} runs beside the answers: {f.remark}" for f in by_text)
    return (*_told(found.cell for found in tried if found.free), *found_beside)


def is_unsolved(source: Source) -> bool:
    """Whether an answer of a source's looks as if it had no solution."""
    answers = [c for c in source.cells if c.role is Role.ANSWER and c.is_code]
    unwritten = re.compile(r"(?m)^\s*raise\s+NotImplementedError\b")
    return any(
        cell.source == source.stubs[cell.name].text or unwritten.search(cell.source)
        for cell in answers
    )


def waived_by(exercise: str) -> str:
    """Which setting has a source without solutions graded."""
    return f"If your source has no solutions, c.MarkingRules.untried = [{exercise!r}] waives this."


def try_blank(engine: Engine, source: Source) -> tuple[str, ...]:
    """Grade only the notebook as it is handed out; gives what the instructor has to know."""
    return _told(_passed(_blank(engine, source, {})))


def _told(free: Iterable[str]) -> tuple[str, ...]:
    names = ", ".join(map(repr, free))
    return (f"the notebook as it is handed out gets the points of {names}",) if names else ()


def _listed(tried: Sequence[Tried]) -> str:
    ways = {found.cell: f"{found.way}: " if found.passes else "" for found in tried}
    return "\n".join(f"  {found.cell!r}: {ways[found.cell]}{found.why}" for found in tried)


def try_ways(engine: Engine, source: Source) -> list[Tried]:
    """Find out of each test cell how it has to be run, and whether the solution passes it then.

    Raises SourceError where there is no trying it.
    """
    whole = _solved(engine, source, {})
    first = {verdict.cell: verdict for verdict in whole}
    alone: dict[str, Way] = {}
    if names := _failed(whole):
        failed = [first[name] for name in names]
        whole, alone = _alone(engine, source, failed)
    free = _passed(_blank(engine, source, alone))
    broken = _failed(whole)
    noted = _as_told(source, alone)
    ways, steps = engine.ways_of(noted), engine.steps_of(noted)
    by_text = in_process(source.cells, steps)
    asking = {c.name for c, step in zip(source.cells, steps, strict=True) if step.asks}
    found = []
    for verdict in whole:
        name = verdict.cell
        way, remark = ways[name], ""
        if way is Way.BESIDE and name in by_text and name not in alone:
            remark = _remark(source, name, by_text[name])
        elif way is not Way.BESIDE and name in asking:
            remark = reasons.ASKS
        if not verdict.max_points and verdict.outcome not in COST_NOTHING:
            remark = f"your own solution fails it, and it is worth no points: {_why(verdict)}"
        told = Tried(name, way, free=name in free, remark=remark)
        if name in broken:
            told = dataclasses.replace(told, why=_why(first[name]), passes=False)
        elif name in alone:
            told = dataclasses.replace(told, why=_why_alone(source, first[name], way))
        found.append(told)
    return found


def _remark(source: Source, name: str, step: Step) -> str:
    """Why a test runs beside the answers, and how it needn't, as the source's text says."""
    if step.reason == NOTED:
        return ": ".join(filter(None, (NOTED, reasons.reason(source, name))))
    return "; ".join(filter(None, (step.reason, step.advice)))


def _alone(
    engine: Engine, source: Source, failed: list[Verdict]
) -> tuple[list[Verdict], dict[str, Way]]:
    """How the tests end where those that failed run in one way alone, or as many beside the answers
    as it takes; and which these are."""
    ways = engine.ways_of(source)
    isolated = [name for name in ways if ways[name] is not Way.BESIDE]
    by_second = {verdict.cell for verdict in failed if verdict.message.headline == IN_ORDER}
    those = {verdict.cell: Way.BESIDE for verdict in failed if verdict.cell in isolated}
    those |= dict.fromkeys(by_second, Way.APART)
    stages: list[tuple[dict[str, Way], list[Verdict]]] = []
    for tried in (those, dict.fromkeys(isolated, Way.BESIDE)):
        stages.append((tried, _solved(engine, source, tried)))
        if not _failed(stages[-1][1]):
            break
    tried, verdicts = min(stages, key=lambda stage: len(_failed(stage[1])))
    left = _failed(verdicts)
    return verdicts, {name: way for name, way in tried.items() if name not in left}


def _failed(verdicts: Iterable[Verdict]) -> list[str]:
    """Those that cost points, which one that is worth none can't."""
    return [v.cell for v in verdicts if v.max_points and v.outcome not in COST_NOTHING]


def _passed(verdicts: Iterable[Verdict]) -> list[str]:
    return [verdict.cell for verdict in verdicts if verdict.outcome in _EARN and verdict.points]


def _why(verdict: Verdict) -> str:
    if verdict.outcome in COST_NOTHING:
        return ""
    if verdict.outcome is Outcome.PARTLY:
        return (
            f"it ends in {verdict.points:g}, and that counts as its score, of "
            f"{verdict.max_points:g} points; where it is none, end the cell with an assert or a "
            "semicolon"
        )
    return f"{verdict.outcome}: {verdict.message}"


def _why_alone(source: Source, verdict: Verdict, way: Way) -> str:
    """What stands in the way of running a test in both ways, and how it ended so."""
    if not (error := _why(verdict)):
        return "what it needs stands in a test cell that runs beside"
    if way is Way.APART:
        return f"it passes apart alone ({error})"
    cause = reasons.reason(source, verdict.cell)
    return f"{cause} ({error})" if cause else error


def _solved(engine: Engine, source: Source, ways: Mapping[str, Way]) -> list[Verdict]:
    """How the tests of the solution end, with these cells run so."""
    told = _as_told(source, ways)
    graded = engine.grade(told, source.data)
    if graded.reason:
        raise SourceError(f"its own solution can't be read: {graded.reason}")
    return [*graded.verdicts]


def _blank(engine: Engine, source: Source, ways: Mapping[str, Way]) -> list[Verdict]:
    """The same of the notebook as it is handed out."""
    told = _as_told(source, ways)
    notebook = copy.deepcopy(source.notebook)
    for cell, text in zip(cells_of(notebook), source.released, strict=True):
        cell.source = text
    import nbformat

    graded: Examined = engine.grade(told, nbformat.writes(nbformat.from_dict(notebook)).encode())
    return [*graded.verdicts]


def _as_told(source: Source, ways: Mapping[str, Way]) -> Source:
    """A source whose cells are run in these ways, and whose hidden tests' errors can be read: from
    learners their texts are kept."""
    notebook = copy.deepcopy(source.notebook)
    for cell in cells_of(notebook):
        if (way := ways.get(str(cell.grade_id))) is not None:
            set_way(cell.content, way)
    return dataclasses.replace(source, notebook=notebook, is_told=True)
