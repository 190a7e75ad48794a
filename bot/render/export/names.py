"""File names that every system takes, whatever the listing is called."""

from __future__ import annotations

import unicodedata

import regex

# Telegram cuts the stem of a document's name at 60 characters (clean_filename in its TDLib), and
# file systems take 255 bytes, encrypted ones 143.
STEM_CHARS = 60
STEM_BYTES = 120
_SLASHES = regex.compile(r"[/\\|:]")
_SPACES = regex.compile(r"[\s\p{Z}]+")
# Controls, direction overrides, lone halves and what Windows forbids; emoji need their joiners.
_UNSAFE = regex.compile(r"[\p{C}<>\"?*--[\u200c\u200d]]", regex.VERSION1)
_GRAPHEME = regex.compile(r"\X")
_EDGES = " .-_~\u200c\u200d"  # hidden files, options of commands, what Windows drops in silence
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file, also before any extension
_DEVICE = regex.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\.|$)", regex.I)


def safe_name(wanted: str, suffix: str, *, otherwise: str) -> str:
    """`wanted` with `.suffix`, as far as it makes a name; `otherwise` where nothing is left."""
    stem = _cut(_cleaned(wanted)).rstrip(_EDGES) or otherwise
    if _DEVICE.match(stem):
        stem = f"_{stem}"
    return f"{stem}.{suffix}"


def _cleaned(wanted: str) -> str:
    stem = _SPACES.sub(" ", unicodedata.normalize("NFC", wanted))
    return _UNSAFE.sub("", _SLASHES.sub("-", stem)).lstrip(_EDGES)


def _cut(stem: str) -> str:
    """As many whole characters as fit."""
    kept, chars, size = [], 0, 0
    for grapheme in _GRAPHEME.findall(stem):
        chars += len(grapheme)
        size += len(grapheme.encode())
        if chars > STEM_CHARS or size > STEM_BYTES:
            break
        kept.append(grapheme)
    return "".join(kept)
