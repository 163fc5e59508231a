# ==== kept-part-passed
# A part of given data is passed to an answer, and read by name behind that.
# %% d | locked
marks = {"a": [3, 1, 2]}
# %% f | answer
def median(m):
    s = sorted(m)
    return s[len(s) // 2]
# %% t | test 1
assert median([5, 4, 6]) == 5
# %% h | hidden 1
assert median(marks["a"]) == 2
# %% i | hidden 2
import inspect
assert inspect.isfunction(median) and marks["a"] == [3, 1, 2]
# == wrong: sorts in place | stock t=1 h=1 i=0
# %% f
def median(m):
    m.sort()
    return m[len(m) // 2]

# ==== kept-by-an-object
# An object keeps what it is given, and changes it in a later call.
# %% m | answer
class Matrix:
    def __init__(self, rows): self.rows = [list(r) for r in rows]
    def scale(self, k):
        for r in self.rows:
            for j in range(len(r)): r[j] *= k
    def at(self, i, j): return self.rows[i][j]
# %% t | test 1
assert Matrix([[1, 2]]).at(0, 1) == 2
# %% h | hidden 2
rows = [[1, 2], [3, 4]]
m = Matrix(rows)
m.scale(10)
assert m.at(1, 1) == 40
assert rows == [[1, 2], [3, 4]]
# %% i | hidden 1
n = Matrix(rows)
assert n.at(0, 0) == 1
# == wrong: keeps the rows | stock t=1 h=0 i=0 | waits h i
# %% m
class Matrix:
    def __init__(self, rows): self.rows = rows
    def scale(self, k):
        for r in self.rows:
            for j in range(len(r)): r[j] *= k
    def at(self, i, j): return self.rows[i][j]
# == wrong: a shallow copy | stock t=1 h=0 i=0 | waits h i
# %% m
class Matrix:
    def __init__(self, rows): self.rows = list(rows)
    def scale(self, k):
        for r in self.rows:
            for j in range(len(r)): r[j] *= k
    def at(self, i, j): return self.rows[i][j]
# == honest: keeps the rows, and changes none | stock t=1 h=2 i=1
# %% m
class Matrix:
    def __init__(self, rows): self.rows, self.k = rows, 1
    def scale(self, k): self.k *= k
    def at(self, i, j): return self.rows[i][j] * self.k

# ==== kept-changed-by-name
# An answer changes given data by name, when it is called; hidden tests of both kinds.
# %% d | locked
marks = [3, 1, 2]
# %% f | answer
def top(n): return sorted(marks, reverse=True)[:n]
# %% t | test 1
assert callable(top)
# %% h | hidden 1
import inspect
assert list(inspect.signature(top).parameters) == ["n"] and top(1) == [3]
# %% i | hidden 2
assert marks == [3, 1, 2]
# == wrong: sorts the given | stock t=1 h=1 i=0 | waits i
# %% f
def top(n):
    marks.sort(reverse=True)
    return marks[:n]

# ==== kept-changed-by-name-once
# The same in one hidden test.
# %% d | locked
marks = [3, 1, 2]
# %% f | answer
def top(n): return sorted(marks, reverse=True)[:n]
# %% t | test 1
assert callable(top)
# %% i | hidden 2
assert top(2) == [3, 2]
assert marks == [3, 1, 2]
# == wrong: sorts the given | stock t=1 i=0 | waits i
# %% f
def top(n):
    marks.sort(reverse=True)
    return marks[:n]
# == honest: another way | stock t=1 i=2
# %% f
import heapq
def top(n): return heapq.nlargest(n, marks)
