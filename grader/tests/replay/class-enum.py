# An Enum of the source's goes across, and is compared by identity.
# %% colour | locked
from enum import Enum, auto
class Colour(Enum):
    RED = auto()
    GREEN = auto()
# %% f | answer
def after(c): return Colour.GREEN if c is Colour.RED else Colour.RED
# %% t | test 2
assert after(Colour.RED) is Colour.GREEN and after(Colour.GREEN) == Colour.RED
# %% u | test 1
assert {after(c).name for c in Colour} == {"RED", "GREEN"}
# == honest: by a dict | stock t=2 u=1
# %% f
def after(c): return {Colour.RED: Colour.GREEN, Colour.GREEN: Colour.RED}[c]
# == wrong: the same | stock t=0 u=1
# %% f
def after(c): return c
# == wrong: its number | stock t=0 u=0
# %% f
def after(c): return 3 - c.value
# == wrong: an Enum of its own | stock t=0 u=0
# %% f
class Colour(Enum):
    RED = 1
    GREEN = 2
def after(c): return Colour.GREEN
