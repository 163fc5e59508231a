# What a class gets and gives has to be its own: tests change theirs afterwards.
# %% bag | answer
class Bag:
    def __init__(self, items): self._items = list(items)
    def items(self): return list(self._items)
    def __len__(self): return len(self._items)
    def put(self, item): self._items.append(dict(item))
# %% t | test 2
xs = [1, 2]
bag = Bag(xs)
xs.append(3)
assert len(bag) == 2
# %% u | test 2
bag.items().append(4)
assert len(bag) == 2 and bag.items() == [1, 2]
# %% v | test 1
row = {"k": 1}
bag.put(row)
row["k"] = 5
assert bag.items()[-1] == {"k": 1}
# == honest: tuples | stock t=2 u=2 v=1
# %% bag
import copy
class Bag:
    def __init__(self, items): self._items = (*items,)
    def items(self): return [*self._items]
    def __len__(self): return len(self._items)
    def put(self, item): self._items += (copy.copy(item),)
# == wrong: keeps what it gets, gives what it keeps | stock t=0 u=0 v=0
# %% bag
class Bag:
    def __init__(self, items): self._items = items
    def items(self): return self._items
    def __len__(self): return len(self._items)
    def put(self, item): self._items.append(item)
# == half: copies what it gets | stock t=2 u=0 v=0
# %% bag
class Bag:
    def __init__(self, items): self._items = [*items]
    def items(self): return self._items
    def __len__(self): return len(self._items)
    def put(self, item): self._items.append(item)
