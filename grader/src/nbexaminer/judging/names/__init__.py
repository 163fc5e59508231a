"""What can be read in a source's text of how its tests run; nothing is run.

Others use `steps`, which says what the test runner does at each cell and which tests can't be
isolated; `reasons`, which says why in words; and `names`, which a cell's text defines and reads.
"""
