# How long a call takes, how deep it goes, what it keeps alive.
# %% f | answer
memo = {}
def fib(n):
    if n not in memo: memo[n] = n if n < 2 else fib(n - 1) + fib(n - 2)
    return memo[n]
# %% t | test 2
import time
start = time.perf_counter()
assert fib(200) == 280571172992510140037611932413038677189525
assert time.perf_counter() - start < 1
# %% u | test 1
try:
    fib(10 ** 6)
    deep = False
except RecursionError:
    deep = True
assert deep
# %% v | test 1
assert len(memo) > 100
# == honest: functools | stock t=2 u=1 v=1
# %% f
from functools import cache
memo = range(200)
@cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
# == half: a loop | stock t=2 u=0 v=0
# %% f
memo = []
def fib(n):
    a, b = 0, 1
    for _ in range(min(n, 1000)): a, b = b, a + b
    return a
# == stub: unwritten | stock t=0 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
