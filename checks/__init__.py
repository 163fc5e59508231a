"""What the test cells of the exercises stand on.

`checks.check` calls an answer, compares what comes back with the reference (`compare`), and names
the misconception that explains it (`mistakes`, `seen`). An exercise is a module with its answers,
and for each the reference, its known misconceptions and its hidden cases; most are a folder,
with a module an answer. To import them does nothing: what changes while they are called is in
`checks.run`.
"""
