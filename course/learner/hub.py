"""JupyterLab as JupyterHub starts it for a user, as that user: `python -m course.learner.hub`.

A learner gets `~/llm-basics/work`, with copies of the lessons, and nbgrader's Assignment List,
which fetches the exercises into it. An instructor gets `~/llm-basics`, which is to be the course
folder, and the formgrader.
"""

import grp
import os
import shutil
import sys
from pathlib import Path

from course.learner.lab import ROOT, lab_arguments, lab_environment
from course.learner.overview import write_page
from course.learner.work import fill_work

INSTRUCTORS = "llm-instructors"
IDLE = 3600
"""Seconds after which a JupyterLab ends that nobody uses: each takes memory of the server."""


def is_instructor() -> bool:
    """Whether the account that runs this is in the group of instructors."""
    groups = {os.getgid(), *os.getgroups()}
    return any(group.gr_gid in groups for group in grp.getgrall() if group.gr_name == INSTRUCTORS)


def prepare_learner(home: Path, root: Path = ROOT) -> list[str]:
    """Fill a learner's `home`, without a word of theirs lost; gives the arguments of JupyterLab.

    root: the installed course.
    """
    for name in ("pyproject.toml", "course/learner/installation.py"):  # what lesson 00 checks with
        copy = home / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, copy)
    fill_work(root, work=home / "work", lessons_only=True)
    write_page(home / "work", root)
    return lab_arguments(home)


def main() -> None:
    """Run JupyterLab in JupyterHub; further arguments are handed on to it."""
    os.umask(0o077)  # nobody else reads what is written here; nbgrader opens what it hands over
    home = Path.home() / "llm-basics"
    home.mkdir(exist_ok=True)
    if is_instructor():
        settings = "instructors"
        os.chdir(home)  # where nbgrader looks for nbgrader_config.py
        arguments = [f"--ServerApp.root_dir={home}"]
    else:
        settings = "learners"
        os.environ.update(lab_environment(os.environ))
        arguments = prepare_learner(home)
        (start,) = (a for a in arguments if a.startswith("--LabApp.default_url="))
        os.environ["JUPYTERHUB_DEFAULT_URL"] = start.partition("=")[2]  # the hub's would win
        os.chdir(home / "work")  # where the Assignment List fetches to
    others = os.environ.get("JUPYTER_CONFIG_PATH", "")
    first = str(ROOT / "docs" / "hub" / settings)
    os.environ["JUPYTER_CONFIG_PATH"] = f"{first}{os.pathsep}{others}" if others else first
    from jupyterhub.singleuser import main as single_user

    # Over TCP, what a kernel prints could be read by every account. Paths of sockets must be short.
    os.environ["JUPYTER_RUNTIME_DIR"] = str(Path.home() / ".jupyter-run")
    kernels = "--ConnectionFileMixin.transport=ipc"
    idle = f"--ServerApp.shutdown_no_activity_timeout={IDLE}"
    sys.argv = [sys.argv[0], kernels, idle, *arguments]
    single_user()


if __name__ == "__main__":
    main()
