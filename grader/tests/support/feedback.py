"""Feedback pages of one small exercise, made in this process from a graded notebook."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from bs4 import BeautifulSoup
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from traitlets.config import Config

from nbexaminer.judging.message import Message
from nbexaminer.judging.notebook.cell import NOTE, Cell, Role
from nbexaminer.judging.notebook.graft import graft
from nbexaminer.judging.notebook.reader import read_notebook
from nbexaminer.judging.notebook.source import read_source
from nbexaminer.judging.session.engine import as_unreadable, error_output
from nbexaminer.judging.session.verdicts import Outcome
from nbexaminer.nbgrader_plugins.feedback import FeedbackPage, Grades, HideMarkScheme, HideTests
from support.notebooks import answer, check, given, not_graded, source_of, submission, written

EXERCISE = "1-small"
DUE = datetime.datetime(2026, 11, 20, 12, 0)
HIDDEN = (
    'from checks.attention import waiting\n\nwaiting("f")\n### BEGIN HIDDEN TESTS\nquagga = 4\n'
    "assert f(2) == quagga\n### END HIDDEN TESTS"
)
LESSON = (
    "## 1. Twice\n\nRun the cell, then `make score`. See [softmax](../../docs/glossary.md#softmax)."
    "\n\n$$\\text{weights} = \\operatorname{softmax}\\!\\left(\\frac{QK^\\top}{\\sqrt{d_k}}\\right)"
    " \\qquad \\text{output} = \\text{weights}\\; V$$\n\n"
    "<details><summary>Hint 1</summary>\n\nAdd *it* to itself.\n\n</details>"
)


def _text(name: str, text: str) -> Any:
    return new_markdown_cell(text, id=name)


def source() -> bytes:
    """The exercise: one function with two tests, one that is not graded, one written answer."""
    scheme = "=== BEGIN MARK SCHEME ===\nokapi\n=== END MARK SCHEME ==="
    scheme = f"## 2. In your own words\n\nHow?\n\n{scheme}"
    question = new_markdown_cell(scheme, id="question", metadata=given("question", "").metadata)
    notebook = nbformat.reads(
        source_of(
            _text("title", "# Exercise 1: small\n\nWhen you hand in, press the button."),
            _text("lesson", LESSON),
            answer("f", "def f(x): return 2 * x"),
            check("f-visible", "assert f(3) == 6, 'f(3) should be 6'", 1),
            check("f-hidden", HIDDEN, 2),
            answer("try-g", "def g(x): return x"),
            not_graded("picture", "print('drawn')"),
            question,
            written("w", "### BEGIN SOLUTION\nbecause\n### END SOLUTION"),
        ).decode(),
        as_version=4,
    )
    notebook.cells.insert(0, notebook.cells.pop(1))
    return str(nbformat.writes(notebook)).encode()


def handed_in(
    answers: Mapping[str, str], own: Sequence[Any] = (), notes: Mapping[str, Any] | None = None
) -> Any:
    """A graded notebook.

    own: cells that the learner has added, with outputs.
    notes: by test cell, its outcome and message; one that is not named has passed.
    """
    submitted = nbformat.reads(submission(source(), dict(answers)).decode(), as_version=4)
    submitted.cells += own
    data = nbformat.writes(submitted).encode()
    notebook = graft(read_source(source()), read_notebook(data)).notebook
    outputs = {cell.id: cell.get("outputs", []) for cell in own}
    for cell, added in zip(notebook["cells"][::-1], list(own)[::-1], strict=False):
        cell["outputs" if cell["cell_type"] == "code" else "was"] = outputs[added.id]
        cell.pop("was", None)
    for cell in notebook["cells"]:
        if Cell(cell).role is Role.TEST:
            note = (notes or {}).get(Cell(cell).grade_id, {"outcome": "passed", "message": {}})
            cell["metadata"][NOTE] = note
            if note["outcome"] == "passed":
                cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "mine\n"}]
            else:
                cell["outputs"] = [
                    error_output(Outcome(note["outcome"]), Message.read(note["message"]))
                ]
    return nbformat.from_dict(notebook)


def unreadable(reason: str) -> Any:
    """The graded notebook of a submission that can't be read."""
    return nbformat.from_dict(as_unreadable(read_source(source()), reason).notebook)


class Class:
    """A gradebook with the exercise, and the pages that are made with it."""

    def __init__(self, gradebook: Path) -> None:
        self.url = f"sqlite:///{gradebook}"
        settings = Config()
        settings.MarkingRules.timezone = "Europe/Berlin"
        settings.ClearMarkScheme.enforce_metadata = False
        self.exporter = FeedbackPage(config=settings)
        for step in (Grades, HideTests, HideMarkScheme):
            self.exporter.register_preprocessor(step, enabled=True)

    @classmethod
    def make(cls, gradebook: Path) -> Class:
        """With a new gradebook, for which nbgrader starts another program, which takes seconds."""
        here = (EXERCISE, EXERCISE)
        with Gradebook(f"sqlite:///{gradebook}") as rows:
            rows.add_assignment(EXERCISE, duedate=DUE)
            rows.add_notebook(*here)
            for cell in read_source(source()).cells:
                if cell.is_graded:
                    kind = {"max_score": cell.points, "cell_type": cell.content["cell_type"]}
                    rows.add_grade_cell(cell.name, *here, **kind)
                if cell.role is Role.ANSWER:
                    rows.add_solution_cell(cell.name, *here)
        return cls(gradebook)

    def hand_in(
        self,
        learner: str,
        scores: Mapping[str, float | None],
        comments: Mapping[str, str] | None = None,
        **about: Any,
    ) -> None:
        """Write what grading writes.

        scores: by cell, None for one that waits for a human.
        comments: by cell, the instructor's, or nbgrader's own "No response."
        about: names of the learner; timestamp, extension and penalty.
        """
        names = {k: about.pop(k) for k in ("first_name", "last_name") if k in about}
        with Gradebook(self.url) as gradebook:
            gradebook.add_student(learner, **names)
            penalty, extension = about.pop("penalty", None), about.pop("extension", None)
            gradebook.add_submission(EXERCISE, learner, **about).extension = extension
            place = (EXERCISE, EXERCISE, learner)
            notebook = gradebook.find_submission_notebook(*place)
            notebook.late_submission_penalty = penalty
            for cell, score in scores.items():
                grade = gradebook.find_grade(cell, *place)
                grade.auto_score, grade.needs_manual_grade = score, score is None
            for cell, comment in (comments or {}).items():
                gradebook.find_comment(cell, *place).manual_comment = comment
            gradebook.db.commit()

    def page(self, learner: str, notebook: Any) -> str:
        """The page, as HTML."""
        about = {"student": learner, "assignment": EXERCISE, "notebook": EXERCISE}
        resources = {"nbgrader": {**about, "db_url": self.url}}
        page, _ = self.exporter.from_notebook_node(notebook, resources)
        return str(page)


def unfolded(page: str) -> str:
    """What a reader sees before anything is unfolded."""
    soup = BeautifulSoup(page, "html.parser")
    for tag in soup.select("details > :not(summary), style, title"):
        tag.decompose()
    return " ".join(soup.get_text(" ").split())
