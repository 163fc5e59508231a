# A test's function sets a global, and a locked one sets what the answer defines.
# %% f | answer
level = 1
def f(x): return x + level
# %% set | locked
def set_level(n):
    global level
    level = n
# %% t | test 1
def run():
    global got
    got = f(1)
run()
assert got == 2
# %% u | test 1
set_level(5)
assert f(1) == 6 and level == 5
# == honest: in two steps | stock t=1 u=1
# %% f
level = 1
def f(x):
    y = level
    return x + y
# == wrong: level is no global | stock t=1 u=0
# %% f
level = 1
def f(x, level=1): return x + level
# == wrong: a constant | stock t=0 u=1
# %% f
level = 5
def f(x): return 6
