"""Command line of grading: `python -m grading`; `grading/commands/` has a module a command."""

from __future__ import annotations

import sys
from typing import Any

# jsonschema compiles a grammar for a format that no notebook has, 0.7 s in every process.
_modules: dict[str, Any] = sys.modules
_modules.setdefault("rfc3987_syntax", None)

import click  # noqa: E402

from grading.commands.check import check  # noqa: E402
from grading.commands.collect import collect  # noqa: E402
from grading.commands.drop import drop  # noqa: E402
from grading.commands.due import due  # noqa: E402
from grading.commands.extend import extend  # noqa: E402
from grading.commands.fill import fill  # noqa: E402
from grading.commands.give_back import give_back  # noqa: E402
from grading.commands.grade import grade  # noqa: E402
from grading.commands.roster import roster  # noqa: E402
from grading.commands.serve import serve  # noqa: E402


@click.group(help="Grade what learners hand in, in a sandbox, and what a class needs around it.")
def main() -> None:
    """The group of commands."""


for command in (check, collect, drop, due, extend, fill, give_back, grade, roster, serve):
    main.add_command(command)

if __name__ == "__main__":
    main()
