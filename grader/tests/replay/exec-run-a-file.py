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
