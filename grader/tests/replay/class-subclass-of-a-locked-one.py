# The answer derives a class from the source's; tests ask for both.
# %% shape | locked
from abc import ABC, abstractmethod
class Shape(ABC):
    sides = 0
    @abstractmethod
    def area(self): ...
    def twice(self): return 2 * self.area()
    def __lt__(self, other): return self.area() < other.area()
# %% square | answer
class Square(Shape):
    sides = 4
    def __init__(self, a): self.a = a
    def area(self): return self.a ** 2
# %% t | test 2
s = Square(3)
assert s.area() == 9 and s.twice() == 18 and s.sides == 4
# %% u | test 1
assert isinstance(s, Shape) and issubclass(Square, Shape)
# %% v | test 1
assert sorted([Square(3), Square(1)])[0].a == 1
# == honest: a property | stock t=2 u=1 v=1
# %% square
class Square(Shape):
    sides = property(lambda self: 4)
    def __init__(self, a): self._a = a
    @property
    def a(self): return self._a
    def area(self): return self.a * self.a
# == wrong: no subclass | stock t=2 u=0 v=0
# %% square
class Square:
    sides = 4
    def __init__(self, a): self.a = a
    def area(self): return self.a ** 2
    def twice(self): return 18
# == half: no area | stock t=0 u=0 v=0
# %% square
class Square(Shape):
    sides = 4
    def __init__(self, a): self.a = a
# == wrong: too large | stock t=0 u=1 v=0
# %% square
class Square(Shape):
    sides = 4
    def __init__(self, a): self.a = a
    def area(self): return -self.a ** 3
