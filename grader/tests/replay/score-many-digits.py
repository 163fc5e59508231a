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
