"""The bytes of a file as text, whatever program wrote them."""

from __future__ import annotations

import codecs

import regex

from bot.models.songlist import MOST_BREAKS, BadList, Flaw

SAMPLE_BYTES = 65_536  # of lines with other letters than ASCII: enough to tell an encoding by
HEAD_CHARS = 200_000  # of a text that are searched for signs that no text has
_MARKS = (  # the longer ones first: that of UTF-32 begins as that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Western, Turkish, Cyrillic. Guessed among more, short lists of names come out as anything.
_LEGACY = ("cp1252", "cp1254", "cp1251")
# Where Turkish has ğ ı ş and İ, Western has letters of Icelandic, which stand among vowels of its
# own.
_ICELANDIC = regex.compile("[ðýþÐÝÞ]")
_ICELANDIC_VOWELS = regex.compile("[áéíóúæÁÉÍÓÚÆ]")
_CONTROL = regex.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffe\uffff]")
_MOST_CONTROLS = 0.002  # a stray one per page may pass


def decode(raw: bytes) -> str:
    """The text without its byte order mark. Raises BadList where there is none."""
    if not raw.strip():
        raise BadList(Flaw.EMPTY)
    text = _decoded(raw)
    head = text[:HEAD_CHARS]
    if len(_CONTROL.findall(head)) > len(head) * _MOST_CONTROLS:
        raise BadList(Flaw.BINARY)
    return text


def _decoded(raw: bytes) -> str:
    encoding = _marked(raw) or _wide(raw)
    try:
        return raw.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        if encoding or b"\0" in raw:
            raise BadList(Flaw.BINARY) from None
    return _legacy(raw)


def _marked(raw: bytes) -> str | None:
    return next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), None)


def _wide(raw: bytes) -> str | None:
    """UTF-16 without a mark: line breaks and Latin letters have a zero beside them, on one side."""
    if len(raw) % 2:
        return None
    even, odd = raw[::2].count(0), raw[1::2].count(0)
    if odd > 8 * even and odd * 20 > len(raw):
        return "utf-16-le"
    if even > 8 * odd and even * 20 > len(raw):
        return "utf-16-be"
    return None


def _legacy(raw: bytes) -> str:
    from charset_normalizer import from_bytes

    told = from_bytes(_telling(raw), cp_isolation=list(_LEGACY)).best()
    if told is None:
        raise BadList(Flaw.BINARY)
    encoding = told.encoding
    if encoding == "cp1252":
        western = _telling(raw).decode(encoding, "replace")
        if _ICELANDIC.search(western) and not _ICELANDIC_VOWELS.search(western):
            encoding = "cp1254"
    return raw.decode(encoding, "replace")


def _telling(raw: bytes) -> bytes:
    """The lines that are not plain ASCII, as far as they are worth reading."""
    telling = bytearray()
    for line in raw.split(b"\n", MOST_BREAKS):
        if not line.isascii():
            telling += line + b"\n"
        if len(telling) > SAMPLE_BYTES:
            break
    return bytes(telling[:SAMPLE_BYTES])
