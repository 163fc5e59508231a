# Names that must not be there, and names of the source that an answer must not touch.
# %% given | locked
LIMITS = {"low": 1, "high": 9}
items = ["a", "b"]
# %% f | answer
def clamp(x): return max(LIMITS["low"], min(LIMITS["high"], x))
def last(): return items[-1]
# %% t | test 1
assert clamp(20) == 9 and LIMITS == {"low": 1, "high": 9}
# %% u | test 1
assert last() == "b" and items == ["a", "b"]
# %% v | test 1
assert "helper" not in globals()
# == honest: a helper | stock t=1 u=1 v=1
# %% f
def low(x): return max(LIMITS["low"], x)
def clamp(x): return low(min(LIMITS["high"], x))
def last(): return items[len(items) - 1]
# == wrong: changes what is given | stock t=1 u=0 v=1
# %% f
def clamp(x):
    LIMITS["high"] = max(LIMITS["high"], x) - 11
    return LIMITS["high"]
def last(): return items.pop()
# == wrong: takes the name | stock t=1 u=1 v=0
# %% f
def helper(x): return min(9, x)
def clamp(x): return max(1, helper(x))
def last(): return "b"
