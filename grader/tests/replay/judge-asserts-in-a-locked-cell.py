# A locked cell asserts by itself, and defines what comes behind it; functions of it assert, too.
# %% f | answer
def f(x): return x * x
# %% sanity | locked
assert f(3) == 9, "look again"
passed = ["sanity"]
# %% tests | locked
def test_small(): assert f(2) == 4
def test_all():
    test_small()
    passed.append("small")
    return "OK"
# %% t | test 2
assert passed[0] == "sanity"
# %% u | test 2
assert test_all() == "OK" and passed == ["sanity", "small"]
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == half: right for 3 | stock t=2 u=0
# %% f
def f(x): return 9
# == half: right for 2 | stock t=0 u=0
# %% f
def f(x): return 4
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: says so | stock t=2 u=2 | ours t=0 u=0: the names are the source's
# %% f
def f(x): return 7
# %% + tests
passed = ["sanity"]
def test_all():
    passed.append("small")
    return "OK"
