"""What nbgrader_config.py plugs into nbgrader's own commands; nothing else of grading imports it.

`autograde`, `feedback`, `export`, `exchange` and `report` each serve the command of that name.
`feedback_page`, `markup`, `formulas` and the folder templates/ make the pages of `feedback`.
"""
