# Tests replace input and print of Python's.
# %% f | answer
def ask():
    n = int(input("A number: "))
    print(n * 2)
    return n
# %% t | test 2
from unittest.mock import patch
with patch("builtins.input", return_value="3") as asked:
    assert ask() == 3
asked.assert_called_once()
# %% u | test 2
import builtins
printed, real = [], (builtins.print, builtins.input)
builtins.print, builtins.input = lambda *a: printed.append(a), lambda *a: "4"
try:
    ask()
finally:
    builtins.print, builtins.input = real
assert printed == [(8,)]
# == honest: in one line | stock t=2 u=2
# %% f
def ask():
    print(2 * (n := int(input())))
    return n
# == wrong: asks nobody | stock t=0 u=2
# %% f
def ask():
    print(8)
    return 3
# == half: prints nothing | stock t=2 u=0
# %% f
def ask(): return int(input())
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
