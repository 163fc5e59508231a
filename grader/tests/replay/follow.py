# ==== follow-identities
# Lists of hidden tests that hold objects of theirs, which a right answer sorts or replaces.
# %% l | locked
import numpy as np
# %% f | answer
def lowest(rows): return min(rows)
def ordered(rows): return [sorted(row) for row in rows]
def scaled(arrays): return [a / a.sum() for a in arrays]
def youngest(people): return min(p["age"] for p in people)
# %% h | hidden 2
a, b = [3, 1], [2, 5]
assert lowest([a, b]) == [2, 5]
assert a == [3, 1] and b == [2, 5]
# %% i | hidden 2
first = [3, 1]
assert ordered([first, [2]]) == [[1, 3], [2]]
assert first == [3, 1]
# %% j | hidden 2
arrays = [np.array([1, 3]), np.array([2, 2])]
assert np.allclose(scaled(arrays)[0], [0.25, 0.75])
assert np.allclose(scaled(arrays)[1], [0.5, 0.5])
# %% k | hidden 2
ann, bob = {"age": 30}, {"age": 20}
people = [ann, bob]
assert youngest(people) == 20
ann["age"] = 10
assert youngest(people) == 10
# == honest: sorts the list of them, replaces its items | stock h=2 i=2 j=2 k=2
# %% f
def lowest(rows):
    rows.sort()
    return rows[0]
def ordered(rows):
    for i in range(len(rows)): rows[i] = sorted(rows[i])
    return rows
def scaled(arrays):
    for i, a in enumerate(arrays): arrays[i] = a / a.sum()
    return arrays
def youngest(people):
    people.sort(key=lambda p: p["age"])
    return people[0]["age"]
# == wrong: changes the items | stock h=0 i=0 j=0 k=0 | waits h i k
# %% f
def lowest(rows):
    for row in rows: row.sort()
    return [2, 5]
def ordered(rows):
    for row in rows: row.sort()
    return rows
def scaled(arrays):
    for a in arrays: a[:] = a / a.sum()
    return [np.array([0.25, 0.75]), np.array([0.5, a[0]])]
def youngest(people):
    people[0] = min(people, key=lambda p: p["age"])
    return people[0]["age"]

# ==== follow-cannot-cross
# A hidden test of answers that leave in their argument what can't cross.
# %% l | locked
import numpy as np
# %% f | answer
def depth(tree): return 1 + max(map(depth, tree["children"]), default=0)
def total(d): return float(sum(d["xs"]))
def count(d): return len(set(d["xs"]))
def name(d): return d["name"]
# %% h | hidden 2
tree = {"name": "a", "children": [{"name": "b", "children": []}]}
assert depth(tree) == 2
# %% i | hidden 2
assert total({"xs": [1, 2]}) == 3
# %% j | hidden 2
assert count({"xs": list(range(5000)) * 2}) == 5000
# %% k | hidden 2
assert name({"name": "a"}) == "a"
# == honest: notes something in the argument | stock h=2 i=2 j=2 k=2
# %% f
def depth(tree, parent=None):
    tree["parent"] = parent
    return 1 + max((depth(child, tree) for child in tree["children"]), default=0)
def total(d):
    d["xs"] = np.array(d["xs"], np.longdouble)
    return float(d["xs"].sum())
def count(d):
    d["seen"] = set(d["xs"])
    return len(d["seen"])
def name(d):
    d["bytes"] = bytes(100_000_000)
    d["self"] = d
    return d["name"]

# ==== follow-state
# Objects with state, which a hidden test passes what an answer has changed in place.
# %% f | answer
def largest(xs): return max(xs)
class Account:
    def __init__(self): self.balance = 0
    def deposit_all(self, xs): self.balance += sum(xs)
class Hand:
    def __init__(self): self.cards = []
    def take(self, deck): self.cards.append(deck[-1])
savings = Account()
taken = []
def take(deck):
    taken.append(deck[-1])
    return len(taken)
# %% h | hidden 2
amounts = [20, 10]
account = Account()
assert largest(amounts) == 20
account.deposit_all(amounts)
assert account.balance == 30
# %% i | hidden 2
deck, hand = [1, 2, 3], Hand()
hand.take(deck)
hand.take(deck)
assert len(hand.cards) == 2
# %% j | hidden 2
assert largest(amounts := [20, 10]) == 20
savings.deposit_all(amounts)
assert savings.balance == 30
# %% k | hidden 2
assert savings.balance == 30
# %% m | hidden 2
deck = [1, 2, 3]
assert [take(deck), take(deck)] == [1, 2]
# == honest: changes its argument | stock h=2 i=2 j=2 k=2 m=2
# %% f
def largest(xs):
    xs.sort()
    return xs[-1]
class Account:
    def __init__(self): self.balance = 0
    def deposit_all(self, xs): self.balance += sum(xs)
class Hand:
    def __init__(self): self.cards = []
    def take(self, deck): self.cards.append(deck.pop())
savings = Account()
taken = []
def take(deck):
    taken.append(deck.pop())
    return len(taken)

# ==== follow-state-called-back
# Hidden tests that lend functions to an answer that keeps what it has heard.
# %% f | answer
class Tally:
    def __init__(self): self.n = 0
    def add(self, xs, f): self.n += sum(map(f, xs))
def apply(xs, f): return [f(x) for x in xs]
# %% h | hidden 2
xs, tally, calls = [1, 2], Tally(), []
tally.add(xs, lambda x: calls.append(x) or x)
assert tally.n == 3 and calls == [1, 2]
# %% i | hidden 2
xs, calls = [2, 1], []
assert apply(xs, lambda x: calls.append(x) or -x) == [-2, -1] and calls == [2, 1]
assert xs == [2, 1]
# == honest: takes what it counts out of the list | stock h=2 i=0 | waits i
# %% f
class Tally:
    def __init__(self): self.n = 0
    def add(self, xs, f):
        while xs: self.n += f(xs.pop(0))
def apply(xs, f):
    xs[:] = [f(x) for x in xs]
    return xs

# ==== follow-asks-anew
# Of plain functions and new objects a hidden test hears what they make of what was changed before.
# %% l | locked
data = [3, 1, 2]
# %% f | answer
def largest(xs): return max(xs)
def first(xs): return xs[0]
class Mean:
    def __init__(self, xs): self.mean = sum(xs) / len(xs)
    def above(self, xs): return [x for x in xs if x > self.mean]
# %% h | hidden 2
assert largest(data) == 3
assert first(data) == 3
# %% i | hidden 2
assert largest(data) == 3
assert Mean(data).above(data) == [3]
# %% j | hidden 2
assert largest(data) == 3 and first([5]) == 5
assert data == [3, 1, 2]
# == wrong: leaves the largest alone | stock h=2 i=0 j=0 | waits i j
# %% f
def largest(xs):
    xs[:] = [max(xs)]
    return xs[0]
def first(xs): return xs[0]
class Mean:
    def __init__(self, xs): self.mean = sum(xs) / len(xs)
    def above(self, xs): return [x for x in xs if x > self.mean]
# == wrong: sorts in place | stock h=0 i=2 j=0 | waits h j
# %% f
def largest(xs):
    xs.sort()
    return xs[-1]
def first(xs): return xs[0]
class Mean:
    def __init__(self, xs): self.mean = sum(xs) / len(xs)
    def above(self, xs): return [x for x in xs if x > self.mean]

# ==== follow-uncopyable
# A hidden test behind a locked cell that leaves a closed file, of which there is no copy.
# %% l | locked
with open("numbers.txt", "w") as file: file.write("3 1 2")
with open("numbers.txt") as file: data = [int(n) for n in file.read().split()]
# %% f | answer
def f(xs): return sorted(xs)
# %% h | hidden 2
assert f(data) == [1, 2, 3] and data == [3, 1, 2]
# == wrong: sorts in place | stock h=0 | waits h
# %% f
def f(xs):
    xs.sort()
    return xs

# ==== follow-default
# A locked function's default value, what it caches, and a class: what a followed run changes there
# is seen by no other.
# %% l | locked
import functools
class Data:
    xs = [3, 1, 2]
def check(f, best, xs=[3, 1, 2]): return f(xs) == best(xs)
@functools.cache
def load(): return [3, 1, 2]
# %% f | answer
def largest(xs): return max(xs)
def smallest(xs): return min(xs)
# %% h | hidden 2
assert check(largest, max)
# %% i | hidden 2
assert check(smallest, min)
# %% j | hidden 2
assert largest(Data.xs) == 3
# %% k | hidden 2
assert smallest(Data.xs) == min(Data.xs)
# %% m | hidden 2
assert largest(load()) == 3
# %% n | hidden 2
assert smallest(load()) == min(load())
# == attack: one leaves nothing but its result, the other is wrong | stock h=2 i=2 j=2 k=2 m=2 n=2 | ours i=0 k=0 n=0: no test sees what another's answer has changed | waits i k n
# %% f
def largest(xs):
    found = max(xs)
    xs[:] = [found]
    return found
def smallest(xs): return max(xs)

# ==== follow-kinds
# Whatever an answer can change in place, and honest changes that no test minds.
# %% l | locked
import numpy as np, pandas as pd
from collections import Counter, defaultdict, deque
df = pd.DataFrame({"a": [3, 1, 2]})
array, counts, groups = np.array([3, 1, 2]), Counter("aab"), defaultdict(list, {"a": [1]})
nested, queue, seen = {"x": ({"y": [1, 2]},)}, deque([1, 2], 3), {1}
# %% f | answer
def double(df): return df.assign(b=df.a * 2)
def top(array): return np.sort(array)[-1]
def total(*parts, **named): return sum(map(len, (*parts, *named.values())))
def lowest(rows): return min(rows)
# %% h | hidden 2
assert list(double(df).b) == [6, 2, 4] and list(df.columns) == ["a"]
# %% i | hidden 2
assert top(array) == 3 and array[0] == 3
# %% j | hidden 2
assert total(counts, groups, x=queue, y=seen) == 6
assert (len(counts), len(groups), len(queue), len(seen)) == (2, 1, 2, 1)
# %% k | hidden 2
assert total(nested["x"], nested["x"][0]["y"]) == 3
assert nested == {"x": ({"y": [1, 2]},)}
# %% m | hidden 2
dated = pd.DataFrame({"a": [3, 1]}, index=pd.date_range("2024-01-01", periods=2, name="day"))
points, tally = np.array([3, 1, 2]), Counter("aab")
assert list(double(dated).b) == [6, 2] and dated.index.name == "day" and dated.index.freq == "D"
assert top(points) == 3 and points.sum() == 6
assert total(tally) == 2 and tally["a"] == 2
# %% n | hidden 2
rows = [[k] for k in range(2000, 0, -1)]
assert lowest(rows) == [1] and rows[0] == [2000]
# == wrong: in place | stock h=0 i=0 j=0 k=0 m=2 n=0 | waits h i j k n
# %% f
def double(df):
    df["b"] = df.a * 2
    return df
def top(array):
    array.sort()
    return array[-1]
def total(*parts, **named):
    n = sum(map(len, (*parts, *named.values())))
    for part in (*parts, *named.values()):
        match part:
            case list() | deque(): part.append(9)
            case set(): part.add(9)
            case dict(): part["z"] = 9
    return n
def lowest(rows):
    rows.sort()
    return rows[0]

# ==== follow-given-data
# Hidden tests that given data are as they were.
# %% i | locked
import copy
import numpy as np
import pandas as pd
a1 = [9, 1]
b1 = [9, 1]
c1 = [9, 1]
d1 = [9, 1]
e1 = {'k': [9, 1]}
g1 = np.array([9, 1])
h1 = np.array([9, 1])
j1 = pd.Series([9, 1])
k1 = [9, 1]
l1 = [[9, 1], [3, 2]]
m1 = {'k': [9, 1]}
n1 = np.array([[9, 1], [3, 2]])
o1 = 'b a'
p1 = pd.DataFrame({'x': [9, 1]})
q1 = pd.DataFrame({'x': [9, 1]})
r1 = pd.DataFrame({'x': [9, 1]})
r0 = r1.copy()
s1 = pd.DataFrame({'x': [9, 1]})
s0 = s1.copy()
# %% f | answer
def top(xs): return max(xs)
def pd_top(df): return df['x'].max()
# %% a | hidden 2
keep = a1.copy()
assert top(a1) == 9
assert a1 == keep
# %% b | hidden 2
keep = b1[:]
assert top(b1) == 9
assert b1 == keep
# %% c | hidden 2
keep = list(c1)
assert top(c1) == 9
assert c1 == keep
# %% d | hidden 2
assert top(d1) == 9
assert d1.index(9) == 0
# %% e | hidden 2
for k, v in e1.items():
    assert top(v) == 9
assert e1 == {'k': [9, 1]}
# %% g | hidden 2
keep = g1.copy()
assert top(g1) == 9
assert (g1 == keep).all()
# %% h | hidden 2
assert top(h1) == h1.max()
assert h1[0] == 9
# %% j | hidden 2
keep = j1.copy()
assert top(j1) == 9
assert j1.equals(keep)
# %% k | hidden 2
assert top(k1) == 9
assert k1 == [9, 1]
# %% l | hidden 2
keep = copy.deepcopy(l1)
assert [top(r) for r in l1] == [9, 3]
assert l1 == keep
# %% m | hidden 2
assert top(m1['k']) == 9
assert m1.get('k') == [9, 1]
# %% n | hidden 2
assert top(n1[0]) == 9
assert n1.tolist() == [[9, 1], [3, 2]]
# %% o | hidden 2
xs = o1.split()
assert top(xs) == 'b'
assert xs == ['b', 'a']
# %% p | hidden 2
keep = p1.copy()
top(p1['x'].tolist())
assert pd_top(p1) == 9
assert p1.equals(keep)
# %% q | hidden 2
assert pd_top(q1) == 9
assert q1['x'].tolist() == [9, 1]
# %% r | hidden 2
assert pd_top(r1) == 9
assert r1.equals(r0)
# %% s | hidden 2
assert pd_top(s1) == 9
pd.testing.assert_frame_equal(s1, s0)
# == wrong: sorts in place | stock a=0 b=0 c=0 d=0 e=0 g=0 h=0 j=0 k=0 l=0 m=0 n=0 o=0 p=0 q=0 r=0 s=0 | waits a b c d e g h j k l m n o p q r s
# %% f
def top(xs):
    if isinstance(xs, pd.Series):
        xs[:] = sorted(xs)
        return xs[1]
    xs.sort()
    return xs[-1]
def pd_top(df):
    df['x'] = df['x'].to_numpy()[::-1]
    return df['x'][1]

# ==== follow-asked-by-libraries
# Hidden tests that an argument is as it was, asked in a library's own way.
# %% i | locked
import copy, math, unittest
import numpy as np
import pandas as pd
tc = unittest.TestCase()
def same(a, b): assert a == b, "your function changes its argument"
# %% f | answer
def f(x): return None
# %% a | hidden 2
df = pd.DataFrame({"a": [1.0, 2.0]})
before = df.copy()
assert f(df) is None
pd.testing.assert_frame_equal(df, before)
# %% b | hidden 2
s = pd.Series([1.0, 2.0])
before = s.copy()
assert f(s) is None
pd.testing.assert_series_equal(s, before)
# %% c | hidden 2
x = np.array([1.0, 2.0])
before = x.copy()
assert f(x) is None
np.testing.assert_array_equal(x, before)
# %% d | hidden 2
x = [1.0, 2.0]
f(x)
tc.assertEqual(x, [1.0, 2.0])
# %% e | hidden 2
x = [1.0, 2.0]
y = copy.deepcopy(x)
f(x)
same(x, y)
# %% g | hidden 2
x = [1.0, 2.0]
f(x)
np.testing.assert_allclose(x, [1, 2])
# %% h | hidden 2
df = pd.DataFrame({"a": [1.0, 2.0]})
before = df.copy()
f(df)
assert (df == before).all().all()
# %% j | hidden 2
df = pd.DataFrame({"a": [1.0, 2.0]})
f(df)
assert df["a"].sum() == 3 and df.shape == (2, 1)
# %% k | hidden 2
df = pd.DataFrame({"a": [1.0, 2.0]})
f(df)
pd.testing.assert_frame_equal(df, pd.DataFrame({"a": [1.0, 2.0]}))
# %% l | hidden 2
df = pd.DataFrame({"a": [1.0, 2.0]})
f(df)
pd.testing.assert_series_equal(df["a"], pd.Series([1.0, 2.0], name="a"))
# %% m | hidden 2
x = np.array([1.0, 2.0])
f(x)
np.testing.assert_allclose(x, [1, 2])
# %% n | hidden 2
x = np.array([1.0, 2.0])
f(x)
assert np.allclose(x, [1, 2])
# %% o | hidden 2
x = {1.0, 2.0}
before = frozenset(x)
f(x)
tc.assertEqual(x, before)
# == wrong: changes it | stock a=0 b=0 c=0 d=0 e=0 g=0 h=0 j=0 k=0 l=0 m=0 n=0 o=0 | waits a b c d e g h j k l m n o
# %% f
def f(x):
    if isinstance(x, pd.DataFrame): x["a"] = x["a"] * 2 + 1
    elif isinstance(x, pd.Series): x[:] = x * 2
    elif isinstance(x, set): x.add(5)
    elif isinstance(x, list): x[0] = 7
    else: x *= 2
# == wrong: adds to it | stock a=0 b=0 c=0 d=0 e=0 g=0 h=0 j=0 k=0 l=2 m=0 n=0 o=0 | waits a b c d e g h j k m n o
# %% f
def f(x):
    if isinstance(x, pd.DataFrame): x["b"] = 1
    elif isinstance(x, pd.Series): x[0] = 9
    elif isinstance(x, set): x.clear()
    elif isinstance(x, list): x.append(3)
    else: x[0] = -1

# ==== follow-bytearray
# Bytes that can be changed, and an answer that changes them.
# %% f | answer
def backwards(b): return bytes(reversed(b))
# %% h | hidden 2
buf = bytearray(b"abc")
assert backwards(buf) == b"cba" and buf == b"abc"
# %% i | hidden 2
bufs = [bytearray(b"abc")]
assert backwards(bufs[0]) == b"cba" and bufs[0] == b"abc"
# == wrong: in place | stock h=0 i=0 | waits h i
# %% f
def backwards(b):
    b.reverse()
    return bytes(b)

# ==== names-of-a-visible-test
# A later answer of a learner's reads what a visible test has imported or set; the solution doesn't.
# %% f | answer
def mean(xs): return sum(xs) / len(xs)
# %% t | test 1
import numpy as np
sample = [1, 2]
assert np.isclose(mean(sample), 1.5)
# %% g | answer
def rms(xs): return (sum(x * x for x in xs) / len(xs)) ** .5
# %% u | test 1
assert abs(rms([3, 3]) - 3) < 1e-9
# %% h | hidden 1
assert abs(rms([1]) - 1) < 1e-9
# == honest: uses np, which the test has imported | stock t=1 u=1 h=1
# %% g
def rms(xs): return np.sqrt(np.mean(np.square(xs)))
# == honest: tries it with the test's sample | stock t=1 u=1 h=1
# %% g
print(mean(sample))
def rms(xs): return (sum(x * x for x in xs) / len(xs)) ** .5
# == wrong: no root | stock t=1 u=0 h=1
# %% g
def rms(xs): return mean([x * x for x in xs])
# == wrong: the sample in the place of what is passed | stock t=1 u=0 h=0
# %% g
def rms(xs): return np.sqrt(np.mean(np.square(sample)))

# ==== names-a-visible-test-unpacks
# A later answer of a learner's reads values that a visible test sets in other forms than `x = 3`.
# %% f | answer
def sq(x): return x * x
# %% t | test 1
x, (y, *rest) = 3, (4, 5)
a = b = 5
n: int = 25
assert sq(x) + sq(y) == sq(a) == sq(b) == n and rest == [5]
# %% g | answer
h = sq(4) + 9
# %% u | test 1
assert h == 25
# %% h | hidden 1 apart
assert h == 25
# == honest: unpacked | stock t=1 u=1 h=1
# %% g
h = sq(x) + sq(y)
# == honest: what a star takes | stock t=1 u=1 h=1
# %% g
h = sq(rest[0])
# == honest: the last of two targets | stock t=1 u=1 h=1
# %% g
h = a * b
# == honest: with its type | stock t=1 u=1 h=1
# %% g
h = n
# == wrong: no squares | stock t=1 u=0 h=0
# %% g
h = x + y

# ==== names-a-visible-test-changes
# A later answer of a learner's reads what a visible test has set, and changed since; its first value is right.
# %% f | answer
def inc(x): return x + 1
# %% t | test 1
total = 0
calls = 0
seen = []
table = {}
for i in range(3): total += inc(i)
def spy(x):
    global calls
    calls += 1
    seen.append(x)
    return x
table["inc"] = inc(spy(1))
assert total == 6 and calls == 1 and seen == [1] and table == {"inc": 2}
# %% g | answer
r = inc(-1)
# %% h | hidden 1 apart
assert r == 0
# == wrong: added to in a loop | stock t=1 h=0
# %% g
r = total
# == wrong: counted in a function | stock t=1 h=0
# %% g
r = calls
# == wrong: filled in a function | stock t=1 h=0
# %% g
r = len(seen)
# == wrong: an item set | stock t=1 h=0
# %% g
r = len(table)

# ==== names-a-visible-test-works-out
# What a visible test works out, or makes in a loop, isn't there for a later answer.
# %% f | answer
def inc(x): return x + 1
# %% t | test 1
start = 0
for i in range(3): start += inc(i)
top = max(4, 6)
class Case: want = 6
assert start == top == Case.want
# %% g | answer
r = inc(5)
# %% u | test 1
assert r == 6
# == honest: what was added to | stock t=1 u=1 | ours u=0: it is there in a kernel alone | waits u
# %% g
r = start
# == honest: what was worked out | stock t=1 u=1 | ours u=0: it is there in a kernel alone | waits u
# %% g
r = top
# == honest: a class | stock t=1 u=1 | ours u=0: it is there in a kernel alone | waits u
# %% g
r = Case.want
# == honest: a loop's variable | stock t=1 u=1 | ours u=0: it is there in a kernel alone | waits u
# %% g
r = 3 * i
