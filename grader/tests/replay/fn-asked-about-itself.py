# Tests ask for the answer's name, text, parameters, annotations.
# %% f | answer
def scale(x: float, by: float = 2.0, *, up: bool = True) -> float:
    """Scale a number."""
    return x * by if up else x / by
# %% t | test 1
import inspect
assert [*inspect.signature(scale).parameters] == ["x", "by", "up"]
# %% u | test 1
assert scale.__name__ == "scale" and "Scale" in scale.__doc__
# %% v | test 1
assert scale.__annotations__["return"] is float and scale.__defaults__ == (2.0,)
# %% w | test 1
assert callable(scale) and scale(2) == 4 and scale(2, up=False, by=4) == 0.5
# %% x | test 1
assert scale.__code__.co_argcount == 2 and "if" in inspect.getsource(scale)
# == wrong: says nothing of itself | stock t=1 u=0 v=0 w=1 x=1
# %% f
def scale(x, by=2.0, *, up=True): return x * by if up else x / by
# == half: a lambda | stock t=1 u=0 v=0 w=1 x=0
# %% f
scale = lambda x, by=2.0, up=True: x * by if up else x / by
# == stub: unwritten | stock t=0 u=0 v=0 w=0 x=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
