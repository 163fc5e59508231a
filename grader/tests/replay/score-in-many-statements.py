# The score in an annotated, unpacked, walrus or augmented assignment.
# %% grade | locked
def grade(got, want): return 2 * (got == want)
def graded(got, want): return 2 * (got == want), "told"
# %% a | answer
a = 21
# %% t | test 2
points: float = grade(a, 21)
points
# %% u | test 2
points, told = graded(a, 21)
points
# %% v | test 2
(points := grade(a, 21))
# %% w | test 2
points = 0
points += grade(a, 21)
points
# %% x | test 2
points = grade(a, 21)
points
# %% y | test 2
[grade(a, 21)][0]
# == honest: a float | stock t=2 u=2 v=2 w=2 x=2 y=2
# %% a
a = 21.0
# == wrong: another number | stock t=0 u=0 v=0 w=0 x=0 y=0
# %% a
a = 20
# == wrong: a text | stock t=0 u=0 v=0 w=0 x=0 y=0
# %% a
a = "21"
# == stub: unwritten | stock t=0 u=0 v=0 w=0 x=0 y=0
# %% a
# YOUR CODE HERE
raise NotImplementedError()
# == attack: a table | stock t=2 u=2 v=2 w=2 x=2 y=2 | ours t=0 u=0 v=0 w=0 x=0 y=0: what is no number is no score
# %% a
import pandas as pd
a = pd.DataFrame({"x": [1, 2]})
# == attack: an array | stock t=2 u=2 v=2 w=2 x=2 y=2 | ours t=0 u=0 v=0 w=0 x=0 y=0: what is no number is no score
# %% a
import numpy as np
a = np.array([1, 2])
# == attack: pd.NA | stock t=2 u=2 v=2 w=2 x=2 y=2 | ours t=0 u=0 v=0 w=0 x=0 y=0: what is no number is no score
# %% a
import pandas
a = pandas.NA
# == attack: an object of its own | stock t=2 u=2 v=2 w=2 x=2 y=2 | ours t=0 u=0 v=0 w=0 x=0 y=0: nothing of the learner's is a score
# %% a
class Mine:
    def __eq__(self, other): return self
    def __rmul__(self, other): return self
    def __radd__(self, other): return self
    def __repr__(self): return "full points"
a = Mine()
