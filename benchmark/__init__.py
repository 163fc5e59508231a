"""A benchmark for autograders: right answers, wrong ones and attacks, and what graders make of them.

`python -m benchmark` runs it; README.md tells what it is, contract.md what a grader has to give.
"""
