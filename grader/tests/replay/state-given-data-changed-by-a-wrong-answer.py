# The answer cell must leave the data of a locked cell as they are; the solution does.
# %% data | locked
data = [3, 1, 2]
# %% f | answer
result = sorted(data)
# %% t | test 2
assert result == [1, 2, 3]
# %% u | test 2
assert data == [3, 1, 2]
# == honest: a copy | stock t=2 u=2
# %% f
result = data.copy()
result.sort()
# == wrong: sorts the data | stock t=2 u=0
# %% f
data.sort()
result = data
# == wrong: rebinds the data | stock t=2 u=0
# %% f
data = sorted(data)
result = data
# == wrong: sorts them in a cell of its own | stock t=2 u=0
# %% + data
data.sort()
