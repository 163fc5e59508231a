"""A picture is kept as it came, or not at all, by what a browser would have to draw."""

from __future__ import annotations

import base64
import io
import struct
import time
import zlib
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from nbexaminer.judging.notebook.pictures import NotShown, base64_picture
from nbexaminer.judging.notebook.sanitize import safe_outputs


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *more: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(100))
    return b"".join((b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), *more,
                     chunk(b"IDAT", pixels), chunk(b"IEND")))  # fmt: skip


def jpeg(width: int, height: int, scans: int, before: bytes = b"") -> bytes:
    size = b"\xff\xc2" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    return b"\xff\xd8" + before + size + b"\xff\xda\0\x08\1\1\0\0\x3f\0\0" * scans + b"\xff\xd9"


def says(kind: str, data: bytes) -> str:
    with pytest.raises(NotShown) as refused:
        base64_picture(kind, base64.b64encode(data).decode())
    return str(refused.value)


def saved(form: str, moving: bool = False, **how: Any) -> bytes:
    noise = np.random.default_rng(0).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    file = io.BytesIO()
    first, *others = (Image.fromarray(np.roll(noise, n, 0)) for n in range(20 if moving else 1))
    if moving:
        how |= {"save_all": True, "append_images": others}
    first.save(file, form, **how)
    return file.getvalue()


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("image/png", saved("PNG")),
        ("image/png", saved("PNG", moving=True)),
        ("image/png", saved("PNG", icc_profile=b"x" * 500, dpi=(100, 100))),
        ("image/jpeg", saved("JPEG")),
        ("image/jpeg", saved("JPEG", progressive=True, exif=b"Exif\0\0" + b"\xff\xda" * 99)),
        ("image/png", png(10_000, 2_500)),
        ("image/jpeg", jpeg(5_712, 4_284, 10)),
    ],
)
def test_an_honest_picture_is_kept_to_the_byte(kind: str, data: bytes) -> None:
    """Plots, screenshots, photographs and animations belong to answers."""
    text = base64.b64encode(data).decode()
    assert base64_picture(kind, text) == text
    assert base64_picture(kind, [text[:76] + "\n", text[76:]]) == text


def test_a_plot_is_kept_to_the_byte_and_costs_little() -> None:
    """Every notebook holds dozens, and each is looked at while a class waits."""
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=100, bbox_inches="tight")
    plt.close(figure)
    text = base64.b64encode(file.getvalue()).decode()
    start = time.process_time()
    for _ in range(300):
        assert base64_picture("image/png", text) == text
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("image/png", png(65_535, 65_535), "of 65535 × 65535 pixels"),
        ("image/png", png(2**31 - 1, 1), "of 2147483647 × 1 pixels"),
        ("image/png", png(10_001, 1), "of 10001 × 1 pixels"),
        ("image/png", png(10_000, 2_501), "of 10000 × 2501 pixels"),
        ("image/png", png(0, 5), "of 0 × 5 pixels"),
        ("image/png", png(9, 9, *[chunk(b"fcTL", bytes(26))] * 1_001), "of 1001 times 9 × 9"),
        ("image/png", png(5_000, 5_000, *[chunk(b"fcTL", bytes(26))] * 11), "of 11 times 5000"),
        ("image/png", png(9, 9, *[chunk(b"zTXt", b"x\0\0" + bytes(9))] * 101), "no PNG"),
        ("image/jpeg", jpeg(65_535, 65_535, 1), "of 65535 × 65535 pixels"),
        ("image/jpeg", jpeg(5_000, 5_000, 11), "of 11 times 5000 × 5000 pixels"),
        ("image/jpeg", jpeg(9, 9, 1_001), "of 1001 times 9 × 9 pixels"),
        ("image/jpeg", jpeg(9, 9, 1, b"\xff\xe1\0\x08smaller"), "no JPEG"),  # garbage between
        ("image/jpeg", jpeg(9, 9, 1, jpeg(9_999, 9_999, 0)[2:-2]), "no JPEG"),  # two sizes
    ],
)  # fmt: skip
def test_what_would_hang_a_browser_is_left_out(kind: str, data: bytes, said: str) -> None:
    """A few kilobytes grow to gigabytes for whoever opens the feedback or grades by hand."""
    assert f"a picture {'that is ' if said[:2] == 'no' else ''}{said}" in says(kind, data)
    assert len(data) < 200_000


def test_only_the_kind_that_it_claims_to_be_is_kept() -> None:
    """A browser goes by the content, so what was not read as what it is was not read at all."""
    pictures = {"image/png": png(1, 1), "image/jpeg": jpeg(1, 1, 1)}
    for kind in pictures:
        for other, data in pictures.items():
            if kind != other:
                assert "that is no" in says(kind, data)
        for data in (b"", b"<svg onload='x'/>", pictures[kind][:14], b"BM" + bytes(99)):
            assert "that is no" in says(kind, data)
        for text in ('"><script>', "é", "A", 7, None, [7], {"a": 1}, ["A", None]):
            with pytest.raises(NotShown, match="that is no"):
                base64_picture(kind, text)


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg"])
def test_hostile_pictures_cost_little(kind: str) -> None:
    """Reading one must not take the time of the whole class."""
    starts = {
        "image/png": png(1, 1)[:33],
        "image/jpeg": b"\xff\xd8",
    }
    start = time.process_time()
    for fill in (b"\0\0\0\0IDAT\0\0\0\0", b"\0\0\0\0fcTL\0\0\0\0", b"\xff", b"!\xff\0", b"\1x",
                 b"\xff\xe0\0\2", b"!\xff" + b"\1x" * 3_000_000, b"\xff\xda", b"\0"):  # fmt: skip
        says(kind, starts[kind] + fill * (6_000_000 // len(fill)))
    assert time.process_time() - start < 5


def test_a_sentence_stands_in_its_place() -> None:
    """Else a learner would think that the plot was never made."""
    huge = base64.b64encode(png(65_535, 65_535)).decode()
    fine = base64.b64encode(png(5, 5)).decode()
    data = {"text/plain": "<Figure>", "image/png": huge, "text/latex": "$x$", "text/html": "x"}
    shown = safe_outputs(
        [{"output_type": "display_data", "data": data},
         {"output_type": "display_data", "data": data | {"image/png": fine, "image/gif": huge}},
         {"output_type": "display_data", "data": {"text/plain": "<Image>", "image/gif": fine}}],
        100_000,
    )  # fmt: skip
    assert [output["data"] for output in shown] == [
        {"text/plain": "(a picture of 65535 × 65535 pixels is not shown)"},
        {"text/plain": "<Figure>", "image/png": fine},
        {"text/plain": "(a GIF is not shown, only PNG and JPEG)"},
    ]
