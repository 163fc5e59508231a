# Objects of a dataclass of a locked cell go to the answer and come back.
# %% point | locked
from dataclasses import dataclass, field
@dataclass
class Point:
    x: float
    y: float = 0.0
    tags: list = field(default_factory=list)
    def norm(self): return (self.x ** 2 + self.y ** 2) ** 0.5
# %% f | answer
def move(p, dx): return Point(p.x + dx, p.y)
def mark(p): p.tags.append("seen")
# %% t | test 2
p = Point(1, 2)
q = move(p, 2)
assert q == Point(3, 2) and isinstance(q, Point) and p == Point(1, 2)
# %% u | test 1
assert move(Point(1, 4), 2).norm() == 5
# %% v | test 2
p = Point(0)
mark(p)
assert p.tags == ["seen"]
# == honest: dataclasses.replace | stock t=2 u=1 v=2
# %% f
import dataclasses
def move(p, dx): return dataclasses.replace(p, x=p.x + dx)
def mark(p): p.tags += ["seen"]
# == wrong: changes its argument | stock t=0 u=1 v=2
# %% f
def move(p, dx):
    p.x += dx
    return p
def mark(p): p.tags = ["seen"]
# == wrong: a tuple, and a copy | stock t=0 u=0 v=0
# %% f
def move(p, dx): return (p.x + dx, p.y)
def mark(p): return Point(p.x, p.y, ["seen"])
# == stub: unwritten | stock t=0 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
