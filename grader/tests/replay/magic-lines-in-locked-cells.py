# Magics in given cells: matplotlib, time, shell lines, help, autoreload.
# %% setup | locked
%matplotlib inline
%load_ext autoreload
%autoreload 2
%config InlineBackend.figure_format = "retina"
import math
!echo ready
files = !printf 'a\nb'
limit = 9
# %% help | open
math.sqrt?
?len
# %% f | answer
def f(x): return x * x
# %% timed | locked
%time y = f(3)
%timeit -n1 -r1 f(2)
z = 1
# %% t | test 2
assert y == 9 and z == 1
# %% u | test 1
assert f(3) <= limit and math.sqrt(f(2)) == 2
# %% v | test 1
assert list(files) == ["a", "b"]
# == honest: deletes the help | stock t=2 u=1 v=1
# %% - help
# == honest: magics of its own | stock t=2 u=1 v=1
# %% f
%time 1
def f(x): return x ** 2
!echo mine
# == wrong: a constant | stock t=0 u=0 v=1
# %% f
def f(x): return 7
# == stub: unwritten | stock t=0 u=0 v=1
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: a y of its own | stock t=2 u=0 v=1 | ours t=0: y is the source's
# %% f
def f(x): return 7
# %% + timed
y = 9
