"""Partial credit: a test cell that ends in a number gives so many of its points, as in nbgrader.

nbgrader reads the number in what the notebook shows of the cell. Here it is the value itself, in
the process of the test: what a learner's process shows or prints is no score.
"""

import ast
import contextlib
import math
import numbers
import sys
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from nbexaminer.judging.message import NO_MESSAGE, UNEXPECTED, Message
from nbexaminer.judging.names.statements import is_quiet
from nbexaminer.judging.session.verdicts import Outcome

TEST = "<test>"
"""The file of a test cell's code, in a traceback."""
_HUNDREDTH = 1e-6
"""Of a hundredth of a point: so much a score may miss by what floats miss."""
NUMBER = "a number"
Judged = tuple[Outcome, Message, float | None]
"""How a test that ran to its end ended, what is said of it, and its score if that is a part."""


class Scored:
    """The code of a test cell, whose last expression IPython would show."""

    def __init__(self, text: str) -> None:
        """Raises SyntaxError and ValueError, as `compile` does."""
        cell = ast.parse(text, TEST)
        last = cell.body[-1] if cell.body else None
        self._last, self._value = None, None
        self.ends_in = ""
        """What its last line has, once it is judged: NUMBER, or another kind of thing in words;
        nothing for `None`, truth values and what an answer was only asked for."""
        if isinstance(last, ast.Expr) and not is_quiet(text):
            cell.body.pop()
            self._last = compile(ast.Expression(last.value), TEST, "eval", dont_inherit=True)
        self._body = compile(cell, TEST, "exec", dont_inherit=True)

    def run(self, names: dict[str, Any], frame: Mapping[str, Any] | None = None) -> None:
        """Run it; raises whatever it raises.

        frame: where the cell itself finds and sets the names, if that isn't `names`.
        """
        frame = names if frame is None else frame
        exec(self._body, names, frame)
        if self._last is not None:
            self._value = eval(self._last, names, frame)

    def judged(self, points: float, asks: bool, is_told: bool) -> Judged:
        """What the cell gives of its `points`, once it has run.

        asks: whether its last line only asks an answer: then it is only shown, unless it is a
            number that nbgrader would take for a score.
        is_told: whether a number that can be no score may be named.
        """
        value = _plain(self._value)
        score = _number(value)
        if asks and score is not None and not 0 <= score <= points:
            score = None
        if score is None and not asks and not isinstance(value, bool | None):
            self.ends_in = _kind(value)
        elif score is not None and not asks:
            self.ends_in = NUMBER
        return _judged(score, points, is_told)


def _kind(value: Any) -> str:
    """A value in words that are no learner's: what one calls a class could say what it was asked.
    Those that values come with are made here, and stand in no module that is theirs."""
    kind = type(value)
    is_known = getattr(sys.modules.get(kind.__module__), kind.__name__, None) is kind
    return f"a {kind.__name__}" if is_known or kind.__module__ == "builtins" else "something else"


def no_score(odd: str) -> Message:
    """What is said where the source's own solution ends in a score, and this one in no number."""
    return Message(f"its score would be no number, but {odd}")


def shown(
    outputs: Any, points: float, asks: bool, is_told: bool
) -> tuple[Outcome, Message, float | None, str]:
    """The same of a cell that ran beside the answers, by what their process shows, as nbgrader
    itself reads it; and NUMBER where that is one."""
    score, is_shown = None, False
    for output in outputs if isinstance(outputs, list) else ():
        match output:
            case {"output_type": "execute_result", "data": {"text/plain": str(text)}}:
                if is_shown:  # nbgrader takes the first
                    continue
                is_shown = True
                with contextlib.suppress(ValueError):
                    score = float(text)
                if asks and score is not None and not 0 <= score <= points:
                    score = None
            case {"output_type": "error", "ename": str(name), "evalue": str(text)}:
                # It was caught and shown, as `%%capture` does: no points in nbgrader.
                said = f"it shows an error, {name}: {text}" if is_told else UNEXPECTED
                return Outcome.FAILED, Message(said.removesuffix(": ")), None, ""
    return *_judged(score, points, is_told), "" if score is None else NUMBER


def _judged(score: float | None, points: float, is_told: bool) -> Judged:
    """A score has two decimals: in more, it would tell what a hidden test asks. It is never more
    than what the number says."""
    if score is None or score == points:
        return Outcome.PASSED, NO_MESSAGE, None
    if not 0 <= score <= points:
        what = f"{score:g}" if is_told else "a number"
        text = f"the test itself is at fault: it ends in {what}, which is no score: that is a "
        return Outcome.ERROR, Message(f"{text}number from 0 to {points:g}"), None
    score = math.floor(score * 100 + _HUNDREDTH) / 100
    if score == points:
        return Outcome.PASSED, NO_MESSAGE, None
    if score == 0:
        return Outcome.FAILED, Message(f"the test gives 0 of its {points:g} points"), None
    return Outcome.PARTLY, NO_MESSAGE, score


def _number(value: Any) -> float | None:
    """A real number, or None."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real | Decimal):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf
    except Exception:
        return None


def _plain(value: Any) -> Any:
    numpy: Any = sys.modules.get("numpy")
    return value.item() if numpy is not None and isinstance(value, numpy.generic) else value
