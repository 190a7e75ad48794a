"""What there is to show: of a listing, or for an inline query. The facts, without the words."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.models import PLATFORMS, Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.models import Listing, Match, Track
    from bot.models.links import Link
    from bot.models.results import Counts, Results, Shortfall

PAGE_ROWS = 20  # tracks on a page: two links and a bold title each stay below 100 entities
ROW_ENTITIES = 92  # of a message's 100, what the heading and the notes leave to the rows


def page_rows(platforms: Sequence[str]) -> int:
    """Tracks on a page: fewer where each has many links."""
    return min(PAGE_ROWS, ROW_ENTITIES // (1 + len(platforms)))


class State(StrEnum):
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"  # by the person who asked


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingView:
    """A listing as far as it is resolved.

    `results` holds what is known by position, counted from 0; `allowed` are the positions of the
    songs that may be looked up, None for all. With `store_down` nothing could be counted, and so
    nothing was looked up; `goes_on` says that it will be, in the same message. `counts` is given
    where `results` holds only the page; `whole` says that it holds all positions. What failed is
    tried again in `again_s` seconds, None for never. `platforms` are the links to show, by
    `Platform`, in order. `bot` is the bot's username, for links that lead to its private chat.
    """

    listing: Listing
    results: Results = field(default_factory=dict)
    allowed: Collection[int] | None = None
    state: State = State.DONE
    page: int = 0
    job: str = ""
    counts: Counts | None = None
    whole: bool = True
    shortfall: Shortfall | None = None
    store_down: bool = False
    goes_on: bool = False
    bot: str = ""
    again_s: float | None = None
    platforms: tuple[str, ...] = PLATFORMS
    pages_found: Mapping[tuple[int, str], str | None] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.listing.tracks) // self.page_rows))

    @property
    def page_rows(self) -> int:
        return page_rows(self.platforms)

    @property
    def shown_page(self) -> int:
        return min(max(self.page, 0), self.pages - 1)

    def match(self, at: int) -> Match | None:
        """The recording that stands at a position, official or chosen by people."""
        result = self.results.get(at)
        return result.match if isinstance(result, Finding) else None

    @property
    def on_screen(self) -> range:
        """The positions of the page that is shown."""
        start = self.shown_page * self.page_rows
        return range(start, min(start + self.page_rows, len(self.listing.tracks)))


@dataclass(frozen=True, slots=True)
class Picture:
    """A cover as its source gave it; `mime` is image/jpeg, image/png or image/webp."""

    mime: str
    content: bytes

    @property
    def address(self) -> str:
        return f"data:{self.mime};base64,{b64encode(self.content).decode()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Song:
    """A track to offer. `link` opens its card; `finding` is what is stored and may be shown."""

    link: Link
    track: Track
    cover_url: str | None = None
    finding: Finding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What there is for a query. `listing` stands above its songs where it is not a track.

    `link` is what was asked for. `whole` is false where something was not there in time, `asked`
    where the text was too short to mean anything.
    """

    songs: Sequence[Song] = ()
    listing: Listing | None = None
    link: Link | None = None
    asked: bool = True
    whole: bool = True


class Format(StrEnum):
    """What a listing can be exported as. The value is the end of the file's name."""

    CSV = "csv"
    TXT = "txt"
    M3U8 = "m3u8"
    JSON = "json"
    HTML = "html"
    ZIP = "zip"

    @property
    def pictured(self) -> bool:
        """Whether the listing's cover is a part of it."""
        return self in (Format.HTML, Format.ZIP)
