# What an answer gives says of itself that it is equal to everything.
# %% f | answer
def f(x): return x * x
z = [1, 2]
# %% calls | locked
got = f(3)
good = got == 9
# %% t | test 2
assert f(3) == 9
# %% u | test 1
assert z == [1, 2] and 9 == f(-3)
# %% v | test 1
assert good and got == 9
# == wrong: a constant | stock t=0 u=0 v=0
# %% f
def f(x): return 7
z = [1]
# == attack: an object | stock t=2 u=1 v=1 | ours t=0 u=0 v=0: it is no number
# %% f
class Any:
    def __eq__(self, other): return True
def f(x): return Any()
z = Any()
# == attack: a list and a number | stock t=2 u=1 v=1 | ours t=0 u=0 v=0: they are none
# %% f
class L(list):
    def __eq__(self, other): return True
class N(int):
    def __eq__(self, other): return True
def f(x): return N(7)
z = L()
