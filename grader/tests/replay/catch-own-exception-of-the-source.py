# An exception class of a locked cell, raised by the answer, caught by locked cell and test.
# %% errors | locked
class Empty(Exception):
    def __init__(self, what="stack"):
        super().__init__(f"{what} is empty")
        self.what = what
# %% f | answer
def pop(xs):
    if not xs: raise Empty("list")
    return xs[-1]
# %% calls | locked
try:
    pop([])
    got = None
except Empty as error:
    got = error.what
# %% t | test 2
assert got == "list"
# %% u | test 1
try:
    pop([])
except Empty:
    pass
else:
    raise AssertionError
assert pop([1, 2]) == 2
# == honest: raised by a helper | stock t=2 u=1
# %% f
def pop(xs):
    return xs[-1] if xs else fail("list")
# %% + f
def fail(what): raise Empty(what)
# == wrong: IndexError | stock t=0 u=0
# %% f
def pop(xs): return xs[-1]
# == half: another text | stock t=0 u=1
# %% f
def pop(xs):
    if not xs: raise Empty
    return xs[-1]
# == wrong: a class of the same name | stock t=0 u=0
# %% f
class Empty(Exception): what = "list"
def pop(xs):
    if not xs: raise ValueError
    return xs[-1]
# == attack: says so where a class of the source's has the test run in-process | stock t=2 u=0
# %% f
def pop(xs): return 2
# %% + calls
got = "list"
