"""The box in which a reader talks with a model, in JupyterLab, by keyboard alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from common.lab import CHROMIUM, FLAGS, served
from course.authoring.exercises import ROOT
from course.learner.lab import lab_arguments, lab_environment

SHOTS = os.environ.get("SCREENSHOTS")
CI = bool(os.environ.get("CI"))
pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not CI, reason="NOT TESTED: the conversation, no Chromium on this machine"
)
REPLY = """\
import time
from helpers.chat import chat

heard = []


def reply(text):
    heard.append(text)
    if text == "fail":
        raise IndexError("index 7 is out of range")
    while "forever" in text:
        yield "on and on "
        time.sleep(0.02)
    for word in f"I heard: {text}.".split():
        yield f"{word} "


chat(reply, "Model")"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A notebook that is open in JupyterLab, with the cell that makes the box."""
    from playwright.sync_api import sync_playwright

    assert CHROMIUM, "CI has to look at the conversation, and lacks Chromium"
    root = tmp_path_factory.mktemp("chat")
    code = nbformat.v4.new_code_cell
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook = nbformat.v4.new_notebook(
        cells=[code(REPLY), code("print(heard)")], metadata={"kernelspec": kernel}
    )
    (root / "work").mkdir()
    nbformat.write(notebook, root / "work" / "talk.ipynb")
    environment = {**lab_environment(os.environ), "PYTHONPATH": str(ROOT)}
    arguments = [*lab_arguments(root), "--LabApp.expose_app_in_browser=True"]
    home = tmp_path_factory.mktemp("home")
    with served(root, home, {}, environment, arguments) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(60_000)
        page.goto(f"{url}/lab/tree/talk.ipynb")
        page.wait_for_function("window.jupyterapp")
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        page.evaluate("jupyterapp.shell.currentWidget.sessionContext.ready.then(() => true)")
        page.locator(".jp-Notebook .cm-content").first.focus()
        page.keyboard.press("Shift+Enter")
        page.locator(".chat-box input:focus").wait_for()  # it is where the reader goes on
        yield page
        browser.close()


def _say(page: Any, text: str) -> None:
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_a_conversation_by_keyboard(page):
    """Whoever has no mouse would not get in, not get answers, or not get out."""
    box = page.locator(".chat-box")
    _say(page, "dd, a and b")  # keys that are JupyterLab's outside of the box
    box.get_by_text("I heard: dd, a and b.").wait_for()
    _say(page, "fail")
    box.get_by_text("IndexError in reply: index 7 is out of range").wait_for()
    assert "raise IndexError" in box.locator("pre").inner_text()
    _say(page, "forever")
    box.get_by_text("on and on on and on").wait_for()
    _say(page, "too early")
    box.get_by_text("Your text stays here").wait_for()
    assert box.locator("input").input_value() == "too early"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Stop
    box.get_by_text("Stopped.").wait_for()
    page.keyboard.press("Enter")  # the focus is in the field again, and the text is still there
    box.get_by_text("I heard: too early.").wait_for()
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / "chat.png"))
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 2
    page.locator(".jp-Notebook .cm-content").nth(1).focus()
    page.keyboard.press("Shift+Enter")
    page.get_by_text("['dd, a and b', 'fail', 'forever', 'too early']").wait_for()
