"""The files that each child finds in its working folder."""

from __future__ import annotations

import os
import types
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pytest

from nbexaminer.sandbox.files import pack, sealed
from nbexaminer.sandbox.parent import WarmParent
from nbexaminer.sandbox.promises import TARGET, Inside
from nbexaminer.sandbox.view import Occupant, Sandbox
from support.notebooks import LIMITS
from support.profile import SMALL

FILES = {"data.csv": b"a,b\n1,2\n", "tools/__init__.py": b"", "tools/double.py": b"TWICE = 2\n"}


@pytest.fixture(scope="module", params=["sandboxed", "bare"])
def parent(request: pytest.FixtureRequest) -> Iterator[WarmParent]:
    box = Sandbox.find(SMALL) if request.param == "sandboxed" else None
    with WarmParent(TARGET, Occupant(0), SMALL, box, LIMITS) as parent:
        yield parent


def _with(parent: WarmParent, files: Mapping[str, bytes]) -> Inside:
    spawn: Any = partial(parent.spawn, sealed(pack(files)))
    given: Any = types.SimpleNamespace(
        spawn=spawn, occupant=parent.occupant, profile=parent.profile
    )
    return Inside(given)


LOOK = """
import os, sys
from tools.double import TWICE
result = [open("data.csv").read(), TWICE, sys.path[0] == os.getcwd(), len(os.listdir("."))]
held = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")[:-1]]
assert not any("memfd" in name for name in held), held
for name in ("data.csv", "tools/double.py", "later.py"):
    open(name, "w").write("TWICE = 3")
"""


def test_what_one_child_writes_no_other_finds(parent: WarmParent) -> None:
    """Lost otherwise: data and modules of the instructor's, which a learner has changed for all."""
    for _ in range(2):
        with _with(parent, FILES) as inside:
            assert inside.ask("python", source=LOOK) == ["a,b\n1,2\n", 2, True, 2]


def test_without_modules_none_are_looked_for_there(parent: WarmParent) -> None:
    """Lost otherwise: the library that an answer's own file is called after."""
    source = "import os, sys; result = [os.listdir('.'), [*{'', os.getcwd()} & {*sys.path}]]"
    with _with(parent, {"data.csv": b"1"}) as inside:
        assert inside.ask("python", source=source) == [["data.csv"], []]


def test_what_is_sent_to_children_can_not_be_changed() -> None:
    """Lost otherwise: every later submission's data, to whoever gets hold of the descriptor."""
    files = sealed(pack(FILES))
    assert files is not None and sealed(pack({})) is None
    before = os.pread(files.fileno(), 1 << 20, 0)
    for change in (
        lambda: os.pwrite(files.fileno(), b"x", 0),
        lambda: os.ftruncate(files.fileno(), 0),
        lambda: os.pwrite(files.fileno(), b"x", len(before)),
    ):
        with pytest.raises(PermissionError):
            change()
    assert os.pread(files.fileno(), 1 << 20, 0) == before
