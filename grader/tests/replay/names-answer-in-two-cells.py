# Two answers define one name each, a third is left to notes; a test reads all, with a class between.
# %% a | answer
base = 10
# %% b | answer
def scaled(x): return base * x
# %% between | locked
class Report:
    rows = [scaled(i) for i in range(3)]
    total = sum(rows)
report = Report()
# %% c | answer
base = 100
summary = f"{report.total} of {scaled(1)}"
# %% t | test 1
assert report.rows == [0, 10, 20] and Report.total == 30
# %% u | test 1
assert summary == "30 of 100" and base == 100
# %% v | hidden 1
assert scaled(2) == 200
# == honest: a default is no help | stock t=1 u=1 v=1
# %% b
def scaled(x):
    return x * base
# == half: the base is bound | stock t=1 u=0 v=0
# %% b
def scaled(x, base=base): return base * x
# == wrong: no base | stock t=1 u=0 v=0
# %% a
# YOUR CODE HERE
raise NotImplementedError()
# %% b
def scaled(x): return 10 * x
# == attack: a report of its own | stock t=1 u=0 v=0 | ours t=0: the class is the source's
# %% b
def scaled(x): return 0
# %% + between
class Report:
    rows, total = [0, 10, 20], 30
report = Report()
