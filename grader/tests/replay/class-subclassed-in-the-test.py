# A test derives a class from the answer's, and checks types.
# %% stack | answer
class Stack:
    def __init__(self): self.items = []
    def push(self, x):
        self.items.append(self.wrap(x))
        return self
    def wrap(self, x): return x
# %% t | test 2
class Loud(Stack):
    def wrap(self, x): return str(x) + "!"
assert Loud().push(1).items == ["1!"]
# %% u | test 1
s = Stack()
assert isinstance(s, Stack) and type(s) is Stack and type(s).__name__ == "Stack"
assert s.push(1) is s and not isinstance(s, list)
# %% v | test 1
assert Stack().push(1).push(2).items == [1, 2] and hasattr(s, "wrap") and vars(s) == {"items": [1]}
# == honest: a tuple of items is none | stock t=2 u=1 v=1
# %% stack
class Stack(object):
    def __init__(self):
        self.items = []
    def wrap(self, x):
        return x
    def push(self, x):
        self.items = [*self.items, self.wrap(x)]
        return self
# == wrong: wraps nothing | stock t=0 u=0 v=0
# %% stack
class Stack:
    def __init__(self): self.items = []
    def push(self, x): self.items.append(x)
    def wrap(self, x): return x
# == wrong: a list | stock t=0 u=0 v=0
# %% stack
class Stack(list):
    def push(self, x): self.append(x)
