# ==== figures-of-agg
# A locked cell sets a backend under which figures stay from cell to cell.
# %% l | locked
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
# %% a | answer
def draw(x, y):
    plt.figure()
    plt.plot(x, y)
    return plt.gca()
# %% t | test 1
assert len(draw([1, 2], [5, 6]).lines) == 1
# %% b | locked
other = 1
# %% y | hidden 2
assert len(draw([1, 2], [5, 6]).lines) == 1
# %% z | test 2
assert len(draw([1, 2], [5, 6]).lines) == 1
# == wrong: draws on the current figure | stock t=1 y=0 z=0
# %% a
def draw(x, y):
    plt.plot(x, y)
    return plt.gca()

# ==== figures-current
# An answer draws on the current figure, which a kernel closes behind each test.
# %% l | locked
import matplotlib.pyplot as plt
# %% a | answer
def draw(ys):
    fig, ax = plt.subplots()
    ax.plot(ys)
    return ax
# %% t | test 1
assert len(draw([1, 2]).lines) == 1
# %% u | test 1 apart
assert draw([3, 4]).lines[0].get_ydata().tolist() == [3, 4]
# %% h | hidden 1
assert len(draw([5, 6]).lines) == 1
# == honest: the current axes | stock t=1 u=1 h=1
# %% a
def draw(ys):
    plt.plot(ys)
    return plt.gca()
# == wrong: keeps its axes | stock t=1 u=0 h=0
# %% a
fig, kept = plt.subplots()
def draw(ys):
    kept.plot(ys)
    return kept

# ==== figures-kept
# A locked cell asks that figures stay, and the answer adds to what was drawn before it.
# %% l | locked
%config InlineBackend.close_figures = False
import matplotlib.pyplot as plt
plt.plot([1, 2])
# %% a | answer
def label():
    plt.gca().set_title("two")
    return plt.gca()
# %% t | test 1
assert label().get_title() == "two" and len(plt.gca().lines) == 1
# %% h | hidden 1
assert len(label().lines) == 1
# == wrong: a figure of its own | stock t=0 h=0
# %% a
def label():
    fig, ax = plt.subplots()
    ax.set_title("two")
    return ax

# ==== figures-of-locked-calls
# A locked cell draws by an answer, and the test behind it begins with no figure.
# %% l | locked
import matplotlib.pyplot as plt
# %% a | answer
def draw(ys):
    plt.plot(ys)
    return plt.gca()
# %% b | locked
shown = draw([1, 2])
# %% t | test 1
assert len(draw([3, 4]).lines) == 1
# %% h | hidden 1 apart
assert len(shown.lines) == 1 and len(draw([5, 6]).lines) == 1
# == wrong: draws twice | stock t=0 h=0
# %% a
def draw(ys):
    plt.plot(ys)
    plt.plot(ys)
    return plt.gca()
