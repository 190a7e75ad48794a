"""Finds the words of `version_words` and `label_channels` in titles and names.

Words between spaces are looked up token by token, the longest phrase first; words of scripts
without spaces are found anywhere, by one pattern. The index is made once, when the first title is
read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from bot.youtube.matching import label_channels, version_words
from bot.youtube.matching.text import native, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

NEUTRAL: Final = "neutral"
ROMAN: Final = dict(
    zip(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"), range(1, 11), strict=True),
)
_SPACELESS: Final = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
Phrases = dict[str, list[tuple[str, ...]]]
_Index = dict[str, list[tuple[tuple[str, ...], str]]]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word lists, folded: phrases by their first word, and a pattern for spaceless scripts."""

    phrases: _Index
    spaceless: re.Pattern[str]
    kinds: dict[str, str]
    guests: frozenset[str]
    sources: Phrases
    fans: Phrases
    labels: frozenset[str]
    label_phrases: Phrases
    houses: Phrases
    own: frozenset[str]
    official: frozenset[str]
    version_words: frozenset[str]


def split(words: str) -> list[str]:
    return [word.strip() for word in words.split(",")]


@cache
def lexicon() -> Lexicon:
    spaced, spaceless = _sorted_out()
    pattern = "|".join(re.escape(word) for word in sorted(spaceless, key=len, reverse=True))
    return Lexicon(
        phrases=_by_first(spaced),
        spaceless=re.compile(pattern),
        kinds=spaceless,
        guests=frozenset(
            tokens(word)[0] for word in split(version_words.GUESTS) if " " not in word
        ),
        sources=_phrases(version_words.SOURCES),
        fans=_phrases(label_channels.FANS),
        labels=frozenset("".join(tokens(word)) for word in split(label_channels.LABELS)),
        label_phrases=_phrases(label_channels.LABELS, shortest=2),
        houses=_phrases(label_channels.HOUSES),
        version_words=frozenset(tokens(word)[0] for word in split(version_words.VERSION)),
        official=frozenset(tokens(word)[0] for word in split(version_words.OFFICIAL)),
        own=frozenset(token for word in split(label_channels.OWN) for token in tokens(word)),
    )


def _phrases(listed: str, shortest: int = 1) -> Phrases:
    found: Phrases = {}
    for phrase in map(tokens, split(listed)):
        if len(phrase) >= shortest:
            found.setdefault(phrase[0], []).append(phrase)
    return found


def _sorted_out() -> tuple[dict[tuple[str, ...], str], dict[str, str]]:
    spaced: dict[tuple[str, ...], str] = {}
    spaceless: dict[str, str] = {}
    for language in split(version_words.LANGUAGES):
        for form in version_words.LANGUAGE_FORMS:
            spaced[tokens(form.format(language))] = "language"
    for kind, languages in {NEUTRAL: version_words.NEUTRAL, **version_words.VERSIONS}.items():
        for word in (word for words in languages.values() for word in split(words)):
            if _SPACELESS.search(word):
                spaceless[native(word)] = kind
            else:
                spaced[tokens(word)] = kind
    return spaced, spaceless


def _by_first(spaced: dict[tuple[str, ...], str]) -> _Index:
    index: _Index = {}
    for phrase in sorted(spaced, key=len, reverse=True):
        index.setdefault(phrase[0], []).append((phrase, spaced[phrase]))
    return index


def versions_in(words: Sequence[str], plain: str = "") -> tuple[set[str], list[str]]:
    """The kinds of version that words and a text speak of, and the words that are left.

    Neutral words are taken away as well, but are no kind.
    """
    phrases = lexicon().phrases
    if phrases.keys().isdisjoint(words):
        return spaceless_in(plain) if plain else set(), list(words)
    found: set[str] = set()
    left: list[str] = []
    at = 0
    while at < len(words):
        for phrase, kind in phrases.get(words[at], ()):
            if len(phrase) == 1 or tuple(words[at : at + len(phrase)]) == phrase:
                found.add(kind)
                at += len(phrase)
                break
        else:
            left.append(words[at])
            at += 1
    found.discard(NEUTRAL)
    return found | spaceless_in(plain) if plain else found, left


def spaceless_in(plain: str) -> set[str]:
    """The kinds of version a text speaks of in a script without spaces."""
    lexical = lexicon()
    return {lexical.kinds[hit] for hit in spaceless_words(plain)} - {NEUTRAL}


def spaceless_words(plain: str) -> list[str]:
    """The listed words of scripts without spaces that a text holds, neutral ones as well."""
    if plain.isascii() or not _SPACELESS.search(plain):
        return []
    return lexicon().spaceless.findall(plain)


def without_spaceless(plain: str, keep: frozenset[str]) -> str:
    """A text less the listed words of scripts without spaces, but for those to keep."""
    if plain.isascii() or not _SPACELESS.search(plain):
        return plain
    return lexicon().spaceless.sub(lambda hit: hit[0] if hit[0] in keep else " ", plain)


def has_phrase(said: Sequence[str], phrases: Phrases) -> bool:
    """Whether any of the phrases stands in the words, whole."""
    for at, word in enumerate(said):
        for phrase in phrases.get(word, ()):
            if len(phrase) == 1 or tuple(said[at : at + len(phrase)]) == phrase:
                return True
    return False


def starts_with_source(said: Sequence[str]) -> bool:
    """Whether the words go on to say where a recording comes from: a film, a producer."""
    if not said:
        return False
    sources = lexicon().sources.get(said[0], ())
    return any(tuple(said[: len(source)]) == source for source in sources)


def without_phrase(said: list[str], phrase: tuple[str, ...]) -> list[str]:
    """Words less one mention of a phrase of several words: a label that signs its titles."""
    if len(phrase) <= 1 or phrase[0] not in said:
        return said
    for at in range(len(said) - len(phrase) + 1):
        if tuple(said[at : at + len(phrase)]) == phrase:
            return said[:at] + said[at + len(phrase) :]
    return said


def without_guests(said: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A stretch of a title, parted before its guests: `Song feat. Her` → Song, Her."""
    guests = lexicon().guests
    for at, word in enumerate(said):
        if word in guests and not (word == "part" and is_number(said[at + 1 : at + 2])):
            return said[:at], said[at + 1 :]
    return said, ()


def is_number(said: Sequence[str]) -> bool:
    """Whether words begin with a number, in digits or Roman."""
    return bool(said) and (said[0].isdigit() or said[0] in ROMAN)
