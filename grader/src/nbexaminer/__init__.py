"""Grades an nbgrader course: answers in a sandbox, tests apart from them, a class at a time.

A course plugs it in with two lines (`configuration`) and says what it has beside its notebooks
(`profile`). The way of a submission, a room a step:

`intake` takes what was handed in, `notebook` reads it and sets the answers into the source,
`sandbox` locks code in, `examination` runs answers and tests, `gradebook` writes down what came of
it, and `conveyor` carries a whole class along that way. Beside it: `people`, `deadlines`,
`pages` that people read, `similarity`, `lms` for what learning platforms give and take,
`nbgrader_plugins` for nbgrader's own commands, and `commands`, the only ones to print and exit.

Single modules: `settings` is what a class sets, `course_folder` where it lies, `database` how the
gradebook is reached, `files` how one is written, `message` what a failed test says, `errors` what
can't be done and the statuses of commands.
"""
