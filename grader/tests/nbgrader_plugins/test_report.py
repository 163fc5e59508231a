"""The class report: without these, an instructor would act on wrong numbers about a class."""

import csv
import json
import os
import shutil
import sys
from dataclasses import replace
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

from course.maintenance.classes import MadeUpCourse, fill_in, made_up_class
from nbexaminer.classroom.roster import read_roster, write_roster
from nbexaminer.judging.notebook.cell import NOTE
from nbexaminer.nbgrader_plugins.report import ClassReport
from support.commands import run_forked

EXERCISE = "1-attention"
MISSING, BROKEN = "moss", "bram"
NASTY = "=<script>x</script>"
SHOTS = os.environ.get("SCREENSHOTS")

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
if CHROMIUM is None and os.environ.get("CI"):
    raise RuntimeError("CI needs Chromium for the browser tests: install the package chromium")


@pytest.fixture(scope="module")
def course(tmp_path_factory, course_engine) -> MadeUpCourse:
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
        "export", "--exporter=nbexaminer.nbgrader_plugins.report.ClassReport", "--to", str(path)
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


def words(tag) -> str:
    """Its text, with single spaces."""
    return " ".join(tag.get_text().split())


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


def test_scores_count_only_where_nothing_waits_for_a_person(course, page, tmp_path):
    """A file that can't be read, or an answer nobody has graded, would pull the median down."""
    with Gradebook(course.db_url) as gradebook:
        (only,) = [s.score for s in gradebook.student_submissions("edsger")]
        most = gradebook.find_assignment(EXERCISE).max_score
    (row,) = table(page, f"Points after lateness, of {most:g}")
    assert {float(value) for value in row} == {only}
    assert "1 of 5 graded submissions are counted" in words(page)
    url = f"sqlite:///{tmp_path / 'own.db'}"
    shutil.copy(course.root / "gradebook.db", tmp_path / "own.db")
    with Gradebook(url) as gradebook:
        for submission in gradebook.assignment_submissions(EXERCISE):
            for grade in (g for n in submission.notebooks for g in n.grades):
                if submission.student.id != BROKEN and grade.needs_manual_grade:
                    grade.manual_score, grade.needs_manual_grade = 2.0, False
        gradebook.db.commit()
        submissions = gradebook.assignment_submissions(EXERCISE)
        scores = [s.score for s in submissions if s.student.id != BROKEN]
    found = export(course, tmp_path / "report.html", url)
    (row,) = table(found, f"Points after lateness, of {most:g}")
    assert float(row[0]) == min(scores) and float(row[4]) == max(scores)
    assert float(row[2]) == np.median(scores)
    assert float(row[5]) == pytest.approx(np.mean(scores), abs=0.005)
    assert "4 of 5 graded submissions are counted" in words(found)


def test_misconceptions_are_counted_by_learner(course, page):
    learners: dict[str, set[str]] = {}
    for path in (course.root / "autograded").glob("*/*/*.ipynb"):
        for cell in json.loads(path.read_text())["cells"]:
            if cause := cell["metadata"].get(NOTE, {}).get("message", {}).get("cause"):
                learners.setdefault(cause, set()).add(path.parts[-3])
    assert max(map(len, learners.values())) == 2
    found = {}
    for entry in page.select("h4 + ul > li"):
        if entry.details:
            names = {item.get_text() for item in entry.details.extract().find_all("li")}
            found[words(entry)] = names
    assert found == {" ".join(c.split()): names for c, names in learners.items()}


def test_summary_says_in_a_minute_what_is_up_and_what_to_do(page):
    about = dict(zip(map(words, page.select("dt")), page.select("dd"), strict=True))
    assert words(about["Handed in"]).startswith("5 of 6")
    assert words(about["Graded"]) == "5 of 5"
    assert words(about["By hand"]).startswith("3 learners")
    assert "1 learner with a file that can't be read" in words(about["Can't be read"])
    assert "1 learner counted" in words(about["Median"])
    shares = {row[0]: float(row[3]) for row in table(page, "How the class did")}
    hardest = words(about["Hardest test"]).split(":")[0]
    assert shares[hardest] == min(shares.values())
    assert "(2 learners)" in words(about["Most often wrong"])
    commands = [line for pre in page.select(".step pre") for line in pre.get_text().split("\n")]
    assert f"llm-basics grade {EXERCISE}" in commands and "jupyter lab" in commands
    assert f"nbgrader generate_feedback {EXERCISE}" in commands


def test_the_same_answers_of_two_are_side_by_side(page):
    """donald handed in what frances did: the only two whose answers are alike."""
    (pair,) = [d for d in page.select("#alike-1 ~ details")]
    assert words(pair.summary) == "donald and frances: 100 % alike"
    sides = [[part.get_text() for part in pre.parent.parent.find_all("pre")]
             for pre in pair.find_all("pre")]  # fmt: skip
    assert sides and all(first == second for first, second in sides)
    assert pair.find_all("mark")
    said = words(page).lower()
    assert not any(word in said for word in ("cheat", "plagiar", "copied", "suspicious"))


def test_excluded_learners_are_nowhere_and_sections_have_medians(course, tmp_path):
    """A colleague's trial submission, or who left the course, must not count."""
    url = f"sqlite:///{tmp_path / 'own.db'}"
    shutil.copy(course.root / "gradebook.db", tmp_path / "own.db")
    with Gradebook(url) as gradebook:
        learners = [
            replace(who, section="B" if who.student_id == "edsger" else "A",
                    excluded=who.student_id in ("frances", MISSING))
            for who in read_roster(gradebook)
        ]  # fmt: skip
        write_roster(gradebook, learners)
    found = export(course, tmp_path / "report.html", url)
    assert "4 learners in the gradebook. 2 learners excluded" in words(found)
    text = (tmp_path / "report.html").read_text() + (tmp_path / "report.csv").read_text()
    assert "frances" not in text and MISSING not in text
    assert {row[2] for row in table(found, "How the class did")} <= {f"{n} of 3" for n in range(4)}
    (row,) = table(found, "Points after lateness")
    median = f"{float(row[2]):.2f}"
    assert table(found, "By section") == [["A", "3", "3", "0", ""], ["B", "1", "1", "1", median]]


def test_similarity_can_be_left_out(course, tmp_path):
    found = export(course, tmp_path / "report.html", similarity=False)
    assert "alike" not in words(found)


def test_who_needs_the_instructor(page):
    assert listed(page, "1 learner not handed in") == [f"{MISSING} ({NASTY} -1+1)"]
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
    assert f'"{MISSING}"' in report.with_suffix(".csv").read_text()
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
        # Which submission can't be read is not known either, but it waits for a person.
        assert rows[row[0]][2] == row[2]
        assert rows[row[0]][5] == ""


def test_empty_class_and_empty_gradebook(course, tmp_path, monkeypatch):
    # nbgrader starts `alembic` by its name to make a gradebook.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    assert "no exercise in the gradebook" in export(course, tmp_path / "a.html", url).get_text()
    nobody = export(course, tmp_path / "b.html", student=["stranger"])
    assert "nobody to report on" in nobody.get_text()
    assert "Nobody has handed in yet: 1-attention." in nobody.get_text()
    assert not nobody.select(".bar")


def test_page_and_table_are_two_files(course, tmp_path):
    with pytest.raises(NbGraderException, match="report.html"):
        export(course, tmp_path / "grades.csv")
    assert not list(tmp_path.iterdir())


def test_an_exercise_that_is_not_there_is_refused(course, tmp_path):
    """Else an instructor who mistypes its name would get an empty report for the old one."""
    with pytest.raises(NbGraderException, match="not in the gradebook: did you mean 1-attention"):
        export(course, tmp_path / "r.html", assignment=["1-atention"])
    assert not (tmp_path / "r.html").exists()


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
    assert listed(found, "1 learner handed in and not yet") == [f"{MISSING} ({NASTY} -1+1)"]
    assert listed(found, "1 learner not handed in") == [NASTY]
    assert not found.find_all("script")


@pytest.mark.skipif(CHROMIUM is None, reason="NOT TESTED: the class report in a browser")
def test_page_shows_its_bars_in_a_browser_and_loads_nothing(report):
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    asked, errors = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: errors.append(message.text))
        page.goto(report.as_uri())
        bars = page.locator(".bar").evaluate_all("all => all.map(bar => bar.offsetWidth)")
        visible = page.get_by_role("heading", name="Misconceptions").is_visible()
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / "class-report.png"), full_page=True)
        browser.close()
    assert max(bars) > 300 and min(bars) >= 1
    assert visible and not wide
    assert [url for url in asked if not url.startswith("data:")] == [report.as_uri()]
    assert not errors
