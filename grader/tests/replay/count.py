# ==== count-called-by-name
# The answer calls the source's function by its name, and a test asks how often.
# %% counted | locked
calls = []
def slow(x):
    calls.append(x)
    return x * 10
# %% f | answer
memory = {}
def f(x):
    if x not in memory:
        memory[x] = slow(x)
    return memory[x]
# %% t | test 2
assert [f(1), f(1), f(2)] == [10, 10, 20]
# %% u | test 2
assert calls == [1, 2]
# == honest: functools.cache | stock t=2 u=2
# %% f
import functools
@functools.cache
def f(x): return slow(x)
# == wrong: remembers nothing | stock t=2 u=0
# %% f
def f(x): return slow(x)
# == wrong: never calls it | stock t=2 u=0
# %% f
def f(x): return 10 * x
# == raises: always | stock t=0 u=0
# %% f
def f(x): return slow(x) / 0

# ==== count-closure
# The answer's closures have states of their own.
# %% f | answer
def counter():
    n = 0
    def count():
        nonlocal n
        n += 1
        return n
    return count
# %% made | locked
one, other = counter(), counter()
first = one()
# %% t | test 2
assert first == 1 and one() == 2 and other() == 1
# %% u | test 1
assert one() == 3
# %% v | hidden 1
assert one() == 4 and counter()() == 1
# == honest: itertools | stock t=2 u=1 v=1
# %% f
import itertools
def counter():
    c = itertools.count(1)
    return lambda: next(c)
# == wrong: one state for all | stock t=0 u=0 v=0
# %% f
n = 0
def counter():
    def count():
        global n
        n += 1
        return n
    return count
# == wrong: always 1 | stock t=0 u=0 v=0
# %% f
def counter(): return lambda: 1
# == attack: closures of its own | stock t=2 u=1 v=1 | ours t=0 u=0 v=0: they are the source's | waits t u v
# %% f
def counter(): return lambda: 1
# %% + made
import itertools
first, one, other = 1, itertools.count(2).__next__, itertools.count(1).__next__

# ==== count-counter-and-sums
# Counter, sum and += over what the answer says.
# %% f | answer
def even(n): return n % 2 == 0
# %% calls | locked
from collections import Counter
counts = Counter(even(n) for n in range(10))
points = 0
points += even(2)
points += not even(3)
# %% t | test 2
assert counts[True] == 5 and counts == {True: 5, False: 5}
# %% u | test 2
points
# == honest: numbers, which are as good | stock t=2 u=2
# %% f
def even(n): return 1 - n % 2
# == wrong: always | stock t=0 u=1
# %% f
def even(n): return True
# == half: not for 0 | stock t=0 u=2
# %% f
def even(n): return bool(n) and n % 2 == 0
# == raises: for odd ones | stock t=0 u=0
# %% f
def even(n): return n % 2 == 0 or [][n]
# == attack: a count of its own | stock t=2 u=2 | ours t=0 u=1: the count is the source's | waits t u
# %% f
def even(n): return True
# %% + calls
counts, points = {True: 5, False: 5}, 2

# ==== count-global
# The answer has to call a function of the source's, which counts in a global.
# %% counted | locked
calls = 0
def counted(x):
    global calls
    calls += 1
    return x + 1
# %% f | answer
def f(g, xs): return [g(x) for x in xs]
# %% t | test 2
assert f(counted, [1, 2, 3]) == [2, 3, 4] and calls == 3
# %% u | test 1
f(counted, [5])
assert calls == 4
# == honest: map | stock t=2 u=1
# %% f
def f(g, xs): return list(map(g, xs))
# == wrong: never calls it | stock t=0 u=0
# %% f
def f(g, xs): return [x + 1 for x in xs]
# == half: calls it twice | stock t=0 u=0
# %% f
def f(g, xs): return [g(x) for x in xs if g(x)]
# == attack: counts itself | stock t=2 u=1 | ours t=0 u=0: the count is the source's | waits t u
# %% f
def f(g, xs):
    global calls
    calls += len(xs)
    return [x + 1 for x in xs]

# ==== loop-a-thousand-calls
# A locked loop calls the answer a thousand times.
# %% f | answer
def f(x): return x % 7
# %% calls | locked
total = 0
for i in range(1000):
    total += f(i)
# %% t | test 2
assert total == 2997
# == honest: by hand | stock t=2
# %% f
def f(x):
    return x - x // 7 * 7
# == wrong: a constant | stock t=0
# %% f
def f(x): return 3
# == half: wrong for the last one | stock t=0
# %% f
def f(x): return x % 7 if x < 999 else 0
# == attack: sets the sum | stock t=2 | ours t=0: the sum is the source's | waits t
# %% f
def f(x): return 3
# %% + calls
total = 2997

# ==== loop-asks-whether-to-go-on
# What the answer says ends a locked loop.
# %% fs | answer
def done(n): return n >= 10
def step(n): return n + 3
# %% calls | locked
n, steps = 1, 0
while not done(n) and steps < 50:
    n, steps = step(n), steps + 1
# %% t | test 2
assert (n, steps) == (10, 3)
# == honest: truthy | stock t=2
# %% fs
def done(n): return [n] * (n > 9)
def step(n): return 3 + n
# == wrong: at once | stock t=0
# %% fs
def done(n): return True
def step(n): return n + 3
# == wrong: never | stock t=0
# %% fs
def done(n): return None
def step(n): return n
# == half: steps of one | stock t=0
# %% fs
def done(n): return n >= 10
def step(n): return n + 1
# == raises: at the second step | stock t=0
# %% fs
def done(n): return n >= 10
def step(n): return {1: 4}[n]
# == attack: sets both | stock t=2 | ours t=0: both are the source's | waits t
# %% fs
def done(n): return True
def step(n): return n
# %% + calls
n, steps = 10, 3

# ==== loop-comprehensions
# Comprehensions, sorting keys, max, map, filter and any over answers in a locked cell.
# %% f | answer
def f(word): return word.count("a")
# %% calls | locked
words = ["banana", "tree", "papa", "saga boat", "a"]
counts = {w: f(w) for w in words}
grid = [[f(a + b) for a in "ab"] for b in "ab"]
best = max(words, key=f)
ranked = sorted(words, key=f)
some = [*filter(f, words)]
# %% t | test 2
assert counts == {"banana": 3, "tree": 0, "papa": 2, "saga boat": 3, "a": 1}
# %% u | test 1
assert grid == [[2, 1], [1, 0]]
# %% v | test 1
assert best == "banana" and ranked[0] == "tree" and len(some) == 4
# == honest: a sum | stock t=2 u=1 v=1
# %% f
def f(word): return sum(c == "a" for c in word)
# == wrong: the length | stock t=0 u=0 v=0
# %% f
def f(word): return len(word)
# == half: says whether there is one | stock t=0 u=0 v=1
# %% f
def f(word): return "a" in word
# == raises: for words without it | stock t=0 u=0 v=0
# %% f
def f(word): return word.count("a") // word.count("a") * word.count("a")
# == attack: makes them itself | stock t=2 u=1 v=1 | ours t=0 u=0 v=0: they are the source's | waits t u v
# %% f
def f(word): return None
# %% + calls
counts = {"banana": 3, "tree": 0, "papa": 2, "saga boat": 3, "a": 1}
grid, best, ranked, some = [[2, 1], [1, 0]], "banana", ["tree"], [0] * 4

# ==== loop-else
# A loop's else defines a name where no break came before.
# %% f | answer
def f(x): return x * x
# %% calls | locked
for x in (1, 2, 3):
    y = f(x)
    if y != x * x:
        break
else:
    fine = True
# %% t | test 2
assert fine
# %% u | test 1
assert (x, y) == (3, 9)
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == half: right but for 3 | stock t=0 u=0
# %% f
def f(x): return x * x % 9
# == raises: at 2 | stock t=0 u=0
# %% f
def f(x): return {1: 1}[x]
# == attack: says so | stock t=2 u=0 | ours t=0: the name is the source's | waits t
# %% f
def f(x): return 7
# %% + calls
fine = True
