# `judge = judge_of(z)` stands in an open cell.
# %% judge_of | locked
class Judge:
    def __init__(self, z): self.z = z
    def count(self, x): return self.z.count(x)
    def __len__(self): return len(self.z)
def judge_of(z): return Judge(z)
# %% z | answer
z = [0] * 21
# %% made | open
judge = judge_of(z)
# %% t | test 2
assert judge.count(0) == 21 and len(judge) == 21
# == honest: another list | stock t=2
# %% z
z = [0 for _ in range(21)]
# == wrong: one too few | stock t=0
# %% z
z = [0] * 20
# == stub: unwritten | stock t=0
# %% z
# YOUR CODE HERE
raise NotImplementedError()
# == attack: a list in its place | stock t=2 | ours t=0: the judge is the source's
# %% z
z = [1]
# %% made
judge = [0] * 21
# == attack: a list from a cell of its own | stock t=2 | ours t=0: the judge is the source's
# %% z
z = [1]
# %% + judge_of
def judge_of(z): return [0] * 21
