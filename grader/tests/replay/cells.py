# ==== async-answers
# Coroutines of the answer, awaited in a locked cell and in tests, as a notebook can.
# %% f | answer
import asyncio
async def double(x):
    await asyncio.sleep(0)
    return 2 * x
# %% use | locked
four = await double(2)
many = await asyncio.gather(*(double(i) for i in range(3)))
# %% t | test 2
assert four == 4 and many == [0, 2, 4]
# %% u | test 1
assert await double(5) == 10
# == honest: no sleep | stock t=2 u=1
# %% f
import asyncio
async def double(x): return x + x
# == wrong: no coroutine | stock t=0 u=0
# %% f
import asyncio
def double(x): return 2 * x
# == half: right for 5 | stock t=0 u=1
# %% f
import asyncio
async def double(x): return 10

# ==== error-in-the-source-itself
# Given cells fail for everybody, and what they had done until then stays.
# %% one | locked
x = 1
y = 1 / 0
z = 3
# %% two | open
not_there()
k = 2
# %% three | locked
this is no Python
# %% f | answer
def f(v): return v + x
# %% t | test 1
assert f(1) == 2
# %% u | test 1
try:
    z
    assert False
except NameError:
    assert x == 1
# == honest: corrects the open cell | stock t=1 u=1
# %% two
k = 2
# == honest: defines what is missing | stock t=1 u=0
# %% + one
y, z = 1, 3
# == wrong: returns its argument | stock t=0 u=1
# %% f
def f(v): return v

# ==== magic-display-and-get-ipython
# Given cells use what a notebook has: display, get_ipython, __name__, exit in a branch.
# %% f | answer
def f(x): return x * x
# %% shows | locked
from IPython.display import HTML, Markdown
display(f(3), HTML("<b>b</b>"))
display(Markdown("*m*"))
after = f(4)
if __name__ == "__main__":
    main = True
shell = get_ipython()
shell.run_line_magic("precision", "3")
in_notebook = "get_ipython" in dir()
# %% t | test 2
assert after == 16
# %% u | test 1
assert main and in_notebook and f(1) == 1
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == raises: at 3 | stock t=0 u=0
# %% f
def f(x): return {4: 16, 1: 1}[x]
# == honest: says more | stock t=2 u=1
# %% f
def f(x):
    display(x)
    return x * x
# == attack: names of its own | stock t=2 u=0 | ours t=0: apart, the locked cell asks the answer | waits t
# %% f
def f(x): return 7
# %% + shows
after = 16

# ==== magic-last-output
# Underscores and Out stand for what cells show.
# %% f | answer
def f(x): return x * x
# %% shows | locked
f(3)
# %% t | test 2
assert _ == 9
# %% u | test 1
assert len(Out) >= 1 and f(2) == 4
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== magic-lines-in-locked-cells
# Magics in given cells: matplotlib, time, shell lines, help, autoreload.
# %% setup | locked
%matplotlib inline
%load_ext autoreload
%autoreload 2
%config InlineBackend.figure_format = "retina"
import math
!echo ready
files = !printf 'a\nb'
limit = 9
# %% help | open
math.sqrt?
?len
# %% f | answer
def f(x): return x * x
# %% timed | locked
%time y = f(3)
%timeit -n1 -r1 f(2)
z = 1
# %% t | test 2
assert y == 9 and z == 1
# %% u | test 1
assert f(3) <= limit and math.sqrt(f(2)) == 2
# %% v | test 1
assert list(files) == ["a", "b"]
# == honest: deletes the help | stock t=2 u=1 v=1
# %% - help
# == honest: magics of its own | stock t=2 u=1 v=1
# %% f
%time 1
def f(x): return x ** 2
!echo mine
# == wrong: a constant | stock t=0 u=0 v=1
# %% f
def f(x): return 7
# == attack: a y of its own | stock t=2 u=0 v=1 | ours t=0: y is the source's | waits t
# %% f
def f(x): return 7
# %% + timed
y = 9

# ==== magic-timed-cell
# Cell magics around given code that calls answers, and in tests.
# %% f | answer
def f(x):
    print("asked for", x)
    return x * x
# %% timed | locked
%%time
got = [f(2), f(3)]
# %% captured | locked
%%capture out
third = f(4)
print("third", third)
# %% t | test 2
assert got == [4, 9]
# %% u | test 1
assert third == 16
# %% v | test 1
assert out.stdout.endswith("third 16\n")
# %% w | test 1
%%capture
assert f(5) == 25
# == honest: prints nothing | stock t=2 u=1 v=1 w=1
# %% f
def f(x): return x * x
# == wrong: a constant | stock t=0 u=0 v=0 w=0
# %% f
def f(x): return 7
# == stub: unwritten | stock t=0 u=0 v=0 w=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: the captured names | stock t=2 u=1 v=0 w=0 | ours t=0 u=0: they are the source's | waits t u
# %% f
def f(x): return 7
# %% + captured
got, third = [4, 9], 16

# ==== place-answers-elsewhere
# The answer stands in a cell of the learner's, before or behind its own, or behind the test.
# %% f | answer
def f(x): return x * x
# %% calls | locked
got = f(3)
# %% t | test 2
assert got == 9
# %% u | test 1
assert f(2) == 4
# == honest: behind its own | stock t=2 u=1
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# %% + f
def f(x): return x * x
# == honest: split in two | stock t=2 u=1
# %% f
def square(x): return x * x
# %% + f
def f(x): return square(x)
# == honest: behind the test | stock t=0 u=0 | ours t=2 u=1: it is found by its name and put in its place
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# %% + u
def f(x): return x * x
# == wrong: the second one is wrong | stock t=0 u=0
# %% f
def f(x): return x * x
# %% + f
def f(x): return 7

# ==== place-errors-in-own-cells
# Cells of the learner's raise, are no Python, or end the process.
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert f(3) == 9
# %% u | test 1
assert f(2) == 4
# == honest: raises behind the definition | stock t=2 u=1
# %% f
def f(x): return x * x
print(f(1) / 0)
# == honest: own cells that are none | stock t=2 u=1
# %% + f
this is no Python
# %% + f
1 / 0
# == wrong: no Python | stock t=0 u=0
# %% f
def f(x) return x * x
# == half: defines it after an error | stock t=0 u=0
# %% f
undefined
def f(x): return x * x
# == honest: ends its process in a cell of its own | stock t=- u=- | ours t=2 u=1: in nbgrader nothing is graded at all
# %% + f
import os
os._exit(1)
# == honest: says exit() in a cell of its own | stock t=2 u=1
# %% + f
exit()

# ==== kernel-magics
# What a kernel has besides IPython, and its streams.
# %% i | open
import math
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert f(3) == 9
# %% h | hidden 2
assert f(5) == 25
# == honest: saves by itself | stock t=2 h=2
# %% f
%autosave 60
def f(x): return x * x
# == honest: in the imports | stock t=2 h=2
# %% i
%autosave 60
import math
# %% f
def f(x): return int(math.pow(x, 2))
# == honest: asks the streams | stock t=2 h=2
# %% f
import faulthandler, sys
faulthandler.enable()
sys.stdout.fileno(), sys.stdout.name, sys.stdout.errors
def f(x): return x * x
