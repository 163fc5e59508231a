# Locked closures over a loop's variable call the answer later, when the variable is another.
# %% f | answer
def f(x): return 10 * x
# %% made | locked
late = [lambda: f(k) for k in range(3)]
early = [lambda k=k: f(k) for k in range(3)]
fns = {}
for k in range(3):
    fns[k] = lambda: f(k)
table = {name: fn() for name, fn in fns.items()}
k = 5
# %% t | test 1
assert [fn() for fn in late] == [20, 20, 20]
# %% u | test 1
assert [fn() for fn in early] == [0, 10, 20]
# %% v | test 1
assert table == {0: 20, 1: 20, 2: 20}
# %% w | test 1
assert fns[0]() == 50
# == honest: a sum | stock t=1 u=1 v=1 w=1
# %% f
def f(x): return sum([x] * 10)
# == wrong: a constant | stock t=1 u=0 v=1 w=0
# %% f
def f(x): return 20
# == stub: unwritten | stock t=0 u=0 v=0 w=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
