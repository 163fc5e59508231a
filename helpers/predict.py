"""A question that the reader answers before the cell that measures it.

In one cell the question, in the next the measurement, which says what was found and, where the
reader had committed to an answer, whether that was it:

    guess = predict("Which key gets the largest weight?", ["cat", "sat", "mat"])

    guess.reveal("mat")

The answer stands in no cell: it is what the notebook has measured.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from ipywidgets import HTML, Button, RadioButtons, VBox


class Prediction(VBox):
    """A question, its choices, and a button that commits to one of them. From `predict`.

    Attributes:
        options: the choices.
        committed: the choice that the reader has committed to, `None` before.
    """

    def __init__(self, question: str, options: Sequence[str]) -> None:
        self.options = tuple(options)
        self.committed: str | None = None
        self._question = question
        self._choices = RadioButtons(options=self.options, value=None, layout={"width": "auto"})
        self._button = Button(description="Commit", disabled=True)
        self._said = HTML()
        self._choices.observe(self._chosen, "value")
        self._button.on_click(self._commit)
        asked = HTML(f"<b>Predict:</b> {html.escape(question)}")
        super().__init__([asked, self._choices, self._button, self._said])

    def reveal(self, measured: str) -> None:
        """Print what was measured, beside what the reader has committed to.

        Args:
            measured: one of `options`.

        Raises:
            ValueError: `measured` is none of them.
        """
        if measured not in self.options:
            raise ValueError(
                f"measured is {measured!r}: it must be one of {', '.join(map(repr, self.options))}"
            )
        if self.committed is None:
            print(f"Measured: {measured}")
        elif self.committed == measured:
            print(f"Measured: {measured}, as you predicted.")
        else:
            print(f"Measured: {measured}. You predicted: {self.committed}")

    def _chosen(self, change: object) -> None:
        self._button.disabled = self._choices.value is None

    def _commit(self, button: object) -> None:
        self.committed = self._choices.value
        self._choices.disabled = self._button.disabled = True
        self._said.value = f"Noted: {html.escape(self.committed or '')}. Now run the next cell."

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        # Where no kernel runs (a printed page, GitHub), the question and its choices are shown.
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        choices = "".join(f"<li>{html.escape(option)}</li>" for option in self.options)
        bundle["text/html"] = (
            f"<p><b>Predict:</b> {html.escape(self._question)}</p><ul>{choices}</ul>"
        )
        bundle["text/plain"] = f"Predict: {self._question} ({'; '.join(self.options)})"
        return bundle


def predict(question: str, options: Sequence[str]) -> Prediction:
    """Ask the reader to commit to one of `options` before the next cell measures.

    End a cell with it, or with ``guess`` after ``guess = predict(…)``.

    Raises:
        ValueError: there are fewer than two different options.
    """
    if len(set(options)) < max(2, len(options)):
        raise ValueError(f"options is {list(options)}: it must hold two different ones or more")
    return Prediction(question, options)
