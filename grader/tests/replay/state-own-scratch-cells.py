# Names that learners use in cells of their own are names that tests use.
# %% given | locked
x = 3
def ref(v): return v * v
# %% f | answer
def f(v): return v * v
# %% t | test 2
assert f(x) == 9 == ref(x)
# %% u | test 1
assert sum([f(1), f(2)]) == 5 and len([x]) == 1
# == honest: a scratch cell | stock t=2 u=1
# %% + f
print(f(2))
y = 5
# == honest: overwrites x | stock t=0 u=1
# %% + f
x = 5
# == honest: overwrites sum and len | stock t=2 u=0 | ours u=1: names of a cell of their own are not the test's
# %% + f
sum = 0
for len in range(3): sum += f(len)
# == honest: overwrites them in the answer | stock t=0 u=0 | ours u=1: what an answer defines besides is not the test's
# %% f
def f(v): return v * v
x, sum = 7, 0
# == wrong: and prints | stock t=0 u=0
# %% f
def f(v): return 2 * v
# %% + f
print("all tests passed")
# == attack: another reference | stock t=2 u=1 | ours u=0: names of a cell of their own are not the test's
# %% f
def f(v): return 9
# %% + f
x, ref = 3, f
def sum(_): return 5
