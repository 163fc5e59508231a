# ==== hidden-changes-an-object
# A hidden test changes an object of the answer's; a visible one behind it sees that.
# %% account | answer
class Account:
    def __init__(self): self.balance = 0
    def deposit(self, n): self.balance += n
acc = Account()
# %% h | hidden 1
acc.deposit(5)
assert acc.balance == 5
# %% u | test 1
acc.deposit(2)
assert acc.balance == 7
# %% v | test 1
assert acc.balance == 7
# == honest: a list of payments | stock h=1 u=1 v=1
# %% account
class Account:
    def __init__(self): self.paid = []
    def deposit(self, n): self.paid.append(n)
    balance = property(lambda self: sum(self.paid))
acc = Account()
# == wrong: forgets | stock h=0 u=1 v=1
# %% account
class Account:
    def __init__(self): self.balance = 7
    def deposit(self, n): pass
acc = Account()
# == half: sets it | stock h=1 u=0 v=0
# %% account
class Account:
    balance = 0
    def deposit(self, n): self.balance = n
acc = Account()

# ==== hidden-defines-for-a-visible-one
# What a hidden test defines a visible one reads, a helper of a locked cell too.
# %% f | answer
def f(x): return x * x
# %% use | locked
def judged(x): return judge(x)
# %% h | hidden 1
def judge(x): return f(x) == x * x
cases = [2, 3]
assert judge(5)
# %% u | test 2
assert all(judged(x) for x in cases)
# == wrong: a constant | stock h=1 u=0
# %% f
def f(x): return 25
# == half: right up to 3 | stock h=0 u=2
# %% f
def f(x): return x * x if x < 4 else 0
# == stub: unwritten | stock h=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== hidden-sees-what-was-there
# Hidden tests are run last here, with the names as they were at their places.
# %% f | answer
def f(x): return x + k
k = 1
# %% h | hidden 1
assert k == 1 and f(1) == 2
# %% log | locked
log = []
# %% visible | test 1
log.append(f(1))
k = 5
assert log == [2]
# %% g | hidden 1
assert k == 5 and f(1) == 6 and log == [2]
log.append(0)
# %% more | locked
k = 7
log = log + [f(0)]
# %% u | test 1
assert log == [2, 0, 7]
# == wrong: a constant | stock h=1 visible=1 g=0 u=0
# %% f
def f(x): return 2
k = 1
# ==== hidden-apart-alone-keeps-what-it-had
# What an answer has kept of a test that runs apart alone.
# %% collect | answer
def collect(x, into=None):
    return [*(into or ()), x]
# %% u | test 1 apart
assert collect(1) == [1]
# %% h | hidden 2 apart
assert collect(2) == [2]
# == wrong: a list for a default | stock u=1 h=0
# %% collect
def collect(x, into=[]):
    into.append(x)
    return into
# == honest: in words of its own | stock u=1 h=2
# %% collect
def collect(x, into=()):
    return list(into) + [x]
