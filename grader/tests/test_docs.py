"""The instructors' pages, run as they are written, in one course folder, and the first run.

An instructor types what stands there: a line that doesn't work would end a semester's trust in all
the others.
"""

from __future__ import annotations

import csv
import json
import re
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

from course.__main__ import SECTIONS
from course.authoring.exercises import ROOT
from course.maintenance.classes import MadeUpCourse
from nbexaminer.commands import COMMANDS
from nbexaminer.judging.session.engine import Engine
from support.commands import run_forked
from support.docs import PAGES, Line, Section, sections
from support.notebooks import WITH_TORCH, answer, check, source_of, submission, written
from support.platforms import zipped

EXERCISE = "1-attention"
DUE = "2026-11-20 12:00"
WALKED = ("instructors", "semester", "platforms", "report", "serve")
# Where a page says "see learning platforms", its reader goes there first; all others come in order.
FIRST = (
    ("instructors", "Set up"),
    ("instructors", "Release"),
    ("semester", "Your class"),
    ("platforms", "Collect"),
)
COMMENTS = "Comments that can be used again"
NOT_RUN = {
    "make env": "installs",
    "make grade EXERCISE=1-attention": "the line below it is the same",
    "git restore": "changes the clone",
    "git pull": "changes the clone",
    "pip install": "installs",
    "dask scheduler": "other machines",
    "dask worker": "other machines",
    "nbexaminer grade 1-attention --scheduler": "other machines",
    ". .venv/bin/activate": "is so here",
    "llm-basics check": "half a minute; grader/tests/sandbox",
    "nbexaminer serve": "until Ctrl-C; grader/tests/classroom/pipeline/test_serve.py",
    "c.ExchangeFactory.submit": "for learners; grader/tests/nbgrader_plugins/test_submit.py",
    "c.FileNameCollectorPlugin.": "for Google Drive; grader/tests/lms/test_there_and_back.py",
    "c.GenerateFeedback.": "brings nbgrader's own page back",
    "c.CourseDirectory.db_url": "takes a database server",
}
MODULES = {"llm-basics": "course", "nbexaminer": "nbexaminer", "nbgrader": "nbgrader"}
"""What is run for each command: the course's page has the grader's by the course's name."""
TRIED = (*(f"{command} " for command in MODULES), "tar ", "c.")
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
        imports=WITH_TORCH,
    )


def handed_in(code: str, text: str) -> bytes:
    return submission(source(), {"softmax": code, "written-scaling": text})


@dataclass
class Walk:
    """A walk through the pages.

    told: what each command ended with and said; seen: what was looked at between them, by a name.
    """

    course: MadeUpCourse
    told: list[tuple[Line, int, str]] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    def said(self, *words: str, section: str = "", without: tuple[str, ...] = ()) -> str:
        """By the only command (below a heading) that has these words, and not those."""
        found = {
            str(line): said
            for line, _, said in self.told
            if {*words} <= {*line.words} and section in ("", line.section)
            if not {*without} & {*line.words}
        }
        assert len(found) == 1, f"the commands with {words} are {[*found]}"
        return found.popitem()[1]

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
            ran = self.forked(MODULES[words[0]], *words[1:])
        self.told.append((line, ran.returncode, ran.stdout + ran.stderr))
        if "--exclude" in words and "roster" in words:
            self.forked("nbgrader", "export", "--to", "without-ada.csv")
            self.seen["without ada"] = self.file("without-ada.csv")
        if "grade" in words:
            with Gradebook(self.course.db_url) as gradebook:
                most = gradebook.find_assignment(EXERCISE).max_score
                self.seen[f"maximum: {line.section}"] = f"{most:g}"

    def forked(self, *module: str) -> subprocess.CompletedProcess[str]:
        env = {"JUPYTER_CONFIG_DIR": str(self.course.root / "jupyter"), "COLUMNS": "200"}
        return run_forked(*module, cwd=self.course.root, env=env, one_core=True)

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
    times = [{"user_id": user, "submitted_at": "2026-11-20T11:00:01Z"} for user in (101, 102)]
    (walk.course.root / "submissions.json").write_text(json.dumps(times))
    (walk.course.root / "exported.csv").write_text(EXPORTED)


def _give_alan_more_time(walk: Walk) -> None:
    walk.seen["released"] = walk.file("release", EXERCISE, f"{EXERCISE}.ipynb")
    ran = walk.forked("course", "extend", "alan", EXERCISE, "--days", "2")
    assert ran.returncode == 0, ran.stdout + ran.stderr


def _look_at_penalties(walk: Walk) -> None:
    with Gradebook(walk.course.db_url) as gradebook:
        for who in ("ada", "alan"):
            submitted = gradebook.find_submission(EXERCISE, who)
            walk.seen[f"{who}'s penalty"] = f"{submitted.late_submission_penalty:g}"


def _change_points(walk: Walk) -> None:
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


BEFORE: dict[str, Callable[[Walk], None]] = {
    "Your class": _class_and_download,
    "Late work": _give_alan_more_time,
    "Drop a question": _look_at_penalties,
    "Points or tests change": _change_points,
    COMMENTS: _grade_by_hand,
}


def _in_order() -> list[Section]:
    found = {(s.page, s.heading): s for page in WALKED for s in sections(page)}
    return [*(found[key] for key in FIRST), *(s for key, s in found.items() if key not in FIRST)]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory, course_engine: Engine) -> Walk:
    root = tmp_path_factory.mktemp("docs") / "course"
    course = MadeUpCourse.make(root, EXERCISE, run_forked)
    (root / "source" / EXERCISE / f"{EXERCISE}.ipynb").write_bytes(source())
    (root / ".venv").mkdir()
    (root / ".venv" / "large").touch()
    walk = Walk(course)
    for section in _in_order():
        walk.through(section)
    return walk


def test_every_command_of_the_pages_works(walk: Walk) -> None:
    """Who types it would be stopped there, with the class waiting."""
    failed = [f"{line} ended with {status}:\n{said}" for line, status, said in walk.told if status]
    assert not failed, "\n\n".join(failed)


def test_every_line_that_is_not_run_has_its_reason() -> None:
    """A new line of a page is tried, or it is said here why not; no reason outlives its line."""
    lines = [line for page in WALKED for section in sections(page) for line in section.lines]
    assert [key for key in NOT_RUN if not any(x.text.startswith(key) for x in lines)] == []
    left = [line for line in lines if not line.text.startswith((*NOT_RUN, *TRIED))]
    assert {*BEFORE} <= {line.section for line in lines}
    assert [str(x) for x in left if x.section != COMMENTS] == [], "neither run nor in NOT_RUN"


def test_a_page_names_each_command_and_no_other() -> None:
    """A command that no page names is never found, one that isn't there is typed in vain."""
    pages = " ".join(path.read_text() for path in (*ROOT.glob("docs/*.md"), ROOT / "README.md"))
    named = {*re.findall(r"(?<!/)llm-basics ((?!llm-)[a-z][a-z-]+)", pages)}
    assert named <= {name for commands in SECTIONS.values() for name in commands}
    made = {*re.findall(r"make ([a-z-]+)", pages)}
    for commands in SECTIONS.values():
        assert {*commands} - {*COMMANDS} <= named | made
    graders = " ".join(path.read_text() for path in PAGES.values())
    assert {*re.findall(r"(?:`|^    )nbexaminer ([a-z][a-z-]+)", graders, re.M)} == {*COMMANDS}


def test_the_first_run_of_the_readme_goes_as_it_says(tmp_path: Path) -> None:
    """Whoever meets the grader for the first time would give up there."""
    (first_run,) = (s for s in sections("README") if s.heading == "A first run")
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", PAGES["README"].read_text(), re.M | re.S)
    two_lines, *_ = (text for kind, text in fenced if kind == "python")
    assert len(two_lines.split("\n\n")) == 2
    env = {"JUPYTER_CONFIG_DIR": str(tmp_path / "jupyter"), "COLUMNS": "200"}
    folder, ended, said = tmp_path, [], ""
    for line in first_run.lines:
        command, *arguments = line.words
        if command == "cd":
            folder /= arguments[0]
            config = folder / "nbgrader_config.py"
            config.write_text(two_lines + config.read_text())
        elif command in MODULES:
            ran = run_forked(MODULES[command], *arguments, cwd=folder, env=env, one_core=True)
            ended.append((str(line), ran.returncode))
            said += " ".join((ran.stdout + ran.stderr).split()) + "\n"
        else:
            subprocess.run(line.words, cwd=folder, check=True)
    assert {status for _, status in ended} == {0}
    for text in (text for kind, text in fenced if not kind):
        for shown in re.findall(r"Note: .*|tests: .*", text):
            assert " ".join(shown.split()) in said
    for page in ("feedback/alan/ps1/problem1.html", "report.html", "grades.csv"):
        assert (folder / page).exists()


def test_the_class_is_known(walk: Walk) -> None:
    """Who has not handed in, or is excluded, would be missed or stay in the grades."""
    listed = walk.said("roster", section="Your class", without=("class.csv",))
    assert "Barbara Liskov" in listed and "Ada Lovelace" in listed
    without = [row["student_id"] for row in csv.DictReader(walk.seen["without ada"].splitlines())]
    assert sorted(without) == ["alan", "barbara", "grace"]
    rows = {r["student_id"]: r for r in csv.DictReader(walk.file("grades.csv").splitlines())}
    assert rows["barbara"]["score"] == "" and rows["barbara"]["section"] == "B"
    assert (rows["ada"]["raw_score"], rows["alan"]["raw_score"]) == ("4.0", "1.0")


def test_times_are_the_courses(walk: Walk) -> None:
    """Everybody would be an hour late, or an extension end at another time than was promised."""
    due = "Friday 20 November 2026, 12:00 (Europe/Berlin)"
    assert f"is due {due}" in walk.said(
        "due", section="Due dates and extensions", without=(DUE, "--section")
    )
    assert f"**Due:** {due}" in walk.seen["released"]
    assert "due Sunday 22 November 2026, 12:00 (Europe/Berlin)" in walk.said(
        "extend", "--days", without=("--all",)
    )
    assert "due Sunday 22 November 2026, 18:00 (Europe/Berlin)" in walk.said("extend", "--until")
    assert "ada: " in walk.said("extend", without=("ada",))
    gone = walk.said("extend", "--remove", without=("--all",))
    assert f"ada has no extension for {EXERCISE} any more" in gone
    assert "12:00 (Europe/Berlin) for section B" in walk.said(
        "due", "--section", without=("--remove",)
    )
    assert "ada now has 3 days 12 hours more" in walk.said("extend", "--all", "--days")


def test_lateness_costs_a_share_unless_there_is_an_extension(walk: Walk) -> None:
    """Ten percent of four points; alan, as late, has two days more."""
    assert (walk.seen["ada's penalty"], walk.seen["alan's penalty"]) == ("0.4", "0")


def test_points_follow_what_is_decided_about_a_question(walk: Walk) -> None:
    """The class would keep points that don't count, or a maximum that nobody can reach."""
    listed = walk.said("drop", without=("softmax-hidden",))
    assert "softmax-hidden (3 points)\n" in listed
    assert walk.seen["maximum: Drop a question"] == "4"
    for option, said in (("--accept-all", "is accepted"), ("--undo", "counts.")):
        assert f"softmax-hidden (3 points) {said}" in walk.said("drop", option)
    changed = "The gradebook follows source/: softmax-hidden has 4 points instead of"
    assert changed in walk.said("grade", section="Points or tests change")
    assert changed in " ".join(PAGES["semester"].read_text().split())
    assert walk.seen["maximum: Points or tests change"] == "8"


def test_scores_and_feedback_go_back_to_the_platform(walk: Walk) -> None:
    """ada: 1 + 4 points and 2 by hand, less ten percent."""
    filled = walk.file("exported-filled.csv")
    assert '"Lovelace, Ada",101,,ada,A,6.3\n' in filled
    assert '"Liskov, Barbara",104,,barbara,B,\n' in filled
    with zipfile.ZipFile(walk.course.root / f"feedback-{EXERCISE}.zip") as given:
        (adas,) = (name for name in given.namelist() if name.startswith("lovelaceada_LATE_101_"))
        page = given.read(adas).decode()
    for text in ("The scores have to be divided by", "State the units, please."):
        assert text in page, "the comment's name has become its text"


def test_the_report_names_the_class(walk: Walk) -> None:
    """A learner who has not handed in would be missed."""
    assert "Liskov" in walk.file("report.html")
    rows = csv.DictReader(walk.file("report.csv").splitlines())
    assert {row["student_id"] for row in rows} == {"ada", "alan", "barbara", "grace"}


def test_a_backup_has_what_cannot_be_made_again(walk: Walk) -> None:
    """Grades and submissions would be gone with the disk."""
    with tarfile.open(walk.course.root.parent / "backup.tar.gz") as backup:
        kept = {name.removeprefix("./") for name in backup.getnames()}
    submitted = f"submitted/ada/{EXERCISE}/{EXERCISE}.ipynb"
    assert kept >= {"gradebook.db", "comments.toml", "nbgrader_config.py", submitted}
    assert not [name for name in kept if name.startswith(".venv")]
