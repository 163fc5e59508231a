# ==== mixed-takeover
# What a visible test makes is a kind of list; an in-process hidden test reads it.
# %% s | answer
class Stack:
    """A stack."""
    def __init__(self): self.items = []
    def push(self, x): self.items.append(x)
# %% t | test 1
s = Stack()
s.push(1)
# %% h1 | hidden 1
s.push(2)
# %% h2 | hidden 1
assert Stack.__doc__ and s.push(3) is None
# == honest: a kind of list | stock t=1 h1=1 h2=1
# %% s
class Stack(list):
    """A stack."""
    def push(self, x): self.append(x)

# ==== mixed-lazy-isolated
# A generator of which a hidden test takes one; only isolated tests.
# %% s | answer
class Pile:
    def __init__(self, xs): self.xs = list(xs)
    def take(self): return _Take(self)
class _Take:
    def __init__(self, pile): self.pile = pile
    def __iter__(self): return self
    def __next__(self):
        if not self.pile.xs: raise StopIteration
        return self.pile.xs.pop()
# %% t | test 1
assert list(Pile("ab").take()) == ["b", "a"]
# %% h1 | hidden 1
p = Pile("abc")
assert next(p.take()) == "c" and len(p.xs) == 2
# == honest: a generator | stock t=1 h1=1
# %% s
class Pile:
    def __init__(self, xs): self.xs = list(xs)
    def take(self):
        while self.xs: yield self.xs.pop()

# ==== mixed-lazy-both
# The same, with the solution being a generator; a wrong answer is eager.
# %% s | answer
log = []
def steps(n):
    """Logs each."""
    for i in range(n):
        log.append(i)
        yield i
# %% t | test 1
assert list(steps(2)) == [0, 1]
# %% h1 | hidden 2
log.clear()
g = steps(5)
next(g)
assert len(log) == 1
# %% h2 | hidden 1
assert steps.__doc__ and log == [0]
# == wrong: eager | stock t=1 h1=0 h2=0
# %% s
log = []
def steps(n):
    """Logs each."""
    for i in range(n): log.append(i)
    return iter(range(n))

# ==== mixed-needed
# The visible test sets what an in-process one reads; an isolated one reads the data.
# %% i | locked
data = [2, 1]
# %% f | answer
def f(xs):
    "x"
    return max(xs)
# %% t | test 1
r = f(data)
assert r == 2
# %% h1 | hidden 1
assert f.__doc__ and r == 2
# %% h2 | hidden 1
assert data[0] == 2
# == wrong: sorts | stock t=1 h1=1 h2=0 | waits h2
# %% f
def f(xs):
    "x"
    xs.sort()
    return xs[-1]

# ==== mixed-hidden-then-doc
# A hidden isolated test passes given data; one in-process behind it reads them.
# %% i | locked
data = [2, 1]
# %% f | answer
def f(xs):
    "x"
    return max(xs)
# %% t | test 1
assert f([1]) == 1
# %% h1 | hidden 1
assert f(data) == 2
# %% h2 | hidden 1
assert f.__doc__ and data[0] == 2
# == wrong: sorts | stock t=1 h1=1 h2=0
# %% f
def f(xs):
    "x"
    xs.sort()
    return xs[-1]

# ==== mixed-global
# A hidden isolated test passes given data; an answer reads them by name.
# %% i | locked
data = [2, 1]
# %% f | answer
def f(xs): return max(xs)
# %% g | answer
def first(): return data[0]
# %% t | test 1
assert f([1]) == 1
# %% h1 | hidden 1
assert f(data) == 2
# %% h2 | hidden 1
assert first() == 2
# == wrong: sorts | stock t=1 h1=1 h2=0 | waits h2
# %% f
def f(xs):
    xs.sort()
    return xs[-1]

# ==== mixed-visible-lazy
# A visible test takes one of a generator; a hidden one in-process looks at what is left.
# %% s | answer
class Take:
    def __init__(self, pile): self.pile = pile
    def __iter__(self): return self
    def __next__(self):
        if not self.pile.xs: raise StopIteration
        return self.pile.xs.pop()
class Pile:
    """A pile."""
    def __init__(self, xs): self.xs = list(xs)
    def take(self): return Take(self)
# %% u | answer
pile = Pile("abc")
# %% t | test 1
assert next(pile.take()) == "c"
# %% h1 | hidden 1
assert Pile.__doc__ and len(pile.xs) == 2
# == honest: a generator | stock t=1 h1=1
# %% s
class Pile:
    """A pile."""
    def __init__(self, xs): self.xs = list(xs)
    def take(self):
        while self.xs: yield self.xs.pop()

# ==== mixed-bag
# An endless iterator fills a bag of the answer's cell in a visible test; a hidden one looks at it.
# %% n | answer
class naturals:
    """0, 1, 2 and so on."""
    def __init__(self): self.n = -1
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        return self.n
# %% b | answer
class Bag:
    """A bag."""
    def __init__(self): self.items = []
    def add(self, x): self.items.append(x)
bag = Bag()
# %% t | test 1
n = naturals()
for _ in range(3): bag.add(next(n))
assert len(bag.items) == 3
# %% h | hidden 2
assert Bag.__doc__ and bag.items == [0, 1, 2]
# == honest: a generator | stock t=1 h=2
# %% n
def naturals():
    n = 0
    while True:
        yield n
        n += 1

# ==== mixed-bag-hidden
# The same, in a hidden test.
# %% n | answer
class naturals:
    """0, 1, 2 and so on."""
    def __init__(self): self.n = -1
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        return self.n
# %% b | answer
class Bag:
    """A bag."""
    def __init__(self): self.items = []
    def add(self, x): self.items.append(x)
bag = Bag()
# %% t | test 1
assert next(naturals()) == 0
# %% h1 | hidden 1
n = naturals()
for _ in range(3): bag.add(next(n))
assert len(bag.items) == 3
# %% h2 | hidden 2
assert Bag.__doc__ and bag.items == [0, 1, 2]
# == honest: a generator | stock t=1 h1=1 h2=2
# %% n
def naturals():
    n = 0
    while True:
        yield n
        n += 1

# ==== mixed-noted-state
# A visible test appends to a given log; a hidden one reads it and given data.
# %% i | locked
log = []
data = [2, 1]
# %% f | answer
def f(xs): return max(xs)
# %% t | test 1
log.append(f(data))
assert log == [2]
# %% h | hidden 1
assert log == [2] and data[0] == 2
# == wrong: sorts the given in the cell | stock t=1 h=0 | waits h
# %% f
def f(xs): return max(xs)
data.sort()

# ==== mixed-stats
# A pipeline over a given list, of several answers, visible and hidden ones in one.
# %% i | locked
raw = ["3", "x", "5", "", "8"]
# %% p | answer
def parse(items):
    """Numbers among them."""
    return [int(s) for s in items if s.isdigit()]
# %% m | answer
def median(xs):
    s = sorted(xs)
    return s[len(s) // 2]
# %% o | answer
def outliers(xs, k=2):
    m = median(xs)
    return [x for x in xs if abs(x - m) > k]
# %% sm | answer
def summary():
    """Of what is given."""
    xs = parse(raw)
    return {"n": len(xs), "median": median(xs), "raw": len(raw)}
# %% t1 | test 1
xs = parse(raw)
assert xs == [3, 5, 8]
# %% t2 | test 1
assert median([8, 3, 5]) == 5
### BEGIN HIDDEN TESTS
assert median([9, 1, 5, 7, 8]) == 7
### END HIDDEN TESTS
# %% h1 | hidden 2
assert outliers([8, 3, 5, 20]) == [3, 20] or outliers([8, 3, 5, 20], 4) == [3, 20]
# %% h2 | hidden 2
assert summary() == {"n": 3, "median": 5, "raw": 5}
# %% h3 | hidden 2
assert summary.__doc__ and summary()["raw"] == 5 and raw[1] == "x" and xs == [3, 5, 8]
# == wrong: parse removes | stock t1=1 t2=1 h1=2 h2=0 h3=0
# %% p
def parse(items):
    """x"""
    for s in list(items):
        if not s.isdigit(): items.remove(s)
    return [int(s) for s in items]
# == wrong: parse changes them to numbers | stock t1=1 t2=1 h1=2 h2=0 h3=0 | waits h2
# %% p
def parse(items):
    for i, s in enumerate(items):
        items[i] = int(s) if s.isdigit() else 0
    return [x for x in items if x]
# == honest: try | stock t1=1 t2=1 h1=2 h2=2 h3=2
# %% p
def parse(items):
    out = []
    for s in items:
        try: out.append(int(s))
        except ValueError: pass
    return out
# == wrong: median sorts | stock t1=1 t2=1 h1=2 h2=2 h3=2
# %% m
def median(xs):
    xs.sort()
    return xs[len(xs) // 2]
# == half: outliers of the mean | stock t1=1 t2=1 h1=2 h2=2 h3=2
# %% o
def outliers(xs, k=2):
    m = sum(xs) / len(xs)
    return [x for x in xs if abs(x - m) > k]

# ==== mixed-min-listkind
# A kind of list that a visible test makes, changed by a hidden isolated test with a method of lists.
# %% s | answer
class Row:
    """A row."""
    def __init__(self, xs): self.xs = list(xs)
    def reverse(self): self.xs.reverse()
    def __iter__(self): return iter(self.xs)
# %% t | test 1
r = Row([1, 2])
assert list(r) == [1, 2]
# %% h1 | hidden 1
r.reverse()
assert list(r) == [2, 1]
# %% h2 | hidden 1
assert Row.__doc__ and list(r) == [2, 1]
# == honest: a kind of list | stock t=1 h1=1 h2=1
# %% s
class Row(list):
    """A row."""
# == wrong: reverse of the class's own list | stock t=1 h1=0 h2=0
# %% s
class Row(list):
    """A row."""
    def reverse(self): return self[::-1]
