"""Files that graded code finds in its working folder: packed once, unpacked anew in each child.

They travel as one file in memory, which is sealed: whoever got hold of the descriptor could read
what lies in the folder anyway, and change nothing of what the next child finds.
"""

import functools
import json
import mmap
import os
import tempfile
from collections.abc import Iterator, Mapping
from typing import BinaryIO

MODULES = (".py", ".so")
"""How the names of files end that can be imported."""
_LENGTH = 8
"""Bytes that say how long the list of files is, which comes next, and before all contents."""


def pack(files: Mapping[str, bytes]) -> bytes:
    """Files by their place in the working folder, as one; nothing where there are none."""
    if not files:
        return b""
    listed = json.dumps([(place, len(files[place])) for place in sorted(files)]).encode()
    contents = (files[place] for place in sorted(files))
    return b"".join((len(listed).to_bytes(_LENGTH), listed, *contents))


def pack_over(packed: bytes, files: Mapping[str, bytes]) -> bytes:
    """What `pack` gave, with these files added or in the place of others."""
    return pack(dict(_unpacked(packed)) | dict(files))


def _unpacked(packed: bytes) -> Iterator[tuple[str, bytes]]:
    if packed:
        begin = _LENGTH + int.from_bytes(packed[:_LENGTH])
        for place, size in json.loads(packed[_LENGTH:begin]):
            yield place, packed[begin : begin + size]
            begin += size


@functools.lru_cache(maxsize=2)
def sealed(packed: bytes) -> BinaryIO | None:
    """What `pack` gave, to be sent to children; None for nothing.

    Where the system has no such files in memory (macOS), where it has no sandbox either, it is a
    temporary file without a name.
    """
    if not packed:
        return None
    if not hasattr(os, "memfd_create"):
        file = tempfile.TemporaryFile()  # noqa: SIM115  (closed with its last user)
        file.write(packed)
        file.flush()
        return file
    import fcntl  # Windows has none

    memory = open(os.memfd_create("files", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING), "w+b")  # noqa: SIM115
    memory.write(packed)
    memory.flush()
    seals = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
    fcntl.fcntl(memory, fcntl.F_ADD_SEALS, seals)
    return memory


def unpack(descriptor: int, folder: str) -> bool:
    """Unpack files in a folder; gives whether there are modules among them.

    descriptor: of what `sealed` gave. It is left where it stands, since all children share that.
    """
    # Private: before Linux 6.7 what is sealed can't be mapped otherwise.
    with mmap.mmap(descriptor, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ) as packed:
        begin = _LENGTH + int.from_bytes(packed[:_LENGTH])
        listed: list[tuple[str, int]] = json.loads(packed[_LENGTH:begin])
        for inner in {os.path.dirname(place) for place, _ in listed}:
            os.makedirs(os.path.join(folder, inner), exist_ok=True)
        for place, size in listed:
            with (
                memoryview(packed)[begin : begin + size] as content,
                open(os.path.join(folder, place), "wb", buffering=0) as file,
            ):
                file.write(content)
            begin += size
    return any(place.endswith(MODULES) for place, _ in listed)
