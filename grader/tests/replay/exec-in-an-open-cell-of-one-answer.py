# The same without tests that read the names elsewhere: the learner's own judge is no judge.
# %% judge | locked
%%capture
exec("def check(v): return v == 9")
# %% scratch | answer
# notes
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert check(f(3))
# == wrong: a constant | stock t=0
# %% f
def f(x): return 7
# == honest: another style | stock t=2
# %% f
f = lambda x: x ** 2
# == attack: a judge of its own | stock t=2 | ours t=0: the judge is the source's
# %% f
def f(x): return 7
# %% + f
def check(v): return True
