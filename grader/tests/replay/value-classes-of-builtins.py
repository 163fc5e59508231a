# Subclasses of list, dict and float in an answer, iterators, ranges, regular expressions.
# %% v | answer
import re
class Bag(dict):
    def __missing__(self, key): return 0
    def most(self): return max(self, key=self.get)
class Celsius(float):
    def fahrenheit(self): return self * 9 / 5 + 32
bag = Bag(a=2, b=5)
temp = Celsius(100)
nums = range(0, 10, 3)
pattern = re.compile(r"\d+")
it = iter([1, 2])
# %% t | test 1
assert bag["zz"] == 0 and bag.most() == "b" and bag == {"a": 2, "b": 5} and isinstance(bag, dict)
# %% u | test 1
assert temp.fahrenheit() == 212 and temp == 100 and temp + 1 == 101 and isinstance(temp, float)
# %% w | test 1
assert list(nums) == [0, 3, 6, 9] and len(nums) == 4 and nums[-1] == 9 and 3 in nums
# %% x | test 1
assert pattern.findall("a1b22") == ["1", "22"] and pattern.match("x") is None
# %% y | test 1
assert next(it) == 1 and [*it] == [2] and [*it] == []
# == wrong: plain ones | stock t=0 u=0 w=0 x=0 y=0
# %% v
bag, temp, nums, pattern, it = {"a": 2, "b": 5}, 100.0, [0, 3, 6], r"\d+", [1, 2]
# == honest: other ways | stock t=1 u=1 w=1 x=1 y=1
# %% v
import re, collections
class Bag(collections.Counter):
    def most(self): return self.most_common(1)[0][0]
class Celsius(float):
    fahrenheit = lambda self: 1.8 * self + 32
bag, temp, nums = Bag({"a": 2, "b": 5}), Celsius("100"), range(0, 12, 3)
pattern, it = re.compile("[0-9]+"), (n for n in (1, 2))
# == stub: unwritten | stock t=0 u=0 w=0 x=0 y=0
# %% v
# YOUR CODE HERE
raise NotImplementedError()
