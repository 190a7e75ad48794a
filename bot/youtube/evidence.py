"""What speaks for and against a candidate, as a short list of signs.

A sign is `code:grade`; `bot.youtube.weights` says how much each one weighs and `bot.youtube.reasons`
how it is put in words. Signs of one code exclude each other, but for versions: each unasked one counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from bot.models import CandidateKind
from bot.youtube import channels, text, words
from bot.youtube.channels import Standing
from bot.youtube.wanted import numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models import Candidate
    from bot.youtube.wanted import Name, Wanted

OTHER_TITLE: Final = "title:other"

# Seconds apart, by what is compared: an art track is the recording itself.
AUDIO_STEPS: Final = (1.0, 2.0, 3.5, 6.0, 10.0, 20.0, 45.0)
VIDEO_STEPS: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0)

# A wanted version that a candidate's word also stands for.
_ALLIES: Final = {
    "session": frozenset(("live", "acoustic")),
    "live": frozenset(("session",)),
    "mix": frozenset(("remix", "extended", "edit", "medley")),
    "edit": frozenset(("remix", "mix", "extended")),
    "extended": frozenset(("mix",)),
    "remix": frozenset(("mix",)),
    "variant": frozenset(("acoustic", "language", "cover")),
    "instrumental": frozenset(("karaoke",)),
    "cover": frozenset(("karaoke", "variant", "instrumental")),
}
_HARD: Final = frozenset(
    ("live", "acoustic", "remix", "instrumental", "speed", "demo", "karaoke", "medley", "cover"),
)
_YEARS: Final = range(1900, 2100)


@dataclass(slots=True)
class Seen:
    """A candidate's title in the readings that are needed more than once."""

    plain: str
    words: tuple[str, ...]
    spaced: str
    squashed: str
    local: bool


def see(candidate: Candidate) -> Seen:
    plain = text.native(candidate.title)
    found = tuple(text.words_of(text.latin(plain)))
    return Seen(plain, found, f" {' '.join(found)} ", "".join(found), text.is_local(plain))


def signs(wanted: Wanted, candidate: Candidate) -> list[str]:
    """All signs of a candidate. One with another title has that sign alone, whatever else agrees."""
    seen = see(candidate)
    title = title_grade(wanted, seen)
    if title == "other":
        return [OTHER_TITLE]
    performers = _performers(candidate)
    own = any(name.squashed in performers for name in wanted.names)
    who = channels.standing(wanted, candidate, seen.spaced, own)
    audio = who is Standing.AUDIO
    artist = artist_grade(wanted, seen, performers, who)
    found = [f"title:{title}", f"artist:{artist}:{_group(who)}", f"official:{who}"]
    found += version_signs(wanted, seen, candidate)
    found += [f"{sign}:{_group(who)}" for sign in leftover_signs(wanted, seen, candidate)]
    found += detail_signs(wanted, seen, candidate)
    length = length_grade(wanted.duration_s, candidate.duration_s, audio=audio)
    if length:
        found.append(f"length:{length}:{_group(who)}")
    return found


def _group(who: Standing) -> str:
    if who is Standing.AUDIO:
        return "audio"
    return "untold" if who is Standing.UNTOLD else "video"


def title_grade(wanted: Wanted, seen: Seen) -> str:
    """same, nearly, alike, partly, unread (another script, no way to compare) or other."""
    if not wanted.core:
        return "same" if wanted.sign and wanted.sign in seen.plain else "other"
    core = f" {wanted.core_text} "
    masked = _without_names(wanted, seen.spaced)
    if core in masked or _inside(wanted.squashed, masked.replace(" ", ""), local=wanted.local):
        return "same"
    if any(also in seen.squashed for also in wanted.also):
        return "same"
    if core in seen.spaced or _inside(wanted.squashed, seen.squashed, local=wanted.local):
        return "partly" if words.versions_in(masked.split())[1] else "same"
    return _by_distance(wanted, seen, masked)


def _inside(needle: str, hay: str, *, local: bool) -> bool:
    return (len(needle) >= 8 or local) and needle in hay


def _without_names(wanted: Wanted, spaced: str) -> str:
    """The title less one mention of each artist, so that an artist's name is not taken for the song."""
    for name in wanted.names:
        if name.spaced in spaced:
            spaced = spaced.replace(name.spaced, "  ", 1)
    return spaced


def _by_distance(wanted: Wanted, seen: Seen, masked: str) -> str:
    unasked, left = words.versions_in(masked.split())
    said = " ".join(left) if unasked - wanted.versions else " ".join(masked.split())
    near = fuzz.partial_ratio(wanted.core_text, said) if len(said) >= len(wanted.core_text) else 0.0
    near = max(near, fuzz.ratio(wanted.core_text, said))
    if len(wanted.squashed) < 5:
        near = 100.0 if set(wanted.core) <= set(said.split()) else 0.0
    if near >= 92:
        return "nearly"
    if near >= 82:
        return "alike"
    if _share(wanted.core, frozenset(said.split())) >= 0.6:
        return "partly"
    if wanted.local != seen.local:
        bones = text.skeleton(wanted.squashed)
        if (
            len(bones) >= 3
            and fuzz.partial_ratio(bones, text.skeleton(said.replace(" ", ""))) >= 85
        ):
            return "alike"
        return "unread" if left else "other"
    return "other"


def _share(core: Sequence[str], said: frozenset[str]) -> float:
    """How much of the title's letters stand in words that were said as well."""
    total = sum(map(len, core))
    return sum(len(token) for token in core if token in said) / total


def _performers(candidate: Candidate) -> frozenset[str]:
    """Squashed names of the fields that say who performs."""
    named = {text.squash(name) for name in candidate.artists}
    return frozenset(part for name in named for part in (name, name.removeprefix("the")) if part)


def artist_grade(wanted: Wanted, seen: Seen, performers: frozenset[str], who: Standing) -> str:
    """own (a performer field or the channel names one), named (the title does), alike, untold or none."""
    if any(name.squashed in performers for name in wanted.names) or who is Standing.OWN:
        return "own"
    if any(_named(name, seen) for name in wanted.names):
        return "named"
    return "none"


def _named(name: Name, seen: Seen) -> bool:
    return name.spaced in seen.spaced or (
        len(name.squashed) >= 5 and name.squashed in seen.squashed
    )


def version_signs(wanted: Wanted, seen: Seen, candidate: Candidate) -> list[str]:
    """Versions that were not asked for, and asked ones that are missing."""
    rest = _rest(wanted, seen.words)
    album = text.tokens(candidate.album or "")
    by_album = words.versions_in([token for token in album if token not in wanted.aside])[0]
    found = words.versions_in(rest)[0] | (words.spaceless_in(seen.plain) - wanted.spaceless)
    unasked = found - wanted.versions - wanted.album_versions
    signs_found = [
        f"version:{kind}"
        for kind in sorted(unasked)
        if not (_ALLIES.get(kind, frozenset()) & wanted.versions)
    ]
    if by_album - found - wanted.versions - wanted.album_versions:
        signs_found.append("album_version:unasked")
    if wanted.versions:
        given = words.versions_in((*seen.words, *album), seen.plain)[0]
        for kind in sorted(wanted.versions - given):
            if not any(ally in given for ally in _ALLIES.get(kind, ())):
                signs_found.append(f"missing:{'hard' if kind in _HARD else 'soft'}")
                break
    return signs_found


def _rest(wanted: Wanted, said: Sequence[str]) -> list[str]:
    """The words of a title that the track's own title, artists, guests and album do not account for."""
    spare = dict.fromkeys(wanted.core, 0)
    for token in wanted.core:
        spare[token] += 1
    left = []
    for token in said:
        if spare.get(token, 0) > 0:
            spare[token] -= 1
        elif token not in wanted.aside and token not in wanted.own_words:
            left.append(token)
    return left


def leftover_signs(wanted: Wanted, seen: Seen, candidate: Candidate) -> list[str]:
    """How many words nothing accounts for, in the stretch with the title and beside it."""
    tight, loose = 0, 0
    channel = frozenset(text.tokens(candidate.channel or "")) if candidate.channel else frozenset()
    core = frozenset(wanted.core)
    for part in text.segments(text.latin(seen.plain)):
        own, _ = words.without_guests(part.tokens)
        left = words.versions_in([t for t in _rest(wanted, own) if t not in channel])[1]
        if core.issubset(part.tokens):
            tight += len(left)
        else:
            loose += len(left)
    return [f"tight:{min(tight, 3)}", f"loose:{min((loose + 1) // 2, 3)}"]


def detail_signs(wanted: Wanted, seen: Seen, candidate: Candidate) -> list[str]:
    found = []
    if wanted.tail:
        said = {
            *seen.words,
            *text.tokens(candidate.album or ""),
            *text.tokens(candidate.channel or ""),
        }
        share = len(wanted.tail & said) / len(wanted.tail)
        found.append("tail:" + ("all" if share > 0.99 else "some" if share >= 0.5 else "none"))
    if wanted.subtitle:
        found.append("subtitle:" + ("there" if wanted.subtitle & set(seen.words) else "missing"))
    given = numbers(seen.words)
    if wanted.numbers - given:
        found.append("numbers:missing")
    elif any(
        int(n) not in _YEARS
        for n in given - wanted.numbers
        if n not in wanted.aside and n not in wanted.own_words
    ):
        found.append("numbers:other")
    if wanted.album and candidate.album:
        near = fuzz.ratio(wanted.album, text.squash(candidate.album))
        found.append("album:" + ("same" if near >= 90 else "alike" if near >= 60 else "other"))
    if wanted.explicit is not None and candidate.explicit is not None:
        if wanted.explicit != candidate.explicit:
            found.append("explicit:differs")
    return found


def length_grade(wanted: float | None, given: float | None, *, audio: bool) -> str | None:
    if not wanted or given is None:
        return None
    apart = abs(given - wanted)
    steps = AUDIO_STEPS if audio else VIDEO_STEPS
    return str(sum(apart > step for step in steps))
