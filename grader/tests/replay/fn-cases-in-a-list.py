# Locked containers hold the answer itself.
# %% f | answer
def f(x): return x * x
def g(x): return x + 1
# %% cases | locked
def ref(x): return x + 1
cases = [(f, 3, 9), (g, 3, 4)]
case = {"fn": f, "y": 81}
pairs = [(g(x), ref(x)) for x in range(3)]
# %% t | test 2
assert all(fn(x) == y for fn, x, y in cases)
# %% u | hidden 2
assert case["fn"](9) == case["y"]
# %% v | test 1
assert all(a == b for a, b in pairs)
# == honest: lambdas | stock t=2 u=2 v=1
# %% f
f, g = lambda x: x * x, lambda x: x + 1
# == wrong: constants | stock t=0 u=0 v=0
# %% f
def f(x): return 7
def g(x): return 7
# == half: no g | stock t=0 u=0 v=0
# %% f
def f(x): return x * x
# == attack: empties them | stock t=2 u=2 v=1 | ours t=0 u=0 v=0: the containers are the source's
# %% f
def f(x): return 7
def g(x): return 7
# %% + cases
cases, pairs, case = [], [], {"fn": lambda x: 0, "y": 0}
# == attack: empties them in place | stock t=2 u=2 v=1 | ours t=0 u=0 v=0: the containers are the source's
# %% f
def f(x): return 7
def g(x): return 7
# %% + cases
cases.clear(); pairs.clear(); case["fn"] = lambda x: 81
