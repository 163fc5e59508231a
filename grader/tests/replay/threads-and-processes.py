# A test runs the answer in threads; a lock of the source's is taken by both.
# %% given | locked
import threading
lock = threading.Lock()
done = []
def note(x):
    with lock: done.append(x)
# %% f | answer
def work(x):
    note(x * 2)
# %% t | test 2
ts = [threading.Thread(target=work, args=(i,)) for i in range(3)]
for th in ts: th.start()
for th in ts: th.join()
assert sorted(done) == [0, 2, 4]
# %% u | test 1
from concurrent.futures import ThreadPoolExecutor
done.clear()
with ThreadPoolExecutor(2) as pool: [*pool.map(work, [5, 6])]
assert sorted(done) == [10, 12]
# == honest: in two steps | stock t=2 u=1
# %% f
def work(x):
    y = x + x
    note(y)
# == wrong: notes nothing | stock t=0 u=0
# %% f
def work(x): return 2 * x
# == wrong: notes its argument | stock t=0 u=0
# %% f
def work(x): note(x)
