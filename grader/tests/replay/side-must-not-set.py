# The answer must leave a module's settings and the generator alone.
# %% libraries | locked
import decimal, random
random.seed(5)
before = random.getstate()
# %% f | answer
def third(): return decimal.Decimal(1) / 3
# %% t | test 1
third()
assert decimal.getcontext().prec == 28
# %% u | test 1
assert random.getstate() == before
# %% v | test 1
assert str(third()).startswith("0.333")
# == honest: a local context | stock t=1 u=1 v=1
# %% f
def third():
    with decimal.localcontext() as c:
        c.prec = 6
        return decimal.Decimal(1) / decimal.Decimal(3)
# == wrong: sets the precision | stock t=0 u=1 v=1
# %% f
def third():
    decimal.getcontext().prec = 6
    return decimal.Decimal(1) / 3
# == wrong: draws | stock t=1 u=0 v=1
# %% f
random.random()
def third(): return decimal.Decimal(1) / 3
