# functools and operator over answers in locked cells.
# %% f | answer
def power(base, n): return base ** n
# %% made | locked
from functools import partial, reduce, lru_cache
two = partial(power, 2)
cube = partial(power, n=3)
total = reduce(lambda a, b: power(a, b), [2, 3, 2])
cached = lru_cache(two)
# %% t | test 2
assert two(5) == 32 and cube(3) == 27
# %% u | test 1
assert total == 64 and cached(3) == 8 and two.func is power
# == honest: a loop | stock t=2 u=1
# %% f
def power(base, n):
    product = 1
    for _ in range(n): product *= base
    return product
# == wrong: other names | stock t=0 u=1
# %% f
def power(b, exponent): return b ** exponent
# == wrong: a product | stock t=0 u=0
# %% f
def power(base, n): return base * n
# == attack: functions of its own | stock t=2 u=1 | ours t=0 u=0: they are the source's
# %% f
def power(base, n): return 0
# %% + made
two, cube, total, cached = (lambda x: 32), (lambda x: 27), 64, lambda x: 8
two.func = power
