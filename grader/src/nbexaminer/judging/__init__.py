"""A source notebook and what was handed in: verdicts, messages, and a graded notebook.

Others use `session.engine`: `Engine.grade` takes the bytes of both. It knows no folder, no
gradebook and no class; of nbgrader, only what it makes of a source to hand out.

`notebook` reads what was handed in and sets it into the source; `names` reads in the source's text
how its tests run; `session` runs answers and tests; `codecs` has what crosses between them.
`profile`, `limits`, `ways` and `message` are what these have in common.
"""
