"""A small installation: all that an instructor whose course needs no PyTorch would lose."""

from __future__ import annotations

import os
import subprocess
import sysconfig
import venv
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook

from nbexaminer.sandbox.view import PACKAGE
from support.notebooks import answer, check, submission

BLOCKER = """\
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"torch", "matplotlib", "safetensors", "seaborn"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
"""
CONFIG = """\
from nbexaminer.configuration import FOLDER
c = get_config()
load_subconfig("nbgrader_config.py", path=FOLDER)
"""
FRAME = "pd.DataFrame({'word': ['a', 'b', None], 'n': [1, 2, 3], 'share': [0.1, math.nan, 0.3]})"
QUESTIONS = {
    "plain": ("def count(words): return {w: words.count(w) for w in words}",
              "assert count(['a', 'b', 'a']) == {'a': 2, 'b': 1}"),
    "array": ("import numpy as np\ndef centred(x): return x - x.mean(axis=0)",
              "import numpy as np\nx = np.random.rand(4, 3).astype('float32')\n"
              "np.testing.assert_allclose(centred(x), x - x.mean(axis=0), rtol=1e-6)"),
    "frame": ("import math\nimport pandas as pd\ndef words(n=None):\n"
              f"    return {FRAME} if n is None else n * 2\n"
              "def total(df): return df.groupby('word')['n'].sum()",
              "import math\nimport pandas as pd\nfrom pandas.testing import assert_frame_equal\n"
              f"df = {FRAME}\nassert_frame_equal(words(), df)\n"
              "assert total(df).equals(df.groupby('word')['n'].sum())"),
}  # fmt: skip


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that finds all packages of this one's but those."""
    folder = tmp_path_factory.mktemp("python")
    venv.create(folder, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "blocker.py").write_text(BLOCKER)
    (packages / "others.pth").write_text(f"{sysconfig.get_path('purelib')}\nimport blocker\n")
    return folder / "bin" / "python"


def run(python: Path, *arguments: str, folder: Path | None = None) -> str:
    """What it prints; fails unless it ends well."""
    settings = str(python.parents[1] / "jupyter")  # of nobody, and Jupyter wants to make the folder
    env = os.environ | {"PYTHONPATH": str(PACKAGE.parent), "JUPYTER_CONFIG_DIR": settings}
    env["PATH"] = os.pathsep.join((sysconfig.get_path("scripts"), env["PATH"]))
    command = [str(python), *arguments]
    ran = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def graded(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of which the grader knows nothing, graded by that Python in the sandbox."""
    course = tmp_path_factory.mktemp("course")
    (course / "nbgrader_config.py").write_text(CONFIG)
    cells = [
        cell
        for name, (code, test) in QUESTIONS.items()
        for cell in (answer(name, code), check(f"{name}-test", test))
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    source = nbformat.writes(new_notebook(cells=cells, metadata=kernel)).encode()
    wrong = {
        "plain": "def count(words): return dict.fromkeys(words, 1)",
        "array": "def centred(x): return (x - x.mean(axis=0)).sum()",
        "frame": QUESTIONS["frame"][0].replace("[1, 2, 3]", "[1, 2, 4]"),
    }
    right = {name: code for name, (code, _) in QUESTIONS.items()}
    for place, data in (
        ("source/ps1", source),
        ("submitted/ada/ps1", submission(source, right)),
        ("submitted/ben/ps1", submission(source, wrong)),
    ):
        (course / place).mkdir(parents=True)
        (course / place / "words.ipynb").write_bytes(data)
    run(python, "-m", "nbgrader", "generate_assignment", "ps1", folder=course)
    run(python, "-m", "nbexaminer", "grade", "ps1", "--jobs=1", folder=course)
    return course


def test_values_arrays_and_frames_are_graded(graded: Path) -> None:
    """Whoever teaches NumPy or pandas would have to install gigabytes that nothing uses."""
    with Gradebook(f"sqlite:///{graded}/gradebook.db") as gradebook:
        scores = {
            s.student.id: [g.auto_score for n in s.notebooks for g in n.grades]
            for s in gradebook.assignment_submissions("ps1")
        }
    assert scores == {"ada": [2, 2, 2], "ben": [0, 0, 0]}


def test_the_report_needs_nothing_more(graded: Path, python: Path) -> None:
    """Who has a small installation would have no report."""
    exporter = "--exporter=nbexaminer.nbgrader_plugins.report.ClassReport"
    run(python, "-m", "nbgrader", "export", exporter, "--to=report.html", folder=graded)
    page = (graded / "report.html").read_text()
    assert 'class="bar"' in page
    assert "frame-test" in page and "ada" in (graded / "report.csv").read_text()


def test_every_module_can_be_imported(python: Path) -> None:
    """A command would end in an error that names a package which it doesn't use."""
    code = (
        "import importlib, pkgutil, sys, nbexaminer\n"
        "found = [m.name for m in pkgutil.walk_packages(nbexaminer.__path__, 'nbexaminer.')]\n"
        "for name in found:\n"
        "    if not name.endswith(('.nbgrader_config', '.__main__')):\n"
        "        importlib.import_module(name)\n"
        "assert len(found) > 100 and not {'torch', 'matplotlib', 'pandas'} & {*sys.modules}"
    )
    run(python, "-c", code)
