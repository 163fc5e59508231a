"""What the test cells of the exercises stand on.

`checks.check` calls an answer, compares what comes back with the reference (`compare`), and names
the misconception that explains it (`mistakes`, `seen`). A folder an exercise holds its points,
and in a module an answer the reference, its known misconceptions and its hidden cases.
"""
