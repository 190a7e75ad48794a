"""What a listing can be exported as."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """The value is the end of the file's name."""

    CSV = "csv"
    TXT = "txt"
    M3U8 = "m3u8"
    JSON = "json"
    HTML = "html"
    ZIP = "zip"

    @property
    def pictured(self) -> bool:
        """Whether the listing's cover is a part of it."""
        return self in (Format.HTML, Format.ZIP)
