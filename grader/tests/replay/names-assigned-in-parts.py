# Unpacking, star targets, chained and augmented targets in answers and locked cells.
# %% v | answer
(a, *rest), b = (1, 2, 3), 4
c = d = [a]
c += [b]
e: int = 5
if (w := len(rest)) > 1: label = f"{w} left"
for i, ch in enumerate("xyz"): pass
with open("__f", "w") as fh: size = fh.write("abc")
# %% use | locked
first, *others = rest
a += 10
table = dict(zip("pq", rest))
# %% t | test 1
assert (rest, b, c, d, e) == ([2, 3], 4, [1, 4], [1, 4], 5)
# %% u | test 1
assert (w, label, i, ch, size) == (2, "2 left", 2, "z", 3)
# %% x | test 1
assert a == 11 and others == [3] and table["q"] == 3 and fh.closed
# == half: only some of it | stock t=0 u=0 x=0
# %% v
a, rest, b = 1, [2, 3], 4
# == wrong: other values | stock t=0 u=1 x=0
# %% v
a, rest, b, c, d, e = 0, [3, 2], 4, [1], [1, 4], 5
w, label, i, ch, size = 2, "2 left", 2, "z", 3
fh = open("__f", "w")
