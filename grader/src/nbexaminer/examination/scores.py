"""Partial credit: a test cell that ends in a number gives so many of its points, as in nbgrader.

nbgrader reads the number in what the notebook shows of the cell. Here it is the value itself, in
the process of the test: what a learner's process shows or prints is no score, nor is a stand-in for
one of its objects, or what the last line only asks an answer for, such as `f(2)`. Where the last
line reckons, as `2 * (f(2) == 4)` does, or calls something of the source's, an array and what else
stands for a number there gives none of the points: else an answer that is an array had them all.
"""

import ast
import contextlib
import io
import math
import numbers
import sys
import tokenize
from collections.abc import Collection
from typing import Any

from nbexaminer.examination.names import GIVE_NUMBERS
from nbexaminer.examination.verdicts import Outcome
from nbexaminer.message import NO_MESSAGE, Message

TEST = "<test>"
"""The file of a test cell's code, in a traceback."""
TOLD_DECIMALS = 2
_NOT_SEEN = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
    tokenize.ENDMARKER,
}  # fmt: skip
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
Judged = tuple[Outcome, Message, float | None]
"""How a test that ran to its end ended, what is said of it, and its score if that is a part."""


class Scored:
    """The code of a test cell, whose last expression IPython would show."""

    def __init__(self, text: str) -> None:
        """Raises SyntaxError and ValueError, as `compile` does."""
        cell = ast.parse(text, TEST)
        last = cell.body[-1] if cell.body else None
        self._last, self._value, self._asked = None, None, ""
        self._reckons = self._is_asked = False
        if isinstance(last, ast.Expr) and not _is_quiet(text):
            cell.body.pop()
            self._last = compile(ast.Expression(last.value), TEST, "eval", dont_inherit=True)
            self._asked, self._reckons = _asked(last.value), _reckons(last.value, cell.body)
            self._is_asked = isinstance(last.value, ast.Call | ast.Attribute | ast.Subscript)
        self._body = compile(cell, TEST, "exec", dont_inherit=True)

    @property
    def asks(self) -> str:
        """The name that the last line only calls, indexes or asks for an attribute, or nothing."""
        return self._asked

    def run(self, namespace: dict[str, Any]) -> None:
        """Run it; raises whatever it raises."""
        exec(self._body, namespace)
        if self._last is not None:
            self._value = eval(self._last, namespace)

    def judged(self, points: float, answers: Collection[str], is_told: bool) -> Judged:
        """What the cell gives of its `points`, once it has run.

        answers: names that stand for what is the learner's.
        is_told: whether a number that can be no score may be named.
        """
        if self._asked in answers:
            return _judged(None, points, is_told)
        score = _number(self._value)
        if score is None and self._is_odd(_plain(self._value)):
            kind = type(self._value).__name__
            return Outcome.FAILED, Message(f"its score would be no number, but a {kind}"), None
        return _judged(score, points, is_told)

    def _is_odd(self, value: Any) -> bool:
        """Whether it stands where a number would, as far as the text and its kind say."""
        if self._reckons:
            return not isinstance(value, bool | str | None)
        is_like_one = isinstance(value, numbers.Number) or hasattr(type(value), "__array__")
        return self._is_asked and is_like_one and not isinstance(value, bool)


def shown(outputs: Any, points: float, is_told: bool) -> Judged:
    """The same of a cell that ran beside the answers, by what their process shows, as nbgrader
    itself reads it. Where not all is told, a score has two decimals: in more, one that is forged
    would tell what the test says."""
    score = None
    for output in outputs if isinstance(outputs, list) else ():
        match output:
            case {"output_type": "execute_result", "data": {"text/plain": str(text)}}:
                with contextlib.suppress(ValueError):
                    score = float(text) if is_told else round(float(text), TOLD_DECIMALS)
    return _judged(score, points, is_told)


def _judged(score: float | None, points: float, is_told: bool) -> Judged:
    if score is None or score == points:
        return Outcome.PASSED, NO_MESSAGE, None
    if not 0 <= score <= points:
        what = f"{score:g}" if is_told else "a number"
        text = f"the test itself is at fault: it ends in {what}, which is no score: that is a "
        return Outcome.ERROR, Message(f"{text}number from 0 to {points:g}"), None
    if score == 0:
        return Outcome.FAILED, Message(f"the test gives 0 of its {points:g} points"), None
    return Outcome.PARTLY, NO_MESSAGE, score


def _is_quiet(text: str) -> bool:
    """Whether a semicolon at its end keeps IPython from showing the last value."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    seen = [token.string for token in tokens if token.type not in _NOT_SEEN]
    return seen[-1:] == [";"]


def _asked(value: ast.expr) -> str:
    """The name that an expression only calls, indexes or asks for an attribute, or nothing."""
    while True:
        match value:
            case ast.Call(func=inner):
                value = inner
            case ast.Attribute(value=inner) | ast.Subscript(value=inner):
                value = inner
            case ast.Name(id=name):
                return name
            case _:
                return ""


def _reckons(value: ast.expr, body: list[ast.stmt]) -> bool:
    """Whether an expression's value is a number if those in it are, as far as its text says.

    body: of a name, what the statements before it make of it counts.
    """
    match value:
        case ast.BinOp(op=op):
            return isinstance(op, _OPERATORS)
        case ast.UnaryOp(op=op):
            return not isinstance(op, ast.Not)
        case ast.IfExp(body=one, orelse=other):
            return _reckons(one, body) or _reckons(other, body)
        case ast.Call(func=ast.Name(id=name)):
            return name in GIVE_NUMBERS
        case ast.Name(id=name):
            return any(_adds_up(node, name) for top in body for node in ast.walk(top))
    return False


def _adds_up(node: ast.AST, name: str) -> bool:
    match node:
        case ast.AugAssign(target=ast.Name(id=target)):
            return target == name
        case ast.Assign(targets=[ast.Name(id=target)], value=value):
            return target == name and _reckons(value, [])
    return False


def _number(value: Any) -> float | None:
    """A number as nbgrader would read it, Python's own or NumPy's, or None."""
    value = _plain(value)
    if type(value) not in (int, float):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _plain(value: Any) -> Any:
    numpy: Any = sys.modules.get("numpy")
    return value.item() if numpy is not None and isinstance(value, numpy.generic) else value
