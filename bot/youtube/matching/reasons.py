"""Signs in words: what a person reads about why a candidate was taken or not.

The codes are stable and few; the chat translates them. The details are plain English for
`--explain`.
"""

from __future__ import annotations

from typing import Final

DETAILS: Final[dict[str, str]] = {
    "start:": "before anything is known",
    "title:same": "same title",
    "title:nearly": "nearly the same title",
    "title:sounds": "the same title in another script",
    "title:alike": "a title much like it",
    "title:partly": "only a part of the title",
    "title:unread": "a title in another script, which could not be compared",
    "title:other": "another title",
    "artist:own": "same artist",
    "artist:named": "the title names the artist",
    "artist:alike": "the artist's name in another script",
    "artist:unread": "an artist in another script, who could not be compared",
    "artist:none": "the artist is nowhere named",
    "official:audio": "official audio, delivered by the label",
    "official:own": "the artist's own channel",
    "official:akin": "a channel with the artist's name in its own",
    "official:guest": "the channel of a performer in the title",
    "official:label": "a label's channel",
    "official:source": "YouTube Music calls it official",
    "official:house": "a channel named like a label",
    "official:untold": "no channel is told",
    "official:plain": "nothing shows that the channel is official",
    "official:fan": "a channel of lyrics, covers or the like",
    "official:upload": "a user's upload",
    "missing:hard": "not the version that was asked for",
    "missing:soft": "not quite the version that was asked for",
    "album_version:unasked": "its album is of another version",
    "tail:all": "the same version by name",
    "tail:some": "the version's name in part",
    "tail:none": "the version's name is missing",
    "tail:clash": "another version by name",
    "subtitle:there": "the same subtitle",
    "subtitle:missing": "without the subtitle",
    "numbers:missing": "without the title's number",
    "numbers:other": "another number in the title",
    "album:same": "same album",
    "album:alike": "an album much like it",
    "album:other": "another album",
    "explicit:differs": "clean where explicit was asked for, or the other way round",
    "tight:0": "no other words in the title",
    "loose:0": "no other words beside the title",
}
AGREEING: Final = frozenset(
    (
        "same title",
        "same artist",
        "same length",
        "same album",
        "official audio, delivered by the label",
        "the title names the artist",
        "the artist's own channel",
        "a label's channel",
    ),
)
VERSIONS: Final[dict[str, str]] = {
    "live": "a live recording",
    "acoustic": "an acoustic version",
    "session": "a session",
    "demo": "a demo or preview",
    "remix": "a remix",
    "mix": "another mix",
    "extended": "an extended version",
    "edit": "an edit",
    "instrumental": "without the singing, or without the band",
    "karaoke": "karaoke",
    "cover": "a cover",
    "fast": "a sped up version",
    "slow": "a slowed version",
    "sound": "with its sound changed",
    "medley": "a medley",
    "other": "something about the song",
    "clean": "a clean version",
    "language": "a version in another language",
    "variant": "another version",
    "named": "a version with a name of its own",
}


def detail(sign: str, apart: float | None) -> str:
    """A sign as a phrase; `apart` is the difference of lengths in seconds."""
    code, _, rest = sign.partition(":")
    if code == "title" and rest == "other":
        return DETAILS[sign]
    if rest.startswith("unknown"):
        return "a length is not known"
    if code == "length" and apart is not None:
        return "same length" if apart < 1 else f"{apart:.1f} s apart"
    if code == "version":
        return f"{VERSIONS[rest]}, which was not asked for"
    grade = f"{code}:{rest.partition(':')[0]}"
    if code in ("tight", "loose"):
        return DETAILS.get(
            grade, "other words in the title" if code == "tight" else "words beside the title"
        )
    return DETAILS[grade]
