"""Grading on other machines, and into a database server, gives what it gives here."""

from __future__ import annotations

import glob
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from nbexaminer.errors import Status
from support.course import EXERCISE
from support.handed_in import HandedIn, Inline, assert_same, run_here


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


def test_a_scheduler_that_vanishes_ends_the_run(
    course: HandedIn, undisturbed: HandedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An instructor would wait for ever for a machine that is gone."""
    distributed = pytest.importorskip("distributed")
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "5s")  # instead of 30
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        process = course.start("--scheduler", cluster.scheduler_address)
        for _ in range(600):
            if cluster.scheduler.tasks:
                break
            time.sleep(0.1)
    out, err = process.communicate(timeout=120)
    assert process.returncode == Status.CANNOT, out + err
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
