"""A benchmark for autograders: what graders make of right answers, wrong ones, attacks.

`python -m course.benchmark` runs it; README.md tells what it is, contract.md what a
grader has to give.
"""
