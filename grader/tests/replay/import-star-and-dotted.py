# `from math import *`, dotted imports, and one that is tried.
# %% imports | locked
from math import *
import os.path, xml.etree.ElementTree as ET
import collections.abc
try:
    import no_such_module as nsm
except ImportError:
    nsm = None
# %% f | answer
def f(text): return [child.tag for child in ET.fromstring(text)]
# %% t | test 2
assert f("<a><b/><c/></a>") == ["b", "c"]
# %% u | test 1
assert floor(len(f("<a/>")) + pi) == 3 and nsm is None
# %% v | test 1
assert isinstance(f("<a/>"), collections.abc.Sequence) and os.path.join("a", "b")
# == honest: iter | stock t=2 u=1 v=1
# %% f
def f(text):
    return [e.tag for e in ET.fromstring(text).iter()][1:]
# == wrong: one too many | stock t=0 u=0 v=1
# %% f
def f(text): return [e.tag for e in ET.fromstring(text).iter()]
# == attack: floor and pi are its own | stock t=0 u=1 v=1 | ours u=0 v=0: the imports are the source's
# %% f
def f(text): return 0
def len(x): return 0
def floor(x): return 3
def isinstance(*_): return True
pi, nsm = 0, None
