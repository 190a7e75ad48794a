"""Whose channel a recording is on, as far as names can tell.

YouTube's verified badge is in no API, so a channel counts as official when it is a "- Topic"
channel, equals an artist's name but for words such as Official or VEVO, or is a label known to
publish what it owns. Everything else stays unproven, and channels that speak of lyrics, karaoke,
covers or the like are users' uploads, whatever they carry.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from bot.models import CandidateKind
from bot.youtube.matching import lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.youtube.matching.asked_track import Name, Wanted
    from bot.youtube.matching.text import Seen

_GLUED = ("vevo", "tv", "oficial", "official", "channel", "music", "band", "hq")
_LONG = 8  # letters of a name that ends a channel's name without a space before it
_SHORTEST = 4  # letters of a name that is looked for inside a longer channel name


class Publisher(StrEnum):
    """What is known of the one who published a recording, best first."""

    AUDIO = "audio"  # delivered by the label: an art track or a Topic channel
    OWN = "own"  # the artist's own channel
    AKIN = "akin"  # a channel whose name has the artist's name in it
    GUEST = "guest"  # the channel of another performer whom the title names
    LABEL = "label"  # a label's channel, or one under VEVO
    SOURCE = "source"  # YouTube Music says it is official, whoever's channel it is
    HOUSE = "house"  # named like a label, and calling the video official
    UNTOLD = "untold"  # no channel given, and no kind
    PLAIN = "plain"  # a channel of which nothing is known
    FAN = "fan"  # a channel of lyrics, karaoke, covers or the like
    UPLOAD = "upload"  # YouTube says it is a user's upload


def standing(wanted: Wanted, seen: Seen, *, own: bool) -> Publisher:
    """`own` says that a field or the channel names the artist as the performer."""
    kind = seen.candidate.kind
    if kind == CandidateKind.UPLOAD:
        return Publisher.UPLOAD
    if kind == CandidateKind.AUDIO or (len(seen.channel) > 1 and seen.channel[-1] == "topic"):
        return Publisher.AUDIO
    if own:
        return Publisher.OWN
    if not seen.channel:
        return Publisher.UNTOLD if kind == CandidateKind.UNKNOWN else Publisher.SOURCE
    return _strangers(wanted, seen)


def _strangers(wanted: Wanted, seen: Seen) -> Publisher:
    lexical = lexicon.lexicon()
    channel = seen.channel
    squashed = "".join(channel)
    if squashed.endswith("vevo"):
        return Publisher.LABEL
    if lexicon.has_phrase(channel, lexical.fans):
        return Publisher.FAN
    if _is_label(channel):
        return Publisher.LABEL
    if any(
        len(name.squashed) >= _SHORTEST and _has(squashed, channel, name) for name in wanted.names
    ):
        return Publisher.AKIN
    if _is_guest(wanted, seen):
        return Publisher.GUEST
    house = lexicon.has_phrase(channel, lexical.houses)
    return Publisher.HOUSE if house and _is_called_official(seen) else Publisher.PLAIN


def _is_called_official(seen: Seen) -> bool:
    """By YouTube, or in its title: a house that nobody knows has to say at least that."""
    if seen.candidate.kind in (CandidateKind.VIDEO, CandidateKind.OFFICIAL):
        return True
    return not lexicon.lexicon().official.isdisjoint(seen.words)


def _is_guest(wanted: Wanted, seen: Seen) -> bool:
    """Whether the title names the channel as one who performs with the artist, not instead of them.

    So `Her & Him - Song` and `Her - Song (feat. Him)` on her channel are hers and his; `Her - Song
    (Him)` is likely a cover.
    """
    whole = "".join(seen.channel)
    called = {whole, unglued(whole), "".join(bare_name(seen.channel))}
    called = {name for name in called if len(name) >= _SHORTEST and name in seen.squashed}
    if not called:
        return False
    guests = lexicon.lexicon().guests
    met = invited = False
    for part in seen.segments:
        said = "".join(part)
        here = said != wanted.squashed and any(name in said for name in called)
        if any(name.squashed in said for name in wanted.names):
            guest = not guests.isdisjoint(part) or not wanted.tail.isdisjoint(part)
            invited |= here or guest
        met |= here
    return met and invited


def _is_label(channel: tuple[str, ...]) -> bool:
    """A label of several words may stand in a longer name, as T-Series in T-Series Bhakti Sagar."""
    lexical = lexicon.lexicon()
    if "".join(channel) in lexical.labels or unglued("".join(channel)) in lexical.labels:
        return True
    return lexicon.has_phrase(channel, lexical.label_phrases)


def bare_name(channel: Sequence[str]) -> tuple[str, ...]:
    """A channel's name without the words that channels of artists add to theirs."""
    own = lexicon.lexicon().own
    return tuple(token.removesuffix("vevo") for token in channel if token not in own)


def _has(squashed: str, channel: tuple[str, ...], name: Name) -> bool:
    if name.spaced in f" {' '.join(channel)} " or squashed.startswith(name.squashed):
        return True
    return len(name.squashed) >= _LONG and unglued(squashed).endswith(name.squashed)


def is_artist(wanted: Wanted, channel: tuple[str, ...]) -> bool:
    """Whether a channel is called like one of the artists, but for words such as Official."""
    if not channel:
        return False
    forms = {"".join(channel), "".join(bare_name(channel)), unglued("".join(channel))}
    for end in range(len(channel) - 1, 0, -1):
        if channel[end] not in lexicon.lexicon().own:
            break
        forms.add("".join(channel[:end]))
    return not wanted.forms.isdisjoint(forms - {""})


def unglued(squashed: str) -> str:
    """officialpsy, KevinRoldanOfficial, PixoteTV, without what is glued to them."""
    for word in _GLUED:
        squashed = squashed.removesuffix(word).removeprefix(word)
    return squashed
