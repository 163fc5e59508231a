# What calls give: None, True, the argument itself, an object that is kept.
# %% f | answer
def nothing(x): pass
def yes(x): return x > 0
def same(x): return x
def find(xs, k): return next((x for x in xs if x["k"] == k), None)
# %% t | test 1
assert nothing(1) is None and yes(1) is True and yes(0) is False
# %% u | test 1
xs = [1]
assert same(xs) is xs and same(None) is None
# %% v | test 1
rows = [{"k": 1}, {"k": 2}]
assert find(rows, 2) is rows[1] and find(rows, 3) is None
# %% w | test 1
find(rows, 1)["seen"] = True
assert rows[0] == {"k": 1, "seen": True}
# == honest: other words | stock t=1 u=1 v=1 w=1
# %% f
def nothing(x): return
def yes(x): return bool(x and x > 0)
def same(x): return [x][0]
def find(xs, k):
    for x in xs:
        if x["k"] == k: return x
# == wrong: prints, numbers, copies | stock t=0 u=0 v=0 w=0
# %% f
def nothing(x): return 0
def yes(x): return int(x > 0)
def same(x): return x and [*x]
def find(xs, k): return next((dict(x) for x in xs if x["k"] == k), None)
