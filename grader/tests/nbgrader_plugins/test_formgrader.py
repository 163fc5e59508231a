"""What the formgrader lists of a class in which some handed in odd things."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook, InvalidEntry
from nbgrader.apps import AutogradeApp
from nbgrader.apps.api import NbGraderAPI
from nbgrader.server_extensions.formgrader.handlers import SubmissionHandler, template_path
from traitlets.config import Config

from nbexaminer.classroom.pages import in_time
from nbexaminer.nbgrader_plugins.formgrader import plug_in
from support import feedback
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


def _exporters(path: Path, notebook: Any) -> tuple[Callable[[], str], Callable[[], str]]:
    """What makes the formgrader's page of a graded notebook, and nbgrader's own exporter."""
    settings = Config()
    settings.HTMLExporter.template_name = "formgrade"
    settings.HTMLExporter.extra_template_basedirs = [template_path]
    nbformat.write(notebook, path)
    names = ("assignment_id", "notebook_id", "submission_id", "base_url", "student", "last_name",
             "first_name", "notebook_path")  # fmt: skip
    about = dict.fromkeys(names, "x") | {"index": 0, "total": 1}
    own = HTMLExporter(config=settings)
    plug_in()
    ours = SubmissionHandler.exporter.fget(SimpleNamespace(settings={"nbgrader_exporter": own}))
    return (
        lambda: str(ours.from_filename(str(path), resources=dict(about))[0]),
        lambda: str(own.from_filename(str(path), resources=dict(about))[0]),
    )


def test_an_ordinary_page_is_the_formgrader_s_own(tmp_path: Path) -> None:
    """Who grades by hand would miss what nbgrader has in it."""
    answers = {"f": "def f(x): return x + x", "w": "It *doubles* $x$."}
    ours, own = _exporters(tmp_path / "x.ipynb", feedback.handed_in(answers))
    page = ours()
    assert page == own() and "<em>doubles</em>" in page and 'id="w"' in page


def test_the_server_does_not_wait_for_one_submission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jupyter stood still for two minutes, for all notebooks of whoever opened one submission."""
    monkeypatch.setattr(in_time, "MAX_SECONDS", 0.5)
    own = [new_markdown_cell("*a " * 6_000, id=f"o{number}") for number in range(60)]
    answers = {"f": "%%perl \ndef f(x): return x * x", "w": "It *doubles* <b>, $x$. [[1]]"}
    notes = {"f-visible": {"outcome": "failed", "message": {"headline": "f: no"}}}
    notebook = feedback.handed_in(answers, own, notes)
    ours, _ = _exporters(tmp_path / "x.ipynb", notebook)
    begin = time.process_time()
    soup = BeautifulSoup(ours(), "html.parser")
    assert time.process_time() - begin < 3
    said = soup.get_text().replace("\u2060", "")
    assert in_time.AS_TYPED in said and "def f(x): return x * x" in said and "✗ f: no" in said
    assert "It *doubles* <b>, $x$. [[1]]" in said
    assert soup.select_one("input.score#w") and soup.select_one("textarea#w-comment")
