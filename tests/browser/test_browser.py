"""What a learner and an instructor see in JupyterLab, in a real browser."""

import json
import os
import re
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from common.lab import CHROMIUM, FLAGS, served
from course.authoring.exercises import exercises
from course.learner.lab import lab_arguments, lab_environment
from course.learner.work import fill_work
from course.maintenance.classes import MadeUpCourse, fill_in
from helpers.weights import AUSTEN_FOLDER
from nbexaminer.judging.notebook.sanitize import safe_markdown
from support.commands import run_forked
from support.formgrader import press

EXERCISE = "1-attention"
LESSON = "00-start-here.ipynb"
WRONG = "def softmax(x, dim=-1):\n    return torch.exp(x) / torch.exp(x).sum()"
RIGHT = "def softmax(x, dim=-1):\n    e = (x - x.amax(dim, keepdim=True)).exp()\n    return e / e.sum(dim, keepdim=True)"  # noqa: E501
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
IMPORTS, ANSWER, TESTS = 1, 5, 6
"""Cells of code: imports, softmax and its tests. The one before is folded, for Google Colab."""
# Screenshots are kept where this points, for people who want to look.
SHOTS = os.environ.get("SCREENSHOTS")

if CHROMIUM is None and os.environ.get("CI"):
    raise RuntimeError("CI needs Chromium for the browser tests: install the package chromium")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="NOT TESTED: JupyterLab in a browser, no Chromium on this machine"
)


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> MadeUpCourse:
    """A course with a lesson, a submission that is graded and one that isn't, and a work/."""
    root = tmp_path_factory.mktemp("browser") / "course"
    course = MadeUpCourse.make(root, EXERCISE, run_forked)
    course.nbgrader("generate_assignment", EXERCISE)
    lesson = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell(f"[exercise](../release/{EXERCISE}/{EXERCISE}.ipynb)")
        ],
        metadata={"kernelspec": KERNEL},
    )
    (root / "notebooks").mkdir()
    nbformat.write(lesson, root / "notebooks" / LESSON)
    fill_work(root)
    notebook = fill_in(course.released(EXERCISE), {"softmax": RIGHT})
    for learner in ("ada", "ben"):
        folder = course.root / "submitted" / learner / EXERCISE
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{EXERCISE}.ipynb")
    course.nbgrader("autograde", EXERCISE, "--student=ada")
    return course


@pytest.fixture(scope="module")
def lab(course, tmp_path_factory):
    """The address of a JupyterLab that serves the whole course, as an instructor starts it."""
    settings = {
        "notebook-extension/tracker": {"windowingMode": "none"},
        "apputils-extension/notification": {"fetchNews": "false"},
    }
    home = tmp_path_factory.mktemp("lab")
    arguments = [f"--ServerApp.root_dir={course.root}"]
    with served(course.root, home, settings, os.environ, arguments) as url:
        yield url


@pytest.fixture(scope="module")
def learners_lab(course, tmp_path_factory):
    """The address of the JupyterLab that `make lab` starts."""
    # All cells are in the page, so that a test can count them; else nothing is set here.
    settings = {"notebook-extension/tracker": {"windowingMode": "none"}}
    home = tmp_path_factory.mktemp("learners-lab")
    environment, arguments = lab_environment(os.environ), lab_arguments(course.root)
    with served(course.root, home, settings, environment, arguments) as url:
        yield url


@pytest.fixture(scope="module")
def page():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1300, "height": 1000})
        page.set_default_timeout(180_000)
        yield page
        browser.close()


def _shot(page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def _run(page, index: int) -> None:
    """Run a cell of the notebook, and wait until its kernel has run it."""
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(index)
    prompt = cell.locator(".jp-InputPrompt")
    before = prompt.inner_text()
    for half_second in range(360):
        # On a slow machine JupyterLab asks for a kernel that it is about to start.
        select = page.locator(".jp-Dialog", has_text="Select Kernel").locator(".jp-mod-accept")
        if select.is_visible():
            select.click()
        elif half_second % 60 == 0:
            cell.locator(".cm-content").click()
            page.keyboard.press("Control+Enter")
        page.wait_for_timeout(500)
        now = prompt.inner_text()
        if now != before and re.fullmatch(r"\[\d+\]:", now.strip()):
            return
    _shot(page, "cell-not-run")
    raise AssertionError(f"cell {index} did not run:\n{page.locator('body').inner_text()[-3000:]}")


def _answer(page, text: str) -> str:
    """Type an answer to softmax, run it and its visible tests; gives what the tests print."""
    _define(page, text)
    _run(page, TESTS)
    output = page.locator(".jp-Notebook .jp-CodeCell").nth(TESTS).locator(".jp-OutputArea")
    output.locator(".jp-OutputArea-output").first.wait_for()
    return output.inner_text()


def _define(page, text: str) -> None:
    page.locator(".jp-Notebook .jp-CodeCell").nth(ANSWER).locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)
    _run(page, ANSWER)


def _kernels(lab: str) -> list[dict]:
    """Those that run. Jupyter Server answers 500 while it starts one that has no state yet."""
    try:
        with urllib.request.urlopen(f"{lab}/api/kernels", timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code != 500:
            raise
        return []


def _wait_for_kernels(page, lab: str, n: int) -> None:
    """Wait until `n` kernels run, each ready and with a notebook; saves what is asked about."""
    save = page.locator(".jp-Dialog .jp-mod-accept:not(.jp-mod-warn)")
    for _ in range(600):
        kernels = _kernels(lab)
        ready = [k for k in kernels if k["execution_state"] == "idle" and k["connections"]]
        if len(kernels) == len(ready) == n:
            return
        if save.is_visible():
            save.click()
        page.wait_for_timeout(100)
    _shot(page, "kernels")
    raise AssertionError(f"not {n} kernels: {kernels}")


def test_a_learners_first_window(page, learners_lab):
    """Nothing in it is for instructors, no lesson can be validated, and no question comes first."""
    page.set_viewport_size({"width": 640, "height": 1000})  # a part of the toolbar is folded away
    page.goto(learners_lab)
    kernel = page.locator(".jp-Toolbar-kernelName", has_text="Python 3")
    kernel.first.wait_for(state="attached")
    assert page.get_by_text("Validate").count() == 0
    page.set_viewport_size({"width": 1300, "height": 1000})
    kernel.first.wait_for()
    _shot(page, "first-start")
    assert page.url.split("?")[0].endswith(f"/lab/tree/{LESSON}")
    # Only opened, it is as it was: else closing it would ask whether to save.
    page.wait_for_timeout(1000)
    assert page.locator(".jp-mod-dirty").count() == 0
    files = page.locator(".jp-DirListing-itemText")
    files.filter(has_text=LESSON).wait_for()
    assert files.all_inner_texts() == [EXERCISE, LESSON]
    for what in (r"nbgrader", "Create Assignment", "Validate", "Jupyter news"):
        assert page.get_by_text(re.compile(what, re.I)).count() == 0, what
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{learners_lab}/formgrader", timeout=30)
    # The lesson's link leads to the exercise, which can be validated; closed, it holds no memory.
    page.locator(".jp-MarkdownCell a", has_text="exercise").click()
    page.get_by_text("Validate", exact=True).wait_for()
    _shot(page, "exercise")
    _wait_for_kernels(page, learners_lab, 2)
    tab = page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab", has_text=f"{EXERCISE}.ipynb")
    tab.locator(".lm-TabBar-tabCloseIcon").click()
    _wait_for_kernels(page, learners_lab, 1)


def test_lesson_00_gets_its_model_from_the_learners_own_server(page, learners_lab):
    """Only work/ is served beside it: "Write on" would find no weights."""
    weights = page.request.get(f"{learners_lab}/static/austen/model.safetensors")
    assert weights.ok
    assert weights.body() == (AUSTEN_FOLDER / "model.safetensors").read_bytes()


def test_what_an_earlier_session_left_looks_like_no_error(page, learners_lab, course):
    """Each quiz of a lesson that is opened again would be an error, and words would be cut."""
    view = {"model_id": "0" * 32, "version_major": 2, "version_minor": 0}
    shown = {"application/vnd.jupyter.widget-view+json": view, "text/plain": "Predict"}
    cell = nbformat.v4.new_code_cell(f"print('attention ' * 60)\ndisplay({shown}, raw=True)")
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": KERNEL})
    nbformat.write(notebook, course.root / "work" / EXERCISE / "earlier.ipynb")
    # In a workspace of its own, so that it is not open beside what the next tests open.
    page.goto(f"{learners_lab}/lab/workspaces/earlier/tree/{EXERCISE}/earlier.ipynb")
    page.locator(".jp-NotebookPanel:visible .jp-Toolbar-kernelName", has_text="Python 3").wait_for()
    _run(page, 0)
    page.get_by_text("From an earlier session. Run this cell again to use it.").wait_for()
    assert page.get_by_text("Error displaying widget").count() == 0
    words = page.locator(".jp-OutputArea-output pre", has_text="attention").last
    _shot(page, "earlier-session")
    assert words.evaluate("e => getComputedStyle(e).wordBreak") == "normal"


def test_a_learner_sees_what_went_wrong_and_then_what_is_done(page, learners_lab):
    page.goto(f"{learners_lab}/lab/tree/{EXERCISE}/{EXERCISE}.ipynb")
    page.locator(".jp-NotebookPanel:visible .jp-Toolbar-kernelName", has_text="Python 3").wait_for()
    _run(page, IMPORTS)
    _answer(page, WRONG)
    tests = page.locator(".jp-Notebook .jp-CodeCell").nth(TESTS)
    panel = tests.locator(".checks-panel")
    panel.wait_for()
    tests.locator(".jp-OutputArea").evaluate("e => e.scrollIntoView({block: 'end'})")
    said = tests.locator(".jp-OutputArea").inner_text()
    _shot(page, "wrong-answer")
    assert "softmax(x = float32 tensor of shape (2, 3)" in said
    assert "the sum runs over all elements instead of along dim" in said
    assert "Traceback" not in said
    error = tests.locator(".jp-OutputArea-output[data-mime-type*=stderr]")
    assert error.count() == error.locator("b, .ansi-bold").count() == 1
    assert re.fullmatch(r"✗ softmax: the sum runs over all elements .*", error.inner_text().strip())
    assert panel.locator("dt").all_inner_texts()[:3] == ["called", "came back", "expected"]
    came_back, expected = panel.locator("table").all()
    assert came_back.locator("mark").count() == 6 and expected.locator("mark").count() == 0
    assert came_back.bounding_box()["y"] == expected.bounding_box()["y"], "side by side"
    said = _answer(page, RIGHT)
    _shot(page, "right-answer")
    assert "softmax: the visible tests pass" in said
    assert "pass for 1 of 3 answers" in said
    page.keyboard.press("Control+S")
    _run(page, TESTS + 1)
    waiting = page.locator(".jp-Notebook .jp-CodeCell").nth(TESTS + 1)
    waiting.get_by_role("button", name="Grade this notebook").click()
    waiting.get_by_text("✓ softmax").wait_for(timeout=180_000)
    _shot(page, "graded-in-the-notebook")
    assert "□ project_qkv" in waiting.inner_text() and "by hidden ones" in waiting.inner_text()
    _define(page, WRONG)
    bar = page.locator(".jp-OutputArea-output", has_text="The tests that you see pass for")
    bar.filter(has_text="□ softmax").wait_for()
    _shot(page, "defined-anew")
    page.get_by_text("Validate", exact=True).click()
    dialog = page.locator(".jp-Dialog")
    dialog.wait_for()
    _shot(page, "validate")
    assert "project_qkv" in dialog.inner_text() or "NotImplementedError" in dialog.inner_text()


def test_run_all_shows_every_verdict(page, lab, course):
    """A learner would have to run each test by hand behind the first that fails."""
    notebook = fill_in(course.released(EXERCISE), {"softmax": WRONG})
    nbformat.write(notebook, course.root / "work" / "all.ipynb")
    page.goto(f"{lab}/lab/workspaces/all/tree/work/all.ipynb")
    page.locator(".jp-Toolbar-kernelName", has_text="Python 3").wait_for()
    _run(page, IMPORTS)
    page.get_by_text("Run", exact=True).first.click()
    page.get_by_text("Run All Cells", exact=True).first.click()
    said = page.locator(".jp-OutputArea-output", has_text="✗ ")
    verdicts = [
        "project_qkv", "softmax", "scaled_dot_product_attention", "queries_and_keys",
        "scaled_dot_product_attention",  # which the last question tries
    ]  # fmt: skip
    said.nth(len(verdicts) - 1).wait_for()
    _shot(page, "run-all")
    assert [text.split()[1].strip(":") for text in said.all_inner_texts()] == verdicts


def test_an_instructor_sees_the_graded_submission(page, lab):
    page.goto(f"{lab}/formgrader/gradebook/{EXERCISE}/{EXERCISE}")
    page.get_by_text("Submission #").first.wait_for()
    _shot(page, "formgrader-list")
    page.get_by_text("Submission #").first.click()
    page.get_by_text("Mark scheme", exact=False).first.wait_for(state="attached")
    page.get_by_text("def softmax").first.wait_for()
    _shot(page, "formgrader-submission")
    assert "amax(dim, keepdim=True)" in page.locator("body").inner_text()


def test_the_formgraders_button_grades(page, lab, course):
    """Who clicks would else be told of an error, or get scores of another kind than by command."""
    page.goto(f"{lab}/formgrader/manage_submissions/{EXERCISE}")
    said = press(page, page.locator("tr", has_text="ben").locator(".autograde a"))
    _shot(page, "formgrader-button")
    assert "Success" in said, page.locator("body").inner_text()[-3000:]
    with Gradebook(course.db_url) as gradebook:
        scores = {who: gradebook.find_submission(EXERCISE, who).score for who in ("ada", "ben")}
    assert scores == {"ada": 4.0, "ben": 4.0}  # what softmax is worth


FORMULA = r"$\sum_i \text{x} + \color{red}{y}$ $$\begin{equation}\label{a} c \end{equation}$$"
REDEFINING = (
    r"$\def\sum{0}$", r"$\let\sum=\int$", r"$\newcommand{\sum}{0}$", "$\\d\x00ef\\sum{0}$",
    r"$\renewcommand\text[1]{0}$", r"$\renewenvironment{equation}{0}{1}$",
    r"$\DeclareMathOperator{\sum}{zero}$", r"$\DeclarePairedDelimiter{\sum}{(}{)}$",
    r"$\definecolor{red}{rgb}{1,1,1}$",
    r"$$\begin{gather}\label{a} 1 \end{gather}$$", r"&#36;&#92;d&#101;f&bsol;sum{0}&#36;",
)  # fmt: skip


def _formula_below(page, lab, course, name: str, *texts: str) -> str:
    """How JupyterLab draws `FORMULA` below cells with these texts."""
    cells = [nbformat.v4.new_markdown_cell(text) for text in (*texts, FORMULA)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), course.root / "work" / f"{name}.ipynb")
    # A workspace of its own: what stands open in another tab is drawn with it.
    page.goto(f"{lab}/lab/workspaces/{name}/tree/work/{name}.ipynb")
    last = page.locator(".jp-Notebook .jp-MarkdownCell").last
    last.locator("mjx-container").nth(1).wait_for()
    page.wait_for_timeout(1000)
    _shot(page, f"formulas-{name}")
    drawn = last.locator("mjx-math").evaluate_all("all => all.map(one => one.outerHTML)")
    return re.sub(r' id="[^"]*"', "", "".join(drawn))


def test_a_learners_formulas_change_no_other(page, lab, course):
    """Who grades would read the mark scheme's formulas as a learner has redefined them."""
    alone = _formula_below(page, lab, course, "alone")
    assert "mjx-c2211" in alone  # the sum's sign
    assert _formula_below(page, lab, course, "open", *REDEFINING) != alone, "proves nothing"
    safe = map(safe_markdown, REDEFINING)
    assert _formula_below(page, lab, course, "safe", *safe) == alone


def test_the_course_file_tree_has_only_what_the_test_made(course):
    assert sorted(exercises(course.root)) == [EXERCISE]
