"""The sandbox around graders that have none: no network, no other files, and limits on the whole.

It is for the machine's sake and hides nothing of the course folder: what such a grader shows to
learners' code, that code sees.
"""

from __future__ import annotations

import contextlib
import resource
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from course.benchmark.contract import ROOT, Ground

MOST_MEMORY, MOST_PROCESSES = 5 << 30, 200
_LIMITS = {
    resource.RLIMIT_AS: 12 << 30,  # of each process; PyTorch maps a lot that it never uses
    resource.RLIMIT_FSIZE: 200 << 20,
    resource.RLIMIT_NOFILE: 1024,
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_CPU: 900,
}
_SHOWN = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc/alternatives", "/etc/ssl", "/etc/fonts",
          "/etc/hosts", "/etc/passwd", "/etc/nsswitch.conf")  # fmt: skip
_PARTS = ("checks", "helpers", "reference")


def around(command: Sequence[str], ground: Ground) -> list[str]:
    """The command in the sandbox, watched while it runs.

    The folder of the ground is the only one that it can write to, but for private ones. Raises
    FileNotFoundError where there is no bubblewrap: nothing is run without it.
    """
    bubblewrap = shutil.which("bwrap")
    if bubblewrap is None:
        raise FileNotFoundError("there is no bwrap: install bubblewrap; nothing runs without it")
    watched = [sys.executable, "-m", "course.benchmark.sandbox", bubblewrap]
    return watched + _options(ground, command) + ground.listening(command[0], command)


def _options(ground: Ground, command: Sequence[str]) -> list[str]:
    ours, theirs = (str(path.resolve()) for path in (Path(sys.prefix), ground.environments))
    shown = {*_SHOWN, sys.base_prefix, ours, theirs}
    options = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    options += ["--proc", "/proc", "--dev", "/dev", "--clearenv"]
    options += ["--size", str(512 << 20), "--tmpfs", "/tmp"]
    options += ["--size", str(64 << 20), "--tmpfs", "/home/grader"]
    for path in sorted(shown):
        options += ["--ro-bind-try", path, path]
    for part in _PARTS:
        options += ["--ro-bind", str(ROOT / part), f"/parts/{part}"]
    python = Path(command[0]).parent
    variables = {
        "PATH": f"{python}:{ours}/bin:/usr/bin:/bin", "HOME": "/home/grader",
        "LANG": "C.UTF-8", "PYTHONPATH": "/parts", "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg",
        "JUPYTER_CONFIG_DIR": "/home/grader/jupyter",
    }  # fmt: skip
    for name, value in (variables | ground.environment).items():
        options += ["--setenv", name, value]
    folder = str(ground.folder)
    options += ["--bind", folder, folder, "--remount-ro", "/", "--chdir", folder, "--"]
    return options


def _run(command: list[str]) -> int:
    """Start it with limits, and end it when all its processes together take too much."""
    for limit, value in _LIMITS.items():
        resource.setrlimit(limit, (value, value))
    process = psutil.Popen(command)
    while process.poll() is None:
        children = process.children(recursive=True)
        memory = 0
        for child in children:
            with contextlib.suppress(psutil.Error):
                memory += child.memory_info().rss
        if memory > MOST_MEMORY or len(children) > MOST_PROCESSES:
            process.kill()
            print("ended: it took too much of the machine", file=sys.stderr)
        time.sleep(0.3)
    return int(process.returncode)


if __name__ == "__main__":
    sys.exit(_run(sys.argv[1:]))
