# A locked cell looks whether there is an answer.
# %% f | answer
def f(x): return x * x
# %% there | locked
try:
    f
except NameError:
    there = False
else:
    there = True
# %% t | test 1
assert there
# %% u | test 1
assert callable(f) and f(2) == 4
# == honest: an object that can be called | stock t=1 u=1
# %% f
class F:
    def __call__(self, x): return x * x
f = F()
# == wrong: another name | stock t=0 u=0
# %% f
def g(x): return x * x
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == wrong: a number | stock t=1 u=0
# %% f
f = 4
# == attack: says so | stock t=1 u=0 | ours t=0: the flag is the source's
# %% f
g = 1
# %% + there
there = True
