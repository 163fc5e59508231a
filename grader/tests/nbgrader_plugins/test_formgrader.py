"""What the formgrader lists of a class in which some handed in odd things."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook, InvalidEntry
from nbgrader.apps import AutogradeApp
from nbgrader.apps.api import NbGraderAPI

from support.course import EXERCISE, Course, good

NAMELESS = ["<img src=x onerror=alert(1)>", "\x1b[2J", "a b", "--force", os.fsdecode(b"odd-\xff")]
TIMES = {
    "ada": "2026-11-20 12:30:00 UTC",
    "first": "0001-01-01 00:00:00 +14:00",
    "last": "9999-12-31 23:59:59 UTC",
    "evening": "yesterday evening",
    "nowhere": "2026-11-20 12:30:00 /etc/passwd",
    "none": None,
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = Course.make(tmp_path_factory.mktemp("formgrader"))
    course.nbgrader("generate_assignment", EXERCISE)
    for learner in (*TIMES, *NAMELESS, "pipe"):
        folder = course.hand_in(learner, good())
        if text := TIMES.get(learner):
            (folder / "timestamp.txt").write_text(text)
    os.mkfifo(course.root / "submitted" / "pipe" / EXERCISE / "timestamp.txt")
    return course


@pytest.fixture
def api(course: Course, monkeypatch: pytest.MonkeyPatch) -> Iterator[NbGraderAPI]:
    """As the formgrader makes it, with the course's configuration."""
    monkeypatch.chdir(course.root)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(course.root / "jupyter"))
    app = AutogradeApp(log_level="ERROR")
    app.initialize([])
    app.authenticator = None
    yield NbGraderAPI(app.coursedir, parent=app)
    AutogradeApp.clear_instance()


def test_manage_submissions_lists_whoever_has_handed_in(api: NbGraderAPI) -> None:
    """One learner's time stamp made the page answer 500 for everybody."""
    listed = json.loads(json.dumps(api.get_submissions(EXERCISE)))
    times = {row["student"]: row["display_timestamp"] for row in listed}
    assert times == dict.fromkeys([*TIMES, "pipe"]) | {"ada": "2026-11-20 12:30:00 UTC"}
    assert {row["id"] for row in api.get_students()} == {*TIMES, "pipe"}
    assert api.get_assignment(EXERCISE)["num_submissions"] == len(TIMES) + 1


def test_the_gradebook_takes_no_name_that_is_refused(api: NbGraderAPI, tmp_path: Path) -> None:
    """A name of markup ran in an instructor's browser; of a class list any name can be shown."""
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        for name in NAMELESS[:-1]:  # the last can't be put into a database
            with pytest.raises(InvalidEntry, match="no learner can be called"):
                gradebook.update_or_create_student(name)
        gradebook.update_or_create_student("ada", first_name="Ada Élodie", last_name="<b>")
        assert [(s.id, s.first_name) for s in gradebook.students] == [("ada", "Ada Élodie")]
