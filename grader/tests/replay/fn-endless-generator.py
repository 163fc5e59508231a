# Generators that don't end, of which tests take some; two at a time.
# %% f | answer
def naturals():
    n = 0
    while True:
        yield n
        n += 1
def echo():
    got = None
    while True: got = yield got
# %% take | locked
from itertools import islice, takewhile
nat = naturals()
start = [next(nat) for _ in range(3)]
# %% t | test 2
assert start == [0, 1, 2] and next(nat) == 3
# %% u | test 1
assert [*islice(naturals(), 4)] == [0, 1, 2, 3] and next(nat) == 4
# %% v | test 1
assert [*takewhile(lambda n: n < 3, naturals())] == [0, 1, 2]
# %% w | test 1
e = echo()
next(e)
assert e.send(5) == 5
e.close()
for n in naturals():
    if n > 2: break
assert n == 3
# == honest: itertools.count | stock t=2 u=1 v=1 w=1
# %% f
import itertools
def naturals(): return itertools.count()
def echo():
    x = yield
    while True: x = yield x
# == wrong: from 1, ends | stock t=0 u=0 v=0 w=0
# %% f
def naturals(): yield from range(1, 4)
def echo(): yield 5
# == stub: unwritten | stock t=0 u=0 v=0 w=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
