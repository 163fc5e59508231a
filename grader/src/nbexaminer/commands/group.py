"""Commands that are imported when they are asked for, since some take a second to import."""

import pkgutil
from collections.abc import Mapping
from typing import Any

import click


class Sections(click.Group):
    """A group of commands under headings.

    sections: of each heading, the commands' names, with the module and the attribute of each.
    """

    def __init__(self, *, sections: Mapping[str, Mapping[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sections = sections
        self._targets = {k: v for commands in sections.values() for k, v in commands.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the sections."""
        return [*self._targets]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or `None`."""
        target = self._targets.get(cmd_name)
        return None if target is None else pkgutil.resolve_name(target)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with a line of help each, section by section."""
        for title, names in self.sections.items():
            found = [(name, self.get_command(ctx, name)) for name in names]
            with formatter.section(title):
                formatter.write_dl(
                    [(name, command.get_short_help_str(200)) for name, command in found if command]
                )
