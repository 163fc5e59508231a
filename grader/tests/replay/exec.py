# ==== exec-answers-by-exec
# The solution itself defines its name in a text.
# %% f | answer
exec("def f(x): return x * x")
globals()["g"] = lambda x: x + 1
# %% t | test 2
assert f(3) == 9
# %% u | test 1
assert g(1) == 2
# == honest: in words | stock t=2 u=1
# %% f
def f(x): return x * x
def g(x): return x + 1
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
g = f
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== exec-code-of-cells
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

# ==== exec-defines-the-judge
# The source defines its judge by exec, and one of its answers has no statements.
# %% scratch | answer
# a place for notes
# %% judge | locked
exec("def check(v): return v == 9\nwant = 9")
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert check(f(3))
# %% u | test 1
assert f(3) == want
# == honest: notes | stock t=2 u=1
# %% scratch
notes = "3 * 3"
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == attack: a judge in the scratch | stock t=2 u=1 | ours t=0 u=0: what it defines there judges nothing
# %% f
def f(x): return 7
# %% + f
def check(v): return True
want = 7
# == attack: a judge in the answer | stock t=2 u=1 | ours t=0 u=0: what an answer defines besides judges nothing
# %% f
def f(x): return 7
def check(v): return True
want = 7

# ==== exec-in-an-open-cell
# An open cell defines the judge by exec, another one by %run; an answer has no statements.
# %% write | locked
%%writefile helper.py
def near(a, b): return abs(a - b) < 1e-6
# %% judge | open
exec("def check(v): return v == 9")
# %% run | open
%run helper.py
# %% scratch | answer
# notes
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert check(f(3))
# %% u | test 1
assert near(f(3), 9)
# == honest: notes | stock t=2 u=1
# %% scratch
notes = 3
# == honest: writes the judge out | stock t=2 u=1
# %% judge
def check(v): return v == 9
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: judges of its own | stock t=2 u=1 | ours t=0 u=0: the judges are the source's
# %% f
def f(x): return 7
# %% + f
def check(v): return True
near = max

# ==== exec-in-an-open-cell-of-one-answer
# The same without tests that read the names elsewhere: the learner's own judge is no judge.
# %% judge | locked
%%capture
exec("def check(v): return v == 9")
# %% scratch | answer
# notes
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert check(f(3))
# == wrong: a constant | stock t=0
# %% f
def f(x): return 7
# == honest: another style | stock t=2
# %% f
f = lambda x: x ** 2
# == attack: a judge of its own | stock t=2 | ours t=0: the judge is the source's
# %% f
def f(x): return 7
# %% + f
def check(v): return True

# ==== exec-looked-up
# Tests get answers by eval, globals() and getattr of the main module.
# %% f | answer
def f(x): return x * x
n = 3
# %% t | test 1
assert eval("f(3)") == 9
# %% u | test 1
assert globals()["f"](n) == 9 and "n" in globals()
# %% v | test 1
import __main__
assert __main__.f(2) == 4 and hasattr(__main__, "n")
# %% w | test 1
namespace = {"f": f}
exec("y = f(4)", namespace)
assert namespace["y"] == 16
# == honest: lambda | stock t=1 u=1 v=1 w=1
# %% f
n, f = 3, lambda x: x * x
# == wrong: a constant | stock t=0 u=0 v=0 w=0
# %% f
def f(x): return 7
n = 3
# == half: no n | stock t=1 u=0 v=0 w=1
# %% f
def f(x): return x * x
# == stub: unwritten | stock t=0 u=0 v=0 w=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== exec-run-a-file
# A locked cell writes a module, another one runs it; a third imports it.
# %% write | locked
%%writefile judge.py
def check(v): return v == 9
LIMIT = 9
# %% run | locked
%run judge.py
import judge as same
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert check(f(3)) and f(3) <= LIMIT
# %% u | test 1
assert same.check(f(3))
# == honest: another style | stock t=2 u=1
# %% f
f = lambda x: x ** 2
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
