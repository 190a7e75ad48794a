"""Whose channel a recording is on, as far as names can tell.

YouTube's verified badge is in no API, so a channel counts as official when it is a "- Topic" channel,
equals an artist's name but for words such as Official or VEVO, or is a label known to publish what it
owns. Everything else stays unproven, and channels that speak of lyrics, karaoke, covers or the like are
users' uploads, whatever they carry.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from bot.models import CandidateKind
from bot.youtube import text, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models import Candidate
    from bot.youtube.wanted import Wanted

_SHORTEST = 4  # letters of a name that is looked for inside a longer channel name


class Standing(StrEnum):
    """What is known of the one who published a recording, best first."""

    AUDIO = "audio"  # delivered by the label: an art track or a Topic channel
    OWN = "own"  # the artist's own channel
    GUEST = "guest"  # the channel of another performer whom the title names
    LABEL = "label"  # a label's channel, or one under VEVO
    SOURCE = "source"  # YouTube Music says it is official, whoever's channel it is
    HOUSE = "house"  # named like a label, but not a known one
    UNTOLD = "untold"  # no channel given, and no kind
    PLAIN = "plain"  # a channel of which nothing is known
    FAN = "fan"  # a channel of lyrics, karaoke, covers or the like
    UPLOAD = "upload"  # YouTube says it is a user's upload


def standing(wanted: Wanted, candidate: Candidate, title: str, own: bool) -> Standing:
    """`title` is the candidate's folded title between spaces; `own` says an artist field names the artist."""
    channel = text.tokens(candidate.channel or "")
    if candidate.kind is CandidateKind.UPLOAD:
        return Standing.UPLOAD
    if candidate.kind is CandidateKind.AUDIO or (len(channel) > 1 and channel[-1] == "topic"):
        return Standing.AUDIO
    if own or is_artist(wanted, channel):
        return Standing.OWN
    if not channel:
        untold = candidate.kind is CandidateKind.UNKNOWN
        return Standing.UNTOLD if untold else Standing.SOURCE
    return _strangers(channel, title)


def _strangers(channel: tuple[str, ...], title: str) -> Standing:
    lexical = words.lexicon()
    squashed = "".join(channel)
    if squashed.endswith("vevo"):
        return Standing.LABEL
    if _starts_with_label(channel):
        return Standing.LABEL
    if words.has_phrase(channel, lexical.fans):
        return Standing.FAN
    bare = bare_name(channel)
    if bare and f" {' '.join(bare)} " in title:
        return Standing.GUEST
    if words.has_phrase(channel, lexical.houses):
        return Standing.HOUSE
    return Standing.PLAIN


def _starts_with_label(channel: tuple[str, ...]) -> bool:
    labels = words.lexicon().labels
    return any("".join(channel[:end]) in labels for end in range(1, len(channel) + 1))


def bare_name(channel: Sequence[str]) -> tuple[str, ...]:
    """A channel's name without the words that channels of artists add to theirs."""
    own = words.lexicon().own
    return tuple(token.removesuffix("vevo") for token in channel if token not in own)


def is_artist(wanted: Wanted, channel: tuple[str, ...]) -> bool:
    """Whether a channel is called like one of the artists, but for words such as Official."""
    if not channel:
        return False
    whole = "".join(channel)
    bare = "".join(bare_name(channel))
    for name in wanted.names:
        if name.squashed in (whole, bare) or name.bare == bare:
            return True
    return False
