"""Files in the encodings that programs write, and what is no text."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.songlist import MOST_BREAKS, BadList, Flaw
from bot.resolve.uploads.reader import SAMPLE_BYTES, _telling, decode

TURKISH = "Barış Manço - Gülpembe\nSezen Aksu - Şarkı Söylemek Lazım\nTarkan - Şımarık\n"
FRENCH = "Édith Piaf - Non, je ne regrette rien\nBeyoncé - Déjà Vu\n“Heroes” — David Bowie\n"
ICELANDIC = "Björk - Jóga\nSigur Rós - Hoppípolla\nÁsgeir - Dýrð í dauðaþögn\n"
RUSSIAN = "Кино - Группа крови\nДДТ - Осень\n"
JAPANESE = "宇多田ヒカル - First Love\n米津玄師 - Lemon\n"


@pytest.mark.parametrize("text", [TURKISH, FRENCH, RUSSIAN, JAPANESE, "Daft Punk - One More Time"])
@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_unicode(text: str, encoding: str) -> None:
    """UTF-8 and UTF-16, with and without a mark; the mark is no part of the text."""
    assert text == decode(text.encode(encoding))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TURKISH, "cp1254"),
        ("Tarkan - Şımarık\n", "cp1254"),
        ("Ajda Pekkan - Yağmur\n" * 500, "cp1254"),
        (FRENCH, "cp1252"),
        ("Shakira - Suerte\nBeyoncé - Halo\n", "cp1252"),
        ("Die Ärzte - Männer sind Schweine\n", "cp1252"),
        ("João Gilberto - Chega de Saudade\nMarisa Monte - Não É Fácil", "cp1252"),
        (ICELANDIC, "cp1252"),
        (RUSSIAN, "cp1251"),
        ("plain\n" * 20_000 + FRENCH, "cp1252"),
    ],
)
def test_windows(text: str, encoding: str) -> None:
    """The encodings of Windows are told apart by what the letters would say."""
    assert text == decode(text.encode(encoding))


@pytest.mark.parametrize("raw", [b"", b" \r\n\t ", b"\n"])
def test_nothing_in_it(raw: bytes) -> None:
    with pytest.raises(BadList) as caught:
        decode(raw)
    assert Flaw.EMPTY is caught.value.why


@pytest.mark.parametrize(
    "raw",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)),
        b"PK\x03\x04" + bytes(range(256)) * 4,
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 4,
        b"\xff\xfe" + b"\x00\xd8" * 9,
        bytes(range(1, 32)) * 30,
        b"ok\x01\x02" * 30,
    ],
)
def test_no_text(raw: bytes) -> None:
    """Pictures, archives and documents of other programs are no text."""
    with pytest.raises(BadList) as caught:
        decode(raw)
    assert Flaw.BINARY is caught.value.why


@given(st.binary(max_size=400))
def test_any_bytes(raw: bytes) -> None:
    """Whatever a file holds, it is a text or no list."""
    with contextlib.suppress(BadList):
        assert decode(raw)


@pytest.mark.parametrize(
    "line", ["Björk - Jóga " * 50_000, "\n" * (MOST_BREAKS + 1) + FRENCH.strip()]
)
def test_what_an_encoding_is_told_by(line: str) -> None:
    """As much as tells it is looked at, of a line of any length and of any number of lines."""
    raw = f"{line}\n".encode("cp1252")

    assert line == decode(raw).removesuffix("\n")
    assert SAMPLE_BYTES >= len(_telling(raw)) > 0


def test_line_breaks_without_an_end() -> None:
    """More line breaks than a list may have are not parted into lines."""
    assert b"\n\nBj\xf6rk\n" == _telling(b"\n" * (MOST_BREAKS + 2) + b"Bj\xf6rk")
