# A class counts its objects; tests make some, and one is hidden.
# %% account | answer
class Account:
    count = 0
    def __init__(self, owner, balance=0):
        self.owner, self._balance = owner, balance
        Account.count += 1
    @property
    def balance(self): return self._balance
    @balance.setter
    def balance(self, value):
        if value < 0: raise ValueError("no debts")
        self._balance = value
    @classmethod
    def empty(cls): return cls("nobody")
    @staticmethod
    def rate(): return 0.5
# %% t | test 2
a = Account("ada", 5)
b = Account.empty()
assert Account.count == 2 and b.owner == "nobody" and Account.rate() == 0.5
# %% u | hidden 1
a.balance = 8
assert a.balance == 8 and Account.count == 2
# %% v | test 1
try:
    a.balance = -1
except ValueError:
    pass
else:
    assert False
assert a.balance == 8
# == honest: names of its own | stock t=2 u=1 v=1
# %% account
class Account:
    count = 0
    def __init__(self, name, money=0):
        self.owner, self.money = name, money
        type(self).count += 1
    def _get(self): return self.money
    def _set(self, to):
        if to < 0: raise ValueError
        self.money = to
    balance = property(_get, _set)
    empty = classmethod(lambda cls: cls("nobody"))
    rate = staticmethod(lambda: 0.5)
# == wrong: counts nothing | stock t=0 u=1 v=0
# %% account
class Account:
    count = 2
    def __init__(self, owner, balance=0): self.owner, self.balance = owner, balance
    @classmethod
    def empty(cls): return cls("somebody")
# == half: takes debts | stock t=2 u=1 v=0
# %% account
class Account:
    count = 0
    def __init__(self, owner, balance=0):
        self.owner, self.balance = owner, balance
        Account.count += 1
    @classmethod
    def empty(cls): return cls("nobody")
    rate = staticmethod(lambda: 0.5)
