"""How alike a candidate's title is to the one that is wanted.

The title has to be there beside the artist's name, not within it, and words of versions that nobody
asked for never count as part of it: adding "live" to a title must not make it more alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from bot.youtube import text, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.youtube.seen import Seen
    from bot.youtube.wanted import Wanted

_LONG: Final = 8  # letters from which a title is recognised without its spaces
_SHORT: Final = 5  # letters below which a title has to be there exactly
_NEARLY: Final = 92  # rapidfuzz ratios: a letter in a dozen,
_ALIKE: Final = 82  # two in a dozen,
_HOPELESS: Final = 70  # and below this no reading makes up for it
_BONES: Final = 85
_FEWEST_BONES: Final = 3
_PART: Final = 0.6  # of a title's letters


def is_hopeless(wanted: Wanted, folded: str, plain: str) -> bool:
    """A quick look that spares most candidates the long one: not a word of the title is there."""
    if not wanted.core or wanted.also:
        return False
    for token in wanted.long_words:
        if token in folded:
            return False
    if wanted.local != (not plain.isascii() and text.is_local(plain)):
        return False
    if wanted.squashed in folded.replace(" ", ""):
        return False
    return fuzz.partial_ratio(wanted.core_text, folded, score_cutoff=_HOPELESS) == 0


def grade(wanted: Wanted, seen: Seen) -> str:
    """same, nearly, alike, partly, unread (no way to compare the scripts) or other."""
    if not wanted.core:
        return "same" if wanted.sign and wanted.sign in seen.plain else "other"
    masked = without_names(wanted, seen.spaced)
    if wanted.core_spaced in masked or _inside(wanted, masked.replace(" ", "")):
        return "same"
    if any(also in seen.squashed for also in wanted.also):
        return "same"
    if wanted.core_spaced in seen.spaced or _inside(wanted, seen.squashed):
        return "partly" if words.versions_in(masked.split())[1] else "same"
    return _by_distance(wanted, seen, masked)


def _inside(wanted: Wanted, squashed: str) -> bool:
    return (len(wanted.squashed) >= _LONG or wanted.local) and wanted.squashed in squashed


def without_names(wanted: Wanted, spaced: str) -> str:
    """The title less one mention of each artist, so that an artist's name is not taken for the song."""
    for name in wanted.names:
        if name.spaced in spaced:
            spaced = spaced.replace(name.spaced, "  ", 1)
    return spaced


def _by_distance(wanted: Wanted, seen: Seen, masked: str) -> str:
    unasked, left = words.versions_in(masked.split())
    said = left if unasked - wanted.versions else masked.split()
    near = _nearness(wanted, said)
    if near >= _NEARLY:
        return "nearly"
    if near >= _ALIKE:
        return "alike"
    if _share(wanted.core, said) >= _PART:
        return "partly"
    if wanted.local == text.is_local(seen.plain):
        return "other"
    bones = text.skeleton(wanted.squashed)
    if len(bones) >= _FEWEST_BONES and fuzz.partial_ratio(bones, text.skeleton("".join(said))) >= _BONES:
        return "alike"
    return _unread(wanted, seen, left)


def _nearness(wanted: Wanted, said: list[str]) -> float:
    if len(wanted.squashed) < _SHORT:
        return 100.0 if set(wanted.core).issubset(said) else 0.0
    text_said = " ".join(said)
    if len(text_said) < len(wanted.core_text):
        return fuzz.ratio(wanted.core_text, text_said)
    return fuzz.partial_ratio(wanted.core_text, text_said)


def _unread(wanted: Wanted, seen: Seen, left: list[str]) -> str:
    """Ideographs are read in ways no table knows: what may be their Japanese reading is left open."""
    if wanted.local:
        return "unread" if text.has_han(wanted.plain) and text.is_romaji(left) else "other"
    return "unread" if text.has_han(seen.plain) and text.is_romaji(wanted.core) else "other"


def _share(core: Sequence[str], said: Sequence[str]) -> float:
    """How much of the title's letters stand in words that were said as well."""
    return sum(len(token) for token in core if token in said) / sum(map(len, core))
