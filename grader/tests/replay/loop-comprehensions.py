# Comprehensions, sorting keys, max, map, filter and any over answers in a locked cell.
# %% f | answer
def f(word): return word.count("a")
# %% calls | locked
words = ["banana", "tree", "papa", "saga boat", "a"]
counts = {w: f(w) for w in words}
grid = [[f(a + b) for a in "ab"] for b in "ab"]
best = max(words, key=f)
ranked = sorted(words, key=f)
some = [*filter(f, words)]
# %% t | test 2
assert counts == {"banana": 3, "tree": 0, "papa": 2, "saga boat": 3, "a": 1}
# %% u | test 1
assert grid == [[2, 1], [1, 0]]
# %% v | test 1
assert best == "banana" and ranked[0] == "tree" and len(some) == 4
# == honest: a sum | stock t=2 u=1 v=1
# %% f
def f(word): return sum(c == "a" for c in word)
# == wrong: the length | stock t=0 u=0 v=0
# %% f
def f(word): return len(word)
# == half: says whether there is one | stock t=0 u=0 v=1
# %% f
def f(word): return "a" in word
# == raises: for words without it | stock t=0 u=0 v=0
# %% f
def f(word): return word.count("a") // word.count("a") * word.count("a")
# == attack: makes them itself | stock t=2 u=1 v=1 | ours t=0 u=0 v=0: they are the source's
# %% f
def f(word): return None
# %% + calls
counts = {"banana": 3, "tree": 0, "papa": 2, "saga boat": 3, "a": 1}
grid, best, ranked, some = [[2, 1], [1, 0]], "banana", ["tree"], [0] * 4
