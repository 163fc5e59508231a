"""The questions of the lessons as a learner meets them: nothing answers them, and keys do.

Every lesson is opened in JupyterLab as it comes to `work/`, without outputs. Nothing is run there:
so all that stands within a screen above and below a question is looked at, which is more than a
reader sees who has run it. What cells print or draw is seen in the lessons that are run.
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

from common.lab import CHROMIUM, FLAGS, served
from common.questions import TOLD, Question, folded, given_away, questions
from course.authoring.exercises import ROOT
from course.learner.lab import lab_arguments, lab_environment
from course.learner.work import fill_work

LESSONS = sorted(path.stem for path in ROOT.glob("notebooks/*.ipynb"))
BY_KEYBOARD = ("02-tensors",)
"""Run from the first cell to the last, which takes some ten seconds each."""
SHOTS = os.environ.get("SCREENSHOTS")
CI = bool(os.environ.get("CI"))
pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not CI, reason="NOT TESTED: predictions, no Chromium on this machine"
)

PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook"
RUN = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Toolbar [data-jp-item-name=run]"
# The words in sight, of texts and outputs (not of code), while a cell is at an edge of the window.
# What is scrolled to is drawn only then, which moves it again: so until it rests.
IN_SIGHT = """async ([cell, edge]) => {
    const window_ = cell.closest(".jp-WindowedPanel-outer");
    const frame = () => new Promise(requestAnimationFrame);
    let was;
    for (let i = 0; i < 50; i++) {
        if (edge) cell.scrollIntoView({block: edge, behavior: "instant"});
        await frame();
        await frame();
        const at = `${cell.getBoundingClientRect().top} ${window_.scrollHeight}`;
        if (at === was) break;
        was = at;
    }
    const {top, bottom} = window_.getBoundingClientRect();
    const texts = window_.querySelectorAll(".jp-RenderedMarkdown, .jp-OutputArea-output");
    return [...texts].filter(text => !text.querySelector(".prediction-control")).map(text => {
        const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
        let words = "";
        while (walker.nextNode()) {
            const {parentElement} = walker.currentNode;
            const range = document.createRange();
            range.selectNodeContents(walker.currentNode);
            const box = range.getBoundingClientRect();
            const inWindow = box.height && box.bottom > top && box.top < bottom;
            if (inWindow && parentElement.checkVisibility()) words += walker.currentNode.data;
        }
        return words;
    }).join("\\n\\n");
}"""


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with a learner's copies of the lessons."""
    root = tmp_path_factory.mktemp("predictions")
    fill_work(ROOT, work=root / "work", lessons_only=True)
    return root / "work"


@pytest.fixture(scope="module")
def page(work: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The window of a learner's JupyterLab, in which notebooks are opened one after the other."""
    from playwright.sync_api import sync_playwright

    assert CHROMIUM, "CI has to look at predictions, and lacks Chromium"
    environment = {**lab_environment(os.environ), "PYTHONPATH": str(ROOT)}
    arguments = [*lab_arguments(work.parent), "--LabApp.expose_app_in_browser=True"]
    home = tmp_path_factory.mktemp("home")
    with (
        served(work.parent, home, {}, environment, arguments) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(60_000)
        page.goto(f"{url}/lab")
        page.wait_for_function("window.jupyterapp")
        page.evaluate("jupyterapp.restored.then(() => true)")
        yield page
        browser.close()


class Lesson:
    """A notebook that is open in JupyterLab, in front."""

    def __init__(self, page: Any, name: str, cells: list[dict[str, Any]]) -> None:
        """cells: as the course has them, with their outputs."""
        self.page, self.told = page, cells
        self.asked = questions(cells)
        page.evaluate(
            "path => jupyterapp.commands.execute('docmanager:open', {path}).then(() => true)",
            f"{name}.ipynb",
        )
        texts = sum(cell["cell_type"] == "markdown" for cell in cells)
        page.wait_for_function(
            """([panel, cells, texts]) => {
                const all = selector => document.querySelectorAll(`${panel} ${selector}`).length;
                return all(".jp-Cell") === cells && all(".jp-RenderedMarkdown") === texts;
            }""",
            arg=[PANEL, len(cells), texts],
        )

    def __enter__(self) -> Lesson:
        return self

    def begin(self) -> None:
        """Go to its first cell, as soon as its kernel is there."""
        self.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.ready.then(() => true)")
        self.cell(0).focus()

    def __exit__(self, *_: object) -> None:
        """Close it without saving; its kernel ends with it."""
        self.page.evaluate(
            """() => {
                const {currentWidget} = jupyterapp.shell;
                currentWidget.context.model.dirty = false;
                currentWidget.close();
            }"""
        )

    def cell(self, place: int) -> Any:
        return self.page.locator(f"{PANEL} .jp-Cell").nth(place)

    def in_sight(self, place: int, edge: str = "") -> str:
        """The words in sight: where an edge ("start", "end") is named, with this cell there."""
        return self.page.evaluate(IN_SIGHT, [self.cell(place).element_handle(), edge])

    def leaks(self, question: Question) -> list[str]:
        """What within a screen of a question says what its measurement will."""
        seen = {edge: self.in_sight(question.place, edge) for edge in ("start", "end")}
        return [leak for words in seen.values() for leak in self.leaks_in(words, question)]

    def leaks_in(self, words: str, question: Question) -> list[str]:
        found = [question.measured] if given_away(question, words) else []
        if question.told_at is None:
            return found
        plain = _plain(words)
        text = "".join(self.told[question.told_at]["source"])
        return found + [part for part in _sentences(folded(text) or text) if part in plain]

    def run(self, place: int, key: str = "Shift+Enter") -> None:
        """Run the active cell, which is this one, and wait until its kernel has."""
        cell = self.cell(place)
        cell.and_(self.page.locator(".jp-mod-active")).wait_for()
        self.page.keyboard.press(key)
        if self.told[place]["cell_type"] == "code":
            self.page.wait_for_function(
                "i => jupyterapp.shell.currentWidget.content.widgets[i].model.executionCount",
                arg=place,
            )

    def output(self, place: int) -> str:
        return self.cell(place).locator(".jp-OutputArea").inner_text()

    def focused(self, script: str) -> Any:
        return self.page.evaluate(f"(({script})(document.activeElement))")

    def answer(self, place: int) -> list[str]:
        """Answer what the cell asks that has just been run, by keys alone; gives the answers."""
        controls = self.cell(place).locator(".prediction-control")
        cells = self.page.locator(f"{PANEL} .jp-Cell").count()
        committed = []
        for i, question in enumerate(q for q in self.asked if q.place == place):
            control = controls.nth(i)
            control.locator("input:focus").wait_for()
            if question.options:
                for key in ("ArrowDown", *"abdd", "Tab", *"abdd"):  # none is JupyterLab's here
                    self.page.keyboard.press(key)
                chosen = control.locator("input:checked").get_attribute("value")
            else:
                chosen = "7"
                self.page.keyboard.type(chosen)
            self.page.keyboard.press("Enter")
            control.get_by_text(f"Noted: {chosen}.").wait_for()
            committed.append(chosen)
        controls.last.get_by_text("Now press Shift+Enter.").wait_for()
        assert self.page.locator(f"{PANEL} .jp-Cell").count() == cells
        return committed


def _plain(text: str) -> str:
    """A text without marks and signs, in which those of Markdown and of its page are the same."""
    text = re.sub(r"<[^>]+>|\]\([^)]*\)|\$[^$]*\$", " ", text)
    return " ".join(re.findall(r"\w+", text.lower()))


def _sentences(text: str) -> list[str]:
    """The sentences of a text that are long enough to be nobody else's."""
    prose = [p for p in re.split(r"\n\s*\n", text) if not p.lstrip().startswith(("|", "$$", "#"))]
    parts = [part for p in prose for part in re.split(r"(?<=[.?!])\s+|\$[^$]*\$", p)]
    return [plain for plain in map(_plain, parts) if len(plain.split()) >= 4]


def _shot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"predictions-{name}.png"))


def _cells(lesson: str) -> list[dict[str, Any]]:
    return json.loads((ROOT / "notebooks" / f"{lesson}.ipynb").read_text())["cells"]


@pytest.mark.parametrize("lesson", LESSONS)
def test_nothing_in_sight_answers_a_question(page, lesson):
    """Who reads the answer beside the question predicts nothing."""
    with Lesson(page, lesson, _cells(lesson)) as opened:
        leaks = {opened.told[q.place]["id"]: opened.leaks(q) for q in opened.asked}
    assert {cell: found for cell, found in leaks.items() if found} == {}


@pytest.mark.parametrize("lesson", BY_KEYBOARD)
def test_a_lesson_is_gone_through_by_keyboard(page, lesson):
    """Whoever has no mouse in hand would stay in a group, lose the choice, or delete a cell."""
    with Lesson(page, lesson, _cells(lesson)) as opened:
        asked = {question.place for question in opened.asked}
        opened.begin()
        for place in range(len(opened.told)):
            opened.run(place)
            if place in asked:
                for question in opened.asked:
                    if question.place == place:
                        assert opened.leaks_in(opened.in_sight(place), question) == []
                committed = opened.answer(place)
            for question in (q for q in opened.asked if q.measured_at == place):
                said = opened.output(place)
                assert re.search(r"as you predicted\.|You predicted: ", said)
                assert f"Measured: {question.measured}" in said
        _shot(page, lesson)
        last = opened.asked[-1]
        control = opened.cell(last.place).locator(".prediction-control").last
        before = control.element_handle()
        opened.cell(last.place).locator(".jp-InputPrompt").click()
        page.locator(RUN).click()
        page.wait_for_function("old => !old.isConnected", arg=before)
        chosen = control.locator("input:checked, input[type=number]")
        assert chosen.input_value() == committed[-1]
        assert control.locator("input:enabled").count() == 0


PAGE = "<p><b>Predict:</b> Which?</p><ul><li>one half</li><li>one third</li></ul>"
NUMBER = "<p><b>Predict:</b> How many?</p><p>Your answer is a number.</p>"
AS_ASKED = 'guess = predict("Which?", ["one half", "one third"])\nguess'
TWO = """quiz = [predict("How many?", number=True), predict("And then?", ["three", "four"])]
display(*quiz)"""
SAID = "Half of them know what comes next, and the others don't."


def _shown(page: str) -> Any:
    return nbformat.v4.new_output("display_data", {"text/html": page})


def _small(work: Path, name: str, text: str, before: str = "And now.") -> list[dict[str, Any]]:
    """A lesson of a question and two in one cell; text: what stands behind the measurement."""
    code, markdown = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell
    printed = nbformat.v4.new_output("stream", text="Measured: one half\n")
    cells = [
        markdown(f"## A section\n\n{before}"),
        code("from helpers.predict import predict"),
        code(AS_ASKED, outputs=[_shown(PAGE)]),
        code("guess.reveal(guess.options[0])", outputs=[printed]),
        markdown(text),
        code(TWO, outputs=[_shown(NUMBER), _shown(PAGE)]),
        code("quiz[0].reveal(float(7))\nquiz[1].reveal('three')"),
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    copy = [{**cell, "outputs": []} if "outputs" in cell else cell for cell in cells]
    notebook = nbformat.v4.new_notebook(cells=copy, metadata={"kernelspec": kernel})
    nbformat.write(nbformat.from_dict(notebook), work / f"{name}.ipynb")
    return cells


def test_a_number_is_typed_and_who_skips_a_question_is_reminded(page, work):
    """Of several questions in one cell, keys lead from each to the next."""
    cells = _small(work, "number", f"{TOLD}{SAID}\n\n</details>")
    with Lesson(page, "number", cells) as opened:
        opened.begin()
        for place in range(2):
            opened.run(place)
        opened.run(2)
        opened.cell(2).locator("input:focus").wait_for()
        page.keyboard.press("Shift+Enter")  # goes on without an answer
        opened.run(3)
        opened.cell(3).get_by_text("You hadn't committed").wait_for()
        opened.run(4)
        opened.run(5)
        opened.answer(5)
        opened.run(6)
        said = opened.output(6)
        assert "Measured: 7, as you predicted." in said
        assert "Measured: three. You predicted: four." in said
        _shot(page, "number")


def test_an_answer_to_a_busy_kernel_counts(page, work):
    """Whoever ran several cells at once commits while they run; what is measured comes last."""
    cells = _small(work, "busy", SAID)
    notebook = nbformat.read(work / "busy.ipynb", as_version=4)
    wait = "display(guess)\nimport os, time\nwhile not os.path.exists('go'):\n    time.sleep(0.02)"
    notebook.cells[2].source = AS_ASKED.removesuffix("guess") + wait
    nbformat.write(notebook, work / "busy.ipynb")
    with Lesson(page, "busy", cells) as opened:
        opened.begin()
        opened.run(0)
        opened.run(1)
        page.keyboard.press("Shift+Enter")
        opened.answer(2)
        page.keyboard.press("Shift+Enter")
        opened.cell(3).get_by_text("[*]").wait_for()
        (work / "go").touch()
        opened.cell(3).get_by_text("Measured").wait_for()
        assert "You predicted: one third" in opened.output(3)


def test_run_all_reminds_nobody(page, work):
    """Nobody could have answered; and who saves what was run would store the reminder."""
    with Lesson(page, "all", _small(work, "all", SAID)) as opened:
        opened.begin()
        page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells').then(() => true)")
        opened.cell(2).locator(".prediction-control").wait_for()
        assert opened.output(3).strip() == "Measured: one half"


@pytest.mark.parametrize(
    ("name", "text", "before", "leak"),
    [
        ("folded", f"{TOLD}{SAID}\n\n</details>\n\nAnd on.", "And now.", False),
        ("unfolded", SAID, "And now.", True),
        ("open", f"{TOLD}{SAID}\n\n</details>".replace("<details>", "<details open>"), "", True),
        ("twice", f"{TOLD}{SAID}\n\n</details>\n\n{SAID}", "And now.", True),
        ("above", f"{TOLD}{SAID}\n\n</details>", "Of course it is one half.", True),
    ],
)
def test_a_spoiled_lesson_is_found(page, work, name, text, before, leak):
    with Lesson(page, name, _small(work, name, text, before)) as opened:
        assert bool(opened.leaks(opened.asked[0])) == leak
