"""Grades an nbgrader course: answers in a sandbox, tests apart from them, a class at a time.

A course plugs it in with two lines (`configuration`) and says what it has beside its notebooks
(`profile`). Four parts, each of which knows only those below it:

    lms          what learning platforms hand out and take back
    classroom    a course folder and its gradebook: a whole class at a time
    judging      a source and what was handed in: verdicts, messages, a graded notebook
    sandbox      runs a function on files, within limits

On top, `nbgrader_plugins` is for nbgrader's own commands, and `commands` has the only ones that
print and exit. Single modules: `settings` is what a class sets, `profile` what a course says of
itself, `files` how one is written, `errors` what can't be done and the statuses of commands.
"""
