"""Try a source's own solution, so that a broken test costs nobody points.

What is said goes to the instructor, so errors of hidden tests are told in full.
"""

import ast
import copy
import dataclasses

from nbexaminer.errors import SourceError
from nbexaminer.examination.engine import Engine
from nbexaminer.examination.names import PARTIAL_CREDIT, ends_in_a_number
from nbexaminer.examination.verdicts import COST_NOTHING
from nbexaminer.notebook.cell import Role, cells_of
from nbexaminer.notebook.source import Source

_LAST = "_last_value"


def try_solution(engine: Engine, source: Source) -> None:
    """Grade the solution in a source notebook by its own tests, hidden ones included.

    Raises SourceError that names each test cell which it does not pass, and the error.
    """
    asking = copy.deepcopy(source.notebook)
    for cell in cells_of(asking):
        if cell.role is not Role.TEST or cell.decision is not None:
            continue
        if ends_in_a_number(cell.source):
            raise SourceError(f"the test cell {cell.grade_id!r} {PARTIAL_CREDIT}")
        cell.source = _asking_for_a_score(cell.source, cell.nbgrader["points"])
    # Where a test is hidden, an error's text is kept from learners; here it is to be read.
    told = dataclasses.replace(source, notebook=asking, hidden=frozenset())
    graded = engine.grade(told, source.data)
    if graded.reason:
        raise SourceError(f"its own solution can't be read: {graded.reason}")
    broken = [v for v in graded.verdicts if v.outcome not in COST_NOTHING]
    if broken:
        text = "\n".join(f"  {v.cell!r}: {v.outcome}: {v.message}" for v in broken)
        raise SourceError(
            "its own solution does not pass these test cells, so nobody could. "
            f"Nothing was graded; correct the test or the solution:\n{text}"
        )


def _asking_for_a_score(code: str, points: float) -> str:
    """A test cell that fails where its last expression gives the score of a right answer."""
    try:
        cell = ast.parse(code)
    except SyntaxError:
        return code
    if not cell.body or not isinstance(last := cell.body[-1], ast.Expr):
        return code
    cell.body[-1] = ast.Assign([ast.Name(_LAST, ast.Store())], last.value, lineno=last.lineno)
    number = f"issubclass(type({_LAST}), (int, float)) and type({_LAST}) is not bool"
    text = f"the cell {PARTIAL_CREDIT}"
    cell.body += ast.parse(f"assert not ({number} and {_LAST} == {points!r}), {text!r}").body
    return ast.unparse(cell)
