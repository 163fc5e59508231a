# A test sets a name that the answer reads.
# %% n | open
N = 3
# %% f | answer
def f(): return 2 * N
# %% t | test 1
assert f() == 2 * N
# %% u | test 1
N = 5
assert f() == 10
# %% v | test 1
assert f() == 2 * N == 10
# == honest: another number | stock t=1 u=1 v=1
# %% n
N = 4
# == wrong: a constant | stock t=1 u=0 v=0
# %% f
def f(): return 6
# == wrong: a constant that the second test wants | stock t=0 u=1 v=1
# %% f
def f(): return 10
# == half: the number when it is defined | stock t=1 u=0 v=0
# %% f
def f(n=N): return 2 * n
