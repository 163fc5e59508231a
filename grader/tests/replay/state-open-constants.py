# Learners may change the numbers of an open cell.
# %% n | open
N = 3
names = ["a", "b"]
# %% f | answer
def f(): return [x * N for x in names]
# %% t | test 2
assert f() == [x * N for x in names]
# %% u | test 1
assert len(f()) == len(names)
# == honest: other numbers | stock t=2 u=1
# %% n
N = 10
names = ["x", "y", "z"]
# == honest: a range | stock t=2 u=1
# %% n
N, names = 2, [*"hello"]
# == wrong: a constant | stock t=0 u=0
# %% f
def f(): return ["aaa"]
# == half: right for what was handed out | stock t=0 u=1
# %% n
N = 4
names = ["a", "b"]
# %% f
def f(): return ["aaa", "bbb"]
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
