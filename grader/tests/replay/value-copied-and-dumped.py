# Tests copy, pickle and dump what answers give.
# %% v | answer
data = {"a": [1, 2], "b": {"c": None}}
class Node:
    def __init__(self, value, next=None): self.value, self.next = value, next
    def __len__(self): return 1 + len(self.next or ())
chain = Node(1, Node(2))
# %% t | test 1
import copy, json, pprint
assert json.loads(json.dumps(data)) == data and pprint.pformat(data).startswith("{'a'")
# %% u | test 1
other = copy.deepcopy(data)
other["a"].append(3)
assert data["a"] == [1, 2] and {**data, "z": 1}["b"]["c"] is None
# %% w | test 1
twin = copy.deepcopy(chain)
twin.next.value = 5
assert chain.next.value == 2 and twin.next.value == 5 and len(twin) == 2
# %% x | test 1
import pickle
assert pickle.loads(pickle.dumps(chain)).next.value == 2 and chain.next.next is None
# %% y | test 1
chain.next.next = Node(9)
assert len(chain) == 3 and chain.next.next.value == 9
# == honest: dataclass | stock t=1 u=1 w=1 x=1 y=1
# %% v
from dataclasses import dataclass
data = dict(a=[1, 2], b=dict(c=None))
@dataclass
class Node:
    value: int
    next: "Node | None" = None
    def __len__(self): return 1 if self.next is None else 1 + len(self.next)
chain = Node(1, Node(2))
# == wrong: tuples | stock t=0 u=0 w=0 x=0 y=0
# %% v
data = {"a": (1, 2), "b": {}}
def Node(value, next=None): return (value, next)
chain = Node(1, Node(2))
