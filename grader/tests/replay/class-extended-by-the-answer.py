# The answer sets a method of the source's class, and registers itself with the source's.
# %% given | locked
registry = {}
def register(fn):
    registry[fn.__name__] = fn
    return fn
class Shape:
    def __init__(self, a): self.a = a
square = Shape(3)
# %% f | answer
@register
def double(x): return 2 * x
def area(self): return self.a ** 2
Shape.area = area
# %% t | test 2
assert [*registry] == ["double"] and registry["double"](4) == 8
# %% u | test 2
assert square.area() == 9 and Shape(2).area() == 4
# == honest: in another order | stock t=2 u=2
# %% f
Shape.area = lambda self: self.a * self.a
def double(x): return x + x
register(double)
# == wrong: neither | stock t=0 u=0
# %% f
def double(x): return 2 * x
def area(shape): return 9
# == half: under another name | stock t=0 u=0
# %% f
@register
def twice(x): return 2 * x
Shape.area = lambda self: 9
