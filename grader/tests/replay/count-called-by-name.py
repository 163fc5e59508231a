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
