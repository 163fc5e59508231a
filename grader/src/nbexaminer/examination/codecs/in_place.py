"""What a call changes in what it is passed: seen on one side, followed on the other.

Both sides number the parts of what is passed alike, so that a change can tell of those which have
moved: `rows.sort()` changes the list of rows, and no row.
"""

import copy
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

UNCHANGING = (type(None), bool, int, float, complex, str, bytes, range)
"""Types whose values nobody can change."""
MAX_PARTS = 1_000
"""Where there are more, only the arguments themselves are followed, with what is in them anew."""


@dataclass(frozen=True)
class Part:
    """Stands for a part of what was passed, where it now is."""

    number: int


def is_tensor(value: Any) -> bool:
    """Whether it is a tensor of PyTorch's."""
    torch: Any = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def parts_of(passed: Any, is_own: Callable[[Any], bool]) -> list[Any]:
    """Whatever may change of what a call is passed, in the same order on both sides.

    passed: the call's arguments by place, and by name.
    is_own: whether something is the learner's, and not a copy of what was passed.
    """
    args, kwargs = passed
    every = (*args, *kwargs.values())
    found = [*_parts(every, is_own)]
    if len(found) > MAX_PARTS:
        return [v for v in every if not (isinstance(v, UNCHANGING) or is_own(v))]
    return found


def _parts(value: Any, is_own: Callable[[Any], bool]) -> Iterator[Any]:
    if isinstance(value, UNCHANGING) or is_own(value):
        return
    if not isinstance(value, tuple):
        yield value
    if isinstance(value, dict | list | tuple | deque):
        for item in dict.values(value) if isinstance(value, dict) else value:
            yield from _parts(item, is_own)


def marked(value: Any, mark: Callable[[Any], Any]) -> Any:
    """A copy of a container with what stands for its items; what is no container as it is.

    mark: gives what stands for an item, or None for one to be copied in the same way.
    """

    def each(item: Any) -> Any:
        found = mark(item)
        return marked(item, mark) if found is None else found

    if isinstance(value, dict):
        (made := copy.copy(value)).clear()
        made |= {key: each(item) for key, item in dict.items(value)}
        return made
    if isinstance(value, deque):
        return deque(map(each, value), value.maxlen)
    if isinstance(value, tuple):
        return tuple.__new__(type(value), map(each, value))
    return [*map(each, value)] if isinstance(value, list) else value


def follow(parts: Sequence[Any], changes: Any) -> bool:
    """Change those parts as their counterparts were. Gives whether all could be.

    changes: by number, what such a part is now.
    """
    numbers = changes if isinstance(changes, dict) else {}
    if not all(type(number) is int and 0 <= number < len(parts) for number in numbers):
        return False
    if len({id(parts[number]) for number in numbers}) < len(numbers):  # one that is two there
        return False
    return bool(numbers) and all(_change(parts[n], value) for n, value in numbers.items())


def _change(mine: Any, theirs: Any) -> bool:
    """Change it in place to be the same, where that goes."""
    if isinstance(mine, list | deque) and isinstance(theirs, list | deque):
        mine.clear()
        mine.extend(theirs)
    elif isinstance(mine, dict | set) and isinstance(
        theirs, dict if hasattr(mine, "keys") else set
    ):
        mine.clear()
        mine.update(theirs)
    elif type(mine) is not type(theirs):
        return False
    elif isinstance(mine, bytearray):
        mine[:] = theirs
    elif is_tensor(mine) and (mine.shape, mine.dtype) == (theirs.shape, theirs.dtype):
        mine.data.copy_(theirs)
    elif hasattr(mine, "_update_inplace"):  # of pandas
        mine._update_inplace(theirs)
    elif (
        hasattr(mine, "flags")  # of NumPy
        and (mine.shape, mine.dtype) == (theirs.shape, theirs.dtype)
        and mine.flags.writeable
    ):
        mine[...] = theirs
    else:
        return False
    return True
