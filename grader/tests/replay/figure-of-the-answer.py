# The answer draws; tests ask pyplot and what comes back.
# %% plt | locked
%matplotlib inline
import matplotlib.pyplot as plt
# %% f | answer
def draw(xs):
    fig, ax = plt.subplots()
    ax.plot(xs, label="xs")
    ax.set_title("Growth")
    return ax
# %% t | test 2
ax = draw([1, 2, 4])
assert ax.get_title() == "Growth"
# %% u | test 1
assert len(ax.lines) == 1 and ax.lines[0].get_ydata().tolist() == [1, 2, 4]
# %% v | test 1
plt.close("all")
draw([1])
assert plt.gca().get_title() == "Growth" and len(plt.get_fignums()) == 1
# %% w | test 1
assert isinstance(ax, plt.Axes)
# == honest: pyplot alone | stock t=2 u=1 v=1 w=1
# %% f
def draw(xs):
    plt.figure()
    plt.plot(xs)
    plt.title("Growth")
    return plt.gca()
# == wrong: no title | stock t=0 u=1 v=0 w=1
# %% f
def draw(xs):
    fig, ax = plt.subplots()
    ax.plot(xs)
    return ax
# == half: returns nothing | stock t=0 u=0 v=1 w=0
# %% f
def draw(xs):
    plt.plot(xs)
    plt.title("Growth")
# == stub: unwritten | stock t=0 u=0 v=0 w=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
