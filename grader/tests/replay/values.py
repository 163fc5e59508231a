# ==== value-arrays-and-tables
# Arrays, their dtypes, tables, Series, indices and missing values.
# %% libraries | locked
import numpy as np, pandas as pd
# %% v | answer
a = np.array([[1, 2], [3, 4]], dtype="int32")
m = a.mean()
df = pd.DataFrame({"k": ["x", "y", "x"], "v": [1.0, np.nan, 3.0]}).set_index("k")
s = df["v"].dropna()
mask = a > 1
# %% t | test 1
assert a.shape == (2, 2) and a.dtype == np.int32 and (a.T @ a)[0, 0] == 10 and m == 2.5
# %% u | test 1
assert df.shape == (3, 1) and df.index.tolist() == ["x", "y", "x"] and df["v"].isna().sum() == 1
# %% w | test 1
pd.testing.assert_series_equal(s, pd.Series([1.0, 3.0], index=pd.Index(["x", "x"], name="k"), name="v"))
# %% y | test 1
assert mask.sum() == 3 and isinstance(m, np.floating) and a[mask].tolist() == [2, 3, 4]
# %% z | test 1
np.testing.assert_allclose(a, [[1, 2], [3, 4]])
assert isinstance(df, pd.DataFrame) and df.groupby("k").v.sum()["x"] == 4
# == wrong: lists | stock t=0 u=0 w=0 y=0 z=0
# %% v
a = [[1, 2], [3, 4]]
m, df, s, mask = 2.5, {"v": [1, 3]}, [1.0, 3.0], [0, 1, 1, 1]
# == half: other dtypes | stock t=0 u=0 w=0 y=0 z=1
# %% v
a = np.array([[1.0, 2], [3, 4]])
m = float(a.mean())
df = pd.DataFrame({"k": ["x", "y", "x"], "v": [1.0, np.nan, 3.0]})
s = df["v"].dropna()
mask = a > 1

# ==== value-classes-of-builtins
# Subclasses of list, dict and float in an answer, iterators, ranges, regular expressions.
# %% v | answer
import re
class Bag(dict):
    def __missing__(self, key): return 0
    def most(self): return max(self, key=self.get)
class Celsius(float):
    def fahrenheit(self): return self * 9 / 5 + 32
bag = Bag(a=2, b=5)
temp = Celsius(100)
nums = range(0, 10, 3)
pattern = re.compile(r"\d+")
it = iter([1, 2])
# %% t | test 1
assert bag["zz"] == 0 and bag.most() == "b" and bag == {"a": 2, "b": 5} and isinstance(bag, dict)
# %% u | test 1
assert temp.fahrenheit() == 212 and temp == 100 and temp + 1 == 101 and isinstance(temp, float)
# %% w | test 1
assert list(nums) == [0, 3, 6, 9] and len(nums) == 4 and nums[-1] == 9 and 3 in nums
# %% x | test 1
assert pattern.findall("a1b22") == ["1", "22"] and pattern.match("x") is None
# %% y | test 1
assert next(it) == 1 and [*it] == [2] and [*it] == []
# == wrong: plain ones | stock t=0 u=0 w=0 x=0 y=0
# %% v
bag, temp, nums, pattern, it = {"a": 2, "b": 5}, 100.0, [0, 3, 6], r"\d+", [1, 2]
# == honest: other ways | stock t=1 u=1 w=1 x=1 y=1
# %% v
import re, collections
class Bag(collections.Counter):
    def most(self): return self.most_common(1)[0][0]
class Celsius(float):
    fahrenheit = lambda self: 1.8 * self + 32
bag, temp, nums = Bag({"a": 2, "b": 5}), Celsius("100"), range(0, 12, 3)
pattern, it = re.compile("[0-9]+"), (n for n in (1, 2))
# == stub: unwritten | stock t=0 u=0 w=0 x=0 y=0
# %% v
# YOUR CODE HERE
raise NotImplementedError()

# ==== value-copied-and-dumped
# Tests copy, pickle and dump what answers give.
# %% v | answer
data = {"a": [1, 2], "b": {"c": None}}
class Node:
    def __init__(self, value, next=None): self.value, self.next = value, next
    def __len__(self): return 1 + len(self.next or ())
chain = Node(1, Node(2))
# %% t | test 1
import copy, json, pprint
assert json.loads(json.dumps(data)) == data and pprint.pformat(data).startswith("{'a'")
# %% u | test 1
other = copy.deepcopy(data)
other["a"].append(3)
assert data["a"] == [1, 2] and {**data, "z": 1}["b"]["c"] is None
# %% w | test 1
twin = copy.deepcopy(chain)
twin.next.value = 5
assert chain.next.value == 2 and twin.next.value == 5 and len(twin) == 2
# %% x | test 1
import pickle
assert pickle.loads(pickle.dumps(chain)).next.value == 2 and chain.next.next is None
# %% y | test 1
chain.next.next = Node(9)
assert len(chain) == 3 and chain.next.next.value == 9
# == honest: dataclass | stock t=1 u=1 w=1 x=1 y=1
# %% v
from dataclasses import dataclass
data = dict(a=[1, 2], b=dict(c=None))
@dataclass
class Node:
    value: int
    next: "Node | None" = None
    def __len__(self): return 1 if self.next is None else 1 + len(self.next)
chain = Node(1, Node(2))
# == wrong: tuples | stock t=0 u=0 w=0 x=0 y=0
# %% v
data = {"a": (1, 2), "b": {}}
def Node(value, next=None): return (value, next)
chain = Node(1, Node(2))

# ==== value-equal-to-everything
# What an answer gives says of itself that it is equal to everything.
# %% f | answer
def f(x): return x * x
z = [1, 2]
# %% calls | locked
got = f(3)
good = got == 9
# %% t | test 2
assert f(3) == 9
# %% u | test 1
assert z == [1, 2] and 9 == f(-3)
# %% v | test 1
assert good and got == 9
# == wrong: a constant | stock t=0 u=0 v=0
# %% f
def f(x): return 7
z = [1]
# == attack: an object | stock t=2 u=1 v=1 | ours t=0 u=0 v=0: it is no number | waits t u v
# %% f
class Any:
    def __eq__(self, other): return True
def f(x): return Any()
z = Any()
# == attack: a list and a number | stock t=2 u=1 v=1 | ours t=0 u=0 v=0: they are none | waits t u v
# %% f
class L(list):
    def __eq__(self, other): return True
class N(int):
    def __eq__(self, other): return True
def f(x): return N(7)
z = L()

# ==== value-plain-ones
# Values of answers: numbers, texts, lists, dicts, sets, None, bytes, dates, by type and identity.
# %% v | answer
n, x, ok, nothing = 3, 2.5, True, None
text, raw, pair = "añb", b"\x00a", (1, (2, 3))
big, tiny, c = 2 ** 100, 1e-300, 1 + 2j
xs, d, s = [1, [2]], {"a": 1, (1, 2): [3]}, {1, 2}
import datetime, collections
day, order = datetime.date(2024, 2, 29), collections.OrderedDict(b=1, a=2)
# %% t | test 1
assert type(n) is int and type(x) is float and ok is True and nothing is None
# %% u | test 1
assert text == "añb" and raw == b"\x00a" and pair == (1, (2, 3)) and isinstance(pair, tuple)
# %% w | test 1
assert big == 2 ** 100 and tiny > 0 and c.imag == 2
# %% y | test 1
assert xs == [1, [2]] and d[(1, 2)] == [3] and s == {2, 1} and [*d] == ["a", (1, 2)]
# %% z | test 1
assert day.month == 2 and [*order] == ["b", "a"] and isinstance(order, dict)
# == wrong: of other types | stock t=0 u=0 w=0 y=0 z=0
# %% v
n, x, ok, nothing = 3.0, "2.5", 1, False
text, raw, pair = b"a", "a", [1, (2, 3)]
big, tiny, c = 1e30, 0, 1
xs, d, s = (1, [2]), {}, [1, 2]
day, order = "2024-02-29", {"a": 2, "b": 1}
# == honest: subclasses and other ways | stock t=1 u=1 w=1 y=1 z=1
# %% v
n, x, ok, nothing = int("3"), 5 / 2, not 0, {}.get(1)
text, raw, pair = "a" + chr(241) + "b", bytes([0, 97]), tuple([1, (2, 3)])
big, tiny, c = 1 << 100, 10 ** -300, complex(1, 2)
xs, d, s = list((1, [2])), dict([("a", 1), ((1, 2), [3])]), set("12") and {2, 1}
from datetime import date
day, order = date.fromisoformat("2024-02-29"), {"b": 1, "a": 2}
# == half: half of them | stock t=1 u=1 w=0 y=0 z=0
# %% v
n, x, ok, nothing = 3, 2.5, True, None
text, raw, pair = "añb", b"\x00a", (1, (2, 3))

# ==== value-results-are-none-or-true
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

# ==== lazy-function
# An answer gives back an iterator for work that it should do.
# %% f | answer
def each(f, xs):
    for x in xs: f(x)
def big(xs): return [x for x in xs if x > 5]
# %% t | test 1
assert callable(each) and list(big([7])) == [7]
# %% h | hidden 2
out = []
each(out.append, [1, 2])
assert out == [1, 2]
# %% i | hidden 2
xs = [7]
before = big(xs)
assert sorted(before) == [7]
# == wrong: map | stock t=1 h=0 i=2
# %% f
def each(f, xs): return map(f, xs)
def big(xs): return [x for x in xs if x > 5]
# == wrong: yields | stock t=1 h=0 i=2
# %% f
def each(f, xs):
    for x in xs: yield f(x)
def big(xs): return [x for x in xs if x > 5]
# == honest: a filter | stock t=1 h=2 i=2
# %% f
def each(f, xs): [f(x) for x in xs]
def big(xs): return filter(lambda x: x > 5, xs)

# ==== lazy-method
# The same by methods, and a result that is looked at later.
# %% q | answer
class Queue:
    def __init__(self): self.items = []
    def put(self, x): self.items.append(x)
    def put_all(self, xs):
        for x in xs: self.put(x)
    def urgent(self): return [x for x in self.items if x > 5]
# %% t | test 1
q = Queue()
q.put(7)
assert list(q.urgent()) == [7]
# %% h | hidden 2
q = Queue()
q.put_all([7, 8])
assert len(q.items) == 2
# %% i | hidden 2
q = Queue()
q.put(7)
before = q.urgent()
q.put(8)
assert list(before) == [7]
# == wrong: yields and filters | stock t=1 h=0 i=0
# %% q
class Queue:
    def __init__(self): self.items = []
    def put(self, x): self.items.append(x)
    def put_all(self, xs):
        for x in xs: yield self.put(x)
    def urgent(self): return filter(lambda x: x > 5, self.items)
