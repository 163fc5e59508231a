"""Try a source's own solution, so that a broken test costs nobody points.

What is said goes to the instructor, so errors of hidden tests are told in full.
"""

import dataclasses

from nbexaminer.errors import SourceError
from nbexaminer.examination.engine import Engine
from nbexaminer.examination.verdicts import COST_NOTHING, Outcome, Verdict
from nbexaminer.notebook.source import Source


def try_solution(engine: Engine, source: Source) -> None:
    """Grade the solution in a source notebook by its own tests, hidden ones included.

    Raises SourceError that names each test cell which it does not pass, and the error.
    """
    # Where a test is hidden, an error's text is kept from learners; here it is to be read.
    told = dataclasses.replace(source, hidden=frozenset())
    graded = engine.grade(told, source.data)
    if graded.reason:
        raise SourceError(f"its own solution can't be read: {graded.reason}")
    broken = [v for v in graded.verdicts if v.outcome not in COST_NOTHING]
    if broken:
        text = "\n".join(f"  {v.cell!r}: {v.outcome}: {_why(v)}" for v in broken)
        raise SourceError(
            "its own solution does not pass these test cells, so nobody could. "
            f"Nothing was graded; correct the test or the solution:\n{text}"
        )


def _why(verdict: Verdict) -> str:
    if verdict.outcome is not Outcome.PARTLY:
        return str(verdict.message)
    return (
        f"it ends in {verdict.points:g}, and that counts as its score, of {verdict.max_points:g} "
        "points; where it is none, end the cell with an assert or a semicolon"
    )
