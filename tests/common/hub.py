"""A server of its own for a class: real Unix accounts, /etc, /home, /opt and /srv, without a trace.

The kernel's namespaces give it: what is written there, accounts included, ends with it. Network and
/tmp are this machine's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from common.copied import copy_into

INSTALLED = Path("/opt/llm-basics")
"""Where docs/jupyterhub.md installs the course."""
FRESH = tuple(map(Path, ("/home", "/opt", "/srv")))

SET_UP = """
set -euo pipefail
stage=$1 copy=$2; shift 2
mount -t tmpfs -o mode=755 tmpfs "$stage"
mkdir "$stage/etc" "$stage/places"
cp -a /etc/. "$stage/etc"
mount --bind "$stage/etc" /etc
n=0
for place in "$@"; do
  mkdir "$stage/places/$((n+=1))"; mount --bind "$place" "$stage/places/$n"
done
for folder in $COVERED; do mount -t tmpfs -o mode=755 tmpfs "$folder"; done
n=0
for place in "$@"; do
  mkdir -p "$place"; mount --bind "$stage/places/$((n+=1))" "$place"
done
mkdir -p /opt/llm-basics/.venv
cp -a "$copy/." /opt/llm-basics
chown -R root:root /opt/llm-basics
chmod -R go=rX /opt/llm-basics
mount --bind "$1" /opt/llm-basics/.venv
echo ready
exec cat
"""
"""Arguments: a folder for what is written, a copy of the course, and the places that are needed
where they are, the virtual environment first. It lives for as long as its input is open."""


def why_not() -> str:
    """Why there can be no such server here, or empty."""
    if os.geteuid() != 0:
        return "only root can make the accounts of a class"
    for program in ("unshare", "nsenter", "setpriv", "useradd", "chpasswd"):
        if shutil.which(program) is None:
            return f"there is no {program} on this machine"
    tried = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "true"],
        capture_output=True,
        text=True,
        check=False,
    )
    return tried.stderr.strip()


class Server:
    """The server, for as long as the `with` lasts."""

    def __enter__(self) -> Server:
        self._folder = tempfile.TemporaryDirectory(prefix="hub-", dir="/tmp")
        stage, copy = (Path(self._folder.name, name) for name in ("stage", "copy"))
        for folder in (stage, copy):
            folder.mkdir()
        copy_into(copy)
        os.chmod(self._folder.name, 0o755)
        self.shared = Path(self._folder.name)
        places = list(map(Path, dict.fromkeys((sys.prefix, sys.base_prefix))))
        covered = _outermost([*FRESH, *(top for p in places if (top := _closed(p)))])
        self._process = subprocess.Popen(
            [
                "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
                "bash", "-c", SET_UP, "set-up", str(stage), str(copy), *map(str, places),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "COVERED": " ".join(map(str, covered))},
        )  # fmt: skip
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n", "the server can't be set up"
        pid = self._process.pid
        (self._inside,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return self

    def __exit__(self, *error: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._folder.cleanup()

    def command(self, *command: str, user: str = "root", at: str = "~") -> list[str]:
        """The command line, for this machine, of a command that `user` runs there, at home or `at`.

        It gets a login's environment, in which Python is the installed one.
        """
        enter = ["nsenter", "--target", self._inside, "--mount", "--pid"]
        identity = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--reset-env"]
        environment = {
            "PATH": f"{INSTALLED}/.venv/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "PYTHONPATH": str(INSTALLED),
            "OMP_NUM_THREADS": "1",
            "LANG": "C.UTF-8",
        }
        settings = [f"{name}={value}" for name, value in environment.items()]
        go = ["bash", "-c", f'cd {at} && exec "$@"', "run"]
        return [*enter, *identity, "env", *settings, *go, *command]

    def run(
        self, *command: str, user: str = "root", at: str = "~", given: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """What a command does and says. given: its input."""
        return subprocess.run(
            self.command(*command, user=user, at=at),
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )

    def script(self, lines: str, user: str = "root", at: str = "~") -> str:
        """What lines for bash print; fails where one of them does."""
        ran = self.run("bash", "-euc", lines, user=user, at=at)
        assert ran.returncode == 0, f"{lines}\n{ran.stdout}\n{ran.stderr}"
        return ran.stdout + ran.stderr


def _closed(place: Path) -> Path | None:
    """The first folder on the way to a place that other accounts can't enter."""
    way = [*reversed(place.parents), place]
    return next((p for p in way if not p.stat().st_mode & 0o001), None)


def _outermost(folders: Sequence[Path]) -> list[Path]:
    return sorted(
        f for f in set(folders) if not any(f != g and f.is_relative_to(g) for g in folders)
    )
