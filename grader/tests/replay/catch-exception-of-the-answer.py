# The answer defines the exception that tests catch.
# %% f | answer
class Empty(Exception):
    pass
class Stack:
    def __init__(self): self.items = []
    def push(self, x): self.items.append(x)
    def pop(self):
        if not self.items: raise Empty("nothing there")
        return self.items.pop()
# %% t | test 2
s = Stack()
s.push(1)
assert s.pop() == 1
try:
    s.pop()
    assert False
except Empty as error:
    assert "nothing" in str(error)
# %% u | test 1
assert issubclass(Empty, Exception)
# == honest: a subclass of another | stock t=2 u=1
# %% f
class Empty(IndexError):
    pass
class Stack(list):
    push = list.append
    def pop(self):
        if not len(self): raise Empty("nothing there")
        return list.pop(self)
# == wrong: raises another | stock t=0 u=1
# %% f
class Empty(Exception): pass
class Stack(list):
    push = list.append
# == wrong: no exception class | stock t=0 u=0
# %% f
Empty = ValueError("nothing there")
class Stack(list):
    push = list.append
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
