"""The lines that a learner writes in a lesson: checked at once, and nothing is graded.

A module a lesson knows the right line, the usual slips, and what is seen of the others, as the
checks of exercises do. In the lesson it is one call, below the function that the learner writes:

    from checks.your_turn.tensors import your_turn

    unit_rows = your_turn(unit_rows, W_k)

In the committed lesson the line stands between nbgrader's marks of a solution. Learners' copies
have its usual stub there (see `course.learner.work`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from checks.check import Exercise
from checks.kernel import say
from checks.message import RIGHT, WrongAnswer
from checks.run import aside

INSTEAD = "The lesson goes on with its own {0}; your_turn.show({0!r}) shows it."


@dataclass(frozen=True)
class YourTurn:
    """The places of one lesson at which the learner writes.

    Args:
        places: the lesson, as if it were an exercise: a check for each function.
    """

    places: Exercise

    def __call__(self, written: Callable[..., Any], *args: Any) -> Callable[..., Any]:
        """Say whether `written` does what is asked for, called with `args`, or what went wrong.

        Returns:
            What the lesson goes on with: `written` if it's right, else the lesson's own.

        Raises:
            ValueError: the lesson asks for no function of this name.
        """
        name = written.__name__
        self._refuse(name)
        (check,) = self.places.checks[name]
        try:
            with aside(self.places):
                check(written, *args)
        except WrongAnswer as wrong:
            say(wrong)
            print(INSTEAD.format(name))
            reference: Callable[..., Any] = check.reference
            return reference
        print(RIGHT.format(name))
        return written

    def show(self, name: str) -> None:
        """Print the lesson's own function of this name. Raises ValueError where there is none."""
        self._refuse(name)
        (check,) = self.places.checks[name]
        print(check.plain.code()[-1])

    def _refuse(self, name: str) -> None:
        if name not in self.places.checks:
            known = ", ".join(self.places.checks)
            raise ValueError(f"the lesson asks for {known}, and for no {name!r}: call yours so")
