"""The instructors' pages, run as they are written, in one course folder.

An instructor types what stands there: a line that doesn't work would end a semester's trust in all
the others.
"""

from __future__ import annotations

import csv
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook

from grading.__main__ import main
from support.commands import run_forked
from support.docs import DOCS, Line, Section, sections
from support.notebooks import answer, check, source_of, submission, written
from support.platforms import zipped
from tools.classes import MadeUpCourse

EXERCISE = "1-attention"
PAGES = ("instructors", "semester", "platforms", "report", "serve")
# Where a page says "see platforms.md", its reader goes there first; all others come in their order.
FIRST = (
    ("instructors", "Set up"),
    ("instructors", "Release"),
    ("semester", "Your class"),
    ("platforms", "Collect"),
)
COMMENTS = "Comments that can be used again"
NOT_RUN = {
    "make ": "installs, or is the line below it",
    "git pull": "changes the clone",
    "pip install": "installs",
    "dask ": "other machines",
    "python -m grading grade 1-attention --scheduler": "other machines",
    ".venv/bin/python -m grading check": "half a minute; tests/grading/sandbox",
    "python -m grading serve 1-attention  ": "until Ctrl-C; tests/grading/classroom/test_serve.py",
    "c.ExchangeFactory.submit": "for learners; tests/grading/nbgrader_plugins/test_submit.py",
    "c.GenerateFeedback.": "brings nbgrader's own page back",
    "c.CourseDirectory.db_url": "takes a database server",
}
CLASS = "id,first name,last name,email,section\n" + "".join(
    f"{first.lower()},{first},{last},{first.lower()}@uni.edu,{section}\n"
    for first, last, section in (
        ("Ada", "Lovelace", "A"),
        ("Alan", "Turing", "A"),
        ("Grace", "Hopper", "B"),
        ("Barbara", "Liskov", "B"),
    )
)
RIGHT = "def softmax(x): return x.exp() / x.exp().sum(-1, keepdim=True)"
WRONG = "def softmax(x):\n    return x.exp() / x.exp().sum()"
EXPORTED = (
    "Student,ID,SIS User ID,SIS Login ID,Section,1-attention (98765)\n"
    "    Points Possible,,,,,8.00\n"
    '"Lovelace, Ada",101,,ada,A,\n"Turing, Alan",102,,alan,A,\n'
    '"Hopper, Grace",103,,grace,B,\n"Liskov, Barbara",104,,barbara,B,\n'
)


def source() -> bytes:
    hidden = (
        "### BEGIN HIDDEN TESTS\nx = torch.zeros(2, 2)\n"
        "assert softmax(x)[0, 0] == 0.5, 'each row sums to 1'\n### END HIDDEN TESTS"
    )
    visible = "assert softmax(torch.zeros(2))[0] == 0.5, 'two alike have a half each'"
    return source_of(
        new_markdown_cell("# Attention\n\nWrite a softmax.", id="title"),
        answer("softmax", RIGHT),
        check("softmax-visible", visible, 1),
        check("softmax-hidden", hidden, 3),
        written("written-scaling", "### BEGIN SOLUTION\nbecause\n### END SOLUTION"),
    )


def handed_in(code: str, text: str) -> bytes:
    return submission(source(), {"softmax": code, "written-scaling": text})


@dataclass
class Walk:
    """A walk through the pages: what each command ended with and said, and what was seen between.

    seen: by a name that only this file knows.
    """

    course: MadeUpCourse
    told: list[tuple[Line, int, str]] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    def said(self, *words: str, section: str = "") -> str:
        """By the only command (below a heading) that has these words."""
        (said,) = (
            said
            for line, _, said in self.told
            if {*words} <= {*line.words} and section in ("", line.section)
        )
        return said

    def through(self, section: Section) -> None:
        BEFORE.get(section.heading, lambda _: None)(self)
        for line in section.lines:
            if line.text.startswith(tuple(NOT_RUN)):
                continue
            if section.heading == COMMENTS:
                self._append("comments.toml", line.text)
            elif line.text.startswith("c."):
                self._append("nbgrader_config.py", line.text)
            else:
                self._run(line)

    def _append(self, file: str, text: str) -> None:
        with (self.course.root / file).open("a") as written:
            written.write(f"{text}\n")

    def _run(self, line: Line) -> None:
        words = line.words
        if words[0] == "tar":
            ran = subprocess.run(words, cwd=self.course.root, capture_output=True, text=True)
        else:
            module = words[2:] if words[:2] == ("python", "-m") else words
            ran = self.forked(*module)
        self.told.append((line, ran.returncode, ran.stdout + ran.stderr))
        if "--exclude" in words and "roster" in words:
            self.see("without ada", "nbgrader", "export", "--to", "without-ada.csv")
            self.seen["without ada"] = (self.course.root / "without-ada.csv").read_text()

    def see(self, name: str, *command: str) -> None:
        """Keep what a command says that no page has here."""
        ran = self.forked(*command)
        self.seen[name] = ran.stdout + ran.stderr

    def forked(self, *module: str) -> subprocess.CompletedProcess[str]:
        env = {"JUPYTER_CONFIG_DIR": str(self.course.root / "jupyter"), "COLUMNS": "200"}
        return run_forked(*module, cwd=self.course.root, env=env, timeout=90)

    def file(self, *parts: str) -> str:
        return self.course.root.joinpath(*parts).read_text()


def _class_and_download(walk: Walk) -> None:
    """Three of four hand in, in Canvas; two of them late."""
    (walk.course.root / "class.csv").write_text(CLASS)
    works = {
        f"lovelaceada_LATE_101_7001_{EXERCISE}.ipynb": handed_in(RIGHT, "I am Ada."),
        f"turingalan_LATE_102_7002_{EXERCISE}.ipynb": handed_in(WRONG, "I am Alan."),
        f"hoppergrace_103_7003_{EXERCISE}.ipynb": handed_in(RIGHT, "I am Grace."),
    }
    (walk.course.root / "submissions.zip").write_bytes(zipped(works))
    (walk.course.root / "exported.csv").write_text(EXPORTED)


def _give_alan_more_time(walk: Walk) -> None:
    walk.seen["released"] = walk.file("release", EXERCISE, f"{EXERCISE}.ipynb")
    walk.see("alan", "grading", "extend", "alan", EXERCISE, "--days", "2")


def _look_at_penalties(walk: Walk) -> None:
    with Gradebook(walk.course.db_url) as gradebook:
        for who in ("ada", "alan"):
            submitted = gradebook.find_submission(EXERCISE, who)
            walk.seen[f"{who}'s penalty"] = f"{submitted.late_submission_penalty:g}"


def _change_points(walk: Walk) -> None:
    """Also keep what the class had with the question dropped."""
    path = walk.course.root / "source" / EXERCISE / f"{EXERCISE}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    (cell,) = (c for c in notebook.cells if c.id == "softmax-hidden")
    cell.metadata.nbgrader.points = 4
    nbformat.write(notebook, path)


def _grade_by_hand(walk: Walk) -> None:
    with Gradebook(walk.course.db_url) as gradebook:
        for who in ("ada", "alan", "grace"):
            grade = gradebook.find_grade("written-scaling", EXERCISE, EXERCISE, who)
            grade.manual_score, grade.needs_manual_grade = 2, False
            comment = gradebook.find_comment("written-scaling", EXERCISE, EXERCISE, who)
            comment.manual_comment = "Nearly! #scale #units"
        gradebook.db.commit()


def _hand_in_to_the_exchange(walk: Walk) -> None:
    home = walk.course.home("barbara")
    (home / EXERCISE).mkdir()
    (home / EXERCISE / f"{EXERCISE}.ipynb").write_bytes(handed_in(RIGHT, "I am Barbara."))
    identity = "--CourseDirectory.student_id=barbara"
    walk.course.nbgrader("submit", EXERCISE, identity, cwd=home)


BEFORE: dict[str, Callable[[Walk], None]] = {
    "Your class": _class_and_download,
    "Late work": _give_alan_more_time,
    "Drop a question": _look_at_penalties,
    "Points or tests change": _change_points,
    COMMENTS: _grade_by_hand,
    "Grade on submission": _hand_in_to_the_exchange,
}


def _in_order() -> list[Section]:
    found = {(s.page, s.heading): s for page in PAGES for s in sections(page)}
    return [*(found[key] for key in FIRST), *(s for key, s in found.items() if key not in FIRST)]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    root = tmp_path_factory.mktemp("docs") / "course"
    course = MadeUpCourse.make(root, EXERCISE, run_forked)
    (root / "source" / EXERCISE / f"{EXERCISE}.ipynb").write_bytes(source())
    walk = Walk(course)
    for section in _in_order():
        walk.through(section)
    return walk


def test_every_command_of_the_pages_works(walk: Walk) -> None:
    failed = [f"{line} ended with {status}:\n{said}" for line, status, said in walk.told if status]
    assert not failed, "\n\n".join(failed)


def test_x(walk):
    for line, status, said in walk.told:
        print("=====", line, status)
        print(said)
    print(walk.seen)
    assert 0
