"""How alike a candidate's title is to the one that is wanted.

The title has to be there beside the artist's name, not within it, and words of versions that nobody
asked for never count as part of it: adding "live" to a title must not make it more alike.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from bot.youtube.matching import lexicon, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.youtube.matching.asked_track import Wanted
    from bot.youtube.matching.text import Seen

_LONG: Final = 8  # letters from which a title is recognised without its spaces
_FEWEST_LETTERS: Final = 4  # of a script without spaces, for the same
_LONG_WORD: Final = 4  # letters from which a word may be mistyped
_LONGER: Final = 6  # and from which a word that is the whole title may
_TYPO: Final = 78  # rapidfuzz ratios: one letter in five of a word,
_NEARLY: Final = 92  # one in a dozen of a title,
_HOPELESS: Final = 70  # and below this no reading makes up for it
_BONES: Final = 85
_FEWEST_BONES: Final = 3
_MOST: Final = 0.8  # of a title's letters
_PART: Final = 0.6


def is_hopeless(wanted: Wanted, folded: str, plain: str) -> bool:
    """A quick look that spares most candidates the long one: not a word of the title is there."""
    if not wanted.core or wanted.doubles or wanted.subtitled:
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
    """same, nearly (mistyped), sounds (the same in another script), alike, partly, unread or other.

    Unread is a title in another script for which no reading is known.
    """
    if not wanted.core:
        return "same" if wanted.sign and wanted.sign in seen.plain else "other"
    masked = without_names(wanted, seen.spaced)
    if wanted.core_spaced in masked or _inside(wanted, masked):
        return "same"
    if any(also in seen.squashed for also in wanted.doubles):
        return "same"
    if wanted.core_spaced in seen.spaced or _inside(wanted, seen.spaced):
        left = lexicon.versions_in(masked.split())[1]
        return "same" if all(word.isdigit() for word in left) else "other"
    if wanted.spaceless_letters and wanted.squashed in seen.squashed:
        return "alike"
    if wanted.subtitled and wanted.subtitled in seen.squashed:
        return "alike"
    return _by_distance(wanted, seen, masked)


def _inside(wanted: Wanted, spaced: str) -> bool:
    """The title's letters with other spaces: whole words of them, when it is short (9PM, 9 PM)."""
    if wanted.spaceless_letters >= _FEWEST_LETTERS or (
        len(wanted.squashed) >= _LONG and not wanted.spaceless_letters
    ):
        return wanted.squashed in spaced.replace(" ", "")
    said = spaced.split()
    if wanted.squashed in said:
        return True
    return any(one + two == wanted.squashed for one, two in pairwise(said))


def without_names(wanted: Wanted, spaced: str) -> str:
    """The title less one mention of each artist: their name is not to be taken for the song."""
    for name in wanted.names:
        if name.spaced in spaced and (
            name.spaced not in wanted.core_spaced or name.words == wanted.core
        ):
            spaced = spaced.replace(name.spaced, "  ", 1)
    return spaced


def _by_distance(wanted: Wanted, seen: Seen, masked: str) -> str:
    left = lexicon.versions_in(masked.split())[1]
    said = [word for word in masked.split() if word in left or word in wanted.core]
    lost = _lost(wanted, said)
    kept = 1 - lost / len(wanted.squashed)
    if lost == 0:
        return "nearly" if len(wanted.core) > 1 else "alike"
    if kept >= _MOST or _run_together(wanted, said):
        return "alike"
    if kept >= _PART:
        return "partly"
    if wanted.local == text.is_local(seen.plain):
        return "other"
    bones = text.skeleton(wanted.squashed)
    if (
        len(bones) >= _FEWEST_BONES
        and fuzz.partial_ratio(bones, text.skeleton("".join(said))) >= _BONES
    ):
        return "sounds"
    return _unread(wanted, seen, left)


def _lost(wanted: Wanted, said: Sequence[str]) -> int:
    """The letters of the words of a title that were not said, not even in another spelling."""
    whole = len(wanted.core) == 1 and len(wanted.squashed) < _LONGER
    return sum(
        len(token)
        for token in wanted.core
        if token not in said
        and (whole or not _mistyped(token, said))
        and not _romanised(wanted, token, said)
    )


def _mistyped(token: str, said: Sequence[str]) -> bool:
    if len(token) < _LONG_WORD:
        return False
    return any(
        abs(len(other) - len(token)) <= 1 and fuzz.ratio(token, other) >= _TYPO for other in said
    )


def _romanised(wanted: Wanted, token: str, said: Sequence[str]) -> bool:
    if not wanted.local:
        return False
    bones = text.skeleton(token)
    return bones != "" and any(text.skeleton(other) == bones for other in said)


def _run_together(wanted: Wanted, said: Sequence[str]) -> bool:
    """The same letters with other spaces, give or take one in a dozen."""
    squashed = "".join(said)
    if not _LONG <= len(wanted.squashed) <= len(squashed) + 1:
        return False
    return fuzz.partial_ratio(wanted.squashed, squashed, score_cutoff=_NEARLY) > 0


def _unread(wanted: Wanted, seen: Seen, left: list[str]) -> str:
    """Ideographs have readings that no table knows: what may be a Japanese one is left open."""
    ideographs, reading = (wanted.plain, left) if wanted.local else (seen.plain, wanted.core)
    if wanted.local and text.is_local(seen.plain):
        return "other"
    return "unread" if text.may_be_read(ideographs, reading) else "other"
