"""Keep a learner's picture only if showing it costs a browser little.

A few kilobytes can be a picture of 65,535 × 65,535 pixels. So what is about to be shown is read
here first: what kind it really is, how large, and how often its pixels are drawn. Nothing is
decoded and no picture library is called, since who reads this is not in a sandbox, and a library
doesn't tell how many scans a JPEG has, unless it decodes them.

Sources: PNG (W3C, third edition), JPEG (ITU-T T.81, annex B).
"""

import base64
import re
import struct
from collections.abc import Callable
from typing import Any

MAX_SIDE = 10_000
MAX_PIXELS = 25_000_000
"""Of one frame; what telephones take by default has up to 24.5 million."""
MAX_FRAMES = 1_000
MAX_DRAWN = 250_000_000
"""Pixels of all frames together, or of all scans of a progressive JPEG, which usually has ten."""
MAX_PARTS = 50_000
"""Chunks of a PNG, segments of a JPEG."""
MAX_NOTES = 100
"""Chunks of a PNG that are no pixels: each may be compressed, and grow a thousandfold."""
_NO_FILL = re.compile(rb"[^\xff]")


class NotShown(ValueError):
    """A picture is not kept; the message says so to readers, in its place."""


_Extent = tuple[int, int, int]
"""Width, height, and how often the pixels are drawn."""


def base64_picture(kind: str, data: Any) -> str:
    """The base64 text of a picture as it came, but for white space. Raises NotShown.

    kind: one of `PICTURES`.
    data: what a notebook has for it, which should be a string or a list of lines.
    """
    name, read = PICTURES[kind]
    try:
        text = "".join(("".join(data) if isinstance(data, list) else str(data)).split())
        width, height, frames = read(base64.b64decode(text.encode("ascii"), validate=True))
    except (TypeError, ValueError, struct.error, IndexError):
        raise NotShown(f"a picture that is no {name} is not shown") from None
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and width * height <= MAX_PIXELS):
        raise NotShown(f"a picture of {width} × {height} pixels is not shown")
    if frames > MAX_FRAMES or frames * width * height > MAX_DRAWN:
        raise NotShown(f"a picture of {frames} times {width} × {height} pixels is not shown")
    return text


def _png(data: bytes) -> _Extent:
    if not data.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"):
        raise ValueError
    width, height = struct.unpack_from(">II", data, 16)
    place, frames, notes = 33, 0, 0
    for _ in range(MAX_PARTS):
        length, kind = struct.unpack_from(">I4s", data, place)
        if kind == b"IEND":
            return width, height, max(1, frames)
        frames += kind == b"fcTL"
        notes += kind not in (b"IDAT", b"fdAT", b"fcTL")
        if notes > MAX_NOTES or kind == b"IHDR":
            break
        place += 12 + length
    raise ValueError


def _jpeg(data: bytes) -> _Extent:
    if not data.startswith(b"\xff\xd8"):
        raise ValueError
    place, size = 2, None
    for _ in range(MAX_PARTS):
        start, marker, length = struct.unpack_from(">BBH", data, place)
        if start != 0xFF or marker <= 0x01 or 0xD0 <= marker <= 0xD9:
            break
        if marker == 0xFF:  # fill bytes, of which there may be millions
            ends = _NO_FILL.search(data, place)
            if ends is None:
                break
            place = ends.start() - 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            if size is not None:
                break
            size = struct.unpack_from(">HH", data, place + 5)
        elif marker == 0xDA:
            if size is None:
                break
            # Within pixels 0xFF is never followed by a marker's number.
            return size[1], size[0], data.count(b"\xff\xda", place)
        place += 2 + length
    raise ValueError


PICTURES: dict[str, tuple[str, Callable[[bytes], _Extent]]] = {
    "image/png": ("PNG", _png),
    "image/jpeg": ("JPEG", _jpeg),
}
"""The kinds that are shown, by media type: their name, and what reads one's extent."""


def shown_pictures(bundle: dict[str, Any]) -> tuple[dict[str, str], str]:
    """The pictures among what a notebook has by media types, and why another is not shown."""
    kept = {}
    reason = "a GIF is not shown, only PNG and JPEG" if "image/gif" in bundle else ""
    for kind in (kind for kind in PICTURES if kind in bundle):
        try:
            kept[kind] = base64_picture(kind, bundle[kind])
        except NotShown as not_shown:
            reason = str(not_shown)
    return kept, reason
