"""The sample cover is a picture that the bot takes."""

from __future__ import annotations

import struct

from bot.sandbox.services.transports import SIDE, cover


def test_a_png() -> None:
    """Signature, size and the end, each part with its checksum as browsers want them."""
    picture = cover()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert (SIDE, SIDE) == struct.unpack(">II", picture[16:24])
    assert b"IEND" == picture[-8:-4]
    assert cover() == picture
