# ==== graft-in-place-sort
# The solution binds a name anew that an earlier answer has made; the learner changes what it stands for.
# %% a | answer
nums = [3, 1, 2]
# %% ta | test 1
assert len(nums) >= 3
# %% b | answer
nums = sorted(nums)
# %% tb | test 2
assert nums[:3] == [1, 2, 3]
# %% c | answer
nums = nums + [9]
# %% tc | hidden 3
assert nums[-1] == 9
# == honest: in place | stock ta=1 tb=2 tc=3
# %% b
nums.sort()
# %% c
nums.append(9)
# == honest: a slice, and an index | stock ta=1 tb=2 tc=3
# %% b
nums[:] = sorted(nums)
# %% c
nums[3:] = [9]
# == honest: a function that has it as a parameter | stock ta=1 tb=2 tc=3
# %% b
def arrange(what): what.sort()
arrange(nums)
# == wrong: the wrong way | stock ta=1 tb=0 tc=3 | waits tb: another cell defines it, too
# %% b
nums.reverse()
# == stub: leaves them | stock ta=1 tb=0 tc=0
# %% b
# YOUR CODE HERE
raise NotImplementedError()
# %% c
# YOUR CODE HERE
raise NotImplementedError()

# ==== graft-in-place-frame
# The same with pandas, as half of a class writes it.
# %% imp | locked
import pandas as pd
# %% a | answer
df = pd.DataFrame({"x": [3, None, 1]})
# %% b | answer
df = df.dropna()
# %% t | test 2
assert len(df) == 2
# %% u | hidden 2
assert df["x"].sum() == 4
# == honest: inplace=True | stock t=2 u=2
# %% b
df.dropna(inplace=True)
# == honest: by its index | stock t=2 u=2
# %% b
df.drop(1, inplace=True)
# == honest: with a name for what is left out | stock t=2 u=2
# %% b
missing = 1
df.drop(missing, inplace=True)

# ==== graft-in-place-model
# A model is made in one answer and fitted in the next.
# %% cls | locked
class Model:
    ok = False
    def fit(self):
        self.ok = True
        return self
# %% a | answer
model = Model()
# %% b | answer
model = Model().fit()
# %% t | hidden 2
assert model.ok
# == honest: fits it | stock t=2
# %% b
model.fit()
# == honest: sets it | stock t=2
# %% b
setattr(model, "ok", True)
# == wrong: looks at it | stock t=0 | waits t: another cell defines it, too
# %% b
print(model)

# ==== graft-in-place-dict
# An item is added to what an earlier answer has made.
# %% a | answer
d = {"a": 1}
# %% ta | test 1
assert d["a"] == 1
# %% b | answer
d = {**d, "b": 2}
# %% tb | hidden 3
assert d["b"] == 2
# == honest: sets an item | stock ta=1 tb=3
# %% b
d["b"] = 2
# == honest: setdefault | stock ta=1 tb=3
# %% b
d.setdefault("b", 2)
# == honest: update, with a name of its own | stock ta=1 tb=3
# %% b
new = 2
d.update({"b": new})
# == honest: in a loop | stock ta=1 tb=3
# %% b
for key in ["b"]:
    d[key] = 2

# ==== graft-scratch-begins-with-blanks
# A cell of the learner's own behind an answer has blanks before its first line: IPython takes them away.
# %% h | answer
def h(x):
    return x - 1
# %% t | test 1
assert h(1) == 0
# %% u | hidden 2
assert h(5) == 4
# == honest: tries it out | stock t=1 u=2
# %% h
def h(x):
    return x - 1
print(h(2))
# %% + h
 h(3)
# == honest: another depth | stock t=1 u=2
# %% h
def h(x):
    return x - 1
# %% + h
  print(h(3))
# == honest: a tab and a magic | stock t=1 u=2
# %% h
def h(x):
    return x - 1
# %% + h
	%timeit -n 1 -r 1 h(3)
# == honest: the depth of its last line | stock t=1 u=2
# %% h
def h(x):
    return x - 1
# %% + h
    # my check
    for i in range(3):
        print(h(i))
# == honest: a smiley | stock t=1 u=2
# %% h
def h(x):
    return x - 1
print(":(")
# %% + h
h(3)
# == honest: really the second half | stock t=0 u=0 | ours t=1 u=2: a cell that was split is put together
# %% h
def h(x):
    x = x - 1
# %% + h
    return x
# == wrong: really the second half | stock t=0 u=0 | waits t u: it may have been split another way
# %% h
def h(x):
    x = x + 1
# %% + h
    return x

# ==== graft-one-name-twice
# Two questions ask for one name; the learner leaves one of them as it was handed out.
# %% q1 | answer
def fib(n):
    ### BEGIN SOLUTION
    return n if n < 2 else fib(n - 1) + fib(n - 2)
    ### END SOLUTION
# %% t1 | test 2
assert fib(10) == 55
# %% q2 | answer
def fib(n):
    ### BEGIN SOLUTION
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a
    ### END SOLUTION
# %% t2 | test 3
assert fib(10) == 55
# %% u2 | hidden 2
assert fib(12) == 144
# == half: leaves the second | stock t1=2 t2=0 u2=0
# %% q1
def fib(n):
    return n if n <= 1 else fib(n - 2) + fib(n - 1)
# %% q2
def fib(n):
    # YOUR CODE HERE
    raise NotImplementedError()
# == half: leaves the first | stock t1=0 t2=3 u2=2
# %% q2
def fib(n):
    a, b = 1, 0
    for _ in range(n):
        a, b = b, a + b
    return b
# %% q1
def fib(n):
    # YOUR CODE HERE
    raise NotImplementedError()
# == half: leaves the second, and answers the first below it | stock t1=2 t2=0 u2=0 | waits t2 u2: it may be the second
# %% q1
def fib(n):
    # YOUR CODE HERE
    raise NotImplementedError()
# %% + q1
def fib(n):
    return n if n <= 1 else fib(n - 2) + fib(n - 1)
# %% q2
def fib(n):
    # YOUR CODE HERE
    raise NotImplementedError()
# == half: leaves the first, and answers the second below it | stock t1=0 t2=3 u2=2 | waits t1
# %% q1
def fib(n):
    # YOUR CODE HERE
    raise NotImplementedError()
# %% q2
def fib(n):
    # YOUR CODE HERE
    raise NotImplementedError()
# %% + q2
def fib(n):
    a, b = 1, 0
    for _ in range(n):
        a, b = b, a + b
    return b
# == half: deletes the second | stock t1=2 t2=3 u2=2 | ours t2=0 u2=0: what stands in the first may be for both | waits t2 u2
# %% q1
def fib(n):
    return n if n <= 1 else fib(n - 2) + fib(n - 1)
# %% - q2

# ==== place-helpers-of-an-earlier-answer
# A learner's own cell at the top defines a later answer and a helper that an earlier answer uses.
# %% x | locked
data = [3, 1]
# %% a | answer
data2 = sorted(data)
# %% c | answer
def total(xs): return sum(xs)
# %% t | test 2
assert data2 == [1, 3]
# %% u | test 2
assert total([1, 2]) == 3
# == honest: functions at the top, answer left as handed out | stock t=2 u=2
# %% + x
def total(xs): return sum(xs)
def up(xs): return sorted(xs)
# %% a
data2 = up(data)
# %% c
# YOUR CODE HERE
raise NotImplementedError()
# == honest: the same, emptied answer | stock t=2 u=2
# %% + x
def total(xs): return sum(xs)
def up(xs): return sorted(xs)
# %% a
data2 = up(data)
# %% c

# == honest: the same, answer deleted | stock t=2 u=2
# %% + x
def total(xs): return sum(xs)
def up(xs): return sorted(xs)
# %% a
data2 = up(data)
# %% - c
# == honest: all in the first answer's cell | stock t=2 u=2
# %% a
def total(xs): return sum(xs)
def up(xs): return sorted(xs)
data2 = up(data)
# %% c
# YOUR CODE HERE
raise NotImplementedError()
# == honest: earlier answer calls the later one, defined at the top | stock t=2 u=2
# %% + x
def total(xs): return sum(xs)
# %% a
data2 = [total([1]), total([1, 2])]
# %% c
# YOUR CODE HERE
raise NotImplementedError()
# == honest: imports and a constant at the top with the function | stock t=2 u=2
# %% + x
import operator
KEY = operator.neg
def total(xs): return sum(xs)
# %% a
data2 = sorted(data, key=KEY)[::-1]
# %% c
# YOUR CODE HERE
raise NotImplementedError()
