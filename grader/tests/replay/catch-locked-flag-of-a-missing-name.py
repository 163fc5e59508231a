# A locked bare except: which error it was, nobody asks.
# %% f | answer
def parse(text):
    if not text: raise ValueError("empty")
    return int(text)
# %% calls | locked
errors = 0
for text in ("", "x", "3"):
    try:
        parse(text)
    except:
        errors += 1
try:
    value = parse("7")
except Exception as error:
    value = type(error).__name__
# %% t | test 2
assert errors == 2
# %% u | test 1
assert value == 7
# %% v | test 1
assert isinstance(value, int) and parse("8") == 8
# == honest: int alone raises for both | stock t=2 u=1 v=1
# %% f
def parse(text): return int(text)
# == wrong: never raises | stock t=0 u=1 v=1
# %% f
def parse(text): return int(text) if text.isdigit() else 0
# == wrong: raises for all | stock t=0 u=0 v=0
# %% f
def parse(text): return int(text + "x")
# == stub: unwritten | stock t=0 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == half: exits for empty ones | stock t=2 u=1 v=1
# %% f
import sys
def parse(text):
    if not text: sys.exit()
    return int(text)
