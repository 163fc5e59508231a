"""The course's command, `llm-basics`: `python -m course` is the same."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import click

try:
    import nbexaminer.startup  # noqa: F401  before anything that imports nbformat
except ModuleNotFoundError:
    sys.exit(
        "The grader is not installed: `make env`, or `python course/learner/install.py` (with uv: "
        "`uv run course/learner/install.py`), brings it."
    )
from nbexaminer.commands import COMMANDS
from nbexaminer.commands.group import Sections

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "For learners": {
        "lab": "course.learner.commands:lab",
        "score": "course.learner.score:score",
        "solution": "course.learner.commands:solution",
        "my-llm": "course.learner.my_llm.commands:my_llm",
        "completion": "course.learner.completion:completion",
    },
    "For instructors": {
        **COMMANDS,
        "demo": "course.maintenance.demo:main",
        "handout": "course.maintenance.handout:handout",
    },
    "For maintainers": {
        "test": "course.maintenance.testing:test",
        "new": "course.authoring.commands:new_command",
        "check-sources": "course.authoring.commands:check_command",
        "release": "course.authoring.commands:release_command",
        "solutions": "course.authoring.commands:solutions_command",
        "explain": "course.authoring.commands:explain_command",
        "accuracy": "course.maintenance.accuracy:main",
        "book": "course.book.__main__:book",
        "lock": "course.maintenance.lock:main",
    },
}
"""The commands by who needs them: of each, the module and the name of its click command."""


@click.group("llm-basics", cls=Sections, sections=SECTIONS)
@click.version_option(package_name="llm-basics")
def main() -> None:
    """LLM basics. What learners, instructors and maintainers do with the course."""


if __name__ == "__main__":
    main(prog_name="llm-basics")
