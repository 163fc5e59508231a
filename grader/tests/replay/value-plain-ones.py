# Values of answers: numbers, texts, lists, dicts, sets, None, bytes, dates, by type and identity.
# %% v | answer
n, x, ok, nothing = 3, 2.5, True, None
text, raw, pair = "añb", b"\x00a", (1, (2, 3))
big, tiny, c = 2 ** 100, 1e-300, 1 + 2j
xs, d, s = [1, [2]], {"a": 1, (1, 2): [3]}, {1, 2}
import datetime, collections
day, order = datetime.date(2024, 2, 29), collections.OrderedDict(b=1, a=2)
# %% t | test 1
assert type(n) is int and type(x) is float and ok is True and nothing is None
# %% u | test 1
assert text == "añb" and raw == b"\x00a" and pair == (1, (2, 3)) and isinstance(pair, tuple)
# %% w | test 1
assert big == 2 ** 100 and tiny > 0 and c.imag == 2
# %% y | test 1
assert xs == [1, [2]] and d[(1, 2)] == [3] and s == {2, 1} and [*d] == ["a", (1, 2)]
# %% z | test 1
assert day.month == 2 and [*order] == ["b", "a"] and isinstance(order, dict)
# == wrong: of other types | stock t=0 u=0 w=0 y=0 z=0
# %% v
n, x, ok, nothing = 3.0, "2.5", 1, False
text, raw, pair = b"a", "a", [1, (2, 3)]
big, tiny, c = 1e30, 0, 1
xs, d, s = (1, [2]), {}, [1, 2]
day, order = "2024-02-29", {"a": 2, "b": 1}
# == honest: subclasses and other ways | stock t=1 u=1 w=1 y=1 z=1
# %% v
n, x, ok, nothing = int("3"), 5 / 2, not 0, {}.get(1)
text, raw, pair = "a" + chr(241) + "b", bytes([0, 97]), tuple([1, (2, 3)])
big, tiny, c = 1 << 100, 10 ** -300, complex(1, 2)
xs, d, s = list((1, [2])), dict([("a", 1), ((1, 2), [3])]), set("12") and {2, 1}
from datetime import date
day, order = date.fromisoformat("2024-02-29"), {"b": 1, "a": 2}
# == half: half of them | stock t=1 u=1 w=0 y=0 z=0
# %% v
n, x, ok, nothing = 3, 2.5, True, None
text, raw, pair = "añb", b"\x00a", (1, (2, 3))
