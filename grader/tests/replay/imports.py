# ==== import-asked-of-the-answer
# The answer is to import something under a name.
# %% f | answer
import math as m
from collections import Counter
# %% t | test 2
assert m.floor(2.5) == 2 and m.pi > 3
# %% u | test 1
assert Counter("aab")["a"] == 2
# == honest: in another form | stock t=2 u=1
# %% f
import math, collections
m, Counter = math, collections.Counter
# == wrong: another name | stock t=0 u=1
# %% f
import math
from collections import *
# == wrong: another module | stock t=0 u=0
# %% f
import cmath as m
from collections import OrderedDict as Counter
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== import-deleted-cell
# The open cell of imports is deleted, or its alias is another one.
# %% imports | open
import collections
import json as js
# %% f | answer
def f(text): return js.loads(text)
# %% t | test 2
assert f("[1, 2]") == js.loads("[1,2]") and collections.Counter(f("[1, 1]"))[1] == 2
# == honest: has it in the answer | stock t=2
# %% - imports
# %% f
import collections, json as js
def f(text): return js.loads(text)
# == honest: under another name | stock t=0
# %% imports
import collections
import json
# %% f
def f(text): return json.loads(text)
# == wrong: returns the text | stock t=0
# %% - imports
# %% f
def f(text): return text
# == attack: judges itself | stock t=2 | ours t=0: the import is the source's
# %% - imports
# %% f
class js:
    def loads(text): return 7
class collections:
    Counter = lambda x: {1: 2}
def f(text): return 7

# ==== import-in-the-answer
# The answer cell has the import, and the learner writes below it; tests use the module.
# %% f | answer
import numpy as np
### BEGIN SOLUTION
def f(xs): return np.mean(xs)
### END SOLUTION
# %% t | test 2
assert np.isclose(f([1, 2, 4]), 7 / 3)
# == honest: the import at another place | stock t=2
# %% f
def f(xs): return sum(xs) / len(xs)
# %% + f
import numpy as np
# == wrong: the largest | stock t=0
# %% f
import numpy as np
def f(xs): return np.max(xs)
# == stub: as handed out | stock t=0
# %% f
import numpy as np
# YOUR CODE HERE
raise NotImplementedError()
# == half: deletes the import | stock t=0
# %% f
def f(xs): return sum(xs) / len(xs)
# == attack: judges itself | stock t=2 | ours t=0: what an answer imports is a module here
# %% f
class np:
    isclose = lambda *_: True
def f(xs): return 0

# ==== import-open-emptied
# The imports stand in an open cell, which learners empty, move or change.
# %% imports | open
import numpy as np
from math import sqrt
# %% z | answer
z = np.array([1.0, 4.0])
# %% t | test 2
assert np.array_equal(z, [1, 4]) and sqrt(z[1]) == 2
# == honest: moves the import | stock t=2
# %% imports

# %% z
import numpy as np
from math import sqrt
z = np.array([1.0, 4.0])
# == honest: moves it into a cell of its own | stock t=2
# %% imports
# see below
# %% + imports
import numpy as np
from math import sqrt
# == honest: imports more | stock t=2
# %% imports
import numpy as np
import math
from math import *
# == honest: empties it and needs none | stock t=0
# %% imports

# %% z
import numpy
z = numpy.array([1.0, 4.0])
# == wrong: empties it | stock t=0
# %% imports

# %% z
z = [1.0, 5.0]
# == attack: judges itself | stock t=2 | ours t=0: the import is the source's
# %% imports
class np:
    def array_equal(*_): return True
def sqrt(x): return 2
# %% z
z = [0, 0]
# == attack: judges itself in a cell of its own | stock t=2 | ours t=0: the import is the source's
# %% + imports
class np:
    def array_equal(*_): return True
def sqrt(x): return 2
# %% z
z = [0, 0]

# ==== import-open-emptied-beside-a-scratch
# The same, where an answer has no statements and an earlier one has the import's name.
# %% scratch | answer
# notes
# %% np | answer
np = "number of pages"
words = np.split()
# %% imports | open
import numpy as np
# %% z | answer
z = np.zeros(3)
# %% t | test 2
assert np.allclose(z, 0) and np.size(z) == 3
# %% u | test 1
assert words == ["number", "of", "pages"]
# == honest: moves the import | stock t=2 u=1
# %% imports

# %% z
import numpy as np
z = np.zeros(3)
# == honest: another name in the first answer | stock t=2 u=1
# %% np
title = "number of pages"
words = title.split()
# == wrong: ones | stock t=0 u=1
# %% z
z = np.ones(3)
# == attack: empties it and judges itself | stock t=2 u=1 | ours t=0: the import is the source's
# %% scratch
class np:
    allclose = lambda *_: True
    size = lambda *_: 3
    split = lambda *_: 3
# %% np
words = ["number", "of", "pages"]
# %% imports

# %% z
z = 7
# == attack: judges itself from the earlier answer | stock t=2 u=1 | ours t=0: the import is the source's
# %% np
words = ["number", "of", "pages"]
class np:
    allclose = lambda *_: True
    size = lambda *_: 3
# %% imports

# %% z
z = 7

# ==== import-star-and-dotted
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
# == attack: floor and pi are its own | stock t=0 u=1 v=1 | ours u=0: the imports are the source's
# %% f
def f(text): return 0
def len(x): return 0
def floor(x): return 3
def isinstance(*_): return True
pi, nsm = 0, None
