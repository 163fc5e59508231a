"""nbgrader's own commands, configured as in nbgrader_config.py."""

from __future__ import annotations

import copy
import csv
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook

from nbexaminer.judging.session.engine import NOT_RUN, Engine
from support.course import EXERCISE, Course, good

ATTACK = (
    "Because <img src=x onerror=alert(1)> <script>alert(2)</script> a<b "
    "[click](javascript:alert(3)) $\\href{javascript:alert(4)}{x}$ ![t](http://evil/x.png) "
    "<svg/onload=alert(5)> [ref]\n\n[ref]: javascript:alert(6)\n\n"
    "```mermaid\n<script>alert(7)</script>\n```\n\n### BEGIN HIDDEN TESTS\nno end"
)


DELIMITERS = {
    "BEGIN HIDDEN TESTS": "SECRET FROM HERE",
    "END HIDDEN TESTS": "SECRET TO HERE",
    "BEGIN SOLUTION": "OURS FROM HERE",
    "END SOLUTION": "OURS TO HERE",
}
OWN_DELIMITERS = """
c.ClearHiddenTests.begin_test_delimeter = "SECRET FROM HERE"
c.ClearHiddenTests.end_test_delimeter = "SECRET TO HERE"
c.ClearSolutions.begin_solution_delimeter = "OURS FROM HERE"
c.ClearSolutions.end_solution_delimeter = "OURS TO HERE"
c.ClearSolutions.text_stub = "Write here."
"""


def broken_submissions(course: Course) -> dict[str, str]:
    """Hand in what can't be read; the reason expected for each learner."""
    course.hand_in("bad-json", b"{")
    course.hand_in("bad-deep", b"[" * 100_000)
    course.hand_in("bad-missing", None)
    course.hand_in("bad-huge", b'{"nbformat": 4, "cells": []' + b" " * (21 << 20) + b"}")
    named = course.hand_in("bad-name", None)
    for name in ("mine.ipynb", "another.ipynb"):
        (named / name).write_bytes(good())
    secret = course.root / "secret.txt"
    secret.write_text("the instructor's own")
    linked = course.hand_in("bad-link", None)
    (linked / f"{EXERCISE}.ipynb").symlink_to(
        course.root / "source" / EXERCISE / f"{EXERCISE}.ipynb"
    )
    pipe = course.hand_in("bad-pipe", None)
    os.mkfifo(pipe / f"{EXERCISE}.ipynb")
    return {
        "bad-json": "not JSON",
        "bad-deep": "nested too deeply",
        "bad-missing": "is missing",
        "bad-huge": "MB, more than",
        "bad-name": "is missing; the folder holds another.ipynb, mine.ipynb",
        "bad-link": "is a link",
        "bad-pipe": "not an ordinary file",
    }


@dataclass
class Autograded(Course):
    """What `nbgrader autograde` said, and the reason that it has to give for some learners."""

    log: str
    reasons: dict[str, str]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Autograded:
    course = Course.make(tmp_path_factory.mktemp("course"))
    root = course.root
    course.nbgrader("generate_assignment", EXERCISE)
    course.hand_in("ada", good())
    released = root / "release" / EXERCISE / f"{EXERCISE}.ipynb"
    course.hand_in("ben", released.read_bytes())
    course.hand_in("cleo", good(f="def f(x): return x * x", w=ATTACK))
    doubled = nbformat.reads(good().decode(), as_version=4)
    for i in (1, 2):
        copied = copy.deepcopy(doubled.cells[i])
        copied.id += "-again"
        doubled.cells.append(copied)
    course.hand_in("dan", nbformat.writes(doubled).encode())
    extra = new_code_cell(
        "import sys\nfrom IPython.display import HTML, Javascript, SVG, Latex, Markdown\n"
        "display(HTML('<script>alert(8)</script>'), Javascript('alert(9)'),\n"
        "        Latex('<script>alert(10)</script>'), Markdown('<script>alert(11)</script>'),\n"
        "        {'text/html': '<script>alert(12)</script>', 'text/plain': '2.0'}, raw=False)\n"
        "print('<script>alert(13)</script>')\n"
        "raise ValueError('<script>alert(14)</script>')",
    )
    noisy = nbformat.reads(good().decode(), as_version=4)
    noisy.cells.append(extra)
    folder = course.hand_in("eve", nbformat.writes(noisy).encode())
    (folder / "secret.txt").symlink_to(root / "secret.txt")
    (folder / "notes.txt").write_text("my own")
    (folder / "jedi.py").write_text("import os")
    (folder / "timestamp.txt").write_text("2026-11-20 12:30:00 UTC")
    reasons = broken_submissions(course)
    log = course.nbgrader("autograde", EXERCISE)
    course.nbgrader("generate_feedback", EXERCISE)
    return Autograded(root, log, reasons)


def test_autograde_scores_right_and_wrong(course: Course) -> None:
    """The gradebook is what grades are made of."""
    scores = course.scores()
    right = {"f-visible": (1.0, False), "f-hidden": (2.0, False), "w": (None, True)}
    assert scores["ada"] == scores["dan"] == scores["eve"] == right
    # No response: a written answer left as it was needs no human.
    assert scores["ben"] == {"f-visible": (0.0, False), "f-hidden": (0.0, False), "w": (0.0, False)}
    assert scores["cleo"] == {
        "f-visible": (0.0, False),
        "f-hidden": (0.0, False),
        "w": (None, True),
    }


def test_what_cannot_be_read_is_set_aside(course: Autograded) -> None:
    """One bad file must neither end the batch nor vanish: the instructor is told and sees it."""
    scores = course.scores()
    for learner, reason in course.reasons.items():
        lines = [line for line in course.log.split("\n") if learner in line]
        assert any("Set aside" in line and reason in line for line in lines), (learner, lines)
        assert scores[learner] == {name: (0.0, True) for name in ("f-visible", "f-hidden", "w")}
        shown = "".join(str(c.get("outputs")) for c in course.graded(learner).cells)
        assert reason in shown
        assert "return 2 * x" not in str(course.graded(learner)), "the solution is shown"


def test_nothing_unexpected_is_handed_back(course: Course) -> None:
    """A link to the gradebook, or a page of scripts, would come back with the feedback."""
    for step in ("autograded", "feedback"):
        names = {p.name for p in (course.root / step / "eve" / EXERCISE).iterdir()}
        assert names == {"timestamp.txt", f"{EXERCISE}.{'ipynb' if step[0] == 'a' else 'html'}"}


def feedback(course: Course, learner: str) -> str:
    return (course.root / "feedback" / learner / EXERCISE / f"{EXERCISE}.html").read_text()


def test_feedback_names_the_mistake_and_hides_the_tests(course: Course) -> None:
    """Feedback must help, and not give away what next year's learners are tested with."""
    page = feedback(course, "cleo")
    text = BeautifulSoup(page, "html.parser").get_text()
    assert "f(3) should be 6" in text and "f(1) should be 2" in text
    assert text.count(NOT_RUN.strip()) == 2 and "RuntimeError:" not in text
    assert "okapi" not in page and "quagga" not in page
    assert "The hidden tests are not shown" in text


def assert_harmless(page: BeautifulSoup) -> None:
    """Nothing of `ATTACK`, or of eve's outputs, is anything but text."""
    for tag in page.find_all(True):
        if tag.name in ("script", "style"):
            assert "alert(" not in tag.get_text()
        for name, value in tag.attrs.items():
            assert name not in ("onerror", "onload"), tag  # nbgrader's own page has onclick
            assert "alert" not in str(value), tag
            assert name == "href" or "evil" not in str(value), tag
    assert not page.find_all("svg")
    assert "\\href" not in page.get_text()


@pytest.mark.parametrize("learner", ["cleo", "eve"])
def test_what_learners_write_is_harmless_in_feedback(course: Course, learner: str) -> None:
    """A script in a feedback page or the formgrader acts with the reader's rights."""
    assert_harmless(BeautifulSoup(feedback(course, learner), "html.parser"))
    graded = course.graded(learner)
    allowed = {"text/plain", "image/png"}
    assert all(
        set(o.get("data", {})) <= allowed for c in graded.cells for o in c.get("outputs", [])
    )


def test_formgrader_page_is_harmless(course: Course) -> None:
    """The same page that an instructor opens, rendered by the formgrader's own template."""
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions import formgrader
    from traitlets.config import Config

    templates = Path(formgrader.__file__).parent / "templates"
    config = Config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [str(templates)]
    exporter = HTMLExporter(config=config)
    resources = {"base_url": "", "index": 0, "total": 1, "notebook_path": "x", "student": "cleo"}
    page, _ = exporter.from_notebook_node(course.graded("cleo"), resources=resources)
    soup = BeautifulSoup(page, "html.parser")
    assert "Because" in soup.get_text()
    assert_harmless(soup)


def test_autograde_again_grades_nothing_twice_and_force_gives_the_same(course: Course) -> None:
    """A regrade for one improved message must not move scores."""
    before = course.scores()
    notebook = course.graded("cleo")
    log = course.nbgrader("autograde", EXERCISE)
    assert f"graded 0; refused 0; not graded 0; unchanged {len(before)}" in log
    course.nbgrader("autograde", EXERCISE, "--force", "--student=cleo")
    assert course.scores() == before
    assert course.graded("cleo") == notebook


def test_a_course_may_mark_its_solutions_its_own_way(course: Course, tmp_path: Path) -> None:
    """With other delimiters and stubs, an answer that nobody gave would wait to be graded by hand,
    and hidden tests would be told to learners."""
    own = Course.make(tmp_path)
    path = tmp_path / "source" / EXERCISE / f"{EXERCISE}.ipynb"
    text = path.read_text()
    for before, after in DELIMITERS.items():
        assert before in text
        text = text.replace(before, after)
    path.write_text(text)
    with (tmp_path / "nbgrader_config.py").open("a") as config:
        config.write(OWN_DELIMITERS)
    own.nbgrader("generate_assignment", EXERCISE)
    released = (tmp_path / "release" / EXERCISE / f"{EXERCISE}.ipynb").read_bytes()
    assert b"quagga" not in released and b"Write here." in released
    own.hand_in("ben", released)
    own.hand_in("cleo", good(f="def f(x): return 6"))
    own.nbgrader("autograde", EXERCISE)
    scores = own.scores()
    assert scores["ben"]["w"] == (0.0, False), "left as it was"
    assert scores["cleo"]["f-visible"] == (1.0, False)
    shown = str([cell.outputs for cell in own.graded("cleo").cells if cell.cell_type == "code"])
    assert "f(1) should be 2" in shown
    own.nbgrader("generate_feedback", EXERCISE)
    assert "quagga" not in feedback(own, "cleo")


def test_validate_runs_as_stock_does(course: Course, tmp_path: Path) -> None:
    """Learners check their own work with it, in their own kernel."""
    path = tmp_path / f"{EXERCISE}.ipynb"
    path.write_bytes(good(f="def f(x): return x * x"))
    env = os.environ | {"JUPYTER_CONFIG_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "nbgrader", "validate", str(path)]
    ran = subprocess.run(command, cwd=course.root, env=env, capture_output=True, text=True)
    assert "f(3) should be 6" in ran.stdout, ran


def test_exported_table_is_safe_to_open(course: Course) -> None:
    """A name that starts with = is a formula to a spreadsheet, also after a semicolon."""
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        gradebook.update_or_create_student(
            "ada", first_name='=HYPERLINK("http://evil","x")', last_name="a,b\nc;=cmd|x"
        )
    course.nbgrader("export", "--to", str(course.root / "grades.csv"))
    with open(course.root / "grades.csv", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert (
        rows["ada"]["first_name"].startswith("'=") and rows["ada"]["last_name"] == "a,b c;'=cmd|x"
    )
    assert '"ada"' in (course.root / "grades.csv").read_text()
    assert float(rows["ada"]["score"]) == 3.0 and float(rows["ada"]["max_score"]) == 6.0


def test_without_a_sandbox_nothing_is_graded(course: Course) -> None:
    """An instructor must choose to run learners' code unprotected, and can."""
    course.nbgrader("autograde", EXERCISE, "--force", "--student=ada",
                    "--SubmissionReader.unsafe_no_sandbox=True")  # fmt: skip
    assert course.scores()["ada"]["f-hidden"] == (2.0, False)
