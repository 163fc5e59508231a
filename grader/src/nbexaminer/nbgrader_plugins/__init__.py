"""What this package plugs into nbgrader's own commands; `nbgrader_config.py` names it.

`generate`, `autograde`, `feedback` and `export` each serve the command of that name, `exchange`
those that collect, list and release, `report` is another export, and `submit` is for learners'
own nbgrader_config.py. `formgrader` and `late_policy` are what their names say. The pages
themselves are made in `nbexaminer.classroom.pages`; zip_collect's are `lms`'s.
"""
