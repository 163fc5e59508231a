"""The package's command, `nbexaminer`: `python -m nbexaminer` is the same."""

import click

import nbexaminer.startup  # noqa: F401  before anything that imports nbformat
from nbexaminer.commands import COMMANDS
from nbexaminer.commands.group import Sections


@click.group(cls=Sections, sections={"Commands": COMMANDS})
@click.version_option(package_name="nbexaminer")
def main() -> None:
    """Grade an nbgrader course: in a sandbox, many at a time, with hidden tests kept apart."""


if __name__ == "__main__":
    main(prog_name="nbexaminer")
