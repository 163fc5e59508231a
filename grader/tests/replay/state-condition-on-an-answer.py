# A locked if asks the answer and defines different things.
# %% f | answer
def f(x): return x * x
# %% if | locked
if f(3) == 9:
    verdict = "right"
    def check(x): return f(x) == x * x
else:
    verdict = "wrong"
    def check(x): return False
grade = "A" if f(2) == 4 else "C"
match f(1):
    case 1: one = True
    case _: one = False
# %% t | test 2
assert verdict == "right" and check(5)
# %% u | test 1
assert grade == "A" and one
# == honest: a loop | stock t=2 u=1
# %% f
def f(x): return sum(x for _ in range(x))
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == half: right up to 3 | stock t=0 u=1
# %% f
def f(x): return {1: 1, 2: 4, 3: 9}.get(x)
# == attack: the verdict itself | stock t=2 u=1 | ours t=0 u=0: they are the source's
# %% f
def f(x): return 7
# %% + if
verdict, grade, one = "right", "A", True
def check(x): return True
