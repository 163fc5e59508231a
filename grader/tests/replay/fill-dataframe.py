# Locked cells map the answer over a column and put the result beside it.
# %% df | locked
import pandas as pd
df = pd.DataFrame({"x": [1, 2, 3]})
# %% f | answer
def f(x): return x * x
# %% calls | locked
df["y"] = df["x"].map(f)
df["z"] = df.apply(lambda row: f(row.x) + 1, axis=1)
# %% t | test 2
assert df["y"].tolist() == [1, 4, 9]
# %% u | test 2
assert df["z"].sum() == 17
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == half: right for numbers below 3 | stock t=0 u=0
# %% f
def f(x): return x * x if x < 3 else 0
# == raises: at 3 | stock t=0 u=0
# %% f
def f(x): return {1: 1, 2: 4}[x]
# == attack: columns of its own | stock t=2 u=2 | ours t=0 u=0: the table is the source's
# %% f
def f(x): return 7
# %% + calls
df["y"], df["z"] = [1, 4, 9], [2, 5, 10]
