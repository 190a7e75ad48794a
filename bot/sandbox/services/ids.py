"""Ids for made-up things: well-formed, the same each time, and never those of real ones."""

from __future__ import annotations

import base64
import hashlib
import string

# A Spotify id is a 128-bit number in base 62, digits before small letters: it begins with 0 to 7.
# One that begins with a letter fits every pattern and can belong to nothing.
_BASE62 = string.digits + string.ascii_lowercase + string.ascii_uppercase
_SPOTIFY_LENGTH = 22

# A YouTube id is a 64-bit number in 11 signs of base 64, so the last sign has two bits of zeros
# (one of AEIMQUYcgkosw048). One that ends in `_` can belong to nothing.
_YOUTUBE_END = "_"


def spotify_id(kind: str, *names: str) -> str:
    number = int.from_bytes(_digest(kind, *names, size=11), "big")
    signs = ""
    while len(signs) < _SPOTIFY_LENGTH - len("sample"):
        number, rest = divmod(number, len(_BASE62))
        signs += _BASE62[rest]
    return "sample" + signs


def video_id(*names: str) -> str:
    return _signs("video", *names, size=7) + _YOUTUBE_END


def channel_id(name: str) -> str:
    return "UC" + _signs("channel", name, size=16)


def album_browse_id(album: str, artist: str) -> str:
    return "MPREb_" + _signs("album", album, artist, size=8)


def isrc(*names: str) -> str:
    """ZZ is a country code that is never given to a country."""
    number = int.from_bytes(_digest("isrc", *names, size=8), "big")
    return f"ZZSMP26{number % 100_000:05}"


def number(service: str, identity: str) -> str:
    """The number by which another platform knows what Spotify knows by `identity`.

    Far above the numbers that real ones have reached.
    """
    return str(10**17 + int.from_bytes(_digest(service, identity, size=6), "big"))


def youtube_list(identity: str) -> str:
    return f"PLsample{identity}"[:34]


def _signs(*names: str, size: int) -> str:
    return base64.urlsafe_b64encode(_digest(*names, size=size)).decode().rstrip("=")


def _digest(*names: str, size: int) -> bytes:
    return hashlib.blake2b("\x1f".join(names).encode(), digest_size=size).digest()
