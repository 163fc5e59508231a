# A finally is run where the answer raises, and names that come after it are missing.
# %% f | answer
def f(x): return x * x
# %% calls | locked
done = []
try:
    y = f(3)
    z = f("3" * 0 or 2)
finally:
    done.append("end")
w = y + z
# %% t | test 1
assert done == ["end"]
# %% u | test 1
assert y == 9
# %% v | test 1
assert w == 13
# == wrong: a constant | stock t=1 u=1 v=0
# %% f
def f(x): return 9
# == half: raises at the second | stock t=1 u=1 v=0
# %% f
def f(x): return {3: 9}[x]
# == stub: unwritten | stock t=1 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
