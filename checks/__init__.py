"""What the test cells of the exercises stand on.

`checks.core` calls an answer, compares what comes back with the reference, and
names the misconception when a known one gives the same result. One module per
exercise holds its points, its references and its known misconceptions.
"""
