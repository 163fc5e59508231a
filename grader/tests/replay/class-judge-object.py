# A judge of the source's holds the answer, and a test asks it.
# %% judge | locked
class Judge:
    def __init__(self, fn): self.fn, self.asked = fn, []
    def grade(self):
        for x, y in ((2, 4), (3, 9)):
            self.asked.append(self.fn(x) == y)
        return sum(self.asked)
# %% f | answer
def f(x): return x * x
# %% made | locked
judge = Judge(f)
# %% t | test 2
judge.grade()
# %% u | test 1
assert judge.asked == [True, True] and judge.fn(4) == 16
# == honest: a class | stock t=2 u=1
# %% f
class f(int):
    def __new__(cls, x): return x * x
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == half: right for 2 | stock t=1 u=0
# %% f
def f(x): return 4
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: a judge of its own | stock t=2 u=1 | ours t=0 u=0: the judge is the source's
# %% f
def f(x): return 7
# %% + made
class Liar:
    asked = [True, True]
    def grade(self): return 2
    def fn(self, x): return 16
judge = Liar()
# == attack: a judge where the class stands | stock t=2 u=1 | ours t=0 u=0: the class is the source's
# %% f
def f(x): return 7
# %% + judge
class Judge:
    asked = [True, True]
    def __init__(self, fn): self.fn = lambda x: 16
    def grade(self): return 2
