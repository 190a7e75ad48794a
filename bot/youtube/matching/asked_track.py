"""What a track asks for: its title taken apart once, before any candidate is looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.models.music import NAME_CHARS, NAMES_MOST
from bot.youtube.matching import lexicon, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models import Track

_JOINED: Final = re.compile(
    r"\s*(?:,|;|\s/\s|\s&\s|\sx\s|\svs\.?\s|\sfeat\.?\s|\sft\.?\s)\s*", re.IGNORECASE
)
_STRETCH: Final = re.compile(r"([()\[\]{}])|\s-+\s")
PARTS: Final = frozenset(
    (
        "pt",
        "part",
        "parte",
        "teil",
        "vol",
        "no",
        "nr",
        "op",
        "act",
        "chapter",
        "pts",
        "parts",
        "cz",
        "ch",
        "chast",
    )
)
# What an album's name may say of all its tracks, though their titles do not
ALBUM_WIDE: Final = frozenset(("live", "acoustic", "session", "demo", "remix", "mix", "extended"))
YEARS: Final = range(1900, 2100)
_NAMES_CHARS: Final = 10 * NAME_CHARS  # of all names of a track: a hundred of some length
_LONG_WORD: Final = 4
_LONG_ENOUGH: Final = 8  # letters by which a subtitle alone is recognised


@dataclass(frozen=True, slots=True)
class Name:
    """An artist's name in the forms in which it is looked for."""

    words: tuple[str, ...]
    spaced: str
    squashed: str
    bare: str  # squashed, without articles and words such as Band or Official
    bones: str
    local: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """A track's title and artists in the readings that candidates are held against.

    `core` is what every right title has; `tail` names the version (who remixed, where it was live)
    and has to be there as well; `subtitle` may be there, as may `aside`: guests, film, album.
    """

    plain: str
    core: tuple[str, ...]
    core_text: str
    core_spaced: str
    long_words: tuple[str, ...]  # those of the core, or all of it when it has none
    squashed: str
    doubles: tuple[str, ...]  # the same title in another script, squashed
    subtitled: str  # a subtitle that is known as a title, squashed
    sign: str  # a title without letters or digits, as it stands
    local: bool
    spaceless_letters: int  # of Chinese, Japanese, Korean or Thai in the title
    tail: frozenset[str]
    subtitle: frozenset[str]
    aside: frozenset[str]
    aside_words: frozenset[str]  # less the short ones, which phrases such as En vivo need
    versions: frozenset[str]
    album_versions: frozenset[str]
    spaceless: frozenset[str]  # listed words of scripts without spaces
    spoken: frozenset[str]  # the words that say which version
    numbers: frozenset[str]
    names: tuple[Name, ...]
    forms: frozenset[str]  # all names, squashed, with and without articles and the like
    album: str
    duration_s: float | None
    explicit: bool | None


def read(track: Track) -> Wanted:
    plain = text.native(track.title)
    parts = _Parts.of(plain)
    album = text.tokens(track.album or "")
    spoken, _ = lexicon.versions_in(parts.spoken, " ".join(plain.split()[1:]))
    by_album, album_left = lexicon.versions_in(album, text.native(track.album or ""))
    names = _names(track.artists)
    by_name = frozenset(word for name in names for word in name.words)
    aside = by_name.union(parts.aside, parts.spoken, album_left)
    return Wanted(
        plain=plain,
        core=parts.core,
        core_text=" ".join(parts.core),
        core_spaced=f" {' '.join(parts.core)} ",
        long_words=tuple(token for token in parts.core if len(token) >= _LONG_WORD) or parts.core,
        squashed="".join(parts.core),
        doubles=parts.also,
        subtitled=_known_as(parts.subtitle, names),
        sign="" if parts.core else plain.strip(),
        local=text.is_local(plain),
        spaceless_letters=text.spaceless_letters(plain),
        tail=frozenset(parts.tail),
        subtitle=frozenset(parts.subtitle),
        aside=aside,
        aside_words=by_name.union(word for word in aside if len(word) >= _LONG_WORD),
        versions=frozenset(spoken),
        album_versions=frozenset(by_album - spoken) & ALBUM_WIDE,
        spaceless=frozenset(lexicon.spaceless_words(plain)),
        numbers=numbers(parts.core) | {n for n in numbers(parts.subtitle) if int(n) not in YEARS},
        spoken=frozenset(parts.spoken) - frozenset(parts.tail) - lexicon.lexicon().version_words,
        names=names,
        forms=frozenset(form for name in names for form in (name.squashed, name.bare)),
        album="".join(album),
        duration_s=(track.duration_ms or 0) / 1000 or None,
        explicit=track.explicit,
    )


def _known_as(subtitle: tuple[str, ...], names: tuple[Name, ...]) -> str:
    """A subtitle of some length is a name of its own: Virtual (Blue Balenciagas)."""
    squashed = "".join(subtitle)
    named = any(name.squashed in squashed for name in names)
    return "" if named or len(subtitle) <= 1 or len(squashed) < _LONG_ENOUGH else squashed


def numbers(tokens: Sequence[str]) -> frozenset[str]:
    """The numbers of a title that tell one piece from another; Roman ones as digits.

    I, V and X are numbers only after a word such as Part; elsewhere they are words.
    """
    found = set()
    for at, token in enumerate(tokens):
        if token.isdigit():
            found.add(token.lstrip("0") or "0")
        elif token in lexicon.ROMAN and (len(token) > 1 or (at and tokens[at - 1] in PARTS)):
            found.add(str(lexicon.ROMAN[token]))
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Parts:
    core: tuple[str, ...]
    also: tuple[str, ...]
    tail: tuple[str, ...]
    subtitle: tuple[str, ...]
    spoken: tuple[str, ...]
    aside: tuple[str, ...]

    @classmethod
    def of(cls, plain: str) -> _Parts:
        """The first open stretch is the core; the others are sorted by what they say."""
        parts = _stretches(plain)
        first = next((at for at, (_, bracket) in enumerate(parts) if not bracket), 0)
        core: tuple[str, ...] = ()
        also: list[str] = []
        tail: list[str] = []
        subtitle: list[str] = []
        spoken: list[str] = []
        aside: list[str] = []
        for at, (stretch, _) in enumerate(parts):
            own, guests = lexicon.without_guests(text.tokens(stretch))
            aside += guests
            if at == first:
                core = own or guests
                continue
            kinds, left = lexicon.versions_in(own, stretch)
            spoken += own
            if kinds:
                aged = "remaster" in stretch
                tail += [token for token in left if not (aged and token.isdigit())]
            elif lexicon.starts_with_source(own):
                aside += own
            elif text.is_local(stretch) != text.is_local(parts[first][0]):
                also.append("".join(own))
            elif len(left) == len(own):
                subtitle += own
        return cls(core, tuple(also), tuple(tail), tuple(subtitle), tuple(spoken), tuple(aside))


def _stretches(plain: str) -> list[tuple[str, bool]]:
    """Only brackets and dashes part a track's own title; slashes and colons belong to it."""
    found: list[tuple[str, bool]] = []
    depth = 0
    for piece in _STRETCH.split(plain):
        if piece in ("(", "[", "{"):
            depth += 1
        elif piece in (")", "]", "}"):
            depth = max(0, depth - 1)
        elif piece and text.tokens(piece):
            found.append((piece.strip(), depth > 0))
    return found


def name(artist: str) -> Name:
    plain = text.native(artist)
    found = tuple(text.words_of(text.latin(plain)))
    squashed = "".join(found) or artist.strip()
    return Name(
        words=found,
        spaced=f" {' '.join(found)} ",
        squashed=squashed,
        bare="".join(token for token in found if token not in lexicon.lexicon().own) or squashed,
        bones=text.skeleton(squashed),
        local=text.is_local(plain),
    )


def _names(artists: Sequence[str]) -> tuple[Name, ...]:
    """Each artist, and after them the parts of those that join several in one name.

    No more than a row may have artists, nor longer ones: each is looked for in each candidate.
    """
    joined = [part for artist in artists for part in _JOINED.split(artist) if part]
    known: dict[str, Name] = {}
    room = _NAMES_CHARS
    for artist in list(dict.fromkeys((*artists, *joined)))[:NAMES_MOST]:
        room -= len(artist)
        if room < 0:
            break
        found = name(artist)
        if found.squashed:
            known.setdefault(found.squashed, found)
    return tuple(known.values())
