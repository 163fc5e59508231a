# Generators of answers and of the source's, which are used up.
# %% gen | answer
def count(n):
    while n:
        yield n
        n -= 1
# %% made | locked
squares = (x * x for x in count(3))
it = count(2)
first = next(it)
# %% t | test 2
assert list(count(3)) == [3, 2, 1] and next(count(5)) == 5
# %% u | test 1
assert [*squares] == [9, 4, 1]
# %% v | test 1
assert [*squares] == []
# %% w | test 1
assert first == 2 and next(it) == 1
try:
    next(it)
    assert False
except StopIteration:
    pass
# %% x | test 1
import types
assert isinstance(count(1), types.GeneratorType) and iter(it) is it
# == honest: yield from | stock t=2 u=1 v=1 w=1 x=1
# %% gen
def count(n): yield from range(n, 0, -1)
# == wrong: a list | stock t=0 u=1 v=1 w=0 x=0
# %% gen
def count(n): return list(range(n, 0, -1))
# == wrong: counts up | stock t=0 u=0 v=1 w=0 x=1
# %% gen
def count(n): yield from range(1, n + 1)
# == half: one too many | stock t=0 u=0 v=1 w=0 x=1
# %% gen
def count(n):
    while n >= 0:
        yield n
        n -= 1
