"""`python -m grading grade`: a whole class at a time, and nothing lost whatever happens."""

from __future__ import annotations

import contextlib
import datetime
import glob
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from rich.console import Console
from sqlalchemy import create_engine, text

from authoring.exercises import ROOT
from grading.classroom import fingerprint, folder, run
from grading.classroom.console import grade_class
from grading.classroom.folder import CannotGrade, ClassFolder
from grading.classroom.run import CANNOT, INTERRUPTED, LOOK, Run, Summary
from grading.classroom.workers import Handed, Pool, Result, Task, Trouble, grade_task, local_pool
from grading.examination.engine import engine_for
from grading.sandbox.limits import Limits
from grading.submission.graft import read_source
from support.commands import run_module
from support.course import EXERCISE, good, source
from support.notebooks import submission

KILLS = 5
RIGHT = ["ada", "ben", "cleo", "dan", "eve", "fay"]
BAD = {"bad-json": "not JSON", "bad-missing": "is missing", "bad-time": "timestamp.txt"}
ROWS = {
    "grades": "SELECT s.student_id, c.name, g.auto_score, g.manual_score, g.needs_manual_grade "
    "FROM grade g JOIN base_cell c ON g.cell_id = c.id "
    "JOIN submitted_notebook n ON g.notebook_id = n.id "
    "JOIN submitted_assignment s ON n.assignment_id = s.id",
    "comments": "SELECT s.student_id, c.name, k.auto_comment, k.manual_comment "
    "FROM comment k JOIN base_cell c ON k.cell_id = c.id "
    "JOIN submitted_notebook n ON k.notebook_id = n.id "
    "JOIN submitted_assignment s ON n.assignment_id = s.id",
    "submissions": "SELECT s.student_id, s.timestamp, n.late_submission_penalty, n.flagged "
    "FROM submitted_assignment s JOIN submitted_notebook n ON n.assignment_id = s.id",
}
VERSIONS = (fingerprint.grading_version(source()),)
VERDICTS = "SELECT s.student_id, j.verdicts, j.reason, j.graded FROM grading_journal j "
VERDICTS += "JOIN submitted_assignment s ON j.submission_id = s.id"


@dataclass(frozen=True)
class HandedIn:
    """A course folder in which a class has handed in."""

    root: Path
    said: str = ""

    @property
    def url(self) -> str:
        return f"sqlite:///{self.root}/gradebook.db"

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        # One worker unless told otherwise: each imports torch twice, which takes seconds.
        command = [sys.executable, "-m", "grading", "grade", EXERCISE, "--jobs=1", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, cwd=self.root, stdout=pipe, stderr=pipe, text=True, start_new_session=True
        )

    def grade(self, *arguments: str, status: int = LOOK) -> str:
        """What the class command prints; fails unless it ends with `status`."""
        command = ["grading", "grade", EXERCISE, "--jobs=1", *arguments]
        ran = run_module(*command, cwd=self.root)
        assert ran.returncode == status, ran.stdout + ran.stderr
        return ran.stdout

    def nbgrader(self, *arguments: str, status: int = 0) -> None:
        env = {"JUPYTER_CONFIG_DIR": str(self.root / "jupyter")}
        ran = run_module("nbgrader", *arguments, cwd=self.root, env=env)
        assert ran.returncode == status, ran.stderr

    def rows(self, url: str | None = None, *queries: str) -> list[Any]:
        """The gradebook without its random ids."""
        engine = create_engine(url or self.url)
        with engine.connect() as connection:
            found = [
                sorted([plain(v) for v in row] for row in connection.execute(text(query)))
                for query in queries or ROWS.values()
            ]
        engine.dispose()
        return found

    def verdicts(self, url: str | None = None) -> list[Any]:
        return self.rows(url, VERDICTS)

    def files(self) -> dict[str, tuple[int, bytes]]:
        """Everything in the autograded folder, hidden files included."""
        top = self.root / "autograded"
        return {
            str(p.relative_to(top)): (p.stat().st_mode, p.read_bytes() if p.is_file() else b"")
            for p in top.rglob("*")
        }

    def grade_by_hand(self, learner: str, points: float) -> None:
        with Gradebook(self.url) as gradebook:
            grade = gradebook.find_grade("w", EXERCISE, EXERCISE, learner)
            grade.manual_score, grade.needs_manual_grade = points, False
            gradebook.find_comment("w", EXERCISE, EXERCISE, learner).manual_comment = "Nice."
            gradebook.db.commit()


def plain(value: object) -> str:
    """One text for what SQLite and PostgreSQL give for the same value."""
    if isinstance(value, datetime.datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.%f}"
    return str(float(value) if isinstance(value, bool | int) else value)


def hand_in(root: Path, learner: str, notebook: bytes | None, time: str = "2026-11-01") -> Path:
    folder = root / "submitted" / learner / EXERCISE
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text(time)
    if notebook is not None:
        (folder / f"{EXERCISE}.ipynb").write_bytes(notebook)
    return folder


def graded_now(said: str) -> int:
    """The number in the summary."""
    found = re.search(r"graded now\s+│\s+(\d+)", said)
    assert found, said
    return int(found[1])


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class that has handed in, with one late learner and three who need the instructor."""
    root = tmp_path_factory.mktemp("class") / "course"
    (root / "source" / EXERCISE).mkdir(parents=True)
    (root / "source" / EXERCISE / f"{EXERCISE}.ipynb").write_bytes(source())
    (root / "source" / EXERCISE / "data.txt").write_text("the instructor's data")
    (root / "nbgrader_config.py").write_text(
        f"c = get_config()\nload_subconfig('nbgrader_config.py', path={str(ROOT)!r})\n"
        "from pathlib import Path\nc.CourseDirectory.root = str(Path(__file__).resolve().parent)\n"
        "c.LateSubmissionPlugin.penalty_method = 'zero'\n"
    )
    course = HandedIn(root)
    course.nbgrader("generate_assignment", EXERCISE)
    with Gradebook(course.url) as gradebook:
        gradebook.update_or_create_assignment(EXERCISE, duedate="2026-11-20 12:00")
    answers = ["x + x", "2 * x", "x * x", "2 * x  # twice", "x / 0", "sum([x, x])"]
    for learner, answer in zip(RIGHT, answers, strict=True):
        hand_in(root, learner, good(f=f"def f(x): return {answer}", w=f"I am {learner}."))
    folder = hand_in(root, "late", good(), "2026-11-21 10:00:00 UTC")
    (folder / "notes").mkdir()
    (folder / "notes" / "mine.txt").write_text("my notes")
    (folder / "data.txt").write_text("my own data")
    (folder / "link.txt").symlink_to(root / "nbgrader_config.py")
    hand_in(root, "blank", (root / "release" / EXERCISE / f"{EXERCISE}.ipynb").read_bytes())
    hand_in(root, "bad-json", b"{")
    hand_in(root, "bad-missing", None)
    hand_in(root, "bad-time", good(), "yesterday or so")
    return root


@pytest.fixture
def course(handed_in: Path, tmp_path: Path) -> HandedIn:
    shutil.copytree(handed_in, tmp_path / "course", symlinks=True)
    return HandedIn(tmp_path / "course")


@pytest.fixture(scope="module")
def undisturbed(handed_in: Path, tmp_path_factory: pytest.TempPathFactory) -> HandedIn:
    root = tmp_path_factory.mktemp("undisturbed") / "course"
    shutil.copytree(handed_in, root, symlinks=True)
    return HandedIn(root, HandedIn(root).grade("--jobs=2"))


def assert_same(course: HandedIn, other: HandedIn) -> None:
    assert course.rows() == other.rows()
    assert course.files() == other.files()


def test_one_bad_among_several(undisturbed: HandedIn) -> None:
    """What can't be read must reach the instructor, and cost the others nothing."""
    said = undisturbed.said
    for learner, reason in BAD.items():
        assert any(x.startswith(learner) and reason in x for x in said.split("\n")), said
    assert re.search(r"(?m)^late: not copied, since it is no ordinary file: .*link\.txt$", said)
    grades, _, submissions = undisturbed.rows()
    scores = {(s, name): (auto, look) for s, name, auto, _, look in grades}
    assert {s for s, _ in scores} == {*RIGHT, "late", "blank", "bad-json", "bad-missing"}
    for learner in RIGHT:
        points = ("0.0", "0.0") if learner in ("cleo", "eve") else ("1.0", "2.0")
        assert scores[learner, "f-visible"][0] == points[0]
        assert scores[learner, "f-hidden"][0] == points[1]
    assert {r[0]: r[2] for r in submissions}["late"] == "3.0"


def test_gradebook_and_files_are_those_of_nbgrader(
    course: HandedIn,
    undisturbed: HandedIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Formgrader, feedback and export go on from here, and hand-given grades must stay."""
    shutil.copytree(undisturbed.root, tmp_path / "ours", symlinks=True)
    ours = HandedIn(tmp_path / "ours")
    course.nbgrader("autograde", EXERCISE)
    assert_same(course, ours)
    for each in (course, ours):
        each.grade_by_hand("ada", 2.0)
        each.grade_by_hand("late", 1.5)
    course.nbgrader("autograde", EXERCISE, "--force")
    run_here(monkeypatch, ours, Inline(), force=True)
    assert_same(course, ours)
    assert ["ada", "w", "None", "2.0", "1.0"] in ours.rows()[0]
    ours.nbgrader("generate_feedback", EXERCISE, "--student=cleo")
    page = ours.root / "feedback" / "cleo" / EXERCISE / f"{EXERCISE}.html"
    assert "f(3) should be 6" in page.read_text()


class Inline(Executor):
    """Grades in this process; `broken` is in answers that end the worker."""

    def __init__(self, broken: str = "never", raises: Exception | None = None) -> None:
        self.graded: list[str] = []
        self.broken = broken
        self.raises = raises

    def submit(self, fn: Any, task: Task) -> Future[Result]:  # type: ignore[override]
        future: Future[Result] = Future()
        submitted = str(task.notebooks[0].submitted)
        self.graded.append(submitted)
        if self.raises is not None:
            future.set_exception(self.raises)
        elif self.broken in submitted:
            future.set_exception(BrokenExecutor("a worker ended"))
        else:
            future.set_result(grade_task(task))
        return future

    @contextlib.contextmanager
    def opened(self) -> Iterator[Pool]:
        yield Pool(self, 1)


def run_here(
    monkeypatch: pytest.MonkeyPatch,
    course: HandedIn,
    pool: Inline,
    db: str | None = None,
    force: bool = False,
) -> Summary:
    monkeypatch.chdir(course.root)
    here = ClassFolder(EXERCISE, db)
    with here.locked(), here.gradebook() as gradebook:
        return Run(here, gradebook, force).grade(pool.opened)


def test_a_regrade_gives_the_same_bytes_and_a_rerun_grades_nothing(
    undisturbed: HandedIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scores that move in a regrade are not grades; and a rerun must be free."""
    shutil.copytree(undisturbed.root, tmp_path / "course", symlinks=True)
    course = HandedIn(tmp_path / "course")

    def times() -> dict[Path, int]:
        return {p: p.stat().st_mtime_ns for p in (course.root / "autograded").rglob("*")}

    before = times()
    summary = run_here(monkeypatch, course, Inline())
    assert (summary.graded, summary.unchanged, summary.status) == (0, 10, LOOK)
    assert set(dict(summary.problems)) == set(BAD), "the same still need the instructor"
    assert times() == before
    assert graded_now(course.grade("--force")) == 10
    assert course.verdicts() == undisturbed.verdicts()
    assert_same(course, undisturbed)
    tests = json.loads(course.verdicts()[0][0][1])
    assert {"cell", "outcome", "points", "max_points", "message", "notebook"} == set(tests[0])


class Killed(BaseException):
    pass


@pytest.mark.parametrize("moment", ["copying", "staged", "committed", "moved-away"])
def test_killed_at_each_step(
    moment: str, course: HandedIn, undisturbed: HandedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between commit and rename nbgrader lost grades in silence."""
    run_here(monkeypatch, course, Inline())  # so that there is something to be replaced
    victim = course.root / "submitted" / "dan" / EXERCISE / f"{EXERCISE}.ipynb"
    victim.write_bytes(good(f="def f(x): return 7", w="other"))
    run_here(monkeypatch, course, Inline())
    victim.write_bytes(good(f="def f(x): return 2 * x  # twice", w="I am dan."))
    moved = Path.rename

    def killed(*_: object, **__: object) -> None:
        raise Killed

    def rename(path: Path, target: Path) -> Path:
        if path.name.endswith(".new"):
            raise Killed
        return moved(path, target)

    with monkeypatch.context() as crash:
        if moment == "copying":
            crash.setattr(Path, "write_bytes", killed)
        elif moment == "staged":
            crash.setattr(run.ClassGradebook, "record", killed)
        elif moment == "committed":
            crash.setattr(run, "publish", killed)
        else:
            crash.setattr(Path, "rename", rename)
        with pytest.raises(Killed):
            run_here(crash, course, Inline())
    assert course.files() != undisturbed.files()
    pool = Inline()
    run_here(monkeypatch, course, pool)
    assert len(pool.graded) == (1 if moment in ("copying", "staged") else 0)
    assert_same(course, undisturbed)


def test_a_submission_that_ends_its_worker_costs_nobody_else(
    course: HandedIn, undisturbed: HandedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine short of memory kills workers."""
    summary = run_here(monkeypatch, course, Inline("I am cleo"))
    reasons = dict(summary.problems)
    assert set(reasons) == {*BAD, "cleo"} and "ends the worker" in reasons["cleo"]
    others = [[r for r in rows if r[0] != "cleo"] for rows in undisturbed.rows()]
    assert course.rows() == others and summary.status == LOOK


def small(submitted: bytes) -> Handed:
    return Handed(EXERCISE, read_source(source()), submitted)


def test_workers_go_on_when_the_process_that_they_share_dies(tmp_path: Path) -> None:
    """The kernel may take it when memory is short, in the middle of a class."""
    course = tmp_path.resolve()
    task = Task((small(good()),), False, Limits(), course, VERSIONS)
    with local_pool(1, False, Limits(), course) as pool:
        before = pool.executor.submit(grade_task, task).result(60)
        shared = engine_for(False, Limits(), course)
        for parent in (shared._learners, shared._examiners):
            os.kill(parent.pid, signal.SIGKILL)
        assert pool.executor.submit(grade_task, task).result(60) == before
    assert before.trouble is None and before.notebooks[0].scores["f-hidden"] == 2.0


def test_what_changes_is_graded_again_and_nothing_else(
    course: HandedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One improved message is worth a regrade; the rest of the class has to keep its files."""
    run_here(monkeypatch, course, Inline())
    hand_in(course.root, "new", good())
    changed = course.root / "submitted" / "ben" / EXERCISE / f"{EXERCISE}.ipynb"
    changed.write_bytes(submission(source(), {"f": "def f(x): return 5"}))
    pool = Inline()
    summary = run_here(monkeypatch, course, pool)
    assert len(pool.graded) == summary.graded == 2
    path = course.root / "source" / EXERCISE / f"{EXERCISE}.ipynb"
    path.write_text(path.read_text().replace("f(3) should be 6", "f(3) is twice 3: 6"))
    summary = run_here(monkeypatch, course, Inline())
    assert summary.graded == 11 and summary.unchanged == 0
    assert "f(3) is twice 3: 6" in str(course.verdicts())
    (course.root / "gradebook.db").unlink()
    course.nbgrader("generate_assignment", EXERCISE, "--force")
    assert run_here(monkeypatch, course, Inline()).graded == 11, "a new gradebook has no grades"


def test_another_exercises_checks_do_not_count() -> None:
    """Else each changed check would regrade every exercise of the course."""
    notebook = (ROOT / "source" / "1-attention" / "1-attention.ipynb").read_bytes()
    names = {str(path.relative_to(ROOT)) for path in fingerprint.code_that_grades(notebook)}
    used = {"checks/attention.py", "checks/check.py", "helpers/attention.py"}
    used |= {f"grading/examination/{n}.py" for n in ("engine", "examiner", "learner", "codec")}
    used |= {"grading/submission/graft.py", "grading/sandbox/namespaces.py"}
    assert used <= names
    assert not names & {"checks/decoder.py", "checks/parameters.py", "grading/classroom/run.py"}


@pytest.mark.parametrize(
    "code",
    [
        "from checks.decoder import passed",
        "import checks.decoder as check",
        "    from checks import decoder",
        "from checks import (\n    attention,\n    decoder as check,\n)",
        "%matplotlib inline\nimport importlib; importlib.import_module('checks.decoder')",
    ],
)
def test_however_a_notebook_imports_its_checks(code: str) -> None:
    """A check that is overlooked could change without a regrade."""
    cell = {"cell_type": "code", "source": code.splitlines(keepends=True)}
    text = {"cell_type": "markdown", "source": "Not from checks import parameters."}
    reached = fingerprint.code_that_grades(json.dumps({"cells": [text, cell]}).encode())
    assert ROOT / "checks" / "decoder.py" in reached
    assert ROOT / "checks" / "parameters.py" not in reached


def test_what_processes_import(tmp_path: Path) -> None:
    """A worker has no gradebook and no time for nbgrader, the class command none for torch."""
    course = tmp_path.resolve()
    task = Task((small(good()),), False, Limits(), course, VERSIONS)
    with local_pool(1, False, Limits(), course) as pool:
        assert pool.executor.submit(grade_task, task).result(60).trouble is None
        loaded = pool.executor.submit(eval, "set(__import__('sys').modules)").result(60)
    assert not loaded & {"sqlalchemy", "nbgrader", "torch", "pandas"}
    code = "import sys, grading.classroom.console; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {*ran.stdout.split()} & {"torch", "pandas"}


def wait_for_grades(course: HandedIn, process: subprocess.Popen[str], at_least: int) -> None:
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        if len(list((course.root / "autograded").glob(f"*/{EXERCISE}"))) >= at_least:
            return
        time.sleep(0.01)


def assert_group_ends(process: subprocess.Popen[str]) -> None:
    """No worker outlives the parent."""
    end = time.monotonic() + 15
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < end:
            os.killpg(process.pid, 0)
            time.sleep(0.05)
        pytest.fail("worker processes still run")


def test_ctrl_c_ends_cleanly(
    course: HandedIn, undisturbed: HandedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An instructor stops a run, and goes on later."""
    slow = course.root / "submitted" / "slow" / EXERCISE
    hand_in(course.root, "slow", good(f="import time; time.sleep(60)\ndef f(x): return 2 * x"))
    process = course.start()
    wait_for_grades(course, process, 10)
    time.sleep(0.5)  # all but the slow one are graded
    begin = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    out, err = process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED, out + err
    assert time.monotonic() - begin < 20, "it waited for the learner's endless loop"
    assert "Stopped" in out and "Traceback" not in err, err
    assert_group_ends(process)
    assert not [name for name in course.files() if "/." in name]
    shutil.rmtree(slow)
    shutil.rmtree(slow.parent)
    assert run_here(monkeypatch, course, Inline()).graded == 0
    assert_same(course, undisturbed)


def test_kill_at_random_moments(
    course: HandedIn, undisturbed: HandedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill -9, then run again: each submission graded once, none lost, none half-written."""
    begin = time.monotonic()
    process = course.start()
    wait_for_grades(course, process, 1)
    first = time.monotonic() - begin
    moments = random.Random(int(os.environ.get("KILL_SEED", "5")))
    expected = undisturbed.files()
    for kill in range(int(os.environ.get("KILLS", KILLS))):
        if kill:
            process = course.start("--force")
            # From just before the first grade to about the last one.
            time.sleep(moments.uniform(0.7 * first, 1.4 * first))
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert_group_ends(process)
        for name, file in course.files().items():
            assert "/." in name or file == expected[name], f"{name} is half-written"
        students = [row[0] for row in course.verdicts()[0]]
        assert len(students) == len(set(students))
    recorded = len(course.verdicts()[0])
    summary = run_here(monkeypatch, course, Inline())
    assert summary.graded == len(undisturbed.verdicts()[0]) - recorded
    assert_same(course, undisturbed)
    assert course.verdicts() == undisturbed.verdicts()


def test_dask_cluster_gives_the_same(course: HandedIn, undisturbed: HandedIn) -> None:
    """A class that outgrows one machine must get the grades it would get on one."""
    distributed = pytest.importorskip("distributed")
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as elsewhere:
        os.chdir(elsewhere)  # the workers know nothing of the course folder
        try:
            cluster = distributed.LocalCluster(
                n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
            )
        finally:
            os.chdir(before)
        with cluster:
            course.grade("--scheduler", cluster.scheduler_address)
    assert_same(course, undisturbed)
    assert course.verdicts() == undisturbed.verdicts()


def test_a_scheduler_that_vanishes_ends_the_run(course: HandedIn, undisturbed: HandedIn) -> None:
    """An instructor would wait for ever for a machine that is gone."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        process = course.start("--scheduler", cluster.scheduler_address)
        for _ in range(600):
            if cluster.scheduler.tasks:
                break
            time.sleep(0.1)
    out, err = process.communicate(timeout=120)
    assert process.returncode == CANNOT, out + err
    assert cluster.scheduler_address in out
    course.grade()
    assert_same(course, undisturbed)


@pytest.fixture
def postgresql() -> Iterator[str]:
    """URL of an empty database on a server of its own."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    if not found:
        missing = "PostgreSQL is not installed: apt install postgresql"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    programs = Path(found[-1])
    # Its socket's path has to be short, and root may not run the server.
    folder = tempfile.mkdtemp(prefix="pg", dir="/tmp")
    user: dict[str, Any] = {"cwd": folder}
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        user |= {"user": "postgres", "group": "postgres", "extra_groups": []}
    data = f"{folder}/data"
    make = [programs / "initdb", "-D", data, "-U", "grader", "-A", "trust", "-E", "UTF8", "-N"]
    subprocess.run(make, check=True, capture_output=True, **user)
    start = [programs / "postgres", "-D", data, "-k", folder, "-h", "", "-F"]
    server = subprocess.Popen(start, stderr=subprocess.DEVNULL, **user)
    try:
        url = f"postgresql://grader@/postgres?host={folder}"
        end = time.monotonic() + 60
        while not os.path.exists(f"{folder}/.s.PGSQL.5432"):
            assert server.poll() is None and time.monotonic() < end, "PostgreSQL does not start"
            time.sleep(0.05)
        yield url
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        shutil.rmtree(folder)


def test_postgresql_gives_the_same(
    course: HandedIn,
    undisturbed: HandedIn,
    postgresql: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A class of thousands is kept in a database server."""
    # nbgrader takes the driver by name; we take either.
    named = postgresql.replace(":", "+psycopg2:", 1)
    where = f"--CourseDirectory.db_url={named}"
    course.nbgrader("generate_assignment", EXERCISE, "--force", where)
    with Gradebook(named) as gradebook:
        gradebook.update_or_create_assignment(EXERCISE, duedate="2026-11-20 12:00")
    course.grade("--db", postgresql)
    assert course.rows(named) == undisturbed.rows()
    assert course.verdicts(named) == undisturbed.verdicts()
    assert course.files() == undisturbed.files()
    assert run_here(monkeypatch, course, Inline(), postgresql).graded == 0
    course.nbgrader("export", where, "--to", str(course.root / "grades.csv"))
    assert "ada" in (course.root / "grades.csv").read_text()


def test_refusals_say_what_to_do(course: HandedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Grading with the wrong gradebook, or twice at once, would spoil grades."""
    monkeypatch.chdir(course.root)

    def refused(exercise: str = EXERCISE, **options: Any) -> str:
        console = Console(record=True, width=1000)
        assert grade_class(exercise, console, **options) == CANNOT
        return console.export_text()

    with ClassFolder(EXERCISE).locked():
        assert "another run" in refused()
    assert "no source notebook" in refused("2-none")
    assert "generate_assignment" in refused(db=f"sqlite:///{course.root}/other.db")
    path = course.root / "source" / EXERCISE / f"{EXERCISE}.ipynb"
    whole = path.read_text()
    path.write_text(whole.replace('"points": 2', '"points": 4'))
    assert "generate_assignment" in refused()
    path.write_text(whole[:-20])
    assert "source notebook can't be read" in refused()
    path.write_text(whole)
    with monkeypatch.context() as patched:
        patched.setattr(folder, "grading_version", lambda source: "another")
        with pytest.raises(CannotGrade, match="another version"):
            run_here(patched, course, Inline())
    summary = run_here(monkeypatch, course, Inline(raises=RuntimeError("no idea")))
    assert summary.not_graded == 11 and "no idea" in dict(summary.problems)["ada"]
    path.write_text(whole.replace("import math\\n", "import maths\\n"))
    summary = run_here(monkeypatch, course, Inline())
    assert summary.status == LOOK and summary.graded == 2, "only what can't be read has a grade"
    reasons = dict(summary.problems)
    assert str(Trouble.SOURCE) in reasons["ada"] and "'imports' fails" in reasons["ada"]
