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
