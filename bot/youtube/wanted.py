"""What a track asks for: its title taken apart once, before any candidate is looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.youtube import text, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models import Track

_JOINED: Final = re.compile(
    r"\s*(?:,|;|\s/\s|\s&\s|\sx\s|\svs\.?\s|\sfeat\.?\s|\sft\.?\s)\s*", re.IGNORECASE
)
_STRETCH: Final = re.compile(r"([()\[\]{}])|\s-+\s")
_ROMAN: Final = {"ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9}
_PARTS: Final = frozenset(
    ("pt", "part", "parte", "teil", "vol", "no", "nr", "op", "act", "chapter")
)
_SHORTEST_NAME: Final = 4  # letters a name needs to be looked for inside longer words


@dataclass(frozen=True, slots=True)
class Name:
    """An artist's name: as words, squashed, and as consonants where it may be romanised otherwise."""

    words: tuple[str, ...]
    spaced: str
    squashed: str
    bare: str  # squashed, without a leading article
    bones: str
    local: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """A track's title and artists in the readings that candidates are held against.

    `core` is what every right title has; `tail` names the version (who remixed, where it was live) and
    has to be there as well; `subtitle` may be there, as may `aside`: guests, film, album.
    """

    core: tuple[str, ...]
    core_text: str
    squashed: str
    also: tuple[str, ...]  # the same title in another script, squashed
    sign: str  # a title without letters or digits, as it stands
    local: bool
    tail: frozenset[str]
    subtitle: frozenset[str]
    aside: frozenset[str]
    versions: frozenset[str]
    album_versions: frozenset[str]
    spaceless: frozenset[str]
    own_words: frozenset[str]
    numbers: frozenset[str]
    names: tuple[Name, ...]
    album: str
    duration_s: float | None
    explicit: bool | None


def read(track: Track) -> Wanted:
    plain = text.native(track.title)
    parts = _Parts.of(plain)
    album = text.tokens(track.album or "")
    spoken, _ = words.versions_in(parts.spoken, " ".join(plain.split()[1:]))
    by_album, _ = words.versions_in(album, text.native(track.album or ""))
    names = _names(track.artists)
    return Wanted(
        core=parts.core,
        core_text=" ".join(parts.core),
        squashed="".join(parts.core),
        also=parts.also,
        sign="" if parts.core else plain.strip(),
        local=text.is_local(plain),
        tail=frozenset(parts.tail),
        subtitle=frozenset(parts.subtitle),
        aside=frozenset((*parts.aside, *parts.tail, *parts.subtitle, *parts.spoken, *album)),
        versions=frozenset(spoken),
        album_versions=frozenset(by_album - spoken),
        spaceless=frozenset(words.spaceless_in(plain)),
        own_words=frozenset(token for name in names for token in name.words),
        numbers=numbers((*parts.core, *parts.subtitle)),
        names=names,
        album="".join(album),
        duration_s=(track.duration_ms or 0) / 1000 or None,
        explicit=track.explicit,
    )


def numbers(tokens: Sequence[str]) -> frozenset[str]:
    """The numbers of a title that tell one piece from another; Roman ones as digits."""
    found = set()
    for at, token in enumerate(tokens):
        if token.isdigit():
            found.add(token.lstrip("0") or "0")
        elif token in _ROMAN:
            found.add(str(_ROMAN[token]))
        elif token in ("i", "v", "x") and at and tokens[at - 1] in _PARTS:
            found.add({"i": "1", "v": "5", "x": "10"}[token])
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
            own, guests = words.without_guests(text.tokens(stretch))
            aside += guests
            if at == first:
                core = own or guests
                continue
            kinds, left = words.versions_in(own, stretch)
            spoken += own
            if kinds:
                tail += left
            elif words.starts_with_source(own):
                aside += own
            elif text.is_local(stretch) != text.is_local(parts[first][0]):
                also.append("".join(own))
            elif len(left) == len(own):
                subtitle += own
        return cls(core, tuple(also), tuple(tail), tuple(subtitle), tuple(spoken), tuple(aside))


def _stretches(plain: str) -> list[tuple[str, bool]]:
    """Only brackets and dashes part a track's own title; slashes, colons and quotes belong to it."""
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
    found = text.tokens(artist)
    squashed = "".join(found) or artist.strip()
    return Name(
        words=found,
        spaced=f" {' '.join(found)} ",
        squashed=squashed,
        bare="".join(found[1:]) if len(found) > 1 and found[0] == "the" else squashed,
        bones=text.skeleton(squashed),
        local=text.is_local(plain),
    )


def _names(artists: Sequence[str]) -> tuple[Name, ...]:
    """Each artist, and after them the parts of those that join several in one name."""
    joined = [part for artist in artists for part in _JOINED.split(artist) if part]
    known: dict[str, Name] = {}
    for artist in (*artists, *joined):
        found = name(artist)
        if found.squashed:
            known.setdefault(found.squashed, found)
    return tuple(known.values())
