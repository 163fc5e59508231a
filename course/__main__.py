"""The course's command, `llm-basics`: `python -m course` is the same."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

import click

import nbexaminer.lean_imports  # noqa: F401  before anything that imports nbformat

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "For learners": {
        "lab": "course.learner.commands:lab",
        "score": "course.learner.score:score",
        "solution": "course.learner.commands:solution",
    },
    "For instructors": {
        "check": "nbexaminer.commands.check:check",
        "roster": "nbexaminer.commands.roster:roster",
        "due": "nbexaminer.commands.due:due",
        "extend": "nbexaminer.commands.extend:extend",
        "collect": "nbexaminer.commands.collect:collect",
        "grade": "nbexaminer.commands.grade:grade",
        "serve": "nbexaminer.commands.serve:serve",
        "drop": "nbexaminer.commands.drop:drop",
        "fill": "nbexaminer.commands.fill:fill",
        "give-back": "nbexaminer.commands.give_back:give_back",
        "demo": "course.maintenance.demo:main",
    },
    "For maintainers": {
        "test": "course.maintenance.testing:test",
        "new": "course.authoring.commands:new_command",
        "check-sources": "course.authoring.commands:check_command",
        "release": "course.authoring.commands:release_command",
        "solutions": "course.authoring.commands:solutions_command",
        "accuracy": "course.maintenance.accuracy:main",
        "book": "course.book.__main__:book",
        "lock": "course.maintenance.lock:main",
    },
}
"""The commands by who needs them: of each, the module and the name of its click command."""


class Commands(click.Group):
    """Commands that are imported when they are asked for, since some import PyTorch."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of `SECTIONS`."""
        return [name for commands in SECTIONS.values() for name in commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or `None`."""
        for commands in SECTIONS.values():
            if cmd_name in commands:
                module, _, attribute = commands[cmd_name].partition(":")
                command: click.Command = getattr(importlib.import_module(module), attribute)
                return command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with a line of help each, section by section."""
        for title, names in SECTIONS.items():
            found = [(name, self.get_command(ctx, name)) for name in names]
            with formatter.section(title):
                formatter.write_dl(
                    [(name, command.get_short_help_str(200)) for name, command in found if command]
                )


@click.command(cls=Commands)
@click.version_option(package_name="llm-basics")
def main() -> None:
    """Lesson 1: LLM basics. What learners, instructors and maintainers do with the course."""


if __name__ == "__main__":
    main(prog_name="llm-basics")
