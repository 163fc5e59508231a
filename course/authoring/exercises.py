"""Which exercises there are in source/, what belongs to one, and the marks in its notebook."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOLUTION_MARKS = ("BEGIN SOLUTION", "END SOLUTION")
HIDDEN_MARKS = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
SCHEME_MARKS = ("BEGIN MARK SCHEME", "END MARK SCHEME")


def exercises(root: Path = ROOT) -> list[str]:
    """The names of the exercises in source/, in order."""
    return sorted(p.parent.name for p in root.glob("source/*/*.ipynb") if p.stem == p.parent.name)


def source_of(exercise: str, root: Path = ROOT) -> Path:
    """The path of an exercise's source notebook."""
    return root / "source" / exercise / f"{exercise}.ipynb"


def module_of(exercise: str) -> str:
    """The module with an exercise's checks, such as checks.multi_head for 2-multi-head."""
    return f"checks.{exercise.split('-', 1)[-1].replace('-', '_')}"
