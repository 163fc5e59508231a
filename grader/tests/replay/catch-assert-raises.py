# unittest's and contextlib's ways to expect an exception.
# %% f | answer
def f(x):
    if x < 0: raise ValueError("negative")
    return x * x
# %% judge | locked
import unittest, contextlib
case = unittest.TestCase()
with contextlib.suppress(ValueError):
    reached = False
    f(-1)
    reached = True
# %% t | test 1
with case.assertRaises(ValueError) as caught:
    f(-2)
assert str(caught.exception) == "negative"
case.assertEqual(f(2), 4)
# %% u | test 1
assert not reached
# %% v | test 1
case.assertRaisesRegex(ValueError, "neg", f, -3)
# == wrong: raises nothing | stock t=0 u=0 v=0
# %% f
def f(x): return x * x
# == wrong: another type | stock t=0 u=1 v=0
# %% f
def f(x):
    if x < 0: raise RuntimeError("negative")
    return x * x
# == stub: unwritten | stock t=0 u=1 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: a judge of its own | stock t=1 u=1 v=1 | ours t=0 u=0 v=0: the judge is the source's
# %% f
def f(x): return 0
# %% + judge
class case:
    assertEqual = assertRaisesRegex = lambda *a: None
    def assertRaises(e): return contextlib.nullcontext(type("C", (), {"exception": "negative"}))
reached = False
