# An open cell defines the judge by exec, another one by %run; an answer has no statements.
# %% write | locked
%%writefile helper.py
def near(a, b): return abs(a - b) < 1e-6
# %% judge | open
exec("def check(v): return v == 9")
# %% run | open
%run helper.py
# %% scratch | answer
# notes
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert check(f(3))
# %% u | test 1
assert near(f(3), 9)
# == honest: notes | stock t=2 u=1
# %% scratch
notes = 3
# == honest: writes the judge out | stock t=2 u=1
# %% judge
def check(v): return v == 9
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: judges of its own | stock t=2 u=1 | ours t=0 u=0: the judges are the source's
# %% f
def f(x): return 7
# %% + f
def check(v): return True
near = max
