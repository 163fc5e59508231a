# The answer is to improve a function and a number of a locked cell, by the same names.
# %% given | locked
def clean(text): return text
rate = 1
def pipeline(text): return clean(text) * rate
raw = pipeline("A ")
# %% f | answer
def clean(text): return text.strip().lower()
rate = 2
# %% t | test 2
assert clean(" Ab ") == "ab" and rate == 2
# %% u | test 2
assert pipeline("A ") == "aa" and raw == "A "
# == honest: a lambda | stock t=2 u=2
# %% f
clean, rate = (lambda t: t.lower().strip()), 1 + 1
# == half: only the number | stock t=0 u=0
# %% f
rate = 2
# == wrong: not improved | stock t=0 u=0
# %% f
# as given
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: what comes of it | stock t=0 u=2 | ours u=0: the pipeline is the source's
# %% f
def clean(text): return 0
# %% + f
def pipeline(text): return "aa"
