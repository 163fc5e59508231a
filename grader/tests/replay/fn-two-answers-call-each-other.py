# Two answer cells that call each other, and a locked function that calls both.
# %% even | answer
def even(n): return n == 0 or odd(n - 1)
# %% both | locked
def table(n): return [(even(i), odd(i)) for i in range(n)]
# %% odd | answer
def odd(n): return n != 0 and even(n - 1)
# %% t | test 2
assert even(4) and not even(3) and odd(3)
# %% u | test 1
assert table(3) == [(True, False), (False, True), (True, False)]
# == honest: without each other | stock t=2 u=1
# %% even
def even(n): return n % 2 == 0
# %% odd
def odd(n): return not even(n)
# == half: only one | stock t=0 u=0
# %% odd
# YOUR CODE HERE
raise NotImplementedError()
# == wrong: always | stock t=0 u=0
# %% even
def even(n): return True
# %% odd
def odd(n): return True
# == attack: its own table | stock t=2 u=1 | ours u=0: the function is the source's
# %% even
def even(n): return n == 4
# %% odd
def odd(n): return n == 3
# %% + odd
def table(n): return [(True, False), (False, True), (True, False)]
