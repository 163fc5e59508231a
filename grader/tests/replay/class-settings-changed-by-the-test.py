# A test changes an attribute and an item of the source's that the answer reads.
# %% given | locked
class Config:
    n = 3
settings = {"k": 2}
rows = [1, 2]
# %% f | answer
def f(): return Config.n * settings["k"] + len(rows)
# %% t | test 2
assert f() == 8
Config.n = 5
settings["k"] = 3
rows.append(9)
assert f() == 18
# %% u | test 1
assert f() == 18
# == honest: reads them in another order | stock t=2 u=1
# %% f
def f():
    return len(rows) + settings["k"] * Config.n
# == wrong: a constant | stock t=0 u=0
# %% f
def f(): return 8
# == wrong: remembers | stock t=0 u=0
# %% f
known = Config.n * settings["k"] + len(rows)
def f(): return known
# == wrong: what the test wants last | stock t=0 u=1
# %% f
def f(): return 18
