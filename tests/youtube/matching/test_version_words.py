"""The words of versions: each is found, in each language, and none stands for two kinds."""

from __future__ import annotations

import pytest

from bot.youtube.match import best
from bot.youtube.matching import label_channels, lexicon, version_words
from bot.youtube.matching.text import native, tokens
from tests.youtube.match_cases import found, track

LANGUAGES = (
    "en",
    "es",
    "pt",
    "fr",
    "de",
    "it",
    "tr",
    "ru",
    "ja",
    "ko",
    "zh",
    "hi",
    "ar",
    "id",
    "pl",
)
TOLD_EVERYWHERE = ("live", "acoustic", "remix", "instrumental", "karaoke", "cover", "other")
LISTED = [
    (kind, language, word)
    for kind, languages in version_words.VERSIONS.items()
    for language, listed in languages.items()
    for word in lexicon.split(listed)
]
SOFT = ("edit", "mix", "session")  # what a title without them may be all the same


@pytest.mark.parametrize("kind", TOLD_EVERYWHERE)
def test_the_main_versions_have_words_in_each_language(kind: str) -> None:
    """The languages in which most titles are written are all there."""
    told = version_words.VERSIONS[kind]
    spelled_alike = {"pl", "hi", "id", "it", "es", "pt", "fr", "de", "tr"}

    assert set() == set(LANGUAGES) - set(told) - spelled_alike


@pytest.mark.parametrize(("kind", "language", "word"), LISTED)
def test_each_word_is_found_as_its_kind(kind: str, language: str, word: str) -> None:
    """A listed word is recognised, also in another case and in brackets."""
    said = f"({word.upper()})"
    kinds, left = lexicon.versions_in(tokens(said), native(said))

    assert kind in kinds
    assert [] == [token for token in left if not lexicon.spaceless_in(native(said))]


@pytest.mark.parametrize(("kind", "language", "word"), LISTED[::5])
def test_a_title_with_such_a_word_is_not_taken(kind: str, language: str, word: str) -> None:
    """On the artist's own channel as well, unless the word says little."""
    titled = found(f"Luna Vega - Moonrise ({word})", "Luna Vega", 216)

    assert kind in SOFT or best(track(), [titled]) is None


@pytest.mark.parametrize(
    "word", [w for said in version_words.NEUTRAL.values() for w in lexicon.split(said)]
)
def test_neutral_words_leave_a_title_as_it_is(word: str) -> None:
    """Official video, lyrics and the like say nothing about the recording."""
    assert best(track(), [found(f"Luna Vega - Moonrise ({word})", "Luna Vega", 212)]) is not None


def test_no_word_stands_for_two_kinds() -> None:
    """Folded, each word is in one list only: otherwise the last list would win, silently."""
    kinds: dict[tuple[str, ...], set[str]] = {}
    for kind, _, word in LISTED:
        kinds.setdefault(tokens(word), set()).add(kind)
    for said in version_words.NEUTRAL.values():
        for word in lexicon.split(said):
            kinds.setdefault(tokens(word), set()).add(lexicon.NEUTRAL)

    assert {} == {phrase: found for phrase, found in kinds.items() if len(found) > 1}


@pytest.mark.parametrize("language", ["Swedish", "Greek", "Tamil"])
@pytest.mark.parametrize("form", ["({} Version)", "[{} Ver.]", "in {}"])
def test_versions_in_other_languages_are_known_by_their_language(language: str, form: str) -> None:
    """Any of the listed languages makes a version of its own."""
    kinds, _ = lexicon.versions_in(tokens("Moonrise " + form.format(language)))

    assert {"language"} == kinds


@pytest.mark.parametrize(
    "listed",
    [label_channels.FANS, label_channels.LABELS, label_channels.HOUSES, label_channels.OWN],
)
def test_no_channel_word_is_listed_twice(listed: str) -> None:
    """Lists that grow by hand stay readable."""
    said = lexicon.split(listed)

    assert len(said) == len(set(said))
    assert all(said)
