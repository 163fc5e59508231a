"""What is right: the course's own answers to its exercises, and the models made of them.

Some take a step a line: `checks` makes wrong answers of these, by another line for one of theirs.
"""
