"""Submissions graded while coverage sees what runs inside the sandbox, if it is on."""

from __future__ import annotations

import dataclasses

import coverage
import pytest

from course.authoring.exercises import source_of
from nbexaminer.examination.engine import Engine
from nbexaminer.examination.verdicts import Outcome
from nbexaminer.sandbox.view import Sandbox
from support.attacks import ATTACKS, HONEST, LIMITS, POINTS, submitted
from support.profile import PROFILE

UNDER_COVERAGE = dataclasses.replace(
    LIMITS, cell_wall_seconds=4.0, cell_cpu_seconds=2.5, notebook_wall_seconds=60.0,
    notebook_cpu_seconds=30,
)  # fmt: skip
ENDINGS = (
    "honest-noisy",
    "honest-numpy",
    "honest-subclass-and-gradient",
    "kernel-os-exit",
    "kernel-system-exit",
    "output-flood",
    "resources-deep-recursion",
    "resources-endless-loop",
    "resources-ignores-interrupts",
    "resources-memory-in-processes",
    "tampering-raises-a-pass",
    "transport-unknown-handles",
)


def test_submissions_end_as_they_should(measured: None) -> None:
    """Code that no test runs is code that fails at an instructor's first odd submission."""
    if coverage.Coverage.current() is None:
        pytest.skip("only counts lines: what comes of them stands in test_attacks.py")
    places = {"course": "/nowhere", "port": "9"}
    source = source_of("1-attention").read_bytes()
    with Engine(PROFILE, Sandbox.find(PROFILE), UNDER_COVERAGE) as engine:
        honest = engine.grade(source, HONEST)
        assert {v.cell: v.points for v in honest.verdicts} == POINTS
        for attack in ATTACKS:
            if attack.name in ENDINGS:
                graded = engine.grade(source, submitted(attack, places))
                passed = {v.cell for v in graded.verdicts if v.outcome is Outcome.PASSED}
                # What fails may time out instead, as coverage makes it slower.
                assert passed == {c for c, o in attack.expected.items() if o == "passed"}, graded
