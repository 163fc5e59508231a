"""What a call changes in what it is passed: seen on one side, followed on the other."""

import sys
from collections import deque
from pathlib import PurePath
from typing import Any

UNCHANGING = (type(None), bool, int, float, complex, str, bytes, range)
"""Types whose values nobody can change."""


def is_tensor(value: Any) -> bool:
    """Whether it is a tensor of PyTorch's."""
    torch: Any = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def follow(mine: Any, theirs: Any) -> Any:
    """`mine`, made the same as `theirs` in place as far as that goes, else `theirs`."""
    if isinstance(theirs, PurePath) and mine == theirs:  # which has come back as a name alone
        return mine
    if type(mine) is not type(theirs):
        return theirs
    if isinstance(mine, list | deque) and len(mine) == len(theirs):
        for index, value in enumerate(theirs):
            mine[index] = follow(mine[index], value)
    elif isinstance(mine, list | deque):
        mine.clear()
        mine.extend(theirs)
    elif isinstance(mine, dict):
        kept = {key: follow(mine[key], theirs[key]) for key in theirs if key in mine}
        mine.clear()
        mine.update(theirs | kept)
    elif isinstance(mine, set):
        mine.clear()
        mine.update(theirs)
    elif isinstance(mine, bytearray):
        mine[:] = theirs
    elif isinstance(mine, tuple) and type(mine) is tuple and len(mine) == len(theirs):
        return tuple(map(follow, mine, theirs))
    elif is_tensor(mine) and mine.shape == theirs.shape:
        mine.data.copy_(theirs)
    elif hasattr(mine, "_update_inplace"):  # of pandas
        mine._update_inplace(theirs)
    elif hasattr(mine, "flags") and mine.shape == theirs.shape and mine.flags.writeable:
        mine[...] = theirs
    else:
        return theirs
    return mine
