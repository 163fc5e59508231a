# Only that a file is not there, and nothing imported: the solution shows nothing of it.
# %% f | answer
def total(xs): return sum(xs)
# %% t | test 1
import os
total([1, 2])
assert not os.path.exists("total.txt")
# %% u | test 1
import sys
assert "this" not in sys.modules and "antigravity" not in sys.modules
# %% v | test 1
assert total([1, 2]) == 3
# == honest: a loop | stock t=1 u=1 v=1
# %% f
def total(xs):
    n = 0
    for x in xs: n += x
    return n
# == wrong: writes it | stock t=0 u=1 v=1
# %% f
def total(xs):
    with open("total.txt", "w") as file: file.write(str(sum(xs)))
    return sum(xs)
# == wrong: imports it | stock t=1 u=0 v=1
# %% f
import this
def total(xs): return sum(xs)
