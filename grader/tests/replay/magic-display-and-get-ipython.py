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
shell.run_line_magic("matplotlib", "inline")
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
# == attack: names of its own, where get_ipython has the test run in-process | stock t=2 u=0
# %% f
def f(x): return 7
# %% + shows
after = 16
