# A __future__ import holds for the cells behind it; an annotation alone defines nothing.
# %% future | locked
from __future__ import annotations
n: int
m: int = 3
# %% node | locked
class Node:
    def __init__(self, value, next: NotThere = None): self.value, self.next = value, next
def length(node: Neither) -> Nor: return 0 if node is None else 1 + length(node.next)
# %% f | answer
def f(xs):
    node = None
    for x in reversed(xs): node = Node(x, node)
    return node
# %% t | test 2
assert length(f([1, 2, 3])) == m and f([]) is None
# %% u | test 1
def check(node: AlsoNot): return node.value == 5
assert check(f([5])) and "n" not in globals()
# %% v | test 1
assert isinstance(f([1]), Node) and f([1, 2]).next.value == 2
# == honest: recursion | stock t=2 u=1 v=1
# %% f
def f(xs): return Node(xs[0], f(xs[1:])) if xs else None
# == wrong: the last comes first | stock t=2 u=1 v=0
# %% f
def f(xs):
    node = None
    for x in xs: node = Node(x, node)
    return node
# == wrong: a node of its own | stock t=2 u=1 v=0
# %% f
class Own:
    def __init__(self, value, next): self.value, self.next = value, next
def f(xs): return Own(xs[0], f(xs[1:])) if xs else None
# == stub: unwritten | stock t=0 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
