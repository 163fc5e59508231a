# Tests catch what the answer prints, and that it prints nothing.
# %% f | answer
def hello(name): print("Hello", name)
def square(x): return x * x
# %% t | test 2
import io, contextlib
with contextlib.redirect_stdout(io.StringIO()) as out:
    hello("Ada")
assert out.getvalue() == "Hello Ada\n"
# %% u | test 2
with contextlib.redirect_stdout(io.StringIO()) as out:
    assert square(3) == 9
assert out.getvalue() == "", "it is to return, not to print"
# == honest: sys.stdout | stock t=2 u=2
# %% f
import sys
def hello(name): sys.stdout.write(f"Hello {name}\n")
def square(x): return x ** 2
# == wrong: returns, and prints | stock t=0 u=0
# %% f
def hello(name): return f"Hello {name}\n"
def square(x):
    print(x * x)
    return x * x
# == half: another text | stock t=0 u=2
# %% f
def hello(name): print("hello", name)
def square(x): return x * x
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
