"""The formgrader's autograde button, pressed in a real browser, grades the way `autograde` does."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from grading.demo import Course, fill_in

EXERCISE = "1-attention"
POINTS = 4.0
"""What `softmax` alone is worth, visible and hidden."""
SOFTMAX = (
    "def softmax(x, dim=-1):\n    e = (x - x.amax(dim, keepdim=True)).exp()\n"
    "    return e / e.sum(dim, keepdim=True)"
)

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
if CHROMIUM is None and os.environ.get("CI"):
    raise RuntimeError("CI needs Chromium for the browser tests: install the package chromium")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="NOT TESTED: the formgrader in a browser, no Chromium on this machine"
)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course with one submission that has not been graded."""
    course = Course.make(tmp_path / "course", EXERCISE)
    course.nbgrader("generate_assignment", EXERCISE)
    folder = course.root / "submitted" / "ada" / EXERCISE
    folder.mkdir(parents=True)
    notebook = fill_in(course.released(EXERCISE), {"softmax": SOFTMAX})
    nbformat.write(notebook, folder / f"{EXERCISE}.ipynb")
    return course


@pytest.fixture
def server(course: Course, tmp_path: Path) -> Iterator[str]:
    """The address of a Jupyter server with the formgrader."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_DATA_DIR": str(tmp_path / "data"),
    }
    arguments = ["--no-browser", f"--port={port}", "--ServerApp.port_retries=0", "--allow-root"]
    arguments += ["--IdentityProvider.token=", f"--ServerApp.root_dir={course.root}"]
    log = tmp_path / "log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter", "server", *arguments],
            cwd=course.root, env=env, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}"
            for _ in range(240):
                try:
                    urllib.request.urlopen(f"{address}/api/status", timeout=5)
                    break
                except (urllib.error.URLError, OSError):
                    time.sleep(0.5)
            else:
                raise AssertionError(f"Jupyter does not answer:\n{log.read_text()[-3000:]}")
            yield address
        finally:
            process.terminate()
            process.wait(timeout=60)


@pytest.fixture
def page() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        page = browser.new_page()
        page.set_default_timeout(180_000)
        yield page
        browser.close()


def test_the_button_grades(course: Course, server: str, page: Any) -> None:
    """Instructors who click would else be told of an error, or get scores of another kind."""
    page.goto(f"{server}/formgrader/manage_submissions/{EXERCISE}")
    button = page.locator(".autograde a")
    button.first.wait_for()
    said = page.locator("#success-modal, #error-modal")
    for second in range(600):  # on a slow machine a click may come before the page listens
        if said.count() and said.first.inner_text().strip():
            break
        if second % 30 == 0 and button.first.is_visible():
            button.first.click()
        page.wait_for_timeout(1000)
    text = said.first.inner_text()
    assert "Success" in text, page.locator("body").inner_text()[-3000:]
    with Gradebook(course.db_url) as gradebook:
        assert gradebook.find_submission(EXERCISE, "ada").score == POINTS
