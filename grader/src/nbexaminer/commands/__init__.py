"""The commands of `llm-basics`, a module each, listed in `course/__main__.py`.

A module has a click command: options, words and exit status. What it does is in the other rooms,
which are imported inside the command, since nbgrader takes a second to import.
"""
