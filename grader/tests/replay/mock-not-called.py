# The answer must ask nobody, not sleep, not use Python's own sorted.
# %% f | answer
def third(xs):
    xs = [*xs]
    for _ in range(2): xs.remove(min(xs))
    return min(xs)
# %% t | test 2
from unittest.mock import patch
with patch("builtins.sorted", side_effect=AssertionError("no sorted")):
    assert third([3, 1, 2]) == 3
# %% u | test 1
with patch("time.sleep") as slept, patch("builtins.input") as asked:
    third([3, 1, 2])
slept.assert_not_called()
asked.assert_not_called()
# == honest: sorts a copy | stock t=2 u=1
# %% f
def third(xs):
    xs = [*xs]
    xs.sort()
    return xs[2]
# == wrong: heapq, which takes sorted | stock t=0 u=1
# %% f
import heapq
def third(xs): return heapq.nsmallest(3, xs)[-1]
# == wrong: sorted | stock t=0 u=1
# %% f
def third(xs): return sorted(xs)[2]
# == wrong: sleeps | stock t=2 u=0
# %% f
import time
def third(xs):
    time.sleep(0.01)
    return [*xs][0]
# == wrong: a constant | stock t=0 u=1
# %% f
def third(xs): return 2
