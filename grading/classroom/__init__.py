"""A whole class at a time: `python -m grading grade`.

Others use `run.grade_class`, `Course` and `Run`, and `console.Summary`. Workers import
`workers` and `fingerprint` alone of this room, and neither the gradebook nor the journal.
"""
