# Two names of an answer are one list, or not.
# %% f | answer
a = [1]
b = a
c = a.copy()
# %% t | test 1
assert a is b and c is not a and c == a
# %% u | test 1
a.append(2)
assert b == [1, 2] and c == [1]
# == wrong: a copy | stock t=0 u=0
# %% f
a = [1]
b = a.copy()
c = b
# == honest: in one line | stock t=1 u=1
# %% f
a = b = [1]
c = list(b)
