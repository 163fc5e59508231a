"""Made-up learners, and a place where there is PyTorch and no course."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from course.authoring.answers import codes
from course.authoring.exercises import ROOT
from course.learner.my_llm.plan import HOMES, asked, number
from support.notebooks import submission

Answers = Mapping[str, Mapping[str, str]]


def right_answers(exercise: str, which: int) -> dict[str, str]:
    """To each name of an exercise one of the committed right answers, by its place."""
    right = codes(exercise, "right")
    return {name: texts[which % len(texts)] for name, texts in right.items()}


def write_notebook(work: Path, exercise: str, answers: Mapping[str, str], *extra: str) -> None:
    """A learner's notebook with answers, and cells of their own behind the imports."""
    released = (ROOT / "release" / exercise / f"{exercise}.ipynb").read_bytes()
    made = json.loads(submission(released, dict(answers)))
    cells = [{"cell_type": "code", "source": text, "metadata": {}, "outputs": []} for text in extra]
    place = 1 + next(i for i, cell in enumerate(made["cells"]) if cell.get("id") == "imports")
    made["cells"][place:place] = cells
    (work / exercise).mkdir(parents=True, exist_ok=True)
    (work / exercise / f"{exercise}.ipynb").write_text(json.dumps(made), encoding="utf-8")


def learner_after(work: Path, last: int, which: int) -> dict[str, dict[str, str]]:
    """Notebooks up to exercise `last` with right answers; gives that all of them pass."""
    passed = {}
    for exercise in HOMES:
        if number(exercise) <= last:
            write_notebook(work, exercise, right_answers(exercise, which))
            passed[exercise] = dict.fromkeys(asked(exercise), "")
    return passed


def torch_alone(folder: Path, *besides: str) -> Path:
    """A new environment in which PyTorch can be imported, and what PyTorch asks for; its Python.

    Their folders are links to the installed ones. There is no pip, no course and no file of paths,
    and Python is called with -I, which leaves out PYTHONPATH and the current folder.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    place = next((folder / "lib").glob("python3*")) / "site-packages"
    todo, done = ["torch", *besides], set[str]()
    while todo:
        name = todo.pop().lower()
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        if name in done:
            continue
        done.add(name)
        for top in {file.parts[0] for file in found.files or []} - {"..", "__pycache__"}:
            if not os.path.lexists(place / top) and not top.endswith(".pth"):
                (place / top).symlink_to(str(found.locate_file(top)))
        lines = map(Requirement, found.requires or [])
        todo += [r.name for r in lines if not r.marker or r.marker.evaluate({"extra": ""})]
    return folder / "bin" / "python"


def install(python: Path, package: Path) -> None:
    """`pip install`, by this environment's pip, into that one."""
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet")
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", *options]
    made = subprocess.run([*command, str(package)], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr


def call(python: Path, folder: Path, *arguments: str) -> str:
    """What an isolated Python prints in a folder. It must end well."""
    environment = {"PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1"}
    made = subprocess.run(
        [str(python), "-I", *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return made.stdout
