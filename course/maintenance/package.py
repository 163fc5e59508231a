"""Build the grader's package for PyPI: `python -m course.maintenance.package dist`.

PyPI shows the grader's README beside no other file, so its links are made to lead to the
repository.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from course.book.address import Address
from course.book.staging import Links

ROOT = Path(__file__).resolve().parents[2]
README = "grader/README.md"
PARTS = ("pyproject.toml", "README.md", "LICENSE", "src")
"""What of grader/ goes into the package."""
BUILD = """
import sys
from setuptools.build_meta import build_sdist, build_wheel
into = sys.argv[1]  # setuptools writes its own there
build_sdist(into)
build_wheel(into)
"""


def readme(root: Path = ROOT) -> str:
    """The grader's README, with links that lead somewhere from anywhere.

    Raises:
        ValueError: the course isn't published, or a link leads to a file that isn't there.
    """
    address = Address.configured(root)
    if not address.is_published:
        raise ValueError(
            "the course is not published yet, so the package's links would lead nowhere: "
            "python -m course.maintenance.address https://github.com/who/what"
        )
    text = (root / README).read_text(encoding="utf-8")
    with TemporaryDirectory() as pictures:
        return Links(root, Path(pictures), address, frozenset()).rewritten(text, README)


def build(into: Path, root: Path = ROOT) -> list[Path]:
    """Put the grader's source archive and its wheel into the folder `into`.

    Raises:
        ValueError: as `readme` does.
        subprocess.CalledProcessError: setuptools could not build them; it has said why.
    """
    text = readme(root)
    into.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="package-") as work:
        for part in PARTS:
            source, copy = root / "grader" / part, Path(work) / part
            if source.is_dir():
                shutil.copytree(
                    source, copy, ignore=shutil.ignore_patterns("*.egg-info", "__pycache__")
                )
            else:
                shutil.copy(source, copy)
        (Path(work) / "README.md").write_text(text, encoding="utf-8")
        command = [sys.executable, "-c", BUILD, str(into.resolve())]
        subprocess.run(command, cwd=work, check=True, stdout=subprocess.DEVNULL)
    return sorted(into.glob("nbexaminer-*"))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Into which folder? python -m course.maintenance.package dist")
    try:
        print(*build(Path(sys.argv[1])), sep="\n")
    except (ValueError, subprocess.CalledProcessError) as error:
        sys.exit(f"No package: {error}")
