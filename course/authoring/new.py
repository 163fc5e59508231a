"""Make a new exercise from templates/: a source notebook, its checks and answers."""

from __future__ import annotations

import keyword
import re
from pathlib import Path

from course.authoring.exercises import ROOT, module_of, source_of

TEMPLATES = Path(__file__).resolve().parent / "templates"
_NAME = re.compile(r"([1-9][0-9]*)-([a-z][a-z0-9]*(?:-[a-z0-9]+)*)")


def new(exercise: str, root: Path = ROOT) -> list[Path]:
    """Make `exercise` in the course folder `root`, with one answer that is whole.

    Returns what was made: the source notebook, the module with its checks, and the folder with
    the answers that prove them.

    Raises:
        ValueError: the name is not a number and words, such as 9-mine.
        FileExistsError: a file or folder that it would make is there already.
    """
    found = _NAME.fullmatch(exercise)
    if not found or keyword.iskeyword(found[2]):
        raise ValueError(
            f"{exercise!r} can't be an exercise's name: that is a number and small-letter words "
            "with hyphens between them, such as 9-mine or 10-beam-search; a single word must not "
            "be one of Python's own, such as class"
        )
    number, words = found.groups()
    notebook = source_of(exercise, root)
    checks = root.joinpath(*module_of(exercise).split(".")).with_suffix(".py")
    answers = root / "tests" / "answers" / exercise
    # A folder of its name, such as checks/decoder, would hide the module.
    for place in (notebook.parent, checks, checks.with_suffix(""), answers):
        if place.exists():
            raise FileExistsError(
                f"{place.relative_to(root)} exists: choose another name, or remove it first"
            )
    made = {TEMPLATES / "exercise.ipynb": notebook, TEMPLATES / "checks.py": checks}
    for answer in (TEMPLATES / "answers").glob("*.py"):
        made[answer] = answers / answer.name
    for template, target in made.items():
        text = template.read_text(encoding="utf-8")
        text = text.replace("Exercise 0: template", f"Exercise {number}: {words.replace('-', ' ')}")
        text = text.replace("0-template", exercise).replace("checks.template", module_of(exercise))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return [notebook, checks, answers]
