"""From source/ to release/ and solutions/, and what is wrong with a source notebook.

Others use `exercises.ROOT`, `exercises.exercises` and `source_of`; `release.release`;
`solutions.solution`; `lint.faults`.
"""
