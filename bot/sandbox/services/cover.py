"""The one made-up cover: a sky over a sea, as a PNG."""

from __future__ import annotations

import struct
import zlib

SIDE = 300
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SKY, _HORIZON, _SEA = (24, 32, 84), (255, 176, 120), (18, 84, 110)


def cover() -> bytes:
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)  # 8 bits, red green blue
    lines = b"".join(b"\0" + bytes(_colour(at / SIDE)) * SIDE for at in range(SIDE))
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, content) for kind, content in parts)


def _colour(height: float) -> tuple[int, ...]:
    """From the sky, at 0, over the horizon down to the sea."""
    begin, end = (_SKY, _HORIZON) if height < 0.5 else (_HORIZON, _SEA)  # noqa: PLR2004 - the middle
    share = height * 2 % 1
    return tuple(round(b + (e - b) * share) for b, e in zip(begin, end, strict=True))


def _chunk(kind: bytes, content: bytes) -> bytes:
    crc = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc)
