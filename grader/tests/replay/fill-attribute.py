# A locked cell sets an attribute of its object to what the answer gives.
# %% box | locked
class Box:
    value = None
box = Box()
# %% f | answer
def f(x): return x * x
# %% calls | locked
box.value = f(3)
box.others = [f(4)]
# %% t | test 2
assert box.value == 9
# %% u | test 1
assert box.others == [16]
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == half: right for 3 only | stock t=2 u=0
# %% f
def f(x): return 9
# == raises: at 4, when the first is set | stock t=2 u=0
# %% f
def f(x): return {3: 9}[x]
# == attack: sets them itself | stock t=2 u=1 | ours t=0 u=0: the object is the source's
# %% f
def f(x): return 7
# %% + calls
box.value, box.others = 9, [16]
