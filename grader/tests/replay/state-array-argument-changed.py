# The same of arrays, tables, dicts and sets.
# %% given | locked
import numpy as np, pandas as pd
# %% f | answer
def clip(a): a[a < 0] = 0
def clipped(a): return np.where(a < 0, 0, a)
def add(df): return df.assign(y=df.x + 1)
def put(d, s):
    d["k"] = len(s)
    s.add("k")
# %% t | test 1
a = np.array([1, -2])
clip(a)
assert a.tolist() == [1, 0]
# %% u | test 1
a = np.array([1, -2])
assert clipped(a).tolist() == [1, 0] and a.tolist() == [1, -2]
# %% v | test 1
df = pd.DataFrame({"x": [1]})
assert add(df).y.tolist() == [2] and "y" not in df
# %% w | test 1
d, s = {}, {"a"}
put(d, s)
assert d == {"k": 1} and s == {"a", "k"}
# == wrong: the other way round | stock t=0 u=0 v=0 w=0
# %% f
def clip(a): return np.maximum(a, 0)
def clipped(a):
    a[a < 0] = 0
    return a
def add(df):
    df["y"] = df.x + 1
    return df
def put(d, s): return {"k": 1}, {"a", "k"}
# == honest: other ways | stock t=1 u=1 v=1 w=1
# %% f
def clip(a): np.maximum(a, 0, out=a)
def clipped(a): return a * (a > 0)
def add(df):
    df = df.copy()
    df["y"] = df["x"] + 1
    return df
def put(d, s):
    d.update(k=len(s))
    s |= {"k"}
