"""A candidate read once: its title, channel and performers in the forms that are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.youtube.matching import text

if TYPE_CHECKING:
    from bot.models import Candidate
    from bot.youtube.matching.text import Segment


@dataclass(slots=True)
class Seen:
    """`folded` still has its dividing signs, `spaced` is words only, with a space at both ends."""

    candidate: Candidate
    plain: str
    folded: str
    words: list[str]
    spaced: str
    squashed: str
    channel: tuple[str, ...]
    album: tuple[str, ...]
    performers: frozenset[str]

    @property
    def segments(self) -> list[Segment]:
        return text.segments(self.folded)


def see(candidate: Candidate, plain: str, folded: str) -> Seen:
    """`plain` and `folded` are what `text.native` and `text.latin` made of the title."""
    found = text.words_of(folded)
    return Seen(
        candidate=candidate,
        plain=plain,
        folded=folded,
        words=found,
        spaced=f" {' '.join(found)} ",
        squashed="".join(found),
        channel=text.tokens(candidate.channel) if candidate.channel else (),
        album=text.tokens(candidate.album) if candidate.album else (),
        performers=_squashed(candidate),
    )


def _squashed(candidate: Candidate) -> frozenset[str]:
    if not candidate.artists:
        return frozenset()
    names = [text.squash(name) for name in candidate.artists]
    return frozenset((*names, *(name.removeprefix("the") for name in names)))
