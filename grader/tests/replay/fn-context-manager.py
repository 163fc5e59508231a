# The answer is a context manager.
# %% cm | answer
from contextlib import contextmanager
events = []
@contextmanager
def session(name):
    events.append("open " + name)
    try:
        yield name.upper()
    finally:
        events.append("close " + name)
# %% use | locked
with session("a") as upper:
    events_inside = [*events]
# %% t | test 2
assert upper == "A" and events_inside == ["open a"] and events == ["open a", "close a"]
# %% u | test 1
try:
    with session("b"):
        raise KeyError
except KeyError:
    pass
assert events[-1] == "close b"
# == honest: a class | stock t=2 u=1
# %% cm
events = []
class session:
    def __init__(self, name): self.name = name
    def __enter__(self):
        events.append(f"open {self.name}")
        return self.name.upper()
    def __exit__(self, *_): events.append(f"close {self.name}")
# == wrong: swallows what is raised, and never closes | stock t=0 u=0
# %% cm
events = []
class session:
    def __init__(self, name): self.name = name
    def __enter__(self): events.append(f"open {self.name}")
    def __exit__(self, *_): return True
# == half: not closed after an error | stock t=2 u=0
# %% cm
from contextlib import contextmanager
events = []
@contextmanager
def session(name):
    events.append("open " + name)
    yield name.upper()
    events.append("close " + name)
