"""What the test cells of the exercises stand on.

`checks.check` calls an answer, compares what comes back with the reference (`compare`), and names
the misconception that explains it (`mistakes`, `seen`). One module an exercise holds its points,
its references, its known misconceptions and its hidden cases.
"""
