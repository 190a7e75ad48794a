"""What speaks for and against a candidate, as a short list of signs.

A sign is `code:grade`, for what depends on whose recording it is `code:grade:group` with the group
audio (art tracks), video, or untold (nothing says who published it). `weights` says
how much each weighs and `reasons` how it is put in words. Signs of one code exclude
each other, except versions: each one that nobody asked for counts.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from bot.youtube.matching import artist_channels, lexicon, text, titles
from bot.youtube.matching.artist_channels import Publisher
from bot.youtube.matching.asked_track import PARTS, YEARS, numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models import Candidate
    from bot.youtube.matching.asked_track import Name, Wanted
    from bot.youtube.matching.text import Seen

OTHER: Final = ("title:other",)
UNOFFICIAL: Final = frozenset(("official:upload", "official:fan", "official:plain"))

# Seconds apart. An art track is the recording itself; videos have intros, credits and idle ends.
AUDIO_STEPS: Final = (1.0, 2.0, 3.5, 6.0, 10.0, 20.0, 45.0)
VIDEO_STEPS: Final = (1.0, 2.0, 4.0, 7.0, 10.0, 15.0, 30.0, 60.0, 120.0)
_CLOSE: Final = 4.0

# A version that was asked for excuses these words as well.
_ALLIES: Final = {
    "session": frozenset(("live", "acoustic")),
    "live": frozenset(("session",)),
    "mix": frozenset(("remix", "extended", "edit", "medley")),
    "edit": frozenset(("remix", "mix", "extended")),
    "extended": frozenset(("mix",)),
    "remix": frozenset(("mix",)),
    "named": frozenset(("variant", "remix", "mix", "edit", "acoustic", "fast", "slow", "language")),
    "variant": frozenset(("acoustic", "language", "cover")),
    "instrumental": frozenset(("karaoke",)),
    "cover": frozenset(("karaoke", "variant", "instrumental")),
}
_THEMSELVES: Final = ("own", "alike")
_NONE: Final[frozenset[str]] = frozenset()
_SOFT: Final = frozenset(("edit", "mix", "clean"))  # whose absence from a title says little
_NAME_LETTERS: Final = 5  # from which a name is recognised without its spaces
_FEWEST_BONES: Final = 3
_MOST_LEFT: Final = 3
_SAME_ALBUM: Final = 90
_ALIKE_ALBUM: Final = 60
_HALF: Final = 0.5


def signs(wanted: Wanted, candidate: Candidate) -> Sequence[str]:
    """All signs of a candidate; one with another title has that sign alone."""
    said = text.native(candidate.title or "")
    plain = lexicon.without_spaceless(said, wanted.spaceless)
    folded = text.latin(plain)
    if titles.is_hopeless(wanted, folded, plain):
        return OTHER
    seen = text.see(candidate, plain, folded)
    title = titles.grade(wanted, seen)
    if title == "other":
        return OTHER
    artist = _artist(wanted, seen)
    who = artist_channels.standing(wanted, seen, own=artist in _THEMSELVES)
    group = _group(who)
    rest = lexicon.without_phrase(_rest(wanted, seen.words, wanted.aside_words), seen.channel)
    kinds, left = lexicon.versions_in(rest)
    found = [
        f"title:{title}",
        f"artist:{artist}:{group}",
        f"official:{who}",
        f"length:{_length(wanted.duration_s, candidate.duration_s, group)}:{group}",
        *_versions(wanted, seen, rest, kinds | _spaceless(wanted, said)),
        *_missing(wanted, seen, said),
        *_details(wanted, seen),
    ]
    if found[2] in UNOFFICIAL:  # nothing hangs on the rest of its words
        return found
    tight, loose = _leftovers(wanted, seen) if left else (0, 0)
    found.append(f"tight:{tight}:{group}")
    if group != "video":  # films, singers and slogans stand beside the title of any video
        found.append(f"loose:{loose}:{group}")
    return found


def _group(who: Publisher) -> str:
    if who is Publisher.AUDIO:
        return "audio"
    return "untold" if who is Publisher.UNTOLD else "video"


def _is_own(wanted: Wanted, seen: Seen) -> bool:
    """Whether a field names the artist as the performer, or the channel is called like them."""
    if not wanted.forms.isdisjoint(seen.performers):
        return True
    return artist_channels.is_artist(wanted, seen.channel)


def _artist(wanted: Wanted, seen: Seen) -> str:
    """own, named (in the title or the channel), alike or unread (in another script) or none."""
    if _is_own(wanted, seen):
        return "own"
    channel = f" {' '.join(seen.channel)} "
    fan = lexicon.has_phrase(seen.channel, lexicon.lexicon().fans)
    for name in wanted.names:
        if name.spaced in seen.spaced:
            return "named"
        if len(name.squashed) >= _NAME_LETTERS and (
            name.squashed in seen.squashed or (name.spaced in channel and not fan)
        ):
            return "named"
    return _in_other_script(wanted, seen)


def _in_other_script(wanted: Wanted, seen: Seen) -> str:
    performers = [
        text.native(name)
        for name in (*seen.candidate.artists, seen.candidate.channel or "")
        if name
    ]
    if any(_same_bones(name, other) for name in wanted.names for other in performers):
        return "alike"
    scripts = {text.is_local(other) for other in performers}
    return (
        "unread" if scripts and scripts.isdisjoint(name.local for name in wanted.names) else "none"
    )


def _same_bones(name: Name, plain: str) -> bool:
    """One name in two scripts: romanised, their consonants agree."""
    if text.is_local(plain) == name.local or len(name.bones) < _FEWEST_BONES:
        return False
    bones = text.skeleton("".join(text.words_of(text.latin(plain))))
    return name.bones in (bones, bones.removesuffix("tpk"))


def _versions(wanted: Wanted, seen: Seen, rest: list[str], found: set[str]) -> list[str]:
    """Versions that were not asked for.

    `rest` are the words that the track does not account for, `found` the versions they speak of.
    """
    if not lexicon.lexicon().version_words.isdisjoint(rest) and _names_version(wanted, seen):
        found.add("named")
    close = _is_close(wanted, seen.candidate)
    excused = wanted.versions | wanted.album_versions if close else wanted.versions
    given = [
        f"version:{kind}"
        for kind in sorted(found - excused)
        if _ALLIES.get(kind, _NONE).isdisjoint(wanted.versions)
    ]
    if seen.album:
        by_album = lexicon.versions_in([t for t in seen.album if t not in wanted.aside])[0]
        if by_album - found - wanted.versions - wanted.album_versions:
            given.append("album_version:unasked")
    return given


def _spaceless(wanted: Wanted, said: str) -> set[str]:
    """The versions a title speaks of in a script without spaces, but for the track's own words."""
    if said.isascii():
        return set()
    return lexicon.spaceless_in(said) - lexicon.spaceless_in(" ".join(wanted.spaceless))


def _names_version(wanted: Wanted, seen: Seen) -> bool:
    """Whether a stretch speaks of a version by a name of its own: Swedish Version, Versión Pop."""
    marks = lexicon.lexicon().version_words
    return any(
        not marks.isdisjoint(part) and lexicon.versions_in(_rest(wanted, part, wanted.aside))[1]
        for part in seen.segments
    )


def _missing(wanted: Wanted, seen: Seen, plain: str) -> list[str]:
    if not wanted.versions:
        return []
    said = titles.without_names(wanted, seen.spaced).split()
    given = lexicon.versions_in((*said, *seen.album))[0] | lexicon.spaceless_in(plain)
    lost = [kind for kind in wanted.versions - given if _ALLIES.get(kind, _NONE).isdisjoint(given)]
    if not lost:
        return []
    return ["missing:soft" if _SOFT.issuperset(lost) else "missing:hard"]


def _is_close(wanted: Wanted, candidate: Candidate) -> bool:
    """Whether lengths agree so well that what the album's name says may be true of the track."""
    apart = seconds_apart(wanted.duration_s, candidate.duration_s)
    return apart is None or apart <= _CLOSE


def _rest(wanted: Wanted, said: Sequence[str], explained: frozenset[str]) -> list[str]:
    """The words of a title that neither the track's own title nor what else explains it has."""
    spare = list(wanted.core)
    left = []
    for token in said:
        if token in spare:
            spare.remove(token)
        elif token not in explained:
            left.append(token)
    return left


def _leftovers(wanted: Wanted, seen: Seen) -> tuple[int, int]:
    """How many words nothing accounts for, in the stretch with the title and beside it.

    Words in another script than the title's are its double, or the artist's, and are not counted.
    """
    tight, loose = 0, 0
    core = set(wanted.core)
    foreign = _foreign(wanted, seen)
    for part in seen.segments:
        own, _ = lexicon.without_guests(part)
        if lexicon.starts_with_source(own):
            continue
        rest = [token for token in _rest(wanted, own, wanted.aside) if token not in seen.channel]
        left = (
            [token for token in lexicon.versions_in(rest)[1] if token not in foreign]
            if rest
            else ()
        )
        if left and 2 * len(core.intersection(part)) > len(core):
            tight += len(left)
        else:
            loose += len(left)
    return min(tight, _MOST_LEFT), min((loose + 1) // 2, _MOST_LEFT)


def _foreign(wanted: Wanted, seen: Seen) -> frozenset[str]:
    """The words of a title that are in another script than the one that is wanted."""
    local = _NONE if seen.plain.isascii() else frozenset(text.local_words(seen.plain))
    return frozenset(seen.words) - local if wanted.local else local


def _details(wanted: Wanted, seen: Seen) -> list[str]:
    found = []
    if wanted.tail:
        found.append(f"tail:{_tail(wanted, seen)}")
    if wanted.subtitle:
        there = not wanted.subtitle.isdisjoint(seen.words)
        found.append("subtitle:there" if there else "subtitle:missing")
    found += _numbers(wanted, seen)
    if wanted.album and seen.album:
        near = fuzz.ratio(wanted.album, "".join(seen.album))
        same = "same" if near >= _SAME_ALBUM else "alike" if near >= _ALIKE_ALBUM else "other"
        found.append(f"album:{same}")
    explicit = (wanted.explicit, seen.candidate.explicit)
    if None not in explicit and explicit[0] != explicit[1]:
        found.append("explicit:differs")
    return found


def _tail(wanted: Wanted, seen: Seen) -> str:
    """Whether what the version is called is there: all, some, none, or another name (clash)."""
    share = len(wanted.tail & {*seen.words, *seen.album, *seen.channel}) / len(wanted.tail)
    if share >= _HALF:
        return "all" if share == 1 else "some"
    for part in seen.segments:
        kinds, left = lexicon.versions_in(_rest(wanted, part, wanted.aside))
        if left and (kinds & wanted.versions or not wanted.spoken.isdisjoint(part)):
            return "clash"
    return "none"


def _numbers(wanted: Wanted, seen: Seen) -> list[str]:
    """A title's numbers have to be there, and no other may follow it, as in Song, Pt. 2."""
    lost = wanted.numbers and wanted.numbers - numbers(seen.words)
    if lost and wanted.squashed not in seen.squashed:
        return ["numbers:missing"]
    _, found, after = seen.spaced.partition(wanted.core_spaced)
    if not found:
        return []
    following = after.split(maxsplit=2)[:2]
    if following and following[0] in PARTS:
        given = numbers(("part", *following[1:]))
    elif following and f"{wanted.core_text} {following[0]}" in seen.folded:
        given = numbers(following[:1])
    else:
        return []
    others = [number for number in given - wanted.numbers if number not in wanted.aside]
    return ["numbers:other"] if any(int(number) not in YEARS for number in others) else []


def _length(wanted: float | None, given: float | None, group: str) -> str:
    """The step that the difference falls on, 0 the nearest."""
    apart = seconds_apart(wanted, given)
    if apart is None:
        return "unknown"
    return str(bisect_left(AUDIO_STEPS if group == "audio" else VIDEO_STEPS, apart))


def seconds_apart(wanted: float | None, given: float | None) -> float | None:
    """None where a length is not known; a length of 0 is none."""
    if not wanted or not given or not math.isfinite(given):
        return None
    return abs(given - wanted)
