"""Whether two platforms mean the same recording, by the rules that choose recordings. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.models import Candidate, CandidateKind
from bot.youtube.match import Outcome, best, outcome, rank
from bot.youtube.matching.text import squash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models import Track

QUERY_CHARS = 150  # of a longer one the last words only lead away

_BRACKETS = re.compile(r"[(\[【「][^()\[\]【】「」]{0,60}[)\]】」]")
# What titles of videos say that catalogues of songs do not; versions (live, remix) stay.
_ABOUT_VIDEO = re.compile(
    r"\b(?:official|audio|video|visuali[sz]er|lyrics?|letra|hd|hq|4k|8k|m/?v|remastered|feat|ft)\b",
    re.IGNORECASE,
)
_BEHIND_BAR = re.compile(r"\s[|·]\s.*")


def same(wanted: Track, found: Sequence[Track]) -> Track | None:
    """The one of `found` that surely is the recording; None when none is."""
    by_id = {str(at): track for at, track in enumerate(found)}
    candidates = [as_candidate(name, track) for name, track in by_id.items()]
    match = best(wanted, candidates)
    return by_id[match.candidate.video_id] if match else None


def same_as_video(video: Candidate, found: Sequence[Track]) -> Track | None:
    """The one of `found` whose recording the video surely is.

    Whose channel it is on tells nothing of an upload: then its title has to name the artist.
    """
    if right := _most_alike(video, found):
        return right
    if video.kind not in (CandidateKind.UPLOAD, CandidateKind.UNKNOWN):
        return None
    named = [track for track in found if _names_artist(video.title, track)]
    unsaid = CandidateKind.UNKNOWN
    return _most_alike(replace(video, kind=unsaid, channel=None, artists=(), album=None), named)


def as_candidate(name: str, track: Track) -> Candidate:
    """A track of a catalogue, delivered by its label as an art track is."""
    return Candidate(
        video_id=name,
        title=track.title,
        channel=track.artists[0] if track.artists else None,
        artists=track.artists,
        album=track.album,
        duration_s=track.duration_ms / 1000 if track.duration_ms else None,
        kind=CandidateKind.AUDIO,
        explicit=track.explicit,
    )


def query(track: Track) -> str:
    """The words that find a track in a catalogue of songs: its first artist and its bare title."""
    title = bare_title(track.title)
    artists = () if _names_artist(title, track) else track.artists[:1]
    return clipped(" ".join((*artists, title)))


def clipped(text: str) -> str:
    """The words of a search, without the last of too many."""
    words = " ".join(text.split())
    return words if len(words) <= QUERY_CHARS else words[:QUERY_CHARS].rsplit(" ", 1)[0]


def bare_title(title: str) -> str:
    """A title without brackets that speak of the video or of guests, and without bars."""
    bare = _BRACKETS.sub(lambda found: "" if _ABOUT_VIDEO.search(found[0]) else found[0], title)
    bare = _BEHIND_BAR.sub("", bare)
    return " ".join(bare.split()) or title.strip()


def _names_artist(title: str, track: Track) -> bool:
    said = squash(title)
    return any(squash(name) in said for name in track.artists[:1])


def _most_alike(video: Candidate, found: Sequence[Track]) -> Track | None:
    matches = [rank(track, [video])[0] for track in found]
    right = [at for at, match in enumerate(matches) if outcome(match) is Outcome.ACCEPT]
    return found[max(right, key=lambda at: matches[at].score)] if right else None
