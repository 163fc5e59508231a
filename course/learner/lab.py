"""JupyterLab as learners get it: what `llm-basics lab` opens.

It serves work/ alone and opens lesson 00, later one's progress, in front of what was open last. Its
settings, in `course/learner/jupyter/`, come on top of the computer's own, for this JupyterLab only;
what learners set in JupyterLab themselves wins:

- nbgrader shows Validate, in exercises, and nothing that is the instructor's;
- the kernel of a notebook that is closed ends, and one that nobody is connected to ends after half
  an hour: each holds up to 1.6 GB;
- there is no question about news, the file list has room for whole names, and Markdown, such as
  the glossary, opens as one reads it;
- the model that writes in lesson 00's page is handed out as `static/austen/`;
- `labextensions/` has what no setting does: see its `static/remoteEntry.js`;
- the windows of other projects stay out: what was open is remembered in `work/.workspaces`.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from course.learner.overview import PAGE, write_page

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = Path(__file__).resolve().parent / "jupyter"


def lab_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` with the course's settings, before any that it names already."""
    others = environment.get("JUPYTER_CONFIG_PATH")
    path = os.pathsep.join([str(SETTINGS), *([others] if others else [])])
    return {**environment, "JUPYTER_CONFIG_PATH": path}


def lab_arguments(root: Path = ROOT) -> list[str]:
    """What `jupyter lab` is called with: what to serve, and what to open."""
    workspaces = root / "work" / ".workspaces"
    first = "00-start-here.ipynb" if not any(workspaces.glob("*")) else PAGE
    return [
        f"--ServerApp.root_dir={root / 'work'}",
        f"--ServerApp.extra_static_paths={ROOT / 'helpers' / 'models'}",
        f"--LabApp.workspaces_dir={workspaces}",
        f"--LabApp.default_url=/lab/tree/{first}",
        f"--LabApp.extra_labextensions_path={SETTINGS / 'labextensions'}",
    ]


def open_lab(arguments: Sequence[str] = ()) -> None:
    """Run JupyterLab, and hand `arguments` on to it."""
    os.environ.update(lab_environment(os.environ))
    write_page(ROOT / "work")
    os.chdir(ROOT)  # where Validate finds nbgrader_config.py
    from jupyterlab.labapp import main as jupyter_lab

    jupyter_lab([*lab_arguments(), *arguments])
