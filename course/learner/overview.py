"""How far a learner is, in lessons and exercises: for `my-score.ipynb`, and `work/progress.md`.

Nothing is graded here: it is what the saved lessons and the last grading say.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from course.authoring.exercises import ROOT, exercises, source_of
from course.learner.my_llm.record import told
from course.learner.points import ExerciseScore, read_record
from course.learner.progress import LessonProgress, last_in, lessons

PAGE = "progress.md"


@dataclass(frozen=True)
class Overview:
    """What there is to say of a learner's work.

    exercises: the answers that each asks for; none where the course has no tests to grade with.
    record: the last scores.
    program: what there is to say of work/my_llm, in Markdown, or empty.
    """

    lessons: list[LessonProgress]
    exercises: dict[str, list[str]]
    record: dict[str, ExerciseScore]
    program: str = ""

    @property
    def stopped(self) -> LessonProgress | None:
        """The lesson in which the learner stopped, if any."""
        return last_in(self.lessons)

    def passed(self, exercise: str) -> int:
        """How many answers passed all tests when they were graded last."""
        score = self.record.get(exercise)
        return sum(a.earned == a.points for a in score.answers) if score else 0

    def totals(self) -> str:
        """Lessons and answers, each of how many, in a sentence."""
        done = sum(lesson.finished for lesson in self.lessons)
        passed = sum(map(self.passed, self.exercises))
        asked = sum(map(len, self.exercises.values()))
        told = f"{done} of {len(self.lessons)} lessons were run to their end"
        answers = f", and {passed} of {asked} answers passed when they were graded last"
        return f"{told}{answers if asked else ''}."


def mark_of(lesson: LessonProgress) -> str:
    """A sign for finished, begun or neither."""
    return "✓" if lesson.finished else "◐" if lesson.run else "□"


def overview(work: Path, root: Path = ROOT) -> Overview:
    """What the lessons and the record in `work` say."""
    asked = {exercise: _answers(source_of(exercise, root)) for exercise in exercises(root)}
    return Overview(lessons(work, root), asked, read_record(work), told(work))


def write_page(work: Path, root: Path = ROOT) -> None:
    """Write `work/progress.md` anew, for JupyterLab to open."""
    (work / PAGE).write_text(_page(overview(work, root), work), encoding="utf-8")


def _answers(path: Path) -> list[str]:
    """What tests decide on in an exercise."""
    marks = [
        cell["metadata"].get("nbgrader", {}) for cell in json.loads(path.read_bytes())["cells"]
    ]
    names = {mark["grade_id"] for mark in marks if mark.get("solution") and not mark.get("grade")}
    tested = {mark["grade_id"].removesuffix("-visible") for mark in marks if mark.get("grade")}
    return sorted(names & tested)


def _page(found: Overview, work: Path) -> str:
    lines = ["# Your progress", "", found.totals(), "", _where(found), ""]
    if found.program:
        lines += [found.program, ""]
    lines += ["| done | lesson | code cells run | lines of your own |", "|---|---|---|---|"]
    for one in found.lessons:
        ran, own = f"{one.run} of {one.cells}", f"{one.written} of {one.turns}" if one.turns else ""
        lines.append(f"| {mark_of(one)} | [{one.title}]({one.name}) | {ran} | {own} |")
    if found.exercises:
        lines += _exercises(found, work)
    lines += [
        "",
        f"As of {datetime.now():%d %b, %H:%M}, when JupyterLab was started. A lesson has its tick "
        "when the last cell of your saved copy was run.",
    ]
    return "\n".join(lines) + "\n"


def _exercises(found: Overview, work: Path) -> list[str]:
    lines = [
        "",
        "| done | exercise | answers that pass | points | graded |",
        "|---|---|---|---|---|",
    ]
    for exercise, answers in found.exercises.items():
        score, passed = found.record.get(exercise), found.passed(exercise)
        mark = "✓" if passed == len(answers) else "◐" if score else "□"
        there = (work / exercise / f"{exercise}.ipynb").exists()
        name = f"[{exercise}]({exercise}/{exercise}.ipynb)" if there else exercise
        points, when = "", "not yet"
        if score:
            earned, most = map(sum, zip(score.points(False), score.points(True), strict=True))
            points, when = f"{earned:g} of {most:g}", f"{datetime.fromisoformat(score.when):%d %b}"
        lines.append(f"| {mark} | {name} | {passed} of {len(answers)} | {points} | {when} |")
    return [*lines, "", "[my-score](my-score.ipynb) grades them and shows what the tests say."]


def _where(found: Overview) -> str:
    """A way on: to where one stopped, or to the first lesson that is not finished."""
    if stopped := found.stopped:
        return (
            f"**You stopped** in [{stopped.title}]({stopped.name}#cell-id={stopped.cell}), "
            f"at “{stopped.stopped}”."
        )
    new = next((lesson for lesson in found.lessons if not lesson.finished), None)
    return (
        f"**Next**: [{new.title}]({new.name})." if new else "**You've been through every lesson.**"
    )
