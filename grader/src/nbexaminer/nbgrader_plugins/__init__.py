"""What this package plugs into nbgrader's own commands; nothing else of this package imports it.

`autograde`, `feedback`, `export`, `exchange` and `report` each serve the command of that name. The
pages themselves are made in `nbexaminer.pages`.
"""
