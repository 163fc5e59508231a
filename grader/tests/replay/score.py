# ==== score-above-the-points
# A bonus for who does more than is asked ends nbgrader's grading.
# %% f | answer
def f(x): return x * x
# %% t | test 2
(f(3) == 9) + (f(2) == 4) + 3 * (f(0) is None)
# == honest: another style | stock t=2
# %% f
f = lambda x: x ** 2
# == wrong: gets the bonus | stock t=-
# %% f
def f(x): return x * x if x else None

# ==== score-adds-up
# Partial credit in a sum of comparisons.
# %% f | answer
def f(x): return x * x
# %% t | test 2
2 * (f(3) == 9)
# %% u | test 3
(f(2) == 4) + (f(-1) == 1) + (f(0) == 0)
# %% v | test 2
score = 0
for x in (2, 3, 4, 5):
    score += 0.5 * (f(x) == x * x)
score
# %% w | hidden 1
sum(f(x) == x * x for x in range(3)) / 3
# == honest: another style | stock t=2 u=3 v=2 w=1
# %% f
f = lambda x: x ** 2
# == wrong: a constant | stock t=0 u=0 v=0 w=0
# %% f
def f(x): return 7
# == half: small ones | stock t=2 u=3 v=1 w=1
# %% f
def f(x): return x * x if x < 4 else 0
# == half: the absolute value | stock t=0 u=3 v=0.5 w=1
# %% f
def f(x): return abs(x) if abs(x) < 2 else 4
# == raises: for 3 | stock t=0 u=3 v=0 w=1
# %% f
def f(x): return x * x if x != 3 else 1 / 0
# == stub: unwritten | stock t=0 u=0 v=0 w=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: an array | stock t=2 u=3 v=2 w=1 | ours t=0 u=0 v=0 w=0: what is no number is no score | waits t u v w
# %% f
import numpy as np
class A(np.ndarray):
    def __eq__(self, other): return np.array([1, 1])
def f(x): return np.zeros(2).view(A)

# ==== score-in-many-statements
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
# == attack: a table | stock t=2 u=2 v=2 w=2 x=2 y=2 | ours t=0 u=0 v=0 w=0 x=0 y=0: what is no number is no score | waits t u v w x y
# %% a
import pandas as pd
a = pd.DataFrame({"x": [1, 2]})
# == attack: an array | stock t=2 u=2 v=2 w=2 x=2 y=2 | ours t=0 u=0 v=0 w=0 x=0 y=0: what is no number is no score | waits t u v w x y
# %% a
import numpy as np
a = np.array([1, 2])
# == attack: pd.NA | stock t=2 u=2 v=2 w=2 x=2 y=2 | ours t=0 u=0 v=0 w=0 x=0 y=0: what is no number is no score | waits t u v w x y
# %% a
import pandas
a = pandas.NA
# == attack: an object of its own | stock t=2 u=2 v=2 w=2 x=2 y=2 | ours t=0 u=0 v=0 w=0 x=0 y=0: nothing of the learner's is a score | waits t u v w x y
# %% a
class Mine:
    def __eq__(self, other): return self
    def __rmul__(self, other): return self
    def __radd__(self, other): return self
    def __repr__(self): return "full points"
a = Mine()

# ==== score-kinds-of-numbers
# Scores as Fraction, Decimal, NumPy's numbers, with a semicolon, as text.
# %% f | answer
def f(x): return x * x
# %% libraries | locked
import numpy as np
from fractions import Fraction
from decimal import Decimal
right = [f(2) == 4, f(3) == 9]
# %% t | test 2
Fraction(2 * sum(right), 2)
# %% u | test 2
Decimal(sum(right))
# %% v | test 2
2 * np.mean(right)
# %% w | test 2
np.int64(sum(right))
# %% x | test 2
sum(right);
# %% y | test 2
f"{sum(right)}"
# %% z | test 2
float(np.sum(right))
# == honest: another style | stock t=2 u=2 v=2 w=2 x=2 y=2 z=2
# %% f
f = lambda x: x ** 2
# == half: right for 3 | stock t=2 u=2 v=2 w=2 x=2 y=2 z=1 | ours t=1 u=1 v=1 w=1: a real number of any kind is a score
# %% f
def f(x): return 9
# == wrong: a constant | stock t=2 u=2 v=2 w=2 x=2 y=2 z=0 | ours t=0 u=0 v=0 w=0: a real number of any kind is a score
# %% f
def f(x): return 7
# == stub: unwritten | stock t=0 u=0 v=0 w=0 x=0 y=0 z=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== score-many-digits
# A hidden score whose digits would tell the hidden input.
# %% f | answer
def f(x): return min(1, x)
# %% t | hidden 1
min(1.0, f(0.123456789) / 0.123456789)
# %% u | test 1
min(1.0, f(0.987654321) / 0.987654321)
# == half: a third | stock t=0.333333 u=0.333333
# %% f
def f(x): return x / 3
# == half: the digits that matter | stock t=0.405 u=0.050625
# %% f
def f(x): return 0.05
# == wrong: none | stock t=0 u=0
# %% f
def f(x): return 0

# ==== score-no-number
# Last lines that are bool, None, text, list: nbgrader gives all points where no error came first.
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert f(3) == 9
f(3) == 9
# %% u | test 2
f(2) == 5
# %% v | test 1
assert f(2) == 4
"well done"
# %% w | test 1
assert f(2) == 4
print("well done")
# %% x | test 1
assert f(2) == 4
[1]
# %% y | test 1
assert f(1) == 1
None
# == wrong: a constant | stock t=0 u=2 v=0 w=0 x=0 y=0
# %% f
def f(x): return 7
# == half: right for 3 | stock t=2 u=2 v=0 w=0 x=0 y=0
# %% f
def f(x): return 9
# == stub: unwritten | stock t=0 u=0 v=0 w=0 x=0 y=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== score-of-a-locked-cell
# A locked cell works out the score, and the test shows it.
# %% f | answer
def f(x): return x * x
# %% mark | locked
score = 2 * (f(3) == 9)
half = (f(2) == 4) + (f(1) == 1)
rubric = {"small": f(2) == 4, "large": f(10) == 100}
# %% t | test 2
score
# %% u | test 2
half
# %% v | test 2
sum(rubric.values())
# == honest: another style | stock t=2 u=2 v=2
# %% f
f = lambda x: x ** 2
# == wrong: a constant | stock t=0 u=0 v=0
# %% f
def f(x): return 7
# == half: right for 1 and 2 | stock t=0 u=2 v=1
# %% f
def f(x): return x * x if x < 3 else 0
# == raises: for 2, when the first score is there | stock t=2 u=0 v=0
# %% f
def f(x): return {3: 9}[x]
# == stub: unwritten | stock t=0 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: scores of its own | stock t=2 u=2 v=2 | ours t=0 u=0 v=0: the scores are the source's | waits t u v
# %% f
def f(x): return 7
# %% + mark
score, half, rubric = 2, 2, {"a": 2}

# ==== score-half-of-a-locked-cell
# The same where a half right answer gets one of two points.
# %% f | answer
def f(x): return x * x
# %% mark | locked
score = (f(3) == 9) + (f(-3) == 9)
# %% t | test 2
score
# %% u | hidden 2
score
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == half: only positive ones | stock t=1 u=1
# %% f
def f(x): return x * abs(x)

# ==== score-of-an-answer-alone
# The last line only shows what an answer gives, after asserts.
# %% f | answer
def f(x): return x + "!"
z = "so"
n = 2
# %% t | test 2
assert n == 2
f("a")
# %% u | test 2
z
# %% v | test 2
n
# == wrong: numbers | stock t=1 u=0 v=2
# %% f
def f(x): return 1
z, n = 0, 2
# == half: a number below | stock t=0 u=2 v=1
# %% f
def f(x): return x
z, n = "", 1
# == stub: unwritten | stock t=0 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== score-out-of-range
# A score below 0, which is full points in nbgrader.
# %% f | answer
def f(x): return x * x
# %% t | test 2
2 - 3 * (f(3) != 9)
# %% u | test 2
float("nan") if f(2) != 4 else 2
# == honest: another style | stock t=2 u=2
# %% f
f = lambda x: x ** 2
# == wrong: a constant | stock t=2 u=2 | ours t=0 u=0: a score below 0 or nan is an error
# %% f
def f(x): return 7
# == half: right for 3 | stock t=2 u=2 | ours u=0: nan is no score
# %% f
def f(x): return 9

# ==== score-shown-by-rubric
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
# == attack: a rubric of its own | stock t=2 u=2 v=2 | ours t=0 u=0 v=0: the rubric is the source's | waits t u v
# %% f
def f(x): return 7
# %% + calls
rubric.points = 2

# ==== score-with-a-warning
# nbgrader gives nothing where a test cell writes to stderr.
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert f(3) == 9
# %% u | test 1
assert f(2) == 4
# %% w | test 1
import sys
if f(2) != 4: print("not four", file=sys.stderr)
# == half: warns | stock t=0 u=0 w=0 | ours t=2 u=1 w=1: what an answer prints is no error
# %% f
import warnings
def f(x):
    warnings.warn(f"slow for {x}")
    return x * x
# == half: prints to stderr | stock t=0 u=0 w=0 | ours t=2 u=1 w=1: what an answer prints is no error
# %% f
import sys
def f(x):
    print("asked for", x, file=sys.stderr)
    return x * x
# == half: warns when it is defined | stock t=2 u=1 w=1
# %% f
import warnings
warnings.warn("about to define f")
def f(x): return x * x
# == wrong: a constant | stock t=0 u=0 w=0 | ours w=1: what stands on stderr costs nothing
# %% f
def f(x): return 7
