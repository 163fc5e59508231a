# The source defines its judge by exec, and one of its answers has no statements.
# %% scratch | answer
# a place for notes
# %% judge | locked
exec("def check(v): return v == 9\nwant = 9")
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert check(f(3))
# %% u | test 1
assert f(3) == want
# == honest: notes | stock t=2 u=1
# %% scratch
notes = "3 * 3"
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == attack: a judge in the scratch | stock t=2 u=1 | ours t=0 u=0: what it defines there judges nothing
# %% f
def f(x): return 7
# %% + f
def check(v): return True
want = 7
# == attack: a judge in the answer | stock t=2 u=1 | ours t=0 u=0: what an answer defines besides judges nothing
# %% f
def f(x): return 7
def check(v): return True
want = 7
