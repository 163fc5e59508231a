"""A JupyterHub for a class, set up by the commands of docs/jupyterhub.md, with real accounts."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from common.hub import Server, why_not
from course.authoring.exercises import ROOT
from course.maintenance.classes import made_up_class
from support.formgrader import press
from support.kernels import free_port
from support.waiting import eventually

EXERCISE = "1-attention"
INBOUND = "/srv/nbgrader/exchange/llm-basics/inbound"
PASSWORDS = {"hopper": "compiler-1952", "ada": "note-g-1843", "ben": "lightning-1752"}
IMPORTS, ANSWER, TESTS = 1, 5, 6
"""Cells of code: imports, softmax and its tests. The one before is folded, for Google Colab."""
SOFTMAX = (
    "def softmax(x, dim=-1):\n    e = (x - x.amax(dim, keepdim=True)).exp()\n"
    "    return e / e.sum(dim, keepdim=True)"
)
SHOTS = os.environ.get("SCREENSHOTS")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
PROXY = Path(sys.prefix) / "hub/node_modules/.bin/configurable-http-proxy"

MISSING = (
    "no Chromium on this machine" if CHROMIUM is None
    else "no configurable-http-proxy: make .venv/hub" if not PROXY.exists()
    else why_not()
)  # fmt: skip
CI = bool(os.environ.get("CI"))
pytestmark = pytest.mark.skipif(
    bool(MISSING) and not CI, reason=f"NOT TESTED: JupyterHub, {MISSING}"
)


def commands(heading: str) -> str:
    """The commands below a heading of docs/jupyterhub.md."""
    page = (ROOT / "docs" / "jupyterhub.md").read_text()
    section = page.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = re.findall(r"^    (.*)$", section, re.M)
    assert lines, heading
    return "\n".join(lines)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server where all is set up, and an exercise is released."""
    assert not MISSING, f"CI has to test JupyterHub, and can't: {MISSING}"
    with Server() as server:
        server.script(commands("Accounts and exchange"))
        given = "".join(f"{name}:{password}\n" for name, password in PASSWORDS.items())
        assert server.run("chpasswd", given=given).returncode == 0
        # What git would bring: the configuration, and of the exercises one, to save time.
        tar = subprocess.run(
            ["tar", "c", "-C", str(ROOT), "nbgrader_config.py", f"source/{EXERCISE}"],
            capture_output=True,
            check=True,
        )
        server.script("mkdir ~/llm-basics", user="hopper")
        unpack = server.command("tar", "x", user="hopper", at="~/llm-basics")
        subprocess.run(unpack, input=tar.stdout, check=True)
        lines = commands("The course folder").splitlines()
        assert lines.pop(0).startswith("git clone ") and lines.pop() == "llm-basics check"
        server.script("\n".join(lines), user="hopper")
        yield server


@pytest.fixture(scope="module")
def hub(server: Server) -> Iterator[str]:
    """The address of a hub with the configuration of the docs, but for its ports."""
    server.script("install -d -m 700 /srv/jupyterhub")
    assert "install -d -m 700 /srv/jupyterhub" in commands("Start")
    public, own, proxy = (f"http://127.0.0.1:{free_port()}" for _ in range(3))
    started = server.command(
        "jupyterhub",
        "-f",
        "/opt/llm-basics/docs/hub/jupyterhub_config.py",
        f"--JupyterHub.bind_url={public}",
        f"--JupyterHub.hub_bind_url={own}",
        f"--ConfigurableHTTPProxy.api_url={proxy}",
        at="/srv/jupyterhub",
    )
    log = Path(server.shared, "hub.log")
    with log.open("w") as file:
        process = subprocess.Popen(started, stdout=file, stderr=subprocess.STDOUT)
    try:
        answers = eventually(lambda: _answers(f"{public}/hub/health"), seconds=120)
        assert answers, f"the hub does not start:\n{log.read_text()[-3000:]}"
        yield public
    finally:
        process.terminate()
        process.wait(60)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


def _log_in(browser: Any, hub: str, user: str, to: str = "") -> Any:
    """A page of `user`, in a browser window of its own."""
    page = browser.new_context(viewport={"width": 1300, "height": 1000}).new_page()
    page.set_default_timeout(120_000)
    page.goto(f"{hub}/hub/login?next={to}" if to else hub)
    page.locator("#username_input").fill(user)
    page.locator("#password_input").fill(PASSWORDS[user])
    page.locator("#login_submit").click()
    return page


@pytest.fixture(scope="module")
def hopper(browser: Any, hub: str) -> Any:
    return _log_in(browser, hub, "hopper")


@pytest.fixture(scope="module")
def ada(browser: Any, hub: str, hopper: Any) -> Any:  # both of their JupyterLabs start meanwhile
    return _log_in(browser, hub, "ada")


def _shot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"hub-{name}.png"))


def _run(page: Any, index: int, times: int = 360) -> None:
    """Run a cell of the notebook in front, and wait until its kernel has run it."""
    cell = page.locator(".jp-NotebookPanel:visible .jp-CodeCell").nth(index)
    prompt = cell.locator(".jp-InputPrompt")
    for half_second in range(times):
        if half_second % 60 == 0:
            cell.locator(".cm-content").click()
            page.keyboard.press("Control+Enter")
        page.wait_for_timeout(500)
        if re.fullmatch(r"\[\d+\]:", prompt.inner_text().strip()):
            return
    _shot(page, "cell-not-run")
    raise AssertionError(f"cell {index} did not run")


def _list(page: Any) -> Any:
    """nbgrader's Assignment List, opened from the menu."""
    page.get_by_text("Nbgrader", exact=True).click()
    page.locator(".lm-Menu-itemLabel", has_text="Assignment List").click()
    shown = page.locator("#nbgrader-assignment-list")
    shown.wait_for()
    return shown


def test_a_learner_starts_with_the_lessons(ada: Any, server: Server) -> None:
    """Without its lessons, and what its first cell checks with, a class has nothing to begin."""
    ada.wait_for_url("**/user/ada/lab**")
    ada.locator(".jp-Toolbar-kernelName", has_text="Python 3").first.wait_for()
    assert ada.url.split("?")[0].endswith("/lab/tree/00-start-here.ipynb")
    lessons = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
    listed = ada.locator(".jp-DirListing-itemText")
    listed.filter(has_text=lessons[-1]).wait_for()
    assert listed.all_inner_texts() == [
        *lessons,
        "AGENTS.md",
        "CLAUDE.md",
        "glossary.md",
        "progress.md",
    ]
    _run(ada, IMPORTS)
    said = ada.locator(".jp-NotebookPanel:visible .jp-OutputArea-output").first
    _shot(ada, "lesson")
    assert said.inner_text().startswith("✓ Python, the packages"), said.inner_text()
    for what in ("Formgrader", "Course List", "Create Assignment"):
        assert ada.get_by_text(what).count() == 0, what


def test_a_learner_fetches_solves_and_submits(ada: Any, hub: str, server: Server) -> None:
    """The whole of a learner's way, without a terminal."""
    shown = _list(ada)
    shown.get_by_role("button", name="Fetch").wait_for()
    _shot(ada, "fetch")
    shown.get_by_role("button", name="Fetch").click()
    shown.get_by_role("button", name="Submit").wait_for()
    answers = made_up_class(EXERCISE)["ada"]
    answers.pop("softmax")
    server.script(
        "python - <<'END'\nimport json, nbformat\n"
        f"answers = json.loads({json.dumps(json.dumps(answers))})\n"
        f"path = '{EXERCISE}/{EXERCISE}.ipynb'\nnotebook = nbformat.read(path, as_version=4)\n"
        "for cell in notebook.cells:\n"
        "    name = cell.metadata.get('nbgrader', {}).get('grade_id')\n"
        "    cell.source = answers.get(name, cell.source)\n"
        "nbformat.write(notebook, path)\nEND",
        user="ada",
        at="~/llm-basics/work",
    )
    # Of other notebooks' cells none is in the page; all of this one's are.
    ada.goto(f"{hub}/user/ada/lab/workspaces/exercise/tree/{EXERCISE}/{EXERCISE}.ipynb")
    ada.locator(".jp-NotebookPanel:visible .jp-Toolbar-kernelName", has_text="Python 3").wait_for()
    _run(ada, IMPORTS)
    ada.locator(".jp-NotebookPanel:visible .jp-CodeCell").nth(ANSWER).locator(".cm-content").click()
    ada.keyboard.press("Control+A")
    ada.keyboard.insert_text(SOFTMAX)
    _run(ada, ANSWER)
    _run(ada, TESTS)
    said = ada.locator(".jp-OutputArea-output", has_text="softmax: the visible tests pass")
    said.first.wait_for()
    ada.keyboard.press("Control+S")
    ada.locator(".jp-mod-dirty").first.wait_for(state="detached")
    _shot(ada, "solve")
    shown = _list(ada)
    shown.get_by_role("button", name="Submit").click()
    shown.locator("#submitted_assignments_list").get_by_text(EXERCISE).first.wait_for()
    _shot(ada, "submit")


def _press(page: Any, column: str) -> str:
    """Click the exercise's icon in a column of the formgrader's table; gives what is said then."""
    said = press(page, page.locator("tr", has_text=EXERCISE).locator(f".{column} a"))
    _shot(page, column)
    assert "Success" in said, page.locator("body").inner_text()[-3000:]
    return said


def test_the_instructor_collects_grades_and_releases(hopper: Any, hub: str, server: Server) -> None:
    """In the formgrader, and the class in the sandbox, by an account without privileges.

    What another learner puts into the drop box, newer and in this one's name, takes no place.
    """
    planted = f"ada+{EXERCISE}+2099-01-01 00:00:00 UTC+abc"
    server.script(f"mkdir -m 777 {planted!r} && touch {planted!r}/{EXERCISE}.ipynb", "ben", INBOUND)
    hopper.wait_for_url("**/user/hopper/lab**")
    for column in ("collect", "generate-feedback", "release-feedback"):
        hopper.goto(f"{hub}/user/hopper/formgrader")
        said = _press(hopper, column)
        if column == "collect":
            assert f"Not collected: {planted}: it belongs to ben, not to ada" in said
            graded = server.script(
                f"llm-basics grade {EXERCISE} --jobs 1", user="hopper", at="~/llm-basics"
            )
            assert re.search(r"graded now\W+1\b", graded), graded
    hopper.goto(f"{hub}/user/hopper/formgrader/gradebook/{EXERCISE}/{EXERCISE}")
    hopper.get_by_text("Submission #").first.wait_for()
    _shot(hopper, "formgrader")


def test_the_learner_reads_the_feedback(ada: Any, server: Server) -> None:
    """Feedback that stays on the server helps nobody."""
    shown = _list(ada)
    ada.locator("#refresh_assignments_list").click()
    shown.locator("#submitted_assignments_list").get_by_text(EXERCISE).first.click()
    shown.get_by_role("button", name="Fetch Feedback").click()
    shown.get_by_text("view feedback").first.click()
    _shot(ada, "feedback-folder")
    ada.locator(".jp-DirListing-itemText", has_text=f"{EXERCISE}.html").dblclick()
    frame = ada.frame_locator("iframe").last
    frame.get_by_text("softmax").first.wait_for()
    _shot(ada, "feedback")


def _jupyterlab(server: Server, user: str) -> tuple[int, int]:
    """The number of a user's process, and its port."""
    found = server.script(
        f"grep -aoE 'JUPYTERHUB_SERVICE_URL=http://127.0.0.1:[0-9]+/user/{user}/' "
        "/proc/[0-9]*/environ 2>/dev/null || true"
    )
    said = re.search(r"^/proc/(\d+)/environ:.*:(\d+)/user/", found, re.M)
    assert said, found
    return int(said[1]), int(said[2])


def test_no_learner_reads_or_changes_anothers_work(ada: Any, hub: str, server: Server) -> None:
    """Tried by another learner's account, which even knows the submission's name."""
    listed = server.script(f"ls {INBOUND}", user="hopper").splitlines()
    (name,) = (name for name in listed if "+2099-" not in name)
    (page,) = server.script(f"ls {INBOUND}/../feedback", user="hopper").splitlines()
    labs = {user: _jupyterlab(server, user) for user in ("ada", "hopper")}
    targets = {
        "submission": f"{INBOUND}/{name}",
        "page": f"{INBOUND}/../feedback/{page}",
        "pids": [1, *(pid for pid, _ in labs.values())],
        "port": labs["ada"][1],
        "user": "ada",
    }
    shared = server.shared
    (shared / "targets.json").write_text(json.dumps(targets))
    shutil.copy(ROOT / "tests" / "common" / "intruder.py", shared)
    tried = server.script(f"python {shared}/intruder.py {shared}/targets.json", user="ben")
    said = json.loads(tried)
    assert said["succeeded"] == [] and said["tried"] > 40, said
    # On a port a kernel would tell every account what it runs and prints. The one that each has
    # takes what a cell's own processes print, and tells nothing.
    kernels = server.script("cat .jupyter-run/kernel-*.json", user="ada")
    listening = server.script(
        'python -c "import psutil; print(*(c.laddr.port for p in psutil.process_iter() '
        "if p.username() == 'ada' for c in p.net_connections() if c.status == 'LISTEN'))\""
    )
    assert kernels.count('"transport": "ipc"') == kernels.count('"transport"') >= 1
    assert len(listening.split()) <= 1 + kernels.count('"transport"')
    # What was tried is there, and nothing of it is missing or changed.
    there = server.script(
        f"cd {INBOUND} && ls {name!r} ../outbound/1-attention ../feedback && cd ~/llm-basics && "
        f"ls -d source release submitted autograded feedback gradebook.db && "
        f"cmp submitted/ada/{EXERCISE}/{EXERCISE}.ipynb {INBOUND}/{name!r}/{EXERCISE}.ipynb",
        user="hopper",
    )
    assert there.count(f"{EXERCISE}.ipynb") == 2 and page in there


def test_a_learner_is_kept_out_of_anothers_jupyterlab(browser: Any, hub: str, ada: Any) -> None:
    """Logged in as one, a learner could else work, and hand in, as the other."""
    ben = _log_in(browser, hub, "ben", to="/user/ada/lab")
    ben.get_by_text("403").first.wait_for()
    _shot(ben, "kept-out")
    assert "user/ada/lab" not in ben.url or ben.locator("#jupyter-config-data").count() == 0


def test_the_exchange_is_found_safe(server: Server, ada: Any) -> None:
    """What the docs make is what `check` asks for, once learners have handed in, too."""
    look = (
        "from nbexaminer.classroom.course_folder import CourseFolder\n"
        "from nbexaminer.classroom.intake.exchange_safety import safety\n"
        "for promise in safety(CourseFolder()): print(promise.kept, promise)"
    )
    said = server.script(f'python -c "{look}"', user="hopper", at="~/llm-basics")
    assert (said.count("True "), said.count("False ")) == (9, 0), said
