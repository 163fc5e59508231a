# A class of the answer's with the special methods that courses ask for.
# %% vector | answer
class V:
    def __init__(self, *xs): self.xs = list(xs)
    def __add__(self, other): return V(*(a + b for a, b in zip(self.xs, other.xs)))
    def __eq__(self, other): return self.xs == other.xs
    def __hash__(self): return hash(tuple(self.xs))
    def __len__(self): return len(self.xs)
    def __getitem__(self, i): return self.xs[i]
    def __setitem__(self, i, x): self.xs[i] = x
    def __contains__(self, x): return x in self.xs
    def __iter__(self): return iter(self.xs)
    def __lt__(self, other): return self.xs < other.xs
    def __bool__(self): return any(self.xs)
    def __repr__(self): return f"V{tuple(self.xs)}"
    def __rmul__(self, k): return V(*(k * x for x in self.xs))
    def __neg__(self): return -1 * self
# %% t | test 2
v, w = V(1, 2), V(3, 4)
assert v + w == V(4, 6) and v != w and len(v) == 2 and v[1] == 2 and 2 in v and [*v] == [1, 2]
# %% u | test 2
assert repr(V(1, 2)) == "V(1, 2)" == str(v) and f"{v}" == "V(1, 2)"
assert 3 * v == V(3, 6) and -v == V(-1, -2) and not V(0) and min(w, v) == v and sum(v) == 3
# %% x | test 1
v[0] = 9
assert v[0] == 9 and v == V(9, 2) and len({V(1), V(1)}) == 1 and {V(1): 2}[V(1)] == 2
# == honest: a subclass of tuple, but for items | stock t=2 u=2 x=1
# %% vector
class V(list):
    def __init__(self, *xs): super().__init__(xs)
    def __add__(self, other): return V(*map(sum, zip(self, other)))
    def __hash__(self): return hash(tuple(self))
    def __bool__(self): return any(self)
    def __repr__(self): return f"V{tuple(self)}"
    def __rmul__(self, k): return V(*(k * x for x in self))
    def __neg__(self): return -1 * self
# == wrong: no methods | stock t=0 u=0 x=0
# %% vector
class V:
    def __init__(self, *xs): self.xs = xs
# == half: no comparison | stock t=0 u=0 x=0
# %% vector
class V(list):
    def __init__(self, *xs): super().__init__(xs)
    def __eq__(self, other): return NotImplemented
# == stub: unwritten | stock t=0 u=0 x=0
# %% vector
# YOUR CODE HERE
raise NotImplementedError()
