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
