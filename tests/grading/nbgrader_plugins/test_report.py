"""The class report: without these, an instructor would act on wrong numbers about a class."""

import csv
import json
import os
import shutil
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from nbgrader.api import Gradebook, Student
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import insert
from traitlets.config import LoggingConfigurable

from grading.examination.engine import NOTE
from grading.nbgrader_plugins.report import ClassReport
from support.commands import run_forked
from tools.classes import MadeUpCourse, fill_in, made_up_class

EXERCISE = "1-attention"
MISSING, BROKEN = "moss", "bram"
NASTY = "=<script>x</script>"
SHOTS = os.environ.get("SCREENSHOTS")

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
if CHROMIUM is None and os.environ.get("CI"):
    raise RuntimeError("CI needs Chromium for the browser tests: install the package chromium")


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> MadeUpCourse:
    """Six learners: four with answers, one who handed in nonsense, one who handed in nothing."""
    course = MadeUpCourse.make(tmp_path_factory.mktemp("report") / "course", EXERCISE, run_forked)
    course.nbgrader("generate_assignment", EXERCISE)
    answers = made_up_class(EXERCISE)
    handed_in = {}
    for learner in ("ada", "donald", "edsger", "frances"):
        written = {"written-scaling": "They grow with d_k."} if learner != "edsger" else {}
        notebook = fill_in(course.released(EXERCISE), answers[learner] | written)
        handed_in[learner] = nbformat.writes(notebook).encode()
    handed_in["donald"] = handed_in["frances"]
    handed_in[BROKEN] = b"PK\x03\x04 a zip file with another name"
    for learner, data in handed_in.items():
        folder = course.root / "submitted" / learner / EXERCISE
        folder.mkdir(parents=True)
        (folder / f"{EXERCISE}.ipynb").write_bytes(data)
    with Gradebook(course.db_url) as gradebook:
        gradebook.add_student(MISSING, first_name=NASTY, last_name="-1+1")
    course.nbgrader("autograde", EXERCISE)
    return course


@pytest.fixture(scope="module")
def report(course) -> Path:
    """The page that nbgrader's own command wrote."""
    path = course.root / "report.html"
    course.nbgrader(
        "export", "--exporter=grading.nbgrader_plugins.report.ClassReport", "--to", str(path)
    )
    return path


@pytest.fixture(scope="module")
def page(report) -> BeautifulSoup:
    return BeautifulSoup(report.read_text(), "html.parser")


def export(course: MadeUpCourse, to: Path, gradebook: str | None = None, **choice) -> BeautifulSoup:
    """Export in this process."""
    app = LoggingConfigurable()
    app.coursedir = CourseDirectory(root=str(course.root))
    plugin = ClassReport(parent=app, to=str(to), **choice)
    with Gradebook(gradebook or course.db_url) as found:
        plugin.export(found)
    return BeautifulSoup(to.read_text(), "html.parser")


def table(page: BeautifulSoup, caption: str) -> list[list[str]]:
    """The rows below the head of the table whose caption begins so."""
    for found in page.find_all("table"):
        if found.caption.get_text().startswith(caption):
            rows = found.find_all("tr")[1:]
            return [
                [" ".join(c.get_text().split()) for c in r.find_all(["th", "td"])] for r in rows
            ]
    raise AssertionError(f"no table is called {caption!r}")


def listed(page: BeautifulSoup, start: str) -> list[str]:
    for found in page.find_all("details"):
        if found.summary.get_text().startswith(start):
            return [item.get_text() for item in found.find_all("li")]
    raise AssertionError(f"nothing is folded below {start!r}")


def points(course: MadeUpCourse) -> dict[str, dict[str, float]]:
    """What the gradebook says that each readable submission's test cells earned."""
    with Gradebook(course.db_url) as gradebook:
        return {
            s.student.id: {
                g.name: g.score for n in s.notebooks for g in n.grades if g.cell_type == "code"
            }
            for s in gradebook.assignment_submissions(EXERCISE)
            if s.student.id != BROKEN
        }


def test_test_cells_agree_with_the_gradebook(course, page):
    earned = points(course)
    assert sorted(earned) == ["ada", "donald", "edsger", "frances"]
    rows = table(page, "How the class did")
    source = json.loads((course.root / "source" / EXERCISE / f"{EXERCISE}.ipynb").read_text())
    about = [c["metadata"].get("nbgrader", {}) for c in source["cells"] if c["cell_type"] == "code"]
    tests = {m["grade_id"]: m["points"] for m in about if m.get("grade")}
    assert [row[0] for row in rows] == list(tests)
    correlations = 0
    for name, most, passed, share, discrimination, outcomes, remark in rows:
        column = np.array([earned[who][name] for who in sorted(earned)])
        rest = np.array([sum(earned[who].values()) for who in sorted(earned)]) - column
        n_passed = int((column == tests[name]).sum())
        assert float(most) == tests[name]
        assert passed == f"{n_passed} of 4"
        assert float(share) == pytest.approx(column.mean() / tests[name], abs=0.005)
        assert f"{n_passed} passed" in outcomes
        assert remark.startswith("everybody") == (n_passed == 4)
        if column.std() == 0:
            assert discrimination == "undefined"
        else:
            correlations += 1
            x, y = column - column.mean(), rest - rest.mean()
            wanted = (x @ y) / np.sqrt((x @ x) * (y @ y))
            assert float(discrimination) == pytest.approx(wanted, abs=0.005)
    assert correlations >= 2


def test_scores_agree_with_the_gradebook(course, page):
    with Gradebook(course.db_url) as gradebook:
        scores = [s.score for s in gradebook.assignment_submissions(EXERCISE)]
        most = gradebook.find_assignment(EXERCISE).max_score
    assert len(scores) == 5
    (row,) = table(page, f"Points after lateness, of {most:g}")
    assert float(row[0]) == min(scores) and float(row[4]) == max(scores)
    assert float(row[2]) == np.median(scores)
    assert float(row[5]) == pytest.approx(np.mean(scores), abs=0.005)


def test_misconceptions_are_counted_by_learner(course, page):
    learners: dict[str, set[str]] = {}
    for path in (course.root / "autograded").glob("*/*/*.ipynb"):
        for cell in json.loads(path.read_text())["cells"]:
            if cause := cell["metadata"].get(NOTE, {}).get("cause"):
                learners.setdefault(cause, set()).add(path.parts[-3])
    assert max(map(len, learners.values())) == 2
    found = {row[1]: int(row[0]) for row in table(page, "What the tests name")}
    assert found == {" ".join(c.split()): len(names) for c, names in learners.items()}


def test_who_needs_the_instructor(page):
    assert listed(page, "Not handed in") == [MISSING]
    assert listed(page, "written-scaling") == ["ada", "donald", "frances"]
    ((who, reason),) = table(page, "Can't be read")
    assert who == BROKEN and "not JSON" in reason


def test_table_has_a_row_for_each_learner_and_cell_and_is_safe_to_open(course, report):
    with report.with_suffix(".csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len({(row["student_id"], row["cell"]) for row in rows}) == len(rows) == 6 * 7
    for who, cells in points(course).items():
        mine = {r["cell"]: float(r["points"]) for r in rows if r["student_id"] == who}
        assert cells.items() <= mine.items()
    assert {r["state"] for r in rows if r["student_id"] == MISSING} == {"not handed in"}
    assert {r["state"] for r in rows if r["student_id"] == BROKEN} == {"can't be read"}
    assert {r["points"] for r in rows if r["student_id"] == MISSING} == {""}
    (first,) = {r["first_name"] for r in rows if r["student_id"] == MISSING}
    assert first == f"'{NASTY}"
    assert not any(v.startswith(("=", "+", "-", "@")) for row in rows for v in row.values())


def test_without_graded_notebooks_the_points_stay(course, page, tmp_path):
    moved = MadeUpCourse(tmp_path / "elsewhere")
    moved.root.mkdir()
    folder = moved.root / "autograded" / "ada" / EXERCISE
    folder.mkdir(parents=True)
    (folder / f"{EXERCISE}.ipynb").write_text('{"cells": 3}')
    found = export(moved, tmp_path / "report.html", course.db_url)
    assert "known: 5 learners" in " ".join(found.get_text().split())
    rows = {row[0]: row for row in table(found, "How the class did")}
    for row in table(page, "How the class did"):
        # Which submission can't be read is not known either, so it counts.
        assert rows[row[0]][2] == row[2].replace("of 4", "of 5")
        assert rows[row[0]][5] == ""


def test_empty_class_and_empty_gradebook(course, tmp_path, monkeypatch):
    # nbgrader starts `alembic` by its name to make a gradebook.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    assert "no exercise in the gradebook" in export(course, tmp_path / "a.html", url).get_text()
    nobody = export(course, tmp_path / "b.html", student=["stranger"])
    assert "nobody to report on" in nobody.get_text()
    assert "Nobody has been graded" in nobody.get_text()
    assert {row[2] for row in table(nobody, "How the class did")} == {"0 of 0"}
    assert not nobody.find_all("img")


def test_page_and_table_are_two_files(course, tmp_path):
    with pytest.raises(NbGraderException, match="report.html"):
        export(course, tmp_path / "grades.csv")
    assert not list(tmp_path.iterdir())


def test_who_is_in_the_queue_and_names_that_are_code(course, tmp_path):
    url = f"sqlite:///{tmp_path / 'own.db'}"
    shutil.copy(course.root / "gradebook.db", tmp_path / "own.db")
    own = MadeUpCourse(tmp_path / "own")
    (own.root / "submitted" / MISSING / EXERCISE).mkdir(parents=True)
    with Gradebook(url) as gradebook:
        # As from a gradebook of before such names were refused.
        gradebook.db.execute(insert(Student.__table__).values(id=NASTY))
        gradebook.db.commit()
    found = export(own, tmp_path / "report.html", url, student=[NASTY, MISSING])
    assert listed(found, "Handed in, not yet graded") == [MISSING]
    assert listed(found, "Not handed in") == [NASTY]
    assert not found.find_all("script")


@pytest.mark.skipif(CHROMIUM is None, reason="NOT TESTED: the class report in a browser")
def test_page_shows_its_pictures_in_a_browser_and_loads_nothing(report):
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    asked, errors = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: errors.append(message.text))
        page.goto(report.as_uri())
        pictures = page.locator("img").evaluate_all(
            "all => all.map(i => [i.alt, i.complete && i.naturalWidth])"
        )
        visible = page.get_by_role("heading", name="Misconceptions").is_visible()
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / "class-report.png"), full_page=True)
        browser.close()
    assert len(pictures) == 2 and all(alt and width > 300 for alt, width in pictures)
    assert visible and not wide
    assert [url for url in asked if not url.startswith("data:")] == [report.as_uri()]
    assert not errors
