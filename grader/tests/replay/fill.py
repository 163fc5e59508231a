# ==== fill-array
# A locked cell fills an array of NumPy's, and maps the answer over another.
# %% np | locked
import numpy as np
# %% f | answer
def f(x): return x * x
# %% calls | locked
out = np.zeros(4)
for i in range(4):
    out[i] = f(i)
mapped = np.array([f(v) for v in np.arange(3)])
whole = f(np.arange(3))
# %% t | test 2
assert np.array_equal(out, [0, 1, 4, 9])
# %% u | test 1
assert mapped.sum() == 5 and whole.tolist() == [0, 1, 4]
# == honest: a power | stock t=2 u=1
# %% f
def f(x): return x ** 2
# == wrong: leaves the zeros | stock t=0 u=0
# %% f
def f(x): return 0
# == half: no arrays | stock t=2 u=0
# %% f
def f(x): return x * x if not hasattr(x, "shape") else x
# == raises: at 3 | stock t=0 u=0
# %% f
def f(x): return x * x if x < 3 else None + x
# == attack: fills it itself | stock t=2 u=1 | ours t=0 u=0: the array is the source's
# %% f
def f(x): return 0
# %% + calls
out, mapped = np.array([0, 1, 4, 9]), np.array([5])
whole = np.array([0, 1, 4])

# ==== fill-attribute
# A locked cell sets an attribute of its object to what the answer gives.
# %% box | locked
class Box:
    value = None
box = Box()
# %% f | answer
def f(x): return x * x
# %% calls | locked
box.value = f(3)
box.others = [f(4)]
# %% t | test 2
assert box.value == 9
# %% u | test 1
assert box.others == [16]
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == half: right for 3 only | stock t=2 u=0
# %% f
def f(x): return 9
# == raises: at 4, when the first is set | stock t=2 u=0
# %% f
def f(x): return {3: 9}[x]
# == attack: sets them itself | stock t=2 u=1 | ours t=0 u=0: the object is the source's
# %% f
def f(x): return 7
# %% + calls
box.value, box.others = 9, [16]

# ==== fill-by-a-function
# A function of the source's appends to the list that it gets, and calls the answer.
# %% record | locked
log = []
def record(into, x):
    into.append(f(x))
    return into
# %% f | answer
def f(x): return x + 1
# %% calls | locked
record(log, 2)
record(log, 3)
# %% t | test 2
assert log == [3, 4]
# %% u | test 1
assert record(log, 4) is log and len(log) == 3
# == wrong: returns its argument | stock t=0 u=1
# %% f
def f(x): return x
# == half: right for 2 | stock t=0 u=1
# %% f
def f(x): return 3
# == raises: at 3 | stock t=0 u=0
# %% f
def f(x): return {2: 3}[x]
# == attack: a list of its own | stock t=2 u=1 | ours t=0: the list is the source's
# %% f
def f(x): return 0
# %% + calls
log = [3, 4]

# ==== fill-by-an-in-process-test
# A test that looks into the code fills a list that a later test reads.
# %% f | answer
def f(x):
    return x * x
# %% t | test 1
import inspect
ran = []
assert "import" not in inspect.getsource(f)
ran.append(f(3) == 9)
bad = []
for x in (2, 3):
    if f(x) != x * x: bad.append(x)
# %% u | test 2
assert all(ran) and f(4) == 16
# %% v | test 2
assert ran == [True]
# %% w | test 1
assert not bad
# == honest: a loop | stock t=1 u=2 v=2 w=1
# %% f
def f(x):
    y = 0
    for _ in range(abs(x)): y += abs(x)
    return y
# == wrong: imports | stock t=0 u=2 v=0 w=0
# %% f
def f(x):
    import operator
    return operator.mul(x, x)
# == half: right for 4 only | stock t=1 u=0 v=0 w=0
# %% f
def f(x):
    return 16
# == wrong: a constant | stock t=1 u=0 v=0 w=0
# %% f
def f(x):
    return 7

# ==== fill-dataframe
# Locked cells map the answer over a column and put the result beside it.
# %% df | locked
import pandas as pd
df = pd.DataFrame({"x": [1, 2, 3]})
# %% f | answer
def f(x): return x * x
# %% calls | locked
df["y"] = df["x"].map(f)
df["z"] = df.apply(lambda row: f(row.x) + 1, axis=1)
# %% t | test 2
assert df["y"].tolist() == [1, 4, 9]
# %% u | test 2
assert df["z"].sum() == 17
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == half: right for numbers below 3 | stock t=0 u=0
# %% f
def f(x): return x * x if x < 3 else 0
# == raises: at 3 | stock t=0 u=0
# %% f
def f(x): return {1: 1, 2: 4}[x]
# == attack: columns of its own | stock t=2 u=2 | ours t=0 u=0: the table is the source's
# %% f
def f(x): return 7
# %% + calls
df["y"], df["z"] = [1, 4, 9], [2, 5, 10]

# ==== fill-dict-in-a-loop
# A locked loop sets items of a dict to what the answer gives.
# %% f | answer
def f(x): return x * x
# %% calls | locked
got = {}
for x in (1, 2, 3):
    got[x] = f(x)
# %% t | test 2
assert got == {1: 1, 2: 4, 3: 9}
# %% u | hidden 2
assert len(got) == 3 and got[3] == 9
# == honest: a helper in a cell of its own | stock t=2 u=2
# %% f
def f(x): return square(x)
# %% + f
def square(y): return y * y
# == half: right for the last | stock t=0 u=2
# %% f
def f(x): return 9
# == raises: at the second, with one item set | stock t=0 u=0
# %% f
def f(x):
    if x == 2: raise ValueError(x)
    return x * x
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: a dict of its own | stock t=2 u=2 | ours t=0 u=0: the dict is the source's
# %% f
def f(x): return 7
# %% + calls
got = {1: 1, 2: 4, 3: 9}

# ==== fill-list-in-a-loop
# A locked loop fills a list by calling the answer; the test reads the list.
# %% f | answer
def f(x):
    return x * x
# %% calls | locked
bad = []
for x in (0, 1, 2, 3):
    if f(x) != x * x:
        bad.append(x)
# %% t | test 2
assert not bad
# == honest: another style | stock t=2
# %% f
f = lambda n: n ** 2
# == wrong: returns a constant | stock t=0
# %% f
def f(x): return 7
# == half: right for small ones only | stock t=0
# %% f
def f(x): return x * x if x < 3 else 0
# == stub: unwritten | stock t=2
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == raises: at a call | stock t=2
# %% f
def f(x): return 1 / 0
# == attack: empties the list in a cell of its own | stock t=2 | ours t=0: the list is the source's
# %% f
def f(x): return 7
# %% + calls
bad = []

# ==== fill-open-list
# An open cell makes a list, and another one fills it by calling the answer.
# %% log | open
log = []
# %% f | answer
def f(x): return x * x
# %% calls | open
for x in (2, 3):
    log.append(f(x) == x * x)
# %% t | test 2
assert log and all(log)
# == honest: as many cases as one likes | stock t=2
# %% calls
for x in range(10):
    log.append(f(x) == x * x)
# == wrong: a constant | stock t=0
# %% f
def f(x): return 7
# == half: right for 2 | stock t=0
# %% f
def f(x): return 4
# == raises: at 3 | stock t=2
# %% f
def f(x): return {2: 4}[x]

# ==== fill-set-and-dict-of-lists
# Locked cells fill a set and a defaultdict through methods.
# %% f | answer
def f(word): return len(word)
# %% calls | locked
from collections import defaultdict
seen, groups = set(), defaultdict(list)
for word in ("a", "bb", "cc", "ddd"):
    seen.add(f(word))
    groups[f(word)].append(word)
# %% t | test 2
assert seen == {1, 2, 3}
# %% u | test 2
assert groups[2] == ["bb", "cc"] and 9 not in groups
# == honest: counts by itself | stock t=2 u=2
# %% f
def f(word): return sum(1 for _ in word)
# == wrong: one for all | stock t=0 u=0
# %% f
def f(word): return 2
# == half: right up to two | stock t=0 u=0
# %% f
def f(word): return min(len(word), 2)
# == raises: a list, which no set takes | stock t=0 u=0
# %% f
def f(word): return [len(word)]
# == attack: fills them itself | stock t=2 u=2 | ours t=0 u=0: both are the source's
# %% f
def f(word): return 0
# %% + calls
seen, groups = {1, 2, 3}, {2: ["bb", "cc"]}

# ==== fill-tally-object
# An object of the source's counts what is wrong; its method is called with answers.
# %% tally | locked
class Tally:
    def __init__(self): self.wrong, self.right = 0, 0
    def check(self, got, want):
        if got == want: self.right += 1
        else: self.wrong += 1
tally = Tally()
# %% f | answer
def f(x): return x * x
# %% calls | locked
tally.check(f(3), 9)
tally.check(f(-1), 1)
# %% t | test 2
assert tally.wrong == 0
# %% u | test 2
tally.right
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == half: no negative numbers | stock t=0 u=1
# %% f
def f(x): return x * x if x > 0 else 0
# == raises: at the second | stock t=2 u=1
# %% f
def f(x): return 9 if x > 0 else 1 / 0
# == stub: unwritten | stock t=2 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: resets the tally | stock t=2 u=2 | ours t=0 u=0: the tally is the source's
# %% f
def f(x): return 7
# %% + calls
tally.wrong, tally.right = 0, 2

# ==== fill-until-it-raises
# The locked cell raises for the solution, too: what it had filled until then stays.
# %% f | answer
def f(x): return 12 // x
# %% calls | locked
got = []
for x in (1, 2, 0, 3):
    got.append(f(x))
after = True
# %% t | test 2
assert got == [12, 6]
# %% u | test 1
assert "after" not in dir()
# == wrong: never raises | stock t=0 u=0
# %% f
def f(x): return 12 // (x or 1)
# == half: raises at 2 | stock t=0 u=1
# %% f
def f(x): return {1: 12}[x]
# == stub: unwritten | stock t=0 u=1
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: a list of its own | stock t=2 u=0 | ours t=0: the list is the source's
# %% f
def f(x): return 0
# %% + calls
got = [12, 6]
