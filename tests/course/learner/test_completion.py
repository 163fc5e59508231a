"""What a learner has done, and a page about it that somebody else can check."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from course.authoring.exercises import ROOT, source_of
from course.learner import completion as module
from course.learner import points
from course.learner import score as shown
from course.learner.completion import completion, read_page
from course.learner.overview import PAGE, overview, write_page
from course.learner.points import Grader, own_grader
from course.learner.progress import last_in, lessons
from course.learner.work import fill_work
from support.notebooks import submission

EXERCISE = "1-attention"
OVERALL_SUM = "def softmax(x, dim=-1):\n    return x.exp() / x.exp().sum()"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Copies of the lessons, and one solved exercise."""
    fill_work(ROOT, work=tmp_path, lessons_only=True)
    (tmp_path / EXERCISE).mkdir()
    notebook = tmp_path / EXERCISE / f"{EXERCISE}.ipynb"
    notebook.write_bytes(source_of(EXERCISE).read_bytes())
    return tmp_path


def _run_cells(path: Path, up_to: int | None, saved: float) -> None:
    """Mark code cells as run in a saved copy: all, or the first ones."""
    notebook = json.loads(path.read_text())
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(code[:up_to]):
        cell["execution_count"] = number + 1
    path.write_text(json.dumps(notebook))
    os.utime(path, (saved, saved))


def test_a_lesson_is_finished_when_its_last_cell_was_run(work: Path) -> None:
    """Ticks that come from nowhere would be believed by nobody."""
    first, second, third, *_ = sorted(path.name for path in work.glob("[0-9]*.ipynb"))
    assert not any(lesson.run or lesson.finished for lesson in lessons(work))
    _run_cells(work / first, None, 1_000.0)
    _run_cells(work / second, 4, 2_000.0)
    _run_cells(work / third, 1, 3_000.0)  # Colab's cell alone
    found = {lesson.name: lesson for lesson in lessons(work)}
    assert found[first].finished and found[first].run == found[first].cells
    assert not found[second].finished and found[second].run == 3
    assert found[third].run == 0
    stopped = last_in([*found.values()])
    assert stopped is found[second] and stopped.stopped
    (work / second).write_text("no notebook")
    assert {lesson.name: lesson for lesson in lessons(work)}[second].run == 0


def test_the_first_page_says_what_my_score_says(work: Path) -> None:
    """Who comes back would have to look for where they were, or read two different totals."""
    first, second, *_ = sorted(path.name for path in work.glob("[0-9]*.ipynb"))
    _run_cells(work / first, None, 1_000.0)
    _run_cells(work / second, 6, 2_000.0)
    with own_grader() as (grader, _):
        points.grade_own(EXERCISE, grader, work)
    write_page(work)
    page = (work / PAGE).read_text()
    found = overview(work)
    passed, asked = found.passed(EXERCISE), len(found.exercises[EXERCISE])
    assert passed == asked > 0
    totals = f"1 of {len(lessons(work))} lessons were run to their end, and {passed} of "
    assert totals in page and totals in shown.Scores(work).children[0].value
    assert (
        found.stopped and f"({second}#cell-id=" in page and f"at “{found.stopped.stopped}”" in page
    )
    row = next(line for line in page.splitlines() if f"[{EXERCISE}]" in line)
    assert f"✓ | [{EXERCISE}]({EXERCISE}/{EXERCISE}.ipynb) | {passed} of {asked} | " in row
    assert "| □ | 2-multi-head | 0 of 3 |  | not yet |" in page, "nobody fetched it"
    for link in re.findall(r"\]\(([^)#]+)", page.partition("my-score")[0]):
        assert (work / link).exists(), link


def test_the_first_page_of_a_class_promises_no_grades(work: Path, tmp_path: Path) -> None:
    """In a hub the hidden tests are the instructor's: nothing could ever pass."""
    root = tmp_path / "course"
    (root / "notebooks").mkdir(parents=True)
    (root / "notebooks/00-start-here.ipynb").write_bytes(
        (work / "00-start-here.ipynb").read_bytes()
    )
    write_page(work, root)
    page = (work / PAGE).read_text()
    assert "0 of 1 lessons were run to their end." in page and "[Start here](00-start" in page
    assert "answers" not in page and "my-score" not in page


def test_the_first_page_shows_lessons_and_where_one_stopped(work: Path) -> None:
    """Who comes back after a week would have to remember."""
    first, second, *_ = sorted(path.name for path in work.glob("[0-9]*.ipynb"))
    _run_cells(work / first, None, 1_000.0)
    _run_cells(work / second, 4, 2_000.0)
    said = shown.Scores(work).children[0].value
    assert said.count("✓") == 1 and f"1 of {len(lessons(work))} lessons" in said
    assert f"You stopped in <code>{second}</code>, at" in said


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with own_grader() as (made, _):
        yield made


def test_a_page_is_checked_by_the_notebooks(
    work: Path, grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that anybody could have typed would be worth nothing."""

    @contextmanager
    def shared() -> Iterator[tuple[Grader, str]]:
        yield grader, ""

    monkeypatch.setattr(module, "own_grader", shared)
    monkeypatch.setattr(module, "exercises", lambda: [EXERCISE])

    def ran(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(completion, [*arguments, "--work", str(work)])
        return done.exit_code, done.output

    first = min(path.name for path in work.glob("[0-9]*.ipynb"))
    _run_cells(work / first, None, 1_000.0)
    assert ran("--name", "Ada")[0] == 0
    page = work / "completion.md"
    text = page.read_text()
    assert "**Ada**. All answers pass" in text and "project_qkv, softmax" in text
    assert (
        f"to their end: {first.removesuffix('.ipynb')}." in text
        and read_page(text)["answers"][EXERCISE]["softmax"] is True
    )
    record = work / ".score.json"
    record.unlink()
    assert ran("--verify", str(page)) == (0, "The notebooks show what the page says.\n")
    assert not record.exists(), "somebody else's notebooks are left as they are"
    for old, new in (("Ada", "Alan"), ("All answers", "Nearly all answers"), ('"1-', '"2-')):
        page.write_text(text.replace(old, new, 1))
        code, said = ran("--verify", str(page))
        assert code == 1 and "it was changed after it was made" in said
    page.write_text(text)
    own = work / EXERCISE / f"{EXERCISE}.ipynb"
    own.write_bytes(submission(own.read_bytes(), {"softmax": OVERALL_SUM}))
    code, said = ran("--verify", str(page))
    assert code == 1 and "1-attention: softmax doesn't pass" in said
    assert "Changed since the page was made: 1-attention" in said
    assert ran()[0] == 0
    assert "2 of 3 answers pass" in page.read_text()
    assert ran("--verify", str(page))[0] == 0
