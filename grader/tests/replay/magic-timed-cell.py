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
# == attack: the captured names | stock t=2 u=1 v=0 w=0 | ours t=0 u=0: they are the source's
# %% f
def f(x): return 7
# %% + captured
got, third = [4, 9], 16
