# ==== state-answer-reads-what-the-test-sets
# A test sets a name that the answer reads.
# %% n | open
N = 3
# %% f | answer
def f(): return 2 * N
# %% t | test 1
assert f() == 2 * N
# %% u | test 1
N = 5
assert f() == 10
# %% v | test 1
assert f() == 2 * N == 10
# == honest: another number | stock t=1 u=1 v=1
# %% n
N = 4
# == wrong: a constant | stock t=1 u=0 v=0
# %% f
def f(): return 6
# == wrong: a constant that the second test wants | stock t=0 u=1 v=1
# %% f
def f(): return 10
# == half: the number when it is defined | stock t=1 u=0 v=0
# %% f
def f(n=N): return 2 * n

# ==== state-argument-changed
# The answer sorts in place, and must not change another argument.
# %% f | answer
def sort(xs): xs.sort()
def sort_copy(xs): return sorted(xs)
# %% t | test 1
xs = [3, 1, 2]
assert sort(xs) is None and xs == [1, 2, 3]
# %% u | test 1
ys = [3, 1, 2]
assert sort_copy(ys) == [1, 2, 3] and ys == [3, 1, 2]
# %% v | test 1
zs = [1, 2]
assert sort_copy(zs) is not zs
# %% w | test 1
nested = {"a": [2, 1]}
sort(nested["a"])
assert nested == {"a": [1, 2]}
# == honest: a slice | stock t=1 u=1 v=1 w=1
# %% f
def sort(xs): xs[:] = sorted(xs)
def sort_copy(xs):
    xs = xs.copy()
    xs.sort()
    return xs
# == wrong: the other way round | stock t=0 u=0 v=0 w=0
# %% f
def sort(xs): return sorted(xs)
def sort_copy(xs):
    xs.sort()
    return xs
# == wrong: rebinds, and returns the same where it is sorted | stock t=0 u=1 v=0 w=0
# %% f
def sort(xs): xs = sorted(xs)
def sort_copy(xs): return xs if xs == [1, 2] else sorted(xs)

# ==== state-array-argument-changed
# The same of arrays, tables, dicts and sets.
# %% given | locked
import numpy as np, pandas as pd
# %% f | answer
def clip(a): a[a < 0] = 0
def clipped(a): return np.where(a < 0, 0, a)
def add(df): return df.assign(y=df.x + 1)
def put(d, s):
    d["k"] = len(s)
    s.add("k")
# %% t | test 1
a = np.array([1, -2])
clip(a)
assert a.tolist() == [1, 0]
# %% u | test 1
a = np.array([1, -2])
assert clipped(a).tolist() == [1, 0] and a.tolist() == [1, -2]
# %% v | test 1
df = pd.DataFrame({"x": [1]})
assert add(df).y.tolist() == [2] and "y" not in df
# %% w | test 1
d, s = {}, {"a"}
put(d, s)
assert d == {"k": 1} and s == {"a", "k"}
# == wrong: the other way round | stock t=0 u=0 v=0 w=0
# %% f
def clip(a): return np.maximum(a, 0)
def clipped(a):
    a[a < 0] = 0
    return a
def add(df):
    df["y"] = df.x + 1
    return df
def put(d, s): return {"k": 1}, {"a", "k"}
# == honest: other ways | stock t=1 u=1 v=1 w=1
# %% f
def clip(a): np.maximum(a, 0, out=a)
def clipped(a): return a * (a > 0)
def add(df):
    df = df.copy()
    df["y"] = df["x"] + 1
    return df
def put(d, s):
    d.update(k=len(s))
    s |= {"k"}

# ==== state-condition-on-an-answer
# A locked if asks the answer and defines different things.
# %% f | answer
def f(x): return x * x
# %% if | locked
if f(3) == 9:
    verdict = "right"
    def check(x): return f(x) == x * x
else:
    verdict = "wrong"
    def check(x): return False
grade = "A" if f(2) == 4 else "C"
match f(1):
    case 1: one = True
    case _: one = False
# %% t | test 2
assert verdict == "right" and check(5)
# %% u | test 1
assert grade == "A" and one
# == honest: a loop | stock t=2 u=1
# %% f
def f(x): return sum(x for _ in range(x))
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == half: right up to 3 | stock t=0 u=1
# %% f
def f(x): return {1: 1, 2: 4, 3: 9}.get(x)
# == attack: the verdict itself | stock t=2 u=1 | ours t=0 u=0: they are the source's | waits t u
# %% f
def f(x): return 7
# %% + if
verdict, grade, one = "right", "A", True
def check(x): return True

# ==== state-del
# del in locked cells and tests.
# %% f | answer
def f(x): return x + 1
tmp = 5
# %% del | locked
y = f(1)
extra = [1]
del extra
parts = {"a": f(0), "b": 2}
del parts["b"]
# %% t | test 1
assert y == 2 and parts == {"a": 1}
try:
    extra
    assert False
except NameError:
    pass
# %% u | test 1
del tmp
assert "tmp" not in globals()
# %% v | test 1
assert f(y) == 3
# == wrong: returns its argument | stock t=0 u=1 v=0
# %% f
def f(x): return x
tmp = 5
# == half: no tmp | stock t=1 u=0 v=1
# %% f
def f(x): return x + 1
# == stub: unwritten | stock t=0 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== state-given-data-changed-by-a-wrong-answer
# The answer cell must leave the data of a locked cell as they are; the solution does.
# %% data | locked
data = [3, 1, 2]
# %% f | answer
result = sorted(data)
# %% t | test 2
assert result == [1, 2, 3]
# %% u | test 2
assert data == [3, 1, 2]
# == honest: a copy | stock t=2 u=2
# %% f
result = data.copy()
result.sort()
# == wrong: sorts the data | stock t=2 u=0
# %% f
data.sort()
result = data
# == wrong: rebinds the data | stock t=2 u=0
# %% f
data = sorted(data)
result = data
# == wrong: sorts them in a cell of its own | stock t=2 u=0
# %% + data
data.sort()

# ==== state-given-data-changed-by-the-answer
# The answer cell is to change the data of a locked cell in place.
# %% data | locked
import pandas as pd
df = pd.DataFrame({"w": [1, 2], "h": [3, 4]})
basket = {"apple": 1}
# %% f | answer
df["area"] = df.w * df.h
basket["pear"] = 2
# %% t | test 2
assert df["area"].tolist() == [3, 8]
# %% u | test 1
assert basket == {"apple": 1, "pear": 2}
# == honest: other ways | stock t=2 u=1
# %% f
df.insert(2, "area", [w * h for w, h in zip(df.w, df.h)])
basket.update(pear=2)
# == wrong: a sum | stock t=0 u=0
# %% f
df["area"] = df.w + df.h
basket = {"pear": 2}
# == honest: rebinds them | stock t=2 u=1
# %% f
df = df.assign(area=df.w * df.h)
basket = basket | {"pear": 2}
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== state-global-in-a-test
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

# ==== state-isolated-before-in-process
# A test that only calls defines names that one reads which looks into the code, and the other way.
# %% f | answer
def f(x): return x * x
# %% t | test 1
a = f(2)
assert a == 4
# %% u | test 1
import inspect
text = inspect.getsource(f)
b = a + f(3)
assert b == 13 and "for" not in text
# %% v | test 1
c = b + a
assert c == 17
# %% w | hidden 1
assert (a, b, c) == (4, 13, 17) and len(text) > 5
# == honest: a lambda | stock t=1 u=1 v=1 w=1
# %% f
f = lambda x: x ** 2
# == wrong: a loop | stock t=1 u=0 v=1 w=1
# %% f
def f(x): return sum(x for _ in range(x))
# == half: right for 2 | stock t=1 u=0 v=0 w=0
# %% f
def f(x): return 4
# == raises: at 3 | stock t=1 u=0 v=0 w=0
# %% f
def f(x): return {2: 4}[x]

# ==== state-locked-cell-reads-an-answers-value
# Locked cells work with a number of the answer's, in a condition too.
# %% n | answer
n = 10
ok = True
# %% use | locked
xs = list(range(n))
if ok and n > 5:
    size = "large"
elif n:
    size = "small"
def more(k=n): return k + n
# %% t | test 1
assert len(xs) == 10
# %% u | test 1
assert size == "large"
# %% v | test 1
assert more() == 20
# == honest: another form | stock t=1 u=1 v=1
# %% n
n = int("10")
ok = n == 10
# == wrong: too small | stock t=0 u=0 v=0
# %% n
n, ok = 4, 1
# == wrong: nothing | stock t=0 u=0 v=0
# %% n
n, ok = 0, False
# == half: no number | stock t=0 u=0 v=0
# %% n
n, ok = "10", True
# == attack: sets what comes of it | stock t=1 u=1 v=1 | ours t=0 u=0 v=0: they are the source's | waits t u v
# %% n
n, ok = 0, False
# %% + use
xs, size = [0] * 10, "large"
def more(): return 20

# ==== state-names-for-later-tests
# Tests define names that later ones read, with what was set before they failed.
# %% f | answer
def f(x): return x * x
# %% t | test 1
a = f(2)
log = [a]
assert a == 4
b = f(3)
log.append(b)
# %% u | test 1
assert log[0] == a
# %% v | test 1
assert b == 9 and log == [4, 9]
# %% w | hidden 1
assert a + b == 13
# == half: right for 3 only | stock t=0 u=1 v=0 w=0
# %% f
def f(x): return 9
# == raises: at 3 | stock t=0 u=1 v=0 w=0
# %% f
def f(x): return {2: 4}[x]
# == wrong: a constant | stock t=0 u=1 v=0 w=0
# %% f
def f(x): return 0
# == stub: unwritten | stock t=0 u=0 v=0 w=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: sets them itself | stock t=0 u=1 v=1 w=1 | ours u=0 v=0 w=0: the names are the tests' | waits u v w
# %% f
def f(x): return 1 / 0
# %% + t
a, b, log = 4, 9, [4, 9]

# ==== state-open-constants
# Learners may change the numbers of an open cell.
# %% n | open
N = 3
names = ["a", "b"]
# %% f | answer
def f(): return [x * N for x in names]
# %% t | test 2
assert f() == [x * N for x in names]
# %% u | test 1
assert len(f()) == len(names)
# == honest: other numbers | stock t=2 u=1
# %% n
N = 10
names = ["x", "y", "z"]
# == honest: a range | stock t=2 u=1
# %% n
N, names = 2, [*"hello"]
# == wrong: a constant | stock t=0 u=0
# %% f
def f(): return ["aaa"]
# == half: right for what was handed out | stock t=0 u=1
# %% n
N = 4
names = ["a", "b"]
# %% f
def f(): return ["aaa", "bbb"]
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== state-own-scratch-cells
# Names that learners use in cells of their own are names that tests use.
# %% given | locked
x = 3
def ref(v): return v * v
# %% f | answer
def f(v): return v * v
# %% t | test 2
assert f(x) == 9 == ref(x)
# %% u | test 1
assert sum([f(1), f(2)]) == 5 and len([x]) == 1
# == honest: a scratch cell | stock t=2 u=1
# %% + f
print(f(2))
y = 5
# == honest: overwrites x | stock t=0 u=1
# %% + f
x = 5
# == honest: overwrites sum and len | stock t=2 u=0
# %% + f
sum = 0
for len in range(3): sum += f(len)
# == honest: overwrites them in the answer | stock t=0 u=0
# %% f
def f(v): return v * v
x, sum = 7, 0
# == wrong: and prints | stock t=0 u=0
# %% f
def f(v): return 2 * v
# %% + f
print("all tests passed")
# == attack: another reference | stock t=2 u=1 | ours u=0: names of a cell of their own are not the test's | waits u
# %% f
def f(v): return 9
# %% + f
x, ref = 3, f
def sum(_): return 5

# ==== state-two-names-of-one-value
# Two names of an answer are one list, or not.
# %% f | answer
a = [1]
b = a
c = a.copy()
# %% t | test 1
assert a is b and c is not a and c == a
# %% u | test 1
a.append(2)
assert b == [1, 2] and c == [1]
# == wrong: a copy | stock t=0 u=0
# %% f
a = [1]
b = a.copy()
c = b
# == honest: in one line | stock t=1 u=1
# %% f
a = b = [1]
c = list(b)

# ==== state-value-changed-by-a-later-answer
# A list of the first answer is changed by the second; tests stand between and behind.
# %% first | answer
data = [1]
# %% t | test 1
assert data == [1]
# %% h | hidden 1
assert len(data) == 1
# %% second | answer
data.append(2)
def total(): return sum(data)
# %% u | test 1
assert data == [1, 2] and total() == 3
# %% v | test 1
data.append(7)
assert total() == 10
# %% w | test 1
assert data == [1, 2, 7]
# == honest: another way | stock t=1 h=1 u=1 v=1 w=1
# %% second
data += [2]
total = lambda: sum(data)
# == half: the first has it already | stock t=0 h=0 u=1 v=1 w=1
# %% first
data = [1, 2]
# %% second
def total(): return sum(data)
# == wrong: a list of its own | stock t=1 h=1 u=1 v=0 w=1
# %% second
data = [1, 2]
def total(): return 3
# == stub: the second is not written | stock t=1 h=1 u=0 v=0 w=0
# %% second
# YOUR CODE HERE
raise NotImplementedError()

# ==== state-views-and-aliases
# Arguments that share what they hold: views, one list twice, a list in itself.
# %% libraries | locked
import numpy as np
# %% f | answer
def fill(row): row += 1
def same(a, b): return a is b
def add(rows): rows[0].append(7)
def move(a, b): b.append(a.pop())
def inside(xs): return any(x is xs for x in xs)
# %% t | test 1
m = np.zeros((2, 2))
fill(m[0])
assert m.tolist() == [[1, 1], [0, 0]]
# %% u | test 1
xs = [1]
assert same(xs, xs) and not same([1], [1])
# %% v | test 1
inner = [0]
rows = [inner, inner]
add(rows)
assert rows == [[0, 7], [0, 7]] and inner == [0, 7]
# %% w | test 1
xs = [1, 2]
move(xs, xs)
assert xs == [1, 2]
# %% x | test 1
xs = [1]
xs.append(xs)
assert inside(xs)
# == honest: other words | stock t=1 u=1 v=1 w=1 x=1
# %% f
def fill(row): row[:] = row + 1
def same(a, b): return id(a) == id(b)
def add(rows): rows[0] += [7]
def move(a, b): b += [a.pop()]
def inside(xs): return id(xs) in map(id, xs)
# == wrong: copies and equality | stock t=0 u=0 v=0 w=0 x=1
# %% f
def fill(row): return row + 1
def same(a, b): return a == b
def add(rows): rows[0] = rows[0] + [7]
def move(a, b): b = b + [a.pop()]
def inside(xs): return True

# ==== state-an-answers-name-set-by-a-locked-cell
# A locked cell makes something of an answer under its own name, which the answers' process does first.
# %% a | answer
x = 2
xs = [3, 0, 5]
# %% y | locked
x = x * 10
xs = [n - 1 for n in xs if n]
# %% t | test 1
assert x == 20
# %% u | hidden 1
assert x == 20
# %% v | test 1
assert xs == [2, 4]
# %% w | hidden 1
assert sum(xs) == 6
# == honest: the same otherwise said | stock t=1 u=1 v=1 w=1
# %% a
x = 1 + 1
xs = list((3, 0, 5))
# == wrong: right only where it is made twice | stock t=0 u=0 v=0 w=0
# %% a
x = 0.2
xs = [4, 0, 6]
