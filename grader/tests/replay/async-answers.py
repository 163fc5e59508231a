# Coroutines of the answer, awaited in a locked cell and in tests, as a notebook can.
# %% f | answer
import asyncio
async def double(x):
    await asyncio.sleep(0)
    return 2 * x
# %% use | locked
four = await double(2)
many = await asyncio.gather(*(double(i) for i in range(3)))
# %% t | test 2
assert four == 4 and many == [0, 2, 4]
# %% u | test 1
assert await double(5) == 10
# == honest: no sleep | stock t=2 u=1
# %% f
import asyncio
async def double(x): return x + x
# == wrong: no coroutine | stock t=0 u=0
# %% f
import asyncio
def double(x): return 2 * x
# == half: right for 5 | stock t=0 u=1
# %% f
import asyncio
async def double(x): return 10
