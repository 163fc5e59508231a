# An object of the source's gives the score.
# %% rubric | locked
class Rubric:
    def __init__(self): self.points, self.notes = 0, []
    def award(self, what, points):
        self.points += points if what else 0
        self.notes.append(bool(what))
rubric = Rubric()
# %% f | answer
def f(x): return x * x
# %% calls | locked
rubric.award(f(2) == 4, 1)
rubric.award(f(3) == 9, 1)
# %% t | test 2
rubric.points
# %% u | test 3
rubric.award(f(4) == 16, 1)
rubric.points
# %% v | hidden 3
rubric.points
# == wrong: a constant | stock t=0 u=0 v=0
# %% f
def f(x): return 7
# == half: right for 2 | stock t=1 u=1 v=1
# %% f
def f(x): return 4
# == raises: at 3 | stock t=1 u=0 v=1
# %% f
def f(x): return {2: 4}[x]
# == stub: unwritten | stock t=0 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: a rubric of its own | stock t=2 u=2 v=2 | ours t=0 u=0 v=0: the rubric is the source's
# %% f
def f(x): return 7
# %% + calls
rubric.points = 2
