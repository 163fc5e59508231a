"""The package's commands, a module each, listed here. Nothing else of it prints or exits.

A module has a click command: options, words and exit status. What it does is in the other rooms,
which are imported inside the command, since nbgrader takes a second to import.
"""

from collections.abc import Mapping

COMMANDS: Mapping[str, str] = {
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
}
"""Of each command the module, and the name of its click command there."""
