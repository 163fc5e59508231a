"""What is missing on this computer, one line a problem, and the command that mends it.

Lesson 00 runs this file before anything else, so it needs nothing but Python's own library and
`packaging`, which every Jupyter kernel brings. In a terminal it is
`python course/learner/installation.py`.
What has to be there is read from pyproject.toml, `notebooks/` and `release/`, and nowhere else.
"""

import re
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
COURSE = "llm-basics"
MEND = "close JupyterLab and start it again with `make lab` or `llm-basics lab`, which installs it"


def version_of(package: str) -> str | None:
    """The version of an installed package, or `None` where it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def find_problems(
    root: Path = ROOT,
    python: tuple[int, ...] = sys.version_info[:3],
    version: Callable[[str], str | None] = version_of,
) -> list[str]:
    """Sentences that say what is wrong and how to mend it, the first cause first; none is good.

    `root` is the course's folder; `python` and `version` say what this computer has: the version
    of Python, and that of a package by its name (`None` where it is not installed).
    """
    from packaging.specifiers import SpecifierSet

    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    (supported,) = re.findall(r'^requires-python = "(.+)"', text, re.MULTILINE)
    if ".".join(map(str, python)) not in SpecifierSet(supported):
        return [_wrong_python(python, supported)]
    import tomllib  # Python before 3.11, which is refused above, has none.

    settings = tomllib.loads(text)
    if "google.colab" in sys.modules:
        # Colab's own packages count, in Colab's versions.
        return [x.replace(MEND, "run the first cell") for x in _weight_problems(settings, version)]
    if version(COURSE) is None:
        return [
            "This notebook runs in a Python without the course: close JupyterLab and start it "
            f"with `make lab` or `llm-basics lab` (with conda: after `conda activate {COURSE}`). "
            f"Now it runs in {sys.executable}"
        ]
    return [
        *_package_problems(settings, version),
        *_weight_problems(settings, version),
        *_copy_problems(root),
    ]


def missing_packages(
    root: Path = ROOT, version: Callable[[str], str | None] = version_of
) -> list[str]:
    """What of all that pyproject.toml asks for is not here, or in another version, in words."""
    import tomllib

    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    weights = settings["dependency-groups"]["weights"]
    return _misfits([*settings["project"]["dependencies"], *weights], version)


def check_installation() -> None:
    """Print one line for each problem, or one line that says that all is well."""
    problems = find_problems()
    for problem in problems:
        print(f"✗ {problem}")
    if not problems:
        print("✓ Python, the packages, the trained weights and your exercises are all here.")


def _wrong_python(python: tuple[int, ...], supported: str) -> str:
    return (
        f"This is Python {'.'.join(map(str, python))}, the course needs {supported}: run "
        "`make clean`, then `make lab PYTHON=python3.12`; without make, remove .venv and install "
        "with another Python, as docs/learners.md says"
    )


def _misfits(requirements: list[str], version: Callable[[str], str | None]) -> list[str]:
    """What of `requirements` is missing here or has another version, in words."""
    from packaging.requirements import Requirement

    misfits = []
    for requirement in map(Requirement, requirements):
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        found = version(requirement.name)
        if found is None:
            misfits.append(f"{requirement.name} is not installed")
        elif not requirement.specifier.contains(found, prereleases=True):
            misfits.append(f"{requirement.name} is {found}, needed is {requirement.specifier}")
    return misfits


def _package_problems(settings: dict[str, Any], version: Callable[[str], str | None]) -> list[str]:
    return [
        f"{misfit}: {MEND}" for misfit in _misfits(settings["project"]["dependencies"], version)
    ]


def _weight_problems(settings: dict[str, Any], version: Callable[[str], str | None]) -> list[str]:
    # Their dependencies are heavy and not used, hence --no-deps.
    return [
        f"{misfit} (a trained model; lessons with real attention need it): {MEND}"
        for requirement in settings["dependency-groups"]["weights"]
        for misfit in _misfits([requirement], version)
    ]


def _copy_problems(root: Path) -> list[str]:
    """What `%run ../course/learner/work.py` would add."""
    lessons = sorted(root.glob("notebooks/*.ipynb"))
    exercises = sorted(root.glob("release/*/*.ipynb"))
    copies = {path.stem: root / "work" / path.name for path in lessons}
    copies |= {path.stem: root / "work" / path.parent.name / path.name for path in exercises}
    missing = [name for name, path in copies.items() if not path.exists()]
    if not missing:
        return []
    what = ", ".join(missing) if len(missing) < len(copies) else "every lesson and exercise"
    return [
        f"work/ lacks your copy of {what}: run `%run ../course/learner/work.py` in a cell; it "
        "never overwrites what you have written"
    ]


if __name__ == "__main__":
    check_installation()
