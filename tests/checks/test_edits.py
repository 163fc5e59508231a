"""Misconceptions as edits: each of them costs points and is told its own message.

A learner would read a false cause, or none, where an edit's text has moved on without it.
"""

import re

import pytest

from checks.mistakes import Edit
from course.authoring.exercises import exercises
from course.authoring.in_process import cells_of

NAMES = [(exercise, name) for exercise in exercises() for name in cells_of(exercise).solutions]

JOINED = ("6-parameters", "7-decoder", "8-generation")
"""Exercises whose further calls don't tell all mistakes apart, so that two may be named: what they
are called with comes from the notebook, or is drawn."""


@pytest.mark.usefixtures("remembered")
@pytest.mark.parametrize(("exercise", "name"), NAMES)
def test_each_mistake_loses_points_and_is_told_its_own_message(exercise, name):
    cells = cells_of(exercise)
    right = cells.answered()
    assert cells.complaints(name, right) == []
    faults = []
    for check in cells.exercise.checks[name]:
        if any(isinstance(mistake, Edit) for mistake in check.mistakes):
            plain = right | {name: check.plain.edited()}
            assert cells.complaints(name, plain) == [], "what is edited is no right answer"
        for mistake, wrong in check.implementations:
            said = "\n".join(cells.complaints(name, right | {name: wrong}))
            if not said:
                faults.append(f"survives: {mistake.message}\n    {getattr(mistake, 'way', '')}")
            elif re.search(
                r"(came back: an exception,|raised) (Name|UnboundLocal|Syntax)Error", said
            ):
                faults.append(f"is no Python that runs: {mistake.message}\n{said}")
            elif "; or: " in said and exercise not in JOINED:
                faults.append(f"is told with another: {mistake.message}\n{said}")
            elif mistake.message not in said:
                faults.append(
                    f"not told: {mistake.message}\n    {getattr(mistake, 'way', '')}\n{said}"
                )
    assert not faults, "\n\n".join(faults)
