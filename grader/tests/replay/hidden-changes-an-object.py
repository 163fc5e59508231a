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
