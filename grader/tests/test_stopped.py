"""A run that is stopped or killed: each submission graded once, none lost, none half-written."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from nbexaminer.classroom.pipeline import folder
from nbexaminer.errors import Status
from support.course import EXERCISE, good
from support.handed_in import HandedIn, Inline, assert_same, hand_in, run_here

KILLS = 3


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
    moved = Path.replace

    def killed(*_: object, **__: object) -> None:
        raise Killed

    def replace(path: Path, target: Path) -> Path:
        if path.name.endswith(".new"):
            raise Killed
        return moved(path, target)

    with monkeypatch.context() as crash:
        if moment == "copying":
            crash.setattr(Path, "write_bytes", killed)
        elif moment == "staged":
            crash.setattr(folder.ClassGradebook, "record", killed)
        elif moment == "committed":
            crash.setattr(folder, "publish", killed)
        else:
            crash.setattr(Path, "replace", replace)
        with pytest.raises(Killed):
            run_here(crash, course, Inline())
    assert course.files() != undisturbed.files()
    pool = Inline()
    run_here(monkeypatch, course, pool)
    assert len(pool.graded) == (1 if moment in ("copying", "staged") else 0)
    assert_same(course, undisturbed)


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
    assert process.returncode == Status.INTERRUPTED, out + err
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
