"""What this package plugs into nbgrader's own commands; nothing else of this package imports it.

`autograde`, `feedback`, `export`, `exchange` and `report` each serve the command of that name.
`feedback_page`, `markup`, `formulas` and the folder templates/ make the pages of `feedback`.
"""
