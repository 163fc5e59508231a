# The answer writes a file, and a locked cell reads it.
# %% f | answer
with open("table.csv", "w") as file: file.write("x,y\n1,2\n")
def rows(): return 1
# %% read | locked
import csv
try:
    with open("table.csv") as file: table = [*csv.DictReader(file)]
except FileNotFoundError:
    table = None
# %% t | test 2
assert table == [{"x": "1", "y": "2"}]
# %% u | test 1
assert rows() == len(table)
# == honest: csv | stock t=2 u=1
# %% f
import csv
with open("table.csv", "w", newline="") as file:
    csv.writer(file).writerows([["x", "y"], [1, 2]])
def rows(): return len(open("table.csv").readlines()) - 1
# == wrong: writes nothing | stock t=0 u=0
# %% f
def rows(): return 1
# == wrong: another table | stock t=0 u=1
# %% f
with open("table.csv", "w") as file: file.write("x,y\n")
def rows(): return 0
# == attack: a table of its own, where a file has the tests run in-process | stock t=2 u=1
# %% f
def rows(): return 1
# %% + read
table = [{"x": "1", "y": "2"}]
