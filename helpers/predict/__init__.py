"""A question that the reader answers before the cell that measures it.

In one cell the question, in the next the measurement, which says what was found and, where the
reader had committed to an answer, whether that was it:

    guess = predict("Which key gets the largest weight?", ["cat", "sat", "mat"])

    guess.reveal("mat")

A number is asked for with ``predict(question, number=True)`` and revealed as one:
``guess.reveal(0.53)``. The answer stands in no cell: it is what the notebook has measured.
Whoever asks the same question again finds what they have committed to, until the kernel ends.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import traitlets
from anywidget import AnyWidget

_HERE = Path(__file__).parent
_committed: dict[tuple[str, tuple[str, ...]], str | float] = {}
"""What the reader has committed to in this kernel, by question and choices."""


class Prediction(AnyWidget):
    """A question, its choices, and a button that commits to one of them. From `predict`.

    Attributes:
        question: what is asked.
        options: the choices; empty where a number is asked for.
        committed: what the reader has committed to, `None` before.
        in_sight: whether a front end shows it, so that the reader could commit.
    """

    _esm = _HERE / "control.js"
    _css = _HERE / "control.css"
    question = traitlets.Unicode().tag(sync=True)
    options = traitlets.Tuple().tag(sync=True)
    committed = traitlets.Any(None, allow_none=True).tag(sync=True)
    in_sight = False

    def __init__(self, question: str, options: Sequence[str]) -> None:
        earlier = _committed.get((question, tuple(options)))
        super().__init__(question=question, options=tuple(options), committed=earlier)
        self.on_msg(self._hear)

    def reveal(self, measured: str | float) -> None:
        """Print what was measured, beside what the reader has committed to.

        Who could have committed and has not is reminded. Where no front end has shown the question
        (a notebook that is run as a whole, or by a test) only what was measured is printed.

        Args:
            measured: one of `options`, or a number where one was asked for.

        Raises:
            ValueError: `measured` is none of them.
        """
        if self.options and measured not in self.options:
            raise ValueError(
                f"measured is {measured!r}: it must be one of {', '.join(map(repr, self.options))}"
            )
        if not self.options and isinstance(measured, str):
            raise ValueError(f"measured is {measured!r}: it must be a number")
        found = f"Measured: {_said(measured)}"
        if self.committed is None:
            print(found)
            if self.in_sight:
                print("You hadn't committed to an answer. Guess first next time: it sticks better.")
        elif _said(self.committed) == _said(measured):
            print(f"{found}, as you predicted.")
        else:
            said = f"{found}. You predicted: {_said(self.committed)}. {self._welcome(measured)}"
            print(said.rstrip())

    def _hear(self, _widget: object, said: dict[str, Any], _buffers: object) -> None:
        self.in_sight = True
        if "committed" in said:
            self.committed = said["committed"]

    def _welcome(self, measured: str | float) -> str:
        if not isinstance(measured, str) and abs(self.committed - measured) <= 0.1 * abs(measured):
            return "That's close!"
        if len(_committed) > 1:
            return ""  # said once, at the first question of a kernel
        return "Wrong guesses are welcome: what surprises you, you'll remember."

    @traitlets.observe("committed")
    def _remember(self, change: dict[str, Any]) -> None:
        if change["new"] is not None:
            _committed[self.question, self.options] = change["new"]

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        # Where no kernel runs (a printed page, GitHub), the question and its choices are shown.
        bundle: tuple[dict[str, Any], dict[str, Any]] = super()._repr_mimebundle_(**kwargs)  # type: ignore[assignment]
        data, metadata = bundle
        items = "".join(f"<li>{html.escape(option)}</li>" for option in self.options)
        choices = f"<ul>{items}</ul>" if items else "<p>Your answer is a number.</p>"
        data["text/html"] = f"<p><b>Predict:</b> {html.escape(self.question)}</p>{choices}"
        data["text/plain"] = f"Predict: {self.question} ({'; '.join(self.options) or 'a number'})"
        return data, metadata


def _said(answer: str | float) -> str:
    """A number with three digits that matter, of thousands all, and anything else as it is."""
    if isinstance(answer, str | int):
        return str(answer)
    return f"{answer:.3g}" if abs(answer) < 1000 else f"{answer:.0f}"


def predict(question: str, options: Sequence[str] = (), *, number: bool = False) -> Prediction:
    """Ask the reader to commit to one of `options`, or to a number, before the next cell measures.

    End a cell with it, or with ``guess`` after ``guess = predict(…)``.

    Raises:
        ValueError: there are fewer than two different options and no number is asked for, or both.
    """
    if number:
        if options:
            raise ValueError(f"options is {list(options)}: a number is asked for without options")
        return Prediction(question, ())
    if len(set(options)) < max(2, len(options)):
        raise ValueError(f"options is {list(options)}: it must hold two different ones or more")
    return Prediction(question, options)
