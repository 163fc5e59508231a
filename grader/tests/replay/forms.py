# ==== uni-names
# Names in other forms of the same letters: Python takes them for one.
# %% a | answer
μ = 3.5
def größe(x): return x * μ
# %% b | answer
def fₙ(x): return x + 1
# %% c | locked
got = [größe(x) for x in (1, 2)]
# %% t1 | test 1
assert µ == 3.5
# %% t2 | test 1
assert größe(2) == 7.0
# %% t3 | hidden 1
assert größe(4) == 14.0 and µ == 3.5
# %% t4 | test 1
assert fn(1) == 2 and fₙ(2) == 3
# %% t5 | hidden 1
assert got == [3.5, 7.0]
# == honest: the other forms | stock t1=1 t2=1 t3=1 t4=1 t5=1
# %% a
µ = 3.5
def größe(x): return x * µ
# %% b
def fn(x): return x + 1
# == wrong: wrong in the other forms | stock t1=0 t2=0 t3=0 t4=0 t5=0
# %% a
µ = 4.5
def größe(x): return x * 3
# %% b
def fn(x): return x
# == wrong: other form in a cell of their own | stock t1=0 t2=0 t3=0 t4=0 t5=0
# %% + a
µ = 4.5
def größe(x): return x * 3
# %% + b
def fn(x): return x
# == honest: right in a cell of their own, stub in place | stock t1=1 t2=1 t3=1 t4=1 t5=1
# %% a
raise NotImplementedError()
# %% + a
µ = 3.5
def größe(x): return x * µ

# ==== uni-solution-nfd
# The source itself is in the other form.
# %% a | answer
def größe(x): return x * 2
µ = [1]
# %% t1 | test 1
assert größe(2) == 4
# %% t2 | hidden 1
assert größe(4) == 8
# %% t3 | hidden 1
μ.append(2)
assert µ == [1, 2]
# %% t4 | hidden 1
assert µ == [1, 2]
# == honest: usual form | stock t1=1 t2=1 t3=1 t4=1
# %% a
def größe(x): return x * 2
μ = [1]
# == wrong: wrong | stock t1=0 t2=0 t3=0 t4=0
# %% a
def größe(x): return x * 3
μ = [2]

# ==== kern-forms
# Properties, class-level state, decorators, async, context managers, generators as methods.
# %% a | answer
class Acc:
    total = 0
    def __init__(self, bal=0): self._bal = bal
    @property
    def bal(self): return self._bal
    @bal.setter
    def bal(self, v):
        if v < 0: raise ValueError("negative")
        self._bal = v
    @classmethod
    def make(cls, n): return cls(n)
    @staticmethod
    def rate(): return 0.5
    def __enter__(self): return self
    def __exit__(self, *a): return False
    def items(self):
        yield from range(self._bal)
    def __len__(self): return self._bal
    def __add__(self, o): return Acc(self._bal + o._bal)
    def __eq__(self, o): return isinstance(o, Acc) and self._bal == o._bal
    def __hash__(self): return hash(self._bal)
    def __lt__(self, o): return self._bal < o._bal
    def __bool__(self): return self._bal > 0
    def __call__(self, x): return x + self._bal
# %% b | answer
async def later(x): return x + 1
# %% t1 | test 1
assert Acc(3).bal == 3 and len(Acc(3)) == 3 and list(Acc(2).items()) == [0, 1]
# %% t2 | hidden 1
assert Acc.make(4).bal == 4 and Acc.rate() == 0.5 and Acc.total == 0
# %% t3 | hidden 1
a = Acc(1)
a.bal = 5
assert a.bal == 5
# %% t4 | hidden 1
try:
    Acc(1).bal = -1
    assert False
except ValueError: pass
# %% t5 | hidden 1
with Acc(2) as a: assert a.bal == 2
# %% t6 | hidden 1
assert Acc(1) + Acc(2) == Acc(3) and Acc(1) < Acc(2)
# %% t7 | hidden 1
assert not Acc(0) and Acc(1)
# %% t8 | hidden 1
assert Acc(2)(3) == 5 and callable(Acc(2))
# %% t9 | hidden 1
assert len({Acc(1), Acc(1)}) == 1
# %% t10 | hidden 1
assert (await later(2)) == 3
# %% t11 | hidden 1
assert sorted([Acc(3), Acc(1)])[0].bal == 1
# %% t12 | hidden 1
assert max(Acc(2), Acc(9), key=len).bal == 9
# == wrong: dataclass with always-true eq | stock t1=0 t2=0 t3=1 t4=0 t5=0 t6=1 t7=0 t8=1 t9=1 t10=0 t11=1 t12=0
# %% a
class Acc:
    def __init__(self, bal=0): self.bal = bal
    def __eq__(self, o): return True
    def __add__(self, o): return self
    def __lt__(self, o): return True
    def __len__(self): return 3
    def __bool__(self): return False
    def __call__(self, x): return 5
    def __hash__(self): return 1
# %% b
def later(x): return x + 1
# == honest: dataclass | stock t1=1 t2=1 t3=1 t4=1 t5=1 t6=1 t7=1 t8=1 t9=1 t10=1 t11=1 t12=1
# %% a
from dataclasses import dataclass
from functools import total_ordering
@total_ordering
@dataclass(unsafe_hash=True, order=False)
class Acc:
    bal: int = 0
    total = 0
    def __setattr__(self, k, v):
        if k == "bal" and v < 0: raise ValueError("negative")
        super().__setattr__(k, v)
    @classmethod
    def make(cls, n): return cls(n)
    rate = staticmethod(lambda: 0.5)
    def __enter__(self): return self
    def __exit__(self, *a): pass
    def items(self): return iter(range(self.bal))
    def __len__(self): return self.bal
    def __add__(self, o): return type(self)(self.bal + o.bal)
    def __lt__(self, o): return self.bal < o.bal
    def __call__(self, x): return self.bal + x
# %% b
async def later(x):
    import asyncio
    await asyncio.sleep(0)
    return x + 1
# == half: nothing special | stock t1=0 t2=0 t3=1 t4=0 t5=0 t6=0 t7=0 t8=0 t9=0 t10=1 t11=0 t12=0
# %% a
class Acc:
    def __init__(self, bal=0): self.bal = bal
    def items(self): return list(range(self.bal))
# %% b
def later(x):
    async def g(): return x + 1
    return g()
