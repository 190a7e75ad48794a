"""Readings of titles and names, so that what people read as the same compares as the same.

Folding is NFKC, case folding, then transliteration to ASCII by anyascii (ISC licence), chosen out
of three that were measured: see `tests/benchmarks/match_scripts.py`. Text in ASCII takes the short
way. One sign may become eighteen letters and more on the way, so either form is cut to what names
may have as they came: comparing takes time with the square of it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from anyascii import anyascii

from bot.models.music import NAME_CHARS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models import Candidate

# What divides a title, in the signs of all scripts, brought to brackets, bars and dashes.
_SIGNS: Final = str.maketrans(
    {
        **dict.fromkeys("「『【《〈〔＜«‹", " ( "),
        **dict.fromkeys("」』】》〉〕＞»›", " ) "),
        **dict.fromkeys("¦•·・‧∣♪♫★☆►▶→", " | "),
        **dict.fromkeys("–—―‒〜～", " - "),
        **dict.fromkeys("’‘´ʼʻ′״׳", ""),
        **dict.fromkeys("“”„‟″", '"'),
        **dict.fromkeys(
            "ーـ\u200b\u200d\u200e\u200f\ufeff", ""
        ),  # vowel bar, tatweel, marks unseen
        "×": " x ",
    },
)
_UNSEEN: Final = re.compile(
    "[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]"
)
_REPEATED: Final = re.compile("(.)々")
_LOCAL: Final = re.compile("[\u0370-\u1cff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_DOLLAR: Final = re.compile(r"(?<=[a-z])\$|\$(?=[a-z])")
_INITIALS: Final = re.compile(r"\b([a-z0-9])\.(?=[a-z0-9]\b)")  # M.I.A., D.T.N, 3 A.M.
_BANG: Final = re.compile(r"(?<=[a-z])!(?=[a-z])")
_WRITTEN_OUT: Final = {
    "pt": "part",
    "pts": "part",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "viii": "8",
    "vii": "7",
}
_PART: Final = re.compile(r"\b(?:pts?|iii?|iv|viii?)\b")
_HAN: Final = re.compile("[\u3400-\u9fff]")
_ROMAJI: Final = re.compile(
    r"(?:(?:[kgsztdnhbpmrjfc]|[sc]h|ts|w|y)?y?[aeiou]|n|(?<=[aeiou])[kstp](?=[kstp]))+"
)
_SPACELESS: Final = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_KANA: Final = re.compile("[\u3040-\u30ff]")
_SYLLABLE: Final = re.compile(r"[aeiou]|n(?![aeiouy])")
_NEAR: Final = str.maketrans("lzqckgbdfj", "rskkkkptpc")
_VOWELS: Final = re.compile("[^bcdfgjklmnpqrstxz0-9]+")
_DOUBLED: Final = re.compile(r"(.)\1+")
_PIECE: Final = re.compile(
    r"[a-z0-9]+|[(\[{<]|[)\]}>]|[|\"]|(?<=\s)[-/:~]+(?=\s|$)|:(?=\s)|^[-/]+(?=\s)"
)
_WORD: Final = re.compile(r"[^\W_]+")
_NAME: Final = re.compile(r"[a-z0-9]+")


@dataclass(slots=True)
class Seen:
    """A candidate read once: its title, channel and performers in the forms that are compared.

    `folded` still has its dividing signs, `spaced` is words only, with a space at both ends.
    """

    candidate: Candidate
    plain: str
    folded: str
    words: list[str]
    spaced: str
    squashed: str
    channel: tuple[str, ...]
    album: tuple[str, ...]
    performers: frozenset[str]

    @property
    def segments(self) -> list[tuple[str, ...]]:
        return segments(self.folded)


def native(text: str) -> str:
    """NFKC and case folded, in its own script, dividing signs brought to brackets and bars."""
    if text.isascii():
        return text.lower()[:NAME_CHARS]
    whole = unicodedata.normalize("NFKC", text)[:NAME_CHARS]
    plain = unicodedata.normalize("NFKC", whole.casefold())
    plain = _UNSEEN.sub("", plain.translate(_SIGNS))
    return _REPEATED.sub(r"\1\1", plain)[:NAME_CHARS]


def latin(text: str) -> str:
    """What `native` gave, in lower-case ASCII; A$AP and P!nk with their letters."""
    if not text.isascii():
        text = anyascii(text).lower()
    if "'" in text or "`" in text:
        text = text.replace("'", "").replace("`", "")
    if "&" in text or "+" in text:
        text = text.replace("&", " and ").replace("+", " and ")
    if "$" in text:
        text = _DOLLAR.sub("s", text)
    if "." in text:
        text = _INITIALS.sub(r"\1", text)
    if "!" in text:
        text = _BANG.sub("i", text)
    if "pt" in text or "ii" in text or "iv" in text:
        text = _PART.sub(_as_written_out, text)
    return text[:NAME_CHARS]


def _as_written_out(found: re.Match[str]) -> str:
    return _WRITTEN_OUT[found[0]]


def tokens(text: str) -> tuple[str, ...]:
    """The words of a name or title, folded; signs are dropped."""
    return tuple(_NAME.findall(latin(native(text))))


def squash(text: str) -> str:
    """Letters and digits only: AC/DC, Ac Dc and acdc are one. Without any, the text itself."""
    return "".join(tokens(text)) or text.strip()


def segments(plain: str) -> list[tuple[str, ...]]:
    """The words between brackets, dashes, bars and quotation marks of what `latin` gave."""
    found: list[tuple[str, ...]] = []
    words: list[str] = []
    for piece in _PIECE.findall(plain):
        if piece[0].isalnum():
            words.append(piece)
        elif words:
            found.append(tuple(words))
            words = []
    return [*found, tuple(words)] if words else found


def is_local(plain: str) -> bool:
    """Whether a text has letters of another script than Latin."""
    return not plain.isascii() and _LOCAL.search(plain) is not None


def skeleton(plain: str) -> str:
    """Consonants only, near ones joined: how one name is recognised in two romanisations."""
    return _DOUBLED.sub(r"\1", _VOWELS.sub("", plain.translate(_NEAR)))


def may_be_read(plain: str, reading: Sequence[str]) -> bool:
    """Whether Latin words could be how Japanese reads a text with ideographs.

    They have to be open syllables, one for each kana and one to three for each ideograph.
    """
    han = len(_HAN.findall(plain))
    if not han or not reading:
        return False
    fitting = sum(_ROMAJI.fullmatch(word) is not None for word in reading)
    syllables = len(_SYLLABLE.findall(" ".join(reading)))
    kana = len(_KANA.findall(plain))
    return fitting >= 0.75 * len(reading) and 1.2 * han + kana <= syllables <= 3 * han + kana + 1


def spaceless_letters(plain: str) -> int:
    """How many letters of scripts that set no spaces a text has."""
    return 0 if plain.isascii() else len(_SPACELESS.findall(plain))


def local_words(plain: str) -> list[str]:
    """The words of a text that are in another script than Latin, folded."""
    found = (word for word in _WORD.findall(plain) if is_local(word))
    return [token for word in found for token in words_of(latin(word))]


def words_of(folded: str) -> list[str]:
    """The words of what `latin` gave."""
    return _NAME.findall(folded)


def see(candidate: Candidate, plain: str, folded: str) -> Seen:
    """`plain` and `folded` are what `native` and `latin` made of the title."""
    found = words_of(folded)
    return Seen(
        candidate=candidate,
        plain=plain,
        folded=folded,
        words=found,
        spaced=f" {' '.join(found)} ",
        squashed="".join(found),
        channel=tokens(candidate.channel) if candidate.channel else (),
        album=tokens(candidate.album) if candidate.album else (),
        performers=_squashed(candidate),
    )


def _squashed(candidate: Candidate) -> frozenset[str]:
    if not candidate.artists:
        return frozenset()
    names = [squash(name) for name in candidate.artists]
    return frozenset((*names, *(name.removeprefix("the") for name in names)))
