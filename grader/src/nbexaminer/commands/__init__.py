"""The package's commands, listed here. Nothing else of it prints or exits.

A command is options, words and exit status. What it does is in the other rooms,
which are imported inside the command, since nbgrader takes a second to import.
"""

from collections.abc import Mapping

COMMANDS: Mapping[str, str] = {
    "check": "nbexaminer.commands.check:check",
    "try": "nbexaminer.commands.trying:try_",
    "roster": "nbexaminer.commands.roster:roster",
    "due": "nbexaminer.commands.deadlines:due",
    "extend": "nbexaminer.commands.deadlines:extend",
    "collect": "nbexaminer.commands.learning_platforms:collect",
    "grade": "nbexaminer.commands.grade:grade",
    "serve": "nbexaminer.commands.serve:serve",
    "drop": "nbexaminer.commands.drop:drop",
    "fill": "nbexaminer.commands.learning_platforms:fill",
    "give-back": "nbexaminer.commands.learning_platforms:give_back",
}
"""Of each command the module, and the name of its click command there."""
