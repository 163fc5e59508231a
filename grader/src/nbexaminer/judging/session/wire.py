"""Frames on a stream socket: a JSON object, and raw bytes beside it.

A frame is two unsigned 64-bit little-endian lengths, the UTF-8 JSON and the bytes. Whoever
is at the other end may be hostile: lengths are limited before anything is allocated, the
JSON is parsed strictly, and every wait has a deadline.
"""

import json
import socket
import struct
import time
from typing import Any, NoReturn

JSON_BYTES = 16 << 20
BLOB_BYTES = 256 << 20
_HEADER = struct.Struct("<QQ")
_CHUNK = 1 << 20
_FEW = 1 << 12
"""Bytes that are read at once though fewer are waited for: all of most frames."""


class WireError(Exception):
    """Nothing more can be had from the other end."""


class Closed(WireError):
    """The other end is gone."""


class TimedOut(WireError):
    """The other end did not answer in time."""


class BadFrame(WireError):
    """The other end sent what no honest one sends."""


def strict_json(data: bytes) -> Any:
    """Parse UTF-8 JSON without the NaN and Infinity that Python allows. Raises BadFrame."""
    try:
        return _DECODER.decode(data.decode("utf-8"))
    except RecursionError:
        raise BadFrame("JSON nested too deeply") from None
    except ValueError as error:
        raise BadFrame(f"not JSON: {str(error)[:100]}") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_ENCODER = json.JSONEncoder(allow_nan=False, separators=(",", ":"))
_DECODER = json.JSONDecoder(parse_constant=_refuse)


class Channel:
    """Sends and receives frames.

    sock: a connected stream socket.
    blob_bytes: the most bytes that a frame may carry, either way.
    """

    def __init__(self, sock: socket.socket, blob_bytes: int = BLOB_BYTES) -> None:
        self.sock = sock
        self._blob_bytes = blob_bytes
        self._ahead = bytearray()
        """What has come of the next frames."""

    def send(self, message: object, blob: bytes = b"", deadline: float | None = None) -> None:
        """Send one frame. Raises ValueError for one that is too large, and WireError.

        deadline: in `time.monotonic()` seconds.
        """
        data = _ENCODER.encode(message).encode()
        size = len(data) + len(blob)
        if len(data) > JSON_BYTES or size > self._blob_bytes:
            raise ValueError(f"{size} bytes are more than can cross at once")
        try:
            head = _HEADER.pack(len(data), len(blob)) + data
            # Who waits at the other end is woken once, unless joining them takes longer.
            for part in (head, blob) if size > _CHUNK else (head + blob,):
                self._until(deadline)
                self.sock.sendall(part)  # in all of the time that is left
        except TimeoutError:
            raise TimedOut("the other end does not read") from None
        except OSError as error:
            raise Closed(str(error)) from None

    def receive(self, deadline: float | None = None) -> tuple[dict[str, Any], bytes]:
        """The next frame. Raises WireError."""
        size, blob_size = _HEADER.unpack(self._read(_HEADER.size, deadline))
        if size > JSON_BYTES or blob_size > self._blob_bytes:
            raise BadFrame(f"a frame of {size} and {blob_size} bytes")
        message = strict_json(self._read(size, deadline))
        if not isinstance(message, dict):
            raise BadFrame("a frame without an object")
        return message, self._read(blob_size, deadline)

    def _read(self, size: int, deadline: float | None) -> bytes:
        data = self._ahead
        try:
            while len(data) < size:
                self._until(deadline)
                got = self.sock.recv(max(_FEW, min(_CHUNK, size - len(data))))
                if not got:
                    raise Closed("the other end closed the connection")
                data += got
        except TimeoutError:
            raise TimedOut("no answer in time") from None
        except OSError as error:
            raise Closed(str(error)) from None
        read = bytes(data[:size])
        del data[:size]
        return read

    def _until(self, deadline: float | None) -> None:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            raise TimedOut("no answer in time")
        self.sock.settimeout(left)
