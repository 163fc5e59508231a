"""How the grader's tests run, and a class that has handed in, as it is and graded."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

import support.alembic_head  # noqa: F401
from nbexaminer.judging.session.engine import Engine, Terms, engine_for
from support import nursery
from support.course import EXERCISE, good, source
from support.handed_in import RIGHT, HandedIn, Inline, hand_in, run_here
from support.profile import SMALL, SMALL_COURSE, configured
from support.running import (  # noqa: F401  pytest looks for hooks and fixtures here
    course_engine,
    longest_first,
    place_in,
    pytest_collection,
    pytest_configure,
    pytest_runtest_call,
    pytest_runtest_setup,
)

nursery.warm(*nursery.NBGRADER)

TESTS = Path(__file__).parent
LONG = (
    "commands",
    "classroom/pipeline",
    "classroom/deadlines/test_due.py",
    "judging/session/test_both_sides.py",
    "classroom/gradebook",
    "classroom/intake/test_exchange_safety.py",
    "nbgrader_plugins",
    "lms/test_class_list.py",
    "sandbox",
    "test_attacks",
    "test_docs",
    "test_elsewhere",
    "test_kernels_of_tests",
    "test_odd_names",
    "test_round_trip",
    "test_stopped",
    "test_without_torch",
)
"""What takes a server, or nbgrader's own slow commands. Single tests that wait long, for a time
limit or a large model, carry the mark themselves."""
LONGEST = (
    "judging/session/test_never_more_than_stock.py", "test_attacks.py", "test_docs.py",
    "classroom/pipeline", "sandbox", "judging/session", "test_elsewhere.py", "test_stopped.py",
)  # fmt: skip
"""What takes most of a minute, and begins first: else a core waits for it at the end."""
ON_WINDOWS = ("judging/notebook", "classroom/pages", "classroom/similarity")
"""What a learner's own score reads. The rest takes links, accounts, pipes or forks as Windows has
none."""
SAMPLE = (
    "files-read-gradebook", "network-tcp", "resources-open-files", "output-says-passed",
    "kernel-os-exit", "tampering-patched-allclose", "leakage-imports-the-reference",
    "structure-edited-tests", "transport-forged-answer", "honest-noisy",
)  # fmt: skip
"""An attack of each area, which `make test` tries too."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the long tests; put the longest first."""
    longest_first(items, TESTS, LONGEST)
    for item in items:
        place = place_in(TESTS, item)
        if place and sys.platform == "win32" and not place.startswith(ON_WINDOWS):
            item.add_marker(pytest.mark.skip("classes are graded on Linux and macOS"))
        sampled = item.name.startswith("test_an_attack_") and any(
            f"[{name}]" in item.name for name in SAMPLE
        )
        if place.startswith(LONG) and not sampled:
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session")
def engine() -> Engine:
    """That of the small course, which this process and those forked from it grade with."""
    return engine_for(Terms(SMALL), SMALL_COURSE)


@pytest.fixture(scope="session")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class that has handed in, with one late learner and three who need the instructor."""
    root = tmp_path_factory.mktemp("class") / "course"
    (root / "source" / EXERCISE).mkdir(parents=True)
    (root / "source" / EXERCISE / f"{EXERCISE}.ipynb").write_bytes(source())
    (root / "source" / EXERCISE / "data.txt").write_text("the instructor's data")
    configured(
        root,
        "from pathlib import Path",  # it is copied
        "c.CourseDirectory.root = str(Path(__file__).resolve().parent)",
        "c.LateSubmissionPlugin.penalty_method = 'zero'",
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


@pytest.fixture(scope="session")
def undisturbed(handed_in: Path, tmp_path_factory: pytest.TempPathFactory) -> HandedIn:
    """The class, graded in this process, whose engine takes seconds to start and is kept."""
    root = tmp_path_factory.mktemp("undisturbed") / "course"
    shutil.copytree(handed_in, root, symlinks=True)
    with pytest.MonkeyPatch.context() as patch:
        run_here(patch, HandedIn(root), Inline())
    return HandedIn(root)
