"""The lines that a learner writes in a lesson: checked at once, and nothing is graded.

A module a lesson knows the right line, the usual slips, and what is seen of the others, as the
checks of exercises do. In the lesson it is one call, below the function that the learner writes:

    from checks.your_turn.tensors import your_turn

    unit_rows = your_turn(unit_rows, W_k)

In the committed lesson the line stands between nbgrader's marks of a solution. Learners' copies
have its usual stub there (see `course.learner.work`).

What the lesson calls it with is small enough to read, and so may fit a wrong line, too. So each
function is called with more, of other sizes and without patterns (`YourTurn.also`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from checks.check import Check, Exercise, fresh
from checks.kernel import say
from checks.message import RIGHT, WrongAnswer
from checks.run import aside, run_of

INSTEAD = "The lesson goes on with its own {0}; your_turn.show({0!r}) shows it."

FITS = "what the lesson itself calls it with comes out right"
WRITTEN_IN = "it isn't right for other numbers and sizes: is one of the lesson's written into it?"


@dataclass(frozen=True)
class YourTurn:
    """The places of one lesson at which the learner writes.

    Args:
        places: the lesson, as if it were an exercise: a check for each function.
    """

    places: Exercise

    def also(self, name: str, *args: Any) -> None:
        """Call the function `name` with these, too, whatever the lesson calls it with."""
        (check,) = self.places.checks[name]
        cases = {**self.places.cases.get(name, {})}
        cases[f"call {len(cases) + 1}"] = lambda answer: check(answer, *args)
        self.places.cases[name] = cases

    def __call__(self, written: Callable[..., Any], *args: Any) -> Callable[..., Any]:
        """Say whether `written` does what is asked for, called with `args`, or what went wrong.

        The right numbers in another dtype are right: nothing here is graded.

        Returns:
            What the lesson goes on with: `written` if it's right (its numbers in the dtype that
            the lesson has them in), else the lesson's own.

        Raises:
            ValueError: the lesson asks for no function of this name.
        """
        name = written.__name__
        self._refuse(name)
        (check,) = self.places.checks[name]
        casts: list[torch.dtype] = []
        alike = _in_its_dtype(check, written, casts)
        fits = False
        try:
            with aside(self.places):
                run_of(self.places).in_lesson = True
                check(alike, *args)
                fits = True
                for case in self.places.cases.get(name, {}).values():
                    case(alike)
        except WrongAnswer as wrong:
            say(_of_another_call(name, wrong) if fits else wrong)
            print(INSTEAD.format(name))
            reference: Callable[..., Any] = check.reference
            return reference
        print(RIGHT.format(name))
        return alike if casts else written

    def show(self, name: str) -> None:
        """Print the lesson's own function of this name. Raises ValueError where there is none."""
        self._refuse(name)
        (check,) = self.places.checks[name]
        print(check.plain.code()[-1])

    def _refuse(self, name: str) -> None:
        if name not in self.places.checks:
            known = ", ".join(self.places.checks)
            raise ValueError(f"the lesson asks for {known}, and for no {name!r}: call yours so")


def _of_another_call(name: str, wrong: WrongAnswer) -> WrongAnswer:
    """What is wrong in a further call of an answer that is right for the lesson's own."""
    facts = [("but", FITS), *wrong.facts]
    if wrong.cause:
        return WrongAnswer(wrong.headline, facts, wrong.cause, wrong.tables)
    problem = wrong.headline.removeprefix(f"{name}: ")
    facts.insert(1, ("here", problem))
    return WrongAnswer(f"{name}: {WRITTEN_IN}", facts, WRITTEN_IN, wrong.tables)


def numbers(*shape: int, seed: int = 0) -> torch.Tensor:
    """Numbers without a pattern, for calls beside the lesson's own."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def _in_its_dtype(
    check: Check, written: Callable[..., Any], casts: list[torch.dtype]
) -> Callable[..., Any]:
    """`written`, with a tensor of the lesson's own dtype where that changes none of its numbers.

    A plain number becomes a tensor where the lesson has one, which goes on with `.item()`.
    Each time that it was needed is noted in `casts`.
    """

    gives_tensor = check.reference.__annotations__["return"] == "Tensor"

    @functools.wraps(written)
    def alike(*args: Any) -> Any:
        before, got = fresh(args), written(*args)
        if not (gives_tensor and isinstance(got, float | torch.Tensor)):
            return got
        right = check.reference(*before)
        if isinstance(got, float):
            if right.dim():
                return got
            casts.append(right.dtype)
            return torch.tensor(got, dtype=right.dtype)
        if torch.bool in (got.dtype, right.dtype):
            return got
        if got.dtype == right.dtype:
            return got
        if got.shape != right.shape:
            return got
        cast = got.to(right.dtype)
        # A wrong number keeps its float64, which may say where it comes from.
        floats = got.is_floating_point() and right.is_floating_point()
        if not cast.double().allclose((right if floats else got).double(), equal_nan=True):
            return got
        casts.append(right.dtype)
        return cast

    return alike
