"""What a learner's JupyterLab adds: help a click away, progress, pictures in the dark, a telephone.

Nothing of it is in a notebook: what is handed in, released and graded stays as it was.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from common.axe import faults, needs_axe
from common.lab import CHROMIUM, FLAGS, served
from course.authoring.exercises import ROOT, source_of
from course.learner.lab import lab_arguments, lab_environment
from course.learner.overview import PAGE, overview, write_page
from course.learner.work import fill_work
from nbexaminer.judging.notebook.cell import cells_of
from nbexaminer.judging.notebook.graft import graft
from nbexaminer.judging.notebook.reader import read_notebook
from nbexaminer.judging.notebook.source import read_source

EXERCISE = "1-attention"
CELL, NEXT = "project_qkv", "softmax"
HEAD = "def project_qkv(x, W_q, W_k, W_v):\n    return "
RIGHT = f"{HEAD}(x @ W_q, x @ W_k, x @ W_v)"
SEEN_ONLY = f"{HEAD}(x.float() @ W_q.float(), x.float() @ W_k.float(), x.float() @ W_v.float())"
WRONG = f"{HEAD}(x @ W_q, x @ W_k, x @ W_k)"
LESSON = "06-scaled-dot-product-attention.ipynb"
PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"
STOPPED = "05-queries-keys-values.ipynb"
STARTED = "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
SHOTS = os.environ.get("SCREENSHOTS")

if CHROMIUM is None and os.environ.get("CI"):
    raise RuntimeError("CI needs Chromium for the browser tests: install the package chromium")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="NOT TESTED: a learner's window, no Chromium on this machine"
)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A learner's folder: copies, a lesson with its pictures, and a page of progress."""
    work = tmp_path_factory.mktemp("learners") / "work"
    fill_work(ROOT, work=work)
    (work / "pictures.ipynb").write_bytes((ROOT / "notebooks" / LESSON).read_bytes())
    stopped = json.loads((work / STOPPED).read_text())
    for number, cell in enumerate(stopped["cells"][:20]):
        if cell["cell_type"] == "code":
            cell["execution_count"] = number + 1
    (work / STOPPED).write_text(json.dumps(stopped))
    write_page(work)
    return work


@pytest.fixture(scope="module")
def lab(work: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the JupyterLab that `llm-basics lab` starts."""
    environment = {**lab_environment(os.environ), "PYTHONPATH": f"{ROOT}:{ROOT / 'grader/src'}"}
    arguments = [*lab_arguments(work.parent), "--LabApp.expose_app_in_browser=True"]
    with served(work.parent, tmp_path_factory.mktemp("home"), {}, environment, arguments) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


def _window(browser: Any, lab: str, path: str, width: int) -> Any:
    """A window in which a file of work/ is open."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.set_default_timeout(60_000)
    page.goto(f"{lab}/lab/workspaces/{width}/tree/{path}")
    page.wait_for_function("window.jupyterapp")
    page.evaluate("jupyterapp.restored.then(() => true)")
    return page


@pytest.fixture(scope="module")
def page(browser: Any, lab: str) -> Any:
    """The window of a learner at a desk, in which files are opened one after the other."""
    return _window(browser, lab, f"{EXERCISE}/{EXERCISE}.ipynb", 1280)


def _command(page: Any, command: str, **arguments: str) -> None:
    page.evaluate(
        "([command, of]) => jupyterapp.commands.execute(command, of).then(() => true)",
        [command, arguments],
    )


def _shot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"lab-{name}.png"))


def _notebook(page: Any) -> Any:
    page.locator(".jp-NotebookPanel:visible .jp-Notebook").wait_for()
    page.evaluate("jupyterapp.shell.currentWidget.sessionContext.ready.then(() => true)")
    return page.locator(".jp-NotebookPanel:visible .jp-Notebook")


class Exercise:
    """The exercise, open in a window, and the help below one of its answers."""

    def __init__(self, page: Any) -> None:
        self.page, self.notebook = page, _notebook(page)

    def help_with(self, name: str) -> Any:
        return self.notebook.get_by_role("group", name=f"Help with {name}", exact=True)

    def press(self, button: str, name: str = CELL) -> None:
        self.help_with(name).get_by_role("button", name=button).click()

    def said(self, pattern: str, name: str = CELL) -> str:
        """What is said below an answer, as soon as it is this."""
        status = self.help_with(name).get_by_role("status")
        status.filter(has_text=re.compile(pattern)).wait_for()
        return status.inner_text()

    def write(self, text: str) -> None:
        cell = self.notebook.locator(f".jp-CodeCell:has([aria-label='Help with {CELL}'])")
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)


@pytest.fixture(scope="module")
def exercise(page: Any) -> Exercise:
    return Exercise(page)


def test_a_hint_is_a_click_away(exercise: Exercise) -> None:
    """Whoever is stuck looks below their cell, and all hints at once would take the fun."""
    folds = exercise.notebook.locator(".jp-MarkdownCell details", has_text="Hint")
    assert folds.filter(has=exercise.page.locator(":scope[open]")).count() == 0
    for number, more in ((1, 2), (2, 1), (3, 0)):
        exercise.press("Hint")
        exercise.said(rf"Hint {number}: .+ is unfolded above; {more} more")
    exercise.press("Hint")
    exercise.said("All hints are unfolded")
    _shot(exercise.page, "hints")


def test_the_first_import_says_what_is_waited_for(exercise: Exercise, work: Path) -> None:
    """Eight seconds without a word look like a notebook that hangs."""
    exercise.page.evaluate("jupyterapp.shell.currentWidget.content.activeCellIndex = 2")
    _command(exercise.page, "notebook:run-cell")
    line = exercise.notebook.locator(".llm-waiting")
    line.filter(has_text=re.compile(r"Loaded: this cell took \d+ s")).wait_for()


def test_a_check_says_what_visible_and_hidden_tests_say(exercise: Exercise) -> None:
    """One would run three cells and a command to know that an answer is right."""
    exercise.press("Check")
    assert "test below" in exercise.said("✗"), "not written yet"
    for text, says in (
        (WRONG, "✗ The test below says what is not right yet"),
        (SEEN_ONLY, "The visible tests pass. ✗ Hidden tests: .* converted to float32"),
        (f"{HEAD}(", "✗ This cell ends in an error"),
        (RIGHT, "✓ project_qkv: the visible and the hidden tests pass"),
    ):
        exercise.write(text)
        exercise.press("Check")
        exercise.said(says)
        _shot(exercise.page, f"check-{len(text)}")
    bar = exercise.notebook.locator(".jp-OutputArea-output", has_text="■ project_qkv")
    bar.first.wait_for(), "the bar of all answers is true"


def test_a_solution_comes_folded_after_an_attempt(exercise: Exercise) -> None:
    """Who sees it first has nothing left to find."""
    exercise.press("Solution", NEXT)
    assert "First write something of your own" in exercise.said("First", NEXT)
    exercise.press("Solution")
    assert "Have one more try" in exercise.said("A solution of project_qkv")
    code = exercise.help_with(CELL).locator("pre")
    assert not code.is_visible()
    exercise.help_with(CELL).locator("summary").click()
    assert "return x @ W_q, x @ W_k, x @ W_v" in code.inner_text()
    _shot(exercise.page, "solution")


def test_nothing_of_it_is_handed_in(exercise: Exercise, work: Path) -> None:
    """nbgrader would meet cells that it doesn't know, or a solution among the outputs."""
    _command(exercise.page, "docmanager:save")
    path = f"{EXERCISE}/{EXERCISE}.ipynb"
    saved = nbformat.read(work / path, 4)
    released = nbformat.read(ROOT / "release" / path, 4)
    marks = [[cell.metadata.get("nbgrader") for cell in one.cells] for one in (saved, released)]
    kept = [{k: v for k, v in mark.items() if k != "checksum"} for mark in marks[0] if mark]
    assert kept == [{k: v for k, v in m.items() if k != "checksum"} for m in marks[1] if m]
    differs = [s.id for s, r in zip(saved.cells, released.cells, strict=True)
               if s.source != r.source and "](" not in r.source]  # fmt: skip
    assert differs == [CELL]
    text = json.dumps(saved)
    for stray in (
        "The tuple (Q, K, V)",
        "Have one more try",
        "Loaded: this cell",
        "hidden tests pass",
    ):
        assert stray not in text, stray
    source = read_source(source_of(EXERCISE).read_bytes())
    graded = graft(source, read_notebook((work / path).read_bytes()))
    assert not graded.remarks
    assert RIGHT in [cell.source for cell in cells_of(graded.notebook)]


def test_written_answers_and_trials_have_help_too(exercise: Exercise) -> None:
    from playwright.sync_api import expect

    for name, buttons in (
        ("written-scaling", ["Hint", "Solution"]),
        ("try-fetch", ["Hint", "Check", "Solution"]),
    ):
        exercise.page.evaluate(
            """name => {
                const {content} = jupyterapp.shell.currentWidget;
                const place = content.widgets.findIndex(cell => cell.model.id === name);
                return content.scrollToItem(place, "center");
            }""",
            name,
        )
        expect(exercise.help_with(name).get_by_role("button")).to_have_text(buttons)


def test_the_first_page_leads_to_where_one_stopped(page: Any, work: Path) -> None:
    """`llm-basics lab` opens it from the second start on."""
    _command(page, "docmanager:open", path=PAGE)
    told = page.locator(".jp-MarkdownViewer")
    told.get_by_text(overview(work).totals()).wait_for()
    _shot(page, "progress")
    told.get_by_role("link").first.click()
    page.get_by_role("tab", name=STOPPED).wait_for()
    stopped = overview(work).stopped
    page.wait_for_function(
        "id => jupyterapp.shell.currentWidget.content.activeCell?.model.id === id",
        arg=stopped and stopped.cell,
    )


def test_a_picture_is_a_card_in_the_dark(page: Any) -> None:
    """A figure was a white box in it."""
    look = (
        "e => { const s = getComputedStyle(e); return [s.filter, s.padding, s.backgroundColor]; }"
    )
    _command(page, "docmanager:open", path="pictures.ipynb")
    picture = page.locator(".jp-NotebookPanel:visible .jp-OutputArea-output img").first
    picture.wait_for(state="attached")
    assert picture.evaluate(look)[0] == "none"
    _command(page, "apputils:change-theme", theme="JupyterLab Dark")
    page.locator("body[data-jp-theme-light=false]").wait_for(state="attached")
    assert picture.evaluate(look) == ["brightness(0.88)", "10px", "rgb(255, 255, 255)"]
    picture.scroll_into_view_if_needed()
    _shot(page, "dark")


@needs_axe
@pytest.mark.parametrize("path", [f"{EXERCISE}/{EXERCISE}.ipynb", "pictures.ipynb"])
def test_outputs_keep_nobody_out(page: Any, exercise: Exercise, path: str) -> None:
    """Who can't see a picture, or has no mouse, would miss what a cell shows."""
    _command(page, "docmanager:open", path=path)
    if EXERCISE in path:
        exercise.press("Check")
        exercise.said("✗|✓")
    page.evaluate(
        """() => {  // all cells are in the page
            const {content} = jupyterapp.shell.currentWidget;
            content.notebookConfig = {...content.notebookConfig, windowingMode: "none"};
        }"""
    )
    if path == "pictures.ipynb":
        cells = nbformat.read(ROOT / "notebooks" / LESSON, 4).cells
        page.wait_for_function(
            "([outputs, n]) => document.querySelectorAll(outputs).length >= n",
            arg=[
                f"{PANEL} .jp-OutputArea-output",
                sum(len(cell.get("outputs", ())) for cell in cells),
            ],
        )
    for theme in ("Dark", "Light"):
        _command(page, "apputils:change-theme", theme=f"JupyterLab {theme}")
        light = str(theme == "Light").lower()
        page.locator(f"body[data-jp-theme-light={light}]").wait_for(state="attached")
        assert faults(page, f"{PANEL} :is(.jp-OutputArea-output, .llm-part)") == []


def test_on_a_telephone_the_list_of_files_begins_closed(browser: Any, lab: str, page: Any) -> None:
    """It left 90 of 390 pixels for the lesson."""
    assert page.locator("#jp-left-stack").is_visible()
    telephone = _window(browser, lab, LESSON, 390)
    telephone.locator("#jp-left-stack").wait_for(state="hidden")
    lesson = telephone.locator(".jp-NotebookPanel:visible .jp-Notebook")
    lesson.wait_for()
    assert lesson.bounding_box()["width"] > 0.7 * 390
    _shot(telephone, "telephone")
    # a JupyterLab that is stopped while a kernel starts never ends
    telephone.wait_for_function(STARTED)
