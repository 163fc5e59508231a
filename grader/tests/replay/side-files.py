# Files that the answer writes, and one that it must not write.
# %% given | locked
with open("numbers.txt", "w") as file: file.write("1\n2\n")
# %% f | answer
def total(path): return sum(map(int, open(path)))
def save(path, text):
    with open(path, "w") as file: file.write(text)
# %% t | test 2
import os
save("out.txt", "hello")
assert open("out.txt").read() == "hello"
# %% u | test 1
assert total("numbers.txt") == 3
# %% v | test 1
with open("more.txt", "w") as file: file.write("5\n6\n")
assert total("more.txt") == 11
# %% w | test 1
assert not os.path.exists("total.txt")
# == honest: pathlib | stock t=2 u=1 v=1 w=1
# %% f
from pathlib import Path
def total(path): return sum(int(x) for x in Path(path).read_text().split())
def save(path, text): Path(path).write_text(text)
# == wrong: writes what it must not | stock t=0 u=1 v=0 w=0
# %% f
def total(path): return 3
def save(path, text): open("out.txt", "w").close()
open("total.txt", "w").close()
# == stub: unwritten | stock t=0 u=0 v=0 w=1
# %% f
# YOUR CODE HERE
raise NotImplementedError()
