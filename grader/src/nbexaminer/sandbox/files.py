"""Files that graded code finds in its working folder: packed once, unpacked anew in each child.

They travel as a tar file in memory, which is sealed: whoever got hold of the descriptor could read
in it what lies in the folder anyway, and change nothing of what the next child finds.
"""

import functools
import io
import mmap
import os
import shutil
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import BinaryIO

MODULES = (".py", ".so")
"""How the names of files end that can be imported."""


def pack(files: Mapping[str, bytes]) -> bytes:
    """Files by their place in the working folder, as one; nothing where there are none."""
    if not files:
        return b""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for place, data in sorted(files.items()):
            member = tarfile.TarInfo(place)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return packed.getvalue()


@functools.lru_cache(maxsize=2)
def sealed(packed: bytes) -> BinaryIO | None:
    """What `pack` gave, to be sent to children; None for nothing.

    Where the system has no such files in memory (macOS), where it has no sandbox either, it is a
    temporary file without a name.
    """
    if not packed:
        return None
    if not hasattr(os, "memfd_create"):
        file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  (closed with its last user)
        file.write(packed)
        return file
    import fcntl  # Windows has none

    memory = open(os.memfd_create("files", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING), "w+b")  # noqa: SIM115
    memory.write(packed)
    memory.flush()
    seals = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
    fcntl.fcntl(memory, fcntl.F_ADD_SEALS, seals)
    return memory


def unpack(descriptor: int, folder: str) -> bool:
    """Unpack files in an empty folder; gives whether there are modules among them.

    descriptor: of what `sealed` gave. It is left where it stands, since all children share that.
    """
    modules = False
    # Private: before Linux 6.7 what is sealed can't be mapped otherwise.
    with (
        mmap.mmap(descriptor, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ) as packed,
        tarfile.open(fileobj=packed, mode="r:") as archive,  # type: ignore[arg-type]
    ):
        for member in archive:
            place = os.path.join(folder, member.name)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            content = archive.extractfile(member)
            assert content is not None
            with open(place, "wb") as file:
                shutil.copyfileobj(content, file)
            modules = modules or PurePosixPath(member.name).suffix in MODULES
    return modules
