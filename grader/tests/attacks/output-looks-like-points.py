"""Ends in a lone number, which nbgrader takes for the points of a test cell."""
# verdict: failed
# in: extra
print(4)
4.0
