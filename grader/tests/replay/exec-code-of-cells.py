# Tests look at what was typed.
# %% f | answer
def f(xs):
    total = 0
    for x in xs:
        total += x
    return total
# %% t | test 1
assert not any("sum(" in cell for cell in In[:-1])
# %% u | test 1
import inspect, ast
tree = ast.parse(inspect.getsource(f))
assert any(isinstance(node, ast.For) for node in ast.walk(tree))
# %% v | test 2
assert f([1, 2]) == 3
# == honest: a while | stock t=1 u=1 v=2
# %% f
def f(xs):
    total = 0
    for i in range(len(xs)): total += xs[i]
    return total
# == wrong: sum | stock t=0 u=0 v=2
# %% f
def f(xs): return sum(xs)
# == half: a loop that adds nothing | stock t=1 u=1 v=0
# %% f
def f(xs):
    for x in xs: pass
    return 0
