"""What nbgrader's gradebook and our tables beside it hold of what was graded.

Others use `writer.ClassGradebook` and `GradebookError`, `journal` for what has been graded already,
`attempts` for those of `serve`, `registration.register` for an exercise as it stands in source/,
`lateness` for penalties, and `dropping` for a question that no longer counts.
"""
