# An object of the source's counts what is wrong; its method is called with answers.
# %% tally | locked
class Tally:
    def __init__(self): self.wrong, self.right = 0, 0
    def check(self, got, want):
        if got == want: self.right += 1
        else: self.wrong += 1
tally = Tally()
# %% f | answer
def f(x): return x * x
# %% calls | locked
tally.check(f(3), 9)
tally.check(f(-1), 1)
# %% t | test 2
assert tally.wrong == 0
# %% u | test 2
tally.right
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == half: no negative numbers | stock t=0 u=1
# %% f
def f(x): return x * x if x > 0 else 0
# == raises: at the second | stock t=2 u=1
# %% f
def f(x): return 9 if x > 0 else 1 / 0
# == stub: unwritten | stock t=2 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: resets the tally | stock t=2 u=2 | ours t=0 u=0: the tally is the source's
# %% f
def f(x): return 7
# %% + calls
tally.wrong, tally.right = 0, 2
