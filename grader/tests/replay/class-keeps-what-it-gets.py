# The other way round: what is passed is to be kept as it is, also for later.
# %% watch | answer
class Watch:
    def __init__(self, xs): self.xs = xs
    def total(self): return sum(self.xs)
def lazy(xs):
    for x in xs: yield x
def adder(xs): return lambda: sum(xs)
# %% t | test 2
xs = [1]
w, g, a = Watch(xs), lazy(xs), adder(xs)
xs.append(2)
assert w.total() == 3 and a() == 3
# %% u | test 1
assert [*g] == [1, 2] and w.xs is xs
# == honest: map | stock t=2 u=1
# %% watch
class Watch:
    def __init__(self, numbers): self.xs = numbers
    def total(self): return sum(x for x in self.xs)
def lazy(xs): yield from xs
def adder(xs):
    def add(): return sum(xs)
    return add
# == wrong: copies | stock t=0 u=0
# %% watch
class Watch:
    def __init__(self, xs): self.xs = [*xs]
    def total(self): return sum(self.xs)
def lazy(xs): return iter([*xs])
def adder(xs):
    n = sum(xs)
    return lambda: n
