# Arrays, their dtypes, tables, Series, indices and missing values.
# %% libraries | locked
import numpy as np, pandas as pd
# %% v | answer
a = np.array([[1, 2], [3, 4]], dtype="int32")
m = a.mean()
df = pd.DataFrame({"k": ["x", "y", "x"], "v": [1.0, np.nan, 3.0]}).set_index("k")
s = df["v"].dropna()
mask = a > 1
# %% t | test 1
assert a.shape == (2, 2) and a.dtype == np.int32 and (a.T @ a)[0, 0] == 10 and m == 2.5
# %% u | test 1
assert df.shape == (3, 1) and df.index.tolist() == ["x", "y", "x"] and df["v"].isna().sum() == 1
# %% w | test 1
pd.testing.assert_series_equal(s, pd.Series([1.0, 3.0], index=pd.Index(["x", "x"], name="k"), name="v"))
# %% y | test 1
assert mask.sum() == 3 and isinstance(m, np.floating) and a[mask].tolist() == [2, 3, 4]
# %% z | test 1
np.testing.assert_allclose(a, [[1, 2], [3, 4]])
assert isinstance(df, pd.DataFrame) and df.groupby("k").v.sum()["x"] == 4
# == wrong: lists | stock t=0 u=0 w=0 y=0 z=0
# %% v
a = [[1, 2], [3, 4]]
m, df, s, mask = 2.5, {"v": [1, 3]}, [1.0, 3.0], [0, 1, 1, 1]
# == half: other dtypes | stock t=0 u=0 w=0 y=0 z=1
# %% v
a = np.array([[1.0, 2], [3, 4]])
m = float(a.mean())
df = pd.DataFrame({"k": ["x", "y", "x"], "v": [1.0, np.nan, 3.0]})
s = df["v"].dropna()
mask = a > 1
