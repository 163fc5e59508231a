# A test that only calls defines names that one reads which looks into the code, and the other way.
# %% f | answer
def f(x): return x * x
# %% t | test 1
a = f(2)
assert a == 4
# %% u | test 1
import inspect
text = inspect.getsource(f)
b = a + f(3)
assert b == 13 and "for" not in text
# %% v | test 1
c = b + a
assert c == 17
# %% w | hidden 1
assert (a, b, c) == (4, 13, 17) and len(text) > 5
# == honest: a lambda | stock t=1 u=1 v=1 w=1
# %% f
f = lambda x: x ** 2
# == wrong: a loop | stock t=1 u=0 v=1 w=1
# %% f
def f(x): return sum(x for _ in range(x))
# == half: right for 2 | stock t=1 u=0 v=0 w=0
# %% f
def f(x): return 4
# == raises: at 3 | stock t=1 u=0 v=0 w=0
# %% f
def f(x): return {2: 4}[x]
