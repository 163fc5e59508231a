# The answer sets what modules keep; tests look at it.
# %% libraries | locked
import decimal, os, math
import pandas as pd
# %% f | answer
decimal.getcontext().prec = 5
os.environ["MODE"] = "fast"
pd.options.display.max_rows = 7
math.tau2 = 2 * math.tau
# %% t | test 2
assert str(decimal.Decimal(1) / 3) == "0.33333"
# %% u | test 1
assert os.environ.get("MODE") == "fast" and pd.get_option("display.max_rows") == 7
# %% v | test 1
assert math.tau2 > 12
# == honest: other ways | stock t=2 u=1 v=1
# %% f
decimal.setcontext(decimal.Context(prec=5))
os.environ.update(MODE="fast")
pd.set_option("display.max_rows", 7)
setattr(math, "tau2", 4 * math.pi)
# == wrong: sets others | stock t=0 u=0 v=0
# %% f
decimal.getcontext().prec = 6
MODE = "fast"
# == stub: unwritten | stock t=0 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
