# Arguments that share what they hold: views, one list twice, a list in itself.
# %% libraries | locked
import numpy as np
# %% f | answer
def fill(row): row += 1
def same(a, b): return a is b
def add(rows): rows[0].append(7)
def move(a, b): b.append(a.pop())
def inside(xs): return any(x is xs for x in xs)
# %% t | test 1
m = np.zeros((2, 2))
fill(m[0])
assert m.tolist() == [[1, 1], [0, 0]]
# %% u | test 1
xs = [1]
assert same(xs, xs) and not same([1], [1])
# %% v | test 1
inner = [0]
rows = [inner, inner]
add(rows)
assert rows == [[0, 7], [0, 7]] and inner == [0, 7]
# %% w | test 1
xs = [1, 2]
move(xs, xs)
assert xs == [1, 2]
# %% x | test 1
xs = [1]
xs.append(xs)
assert inside(xs)
# == honest: other words | stock t=1 u=1 v=1 w=1 x=1
# %% f
def fill(row): row[:] = row + 1
def same(a, b): return id(a) == id(b)
def add(rows): rows[0] += [7]
def move(a, b): b += [a.pop()]
def inside(xs): return id(xs) in map(id, xs)
# == wrong: copies and equality | stock t=0 u=0 v=0 w=0 x=1
# %% f
def fill(row): return row + 1
def same(a, b): return a == b
def add(rows): rows[0] = rows[0] + [7]
def move(a, b): b = b + [a.pop()]
def inside(xs): return True
