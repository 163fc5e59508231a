"""Without these, a learner would lose what they wrote, or read an old lesson with dead links."""

import copy
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner
from ipykernel.ipkernel import IPythonKernel
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.utils import compute_checksum

from course.learner import commands, lab, work
from course.learner.commands import solution
from course.learner.work import fill_work

ROOT = Path(__file__).resolve().parents[3]
LESSON, EXERCISE = "00-start-here.ipynb", "1-attention/1-attention.ipynb"
SOLUTION = "1-attention/solution.ipynb"


def _graded(make: Any, text: str, name: str, **marks: object) -> Any:
    cell = make(text)
    cell.metadata["nbgrader"] = {"grade_id": name, "schema_version": 3, "points": 1} | marks
    cell.metadata["nbgrader"]["checksum"] = compute_checksum(cell)
    return cell


def _save(path: Path, *cells: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=copy.deepcopy(list(cells))), path)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A lesson that was run, an exercise, its solution and a glossary."""
    printed = [new_output("stream", text="2\n")]
    _save(
        tmp_path / "notebooks" / LESSON,
        new_markdown_cell(f"[Do it](../release/{EXERCISE}); [head](../docs/glossary.md#kv-cache)"),
        new_code_cell("print(1 + 1)", outputs=printed, execution_count=7),
    )
    given = {"grade": False, "locked": True, "solution": False}
    answer = {"grade": False, "locked": False, "solution": True}
    read = f"[Read](../../notebooks/{LESSON}) first."
    _save(
        tmp_path / "release" / EXERCISE,
        _graded(new_markdown_cell, read, "read", **given),
        _graded(new_code_cell, "def f(): raise NotImplementedError", "f", **answer),
    )
    _save(
        tmp_path / "solutions" / "1-attention.ipynb",
        _graded(new_markdown_cell, f"[Read](../notebooks/{LESSON}) first.", "read", **given),
        _graded(new_code_cell, "def f(): return 1", "f", **answer),
    )
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/glossary.md").write_text(
        f"### KV cache\n\nSee [it](#kv-cache), [00](../notebooks/{LESSON}).\n"
    )
    fill_work(tmp_path)
    return tmp_path


def _change(path: Path, cell: int, text: str) -> None:
    notebook = nbformat.read(path, 4)
    notebook.cells[cell].source = text
    nbformat.write(notebook, path)


def _texts(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, 4).cells]


def test_a_lessons_copy_holds_no_answers_to_its_questions(course: Path) -> None:
    """Outputs below a question would answer it before it is thought about."""
    code = nbformat.read(course / "work" / LESSON, 4).cells[1]
    assert (code.source, code.outputs, code.execution_count) == ("print(1 + 1)", [], None)


def test_a_copy_is_as_jupyterlab_makes_it_on_opening(course: Path) -> None:
    """Else a notebook that was only read would ask on closing whether to save it."""
    for copy_of in (LESSON, EXERCISE):
        metadata = json.loads((course / "work" / copy_of).read_text())["metadata"]
        assert metadata["language_info"] == IPythonKernel.language_info


def test_links_lead_from_copy_to_copy(course: Path) -> None:
    """As they stand they would leave what JupyterLab serves."""
    first = f"[Do it]({EXERCISE}); [head](glossary.md#KV-cache)"
    assert _texts(course / "work" / LESSON)[0] == first
    assert _texts(course / "work" / EXERCISE)[0] == f"[Read](../{LESSON}) first."
    glossary = (course / "work/glossary.md").read_text()
    assert f"[it](#KV-cache), [00]({LESSON})" in glossary  # JupyterLab's anchors keep capitals


def test_a_picture_comes_with_the_page_that_shows_it(course: Path) -> None:
    """JupyterLab serves nothing outside work/: a broken picture would stand in its place."""
    for shown in ("notebooks/mine.png", "release/1-attention/mine.svg"):
        (course / shown).write_bytes(b"a picture")
    (course / "notebooks" / ".ipynb_checkpoints").mkdir()
    fill_work(course)
    for copied in ("mine.png", "1-attention/mine.svg"):
        assert (course / "work" / copied).read_bytes() == b"a picture"


def test_nbgraders_marks_fit_the_rewritten_text(course: Path) -> None:
    """Validate would say that the learner has changed a cell that nobody can change."""
    for name in ("release", "work"):
        for cell in nbformat.read(course / name / EXERCISE, 4).cells:
            assert cell.metadata.nbgrader.checksum == compute_checksum(cell)


def _run_and_save(path: Path) -> None:
    """As JupyterLab does it, whose Shift+Enter adds an empty cell at the end."""
    notebook = nbformat.read(path, 4)
    NotebookClient(notebook, kernel_name="python3").execute(cwd=str(path.parent))
    notebook.cells.append(new_code_cell())
    nbformat.write(notebook, path)


def _git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def test_a_lesson_that_was_run_does_not_keep_an_update_away(course: Path, tmp_path: Path) -> None:
    """`git pull` would refuse, or the copy would stay last month's."""
    shutil.copytree(ROOT / "course", course / "course")
    shutil.copy(ROOT / ".gitignore", course)
    _git(course, "init", "--quiet")
    _git(course, "add", ".")
    _git(course, "commit", "--quiet", "--message=first")
    learner = tmp_path / "learner"
    _git(course, "clone", "--quiet", str(course), str(learner))
    command = [sys.executable, str(learner / "course/learner/work.py")]
    subprocess.run(command, check=True)
    mine = learner / "work" / LESSON
    _run_and_save(mine)
    assert nbformat.read(mine, 4).cells[1].outputs[0].text == "2\n"
    _change(course / "notebooks" / LESSON, 1, "print(1 + 2)")
    _git(course, "commit", "--quiet", "--all", "--message=second")
    _git(learner, "pull", "--quiet")
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    assert ran.stdout == f"Brought up to date in work/: {LESSON}\n"
    assert _texts(mine)[1] == "print(1 + 2)"
    assert _git(learner, "status", "--porcelain") == ""


def test_what_was_run_stays_run_while_the_lesson_is_the_same(course: Path) -> None:
    """Every start would throw away what the learner's cells have printed."""
    _run_and_save(course / "work" / LESSON)
    assert fill_work(course) == work.CopiesMade()
    assert nbformat.read(course / "work" / LESSON, 4).cells[1].outputs


@pytest.mark.parametrize("name", [LESSON, EXERCISE])
def test_what_a_learner_wrote_stays(course: Path, name: str) -> None:
    """An update would cost them their answers."""
    _change(course / "work" / name, 1, "mine")
    for folder in ("notebooks", "release"):
        if (course / folder / name).exists():
            _change(course / folder / name, 0, "new text")
    assert fill_work(course) == work.CopiesMade(kept=[name])
    assert _texts(course / "work" / name)[1] == "mine"
    (course / "work" / name).rename(course / "work/mine.ipynb")
    assert fill_work(course) == work.CopiesMade(new=[name])
    assert _texts(course / "work" / name)[0] == "new text"


def test_a_kept_copy_is_named_with_the_way_to_the_newer_one(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A learner would go on with the old one and not know."""
    monkeypatch.setattr(work, "fill_work", lambda solution: work.CopiesMade(kept=[EXERCISE]))
    work.fill_and_report()
    said = capsys.readouterr().out
    assert f"newer version: {EXERCISE}. To get it, rename or delete yours and run" in said


def test_changed_marks_alone_reach_an_untouched_copy(course: Path) -> None:
    """A tag that makes Run All go on would never come to those who have a copy."""
    original = nbformat.read(course / "release" / EXERCISE, 4)
    original.cells[1].metadata.tags = ["raises-exception"]
    nbformat.write(original, course / "release" / EXERCISE)
    assert fill_work(course) == work.CopiesMade(refreshed=[EXERCISE])
    assert nbformat.read(course / "work" / EXERCISE, 4).cells[1].metadata.tags


def test_a_folder_from_before_there_was_a_record(course: Path) -> None:
    """Answers would be lost, or copies that nobody touched would stay old for ever."""
    (course / "work" / work.RECORD).unlink()
    shutil.copy(course / "release" / EXERCISE, course / "work" / EXERCISE)  # links as they were
    _change(course / "work" / LESSON, 1, "mine")
    assert fill_work(course).kept == [LESSON]
    assert _texts(course / "work" / LESSON)[1] == "mine"
    assert _texts(course / "work" / EXERCISE)[0] == f"[Read](../{LESSON}) first."


@pytest.mark.parametrize("touched", [False, True])
def test_a_lesson_that_got_another_number(course: Path, touched: bool) -> None:
    """The file list would show it twice; what the learner wrote in it stays."""
    (course / "notebooks" / LESSON).rename(course / "notebooks/01-moved.ipynb")
    if touched:
        _change(course / "work" / LESSON, 1, "mine")
    outcome = fill_work(course)
    assert "01-moved.ipynb" in outcome.new
    assert outcome.removed == ([] if touched else [LESSON])
    assert (course / "work" / LESSON).exists() == touched
    assert fill_work(course) == work.CopiesMade()


@pytest.mark.parametrize("touched", [False, True])
@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("02-queries-keys-values.ipynb", "05-queries-keys-values.ipynb"),
        ("11-what-a-model-learns.ipynb", "14-induction.ipynb"),
        ("14-what-a-model-learns.ipynb", "14-induction.ipynb"),
    ],
)
def test_what_was_begun_under_another_name_moves_along(
    course: Path,
    touched: bool,
    recorded: bool,
    old: str,
    new: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A learner in the middle of the course would find lesson 05 empty, and their own beside it."""
    (course / "notebooks" / LESSON).rename(course / "notebooks" / old)
    fill_work(course)
    if touched:
        _change(course / "work" / old, 1, "mine")
    if not recorded:
        (course / "work" / work.RECORD).unlink()
    (course / "notebooks" / old).rename(course / "notebooks" / new)
    _change(course / "notebooks" / new, 1, "print(3)")
    outcome = fill_work(course)
    assert outcome.moved == [f"{old} is now {new}"]
    assert not (course / "work" / old).exists()
    kept = touched or not recorded
    assert (outcome.kept, outcome.refreshed) == (([new], []) if kept else ([], [new]))
    wanted = "mine" if touched else "print(3)" if recorded else "print(1 + 1)"
    assert _texts(course / "work" / new)[1] == wanted
    work._report(outcome, False)
    assert f"with what you wrote: {old} is now {new}" in capsys.readouterr().out
    assert fill_work(course).moved == []


def test_a_lesson_that_was_renamed_is_there() -> None:
    """A learner's copy would be moved to where no lesson is."""
    lessons = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert {*work.RENAMED.values()} <= lessons
    assert not lessons & work.RENAMED.keys()


def test_a_solution_comes_when_asked_for_and_is_nothing_to_hand_in(course: Path) -> None:
    """It would be seen before it is wanted, or be taken for the learner's own answer."""
    assert not (course / "work" / SOLUTION).exists()
    assert fill_work(course, solution="1-attention") == work.CopiesMade(new=[SOLUTION])
    whole = nbformat.read(course / "work" / SOLUTION, 4)
    nbformat.validate(whole)
    cells = whole.cells
    said, *cells = cells
    assert "This is the solution of exercise 1-attention." in said.source
    assert "Your own notebook is [1-attention.ipynb](1-attention.ipynb)" in said.source
    assert [cell.source for cell in cells] == [f"[Read](../{LESSON}) first.", "def f(): return 1"]
    assert not any("nbgrader" in cell.metadata for cell in cells)
    _change(course / "solutions/1-attention.ipynb", 1, "def f(): return 2")
    assert fill_work(course) == work.CopiesMade(refreshed=[SOLUTION])


def test_a_solution_is_asked_for_by_number_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the score is."""
    asked: list[str] = []
    monkeypatch.setattr(commands, "fill_and_report", asked.append)
    assert CliRunner().invoke(solution, ["1"]).exit_code == 0
    assert CliRunner().invoke(solution, ["8-gen"]).exit_code == 0
    assert asked == ["1-attention", "8-generation"]


def test_a_solution_of_no_exercise_is_refused_with_the_names(course: Path) -> None:
    ran = CliRunner().invoke(solution, ["9-nothing"])
    assert ran.exit_code == 2
    assert "'9-nothing' is none of 0-tokens, 1-attention" in ran.output


def test_a_copy_is_written_as_a_whole(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk would leave half a notebook that JupyterLab can't open."""
    before = (course / "work" / LESSON).read_bytes()
    _change(course / "notebooks" / LESSON, 1, "print(3)")

    def full(path: Path, content: bytes) -> None:
        with path.open("wb") as file:
            file.write(content[:9])
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(OSError):
            fill_work(course)
    assert (course / "work" / LESSON).read_bytes() == before
    assert not list(course.glob("work/**/*.part"))


def _links(path: Path) -> Iterator[tuple[str, str]]:
    """Path and anchor of each relative link."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    for link in re.findall(r"\]\(<?([^)>\s]+)|href=[\"']([^\"']+)", text):
        target = "".join(link)
        if not re.match(r"[a-z]+:", target):
            path_part, _, anchor = target.partition("#")
            yield path_part, anchor


def _anchors(page: Path, jupyter: bool) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    if jupyter:
        return {heading.replace(" ", "-") for heading in headings}
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real course, with a work/ that was filled and every solution asked for."""
    root = tmp_path_factory.mktemp("filled")
    for folder in ("notebooks", "release", "solutions", "docs"):
        shutil.copytree(ROOT / folder, root / folder)
    for solved in sorted(root.glob("solutions/*.ipynb")):
        fill_work(root, solved.stem)
    return root


@pytest.mark.parametrize("place", ["repository", "work"])
def test_every_link_leads_somewhere(filled: Path, place: str) -> None:
    """On GitHub and in JupyterLab, which serves nothing outside work/."""
    if place == "work":
        top, pages = filled / "work", [*filled.glob("work/**/*.ipynb"), *filled.glob("work/*.md")]
    else:
        top = filled
        folders = ("notebooks", "release", "solutions")
        pages = [page for folder in folders for page in filled.glob(f"{folder}/**/*.ipynb")]
        pages += filled.glob("docs/glossary.md")
    followed, dead = 0, []
    for page in pages:
        for path, anchor in _links(page):
            target = (page.parent / path).resolve() if path else page
            followed += 1
            inside = target.is_relative_to(top.resolve()) and target.exists()
            is_page = inside and target.suffix == ".md" and anchor
            if not inside or (is_page and anchor not in _anchors(target, place == "work")):
                dead.append(f"{page.relative_to(filled)}: {path}#{anchor}")
    assert dead == []
    assert followed > 50


def test_every_link_between_pages_leads_somewhere() -> None:
    """An instructor, or who has just found the repository, would land on GitHub's page 404."""
    pages = [
        p for folder in ("", "docs/", "grader/", "grader/docs/") for p in ROOT.glob(f"{folder}*.md")
    ]
    dead = [
        f"{page.relative_to(ROOT)}: {path}#{anchor}"
        for page in pages
        for path, anchor in _links(page)
        for target in [(page.parent / path) if path else page]
        if not target.exists() or (anchor and anchor not in _anchors(target, jupyter=False))
    ]
    assert dead == []


def test_grading_finds_every_answer_of_a_copy(filled: Path) -> None:
    """It sets answers into the source by these names; Validate looks at the checksums."""
    for original in sorted(filled.glob("release/*/*.ipynb")):
        copied = filled / "work" / original.relative_to(filled / "release")
        marks = [
            [
                cell.metadata.get("nbgrader", {}).get("grade_id")
                for cell in nbformat.read(p, 4).cells
            ]
            for p in (original, copied)
        ]
        assert marks[0] == marks[1]
        for cell in nbformat.read(copied, 4).cells:
            if cell.metadata.get("nbgrader", {}).get("locked"):
                assert cell.metadata.nbgrader.checksum == compute_checksum(cell)


def test_the_first_start_opens_lesson_00_and_later_ones_ones_progress(tmp_path: Path) -> None:
    """Who comes back to lesson 08 would begin at 00 each time."""
    assert "--LabApp.default_url=/lab/tree/00-start-here.ipynb" in lab.lab_arguments(tmp_path)
    (tmp_path / "work/.workspaces").mkdir(parents=True)
    (tmp_path / "work/.workspaces/default.jupyterlab-workspace").touch()
    assert "--LabApp.default_url=/lab/tree/progress.md" in lab.lab_arguments(tmp_path)


def test_the_learners_own_jupyter_settings_still_count() -> None:
    path = lab.lab_environment({"JUPYTER_CONFIG_PATH": "/mine"})["JUPYTER_CONFIG_PATH"]
    assert path.endswith("/course/learner/jupyter:/mine")
