# A list of the first answer is changed by the second; tests stand between and behind.
# %% first | answer
data = [1]
# %% t | test 1
assert data == [1]
# %% h | hidden 1
assert len(data) == 1
# %% second | answer
data.append(2)
def total(): return sum(data)
# %% u | test 1
assert data == [1, 2] and total() == 3
# %% v | test 1
data.append(7)
assert total() == 10
# %% w | test 1
assert data == [1, 2, 7]
# == honest: another way | stock t=1 h=1 u=1 v=1 w=1
# %% second
data += [2]
total = lambda: sum(data)
# == half: the first has it already | stock t=0 h=0 u=1 v=1 w=1
# %% first
data = [1, 2]
# %% second
def total(): return sum(data)
# == wrong: a list of its own | stock t=1 h=1 u=1 v=0 w=1
# %% second
data = [1, 2]
def total(): return 3
# == stub: the second is not written | stock t=1 h=1 u=0 v=0 w=0
# %% second
# YOUR CODE HERE
raise NotImplementedError()
