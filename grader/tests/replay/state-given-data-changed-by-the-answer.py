# The answer cell is to change the data of a locked cell in place.
# %% data | locked
import pandas as pd
df = pd.DataFrame({"w": [1, 2], "h": [3, 4]})
basket = {"apple": 1}
# %% f | answer
df["area"] = df.w * df.h
basket["pear"] = 2
# %% t | test 2
assert df["area"].tolist() == [3, 8]
# %% u | test 1
assert basket == {"apple": 1, "pear": 2}
# == honest: other ways | stock t=2 u=1
# %% f
df.insert(2, "area", [w * h for w, h in zip(df.w, df.h)])
basket.update(pear=2)
# == wrong: a sum | stock t=0 u=0
# %% f
df["area"] = df.w + df.h
basket = {"pear": 2}
# == honest: rebinds them | stock t=2 u=1
# %% f
df = df.assign(area=df.w * df.h)
basket = basket | {"pear": 2}
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
