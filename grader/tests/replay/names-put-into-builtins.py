# The source puts its judge into builtins and into a module of its own making.
# %% judge | locked
import builtins, sys, types
builtins.right = lambda v: v == 9
marks = types.ModuleType("marks")
marks.full = lambda v: v == 16
sys.modules["marks"] = marks
# %% more | open
from marks import full
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert right(f(3))
# %% u | test 2
import marks as same
assert full(f(4)) and same.full(f(4))
# == honest: a loop | stock t=2 u=2
# %% f
def f(x): return sum(x for _ in range(x))
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == half: right for 3 | stock t=2 u=0
# %% f
def f(x): return 9
# == attack: judges of its own | stock t=2 u=2 | ours t=0 u=0: the judges are the source's
# %% f
def f(x): return 7
# %% + f
def right(v): return True
def full(v): return True
class marks: full = full
import sys
sys.modules["marks"] = marks
