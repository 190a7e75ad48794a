"""Lists that people sent, opened as listings: which rows Spotify names, and which not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from bot.errors import NotFound, Service, SourceError, Unavailable, UnsupportedLink
from bot.models import Cut, Listing, ListingKind, RowKind, Source, Track
from bot.models.links import Elsewhere, ElsewhereKind, LinkKind, SpotifyLink
from bot.models.songlist import NAMED_MOST, Row, SongList
from bot.net.service_budget import asker
from bot.quota.names import NameAllowance
from bot.resolve.catalog import Catalog
from bot.resolve.uploads.source import UploadSource
from bot.storage import uploads as storage
from tests.stage import Memory

if TYPE_CHECKING:
    from bot.models.links import Link
    from bot.models.outline import Outline

LINK = Elsewhere(ElsewhereKind.UPLOAD, "abc")
GONE, DOWN = "9" * 22, "8" * 22


def linked(number: int | str, *, title: str = "") -> Row:
    name = number if isinstance(number, str) else f"{number:022d}"
    return Row(line=1, text=name, title=title, link=("track", name))


@dataclass
class Uploads(storage.Uploads):
    songs: SongList | None
    learnt: list[Outline] = field(default_factory=list)

    async def get(self, identity: str, rows: range | None = None) -> SongList | None:
        return self.songs

    async def learn(self, identity: str, outline: Outline) -> None:
        self.learnt.append(outline)


@dataclass
class Spotify(Catalog):
    """Names every track, but for one that is gone and one that it does not answer for."""

    asked: list[str] = field(default_factory=list)

    async def resolve(self, link: Link) -> Link:
        if link.kind is LinkKind.SHORT:
            kind = LinkKind.TRACK if link.id.endswith("song") else LinkKind.ALBUM
            return SpotifyLink(kind, "7" * 22)
        return link

    async def listing(self, link: Link, *, alone: bool = True) -> Listing:
        assert not alone, "what is kept for single tracks is not for the rows of a list"
        self.asked.append(link.id)
        failures: dict[str, SourceError] = {
            GONE: NotFound(Service.SPOTIFY_WEB),
            DOWN: Unavailable(Service.SPOTIFY_WEB),
        }
        if link.id in failures:
            raise failures[link.id]
        track = Track(title=f"Song {link.id[-1]}", spotify_id=link.id)
        return Listing(
            kind=ListingKind.TRACK,
            id=link.id,
            title=track.title,
            source=Source.WEB_API,
            tracks=[track],
        )


@dataclass
class Few(NameAllowance):
    """So many names a day; `took` is what was asked for."""

    left: int
    took: list[tuple[int, int]] = field(default_factory=list)

    async def take(self, person: int, names: int) -> int:
        self.took.append((person, names))
        return min(names, self.left)


def opened(
    *rows: Row,
    spotify: Spotify | None = None,
    memory: Memory | None = None,
    allowance: NameAllowance | None = None,
) -> UploadSource:
    songs = SongList(title="Mine", rows=rows)
    return UploadSource(Uploads(songs), spotify or Spotify(), memory or Memory(), allowance)


async def test_rows_in_their_order() -> None:
    """Words stay as they are; links get names; what is gone keeps its place."""
    short, wrong = (Row(line=1, text="", link=("short", f"a.b/{to}")) for to in ("song", "album"))
    words = Row(line=2, text="", title="Halo", artists=["B"], album="I", length_ms=1, isrc="X")
    place = opened(words, linked(1), linked(GONE), linked(2, title="Mine"), short, wrong)
    listing = await place.listing(LINK)

    assert ("list:upload:abc", "Mine", 6) == (listing.key, listing.title, listing.total)
    assert None is listing.cut
    assert ["Halo", "Song 1", "", "Mine", "Song 7", ""] == [t.title for t in listing.tracks]
    assert [False, False, False, True, False, False] == [t.claimed for t in listing.tracks]
    assert [RowKind.GONE] * 2 == [listing.tracks[2].row, listing.tracks[5].row]
    assert (
        Track(title="Halo", artists=["B"], album="I", duration_ms=1, isrc="X") == listing.tracks[0]
    )


async def test_each_song_is_asked_for_once() -> None:
    """A link given twice is one question, and none when the name is stored."""
    spotify, memory = Spotify(), Memory()
    await opened(linked(1), linked(1), linked(2), spotify=spotify, memory=memory).listing(LINK)
    await opened(linked(1), linked(2), spotify=spotify, memory=memory).listing(LINK)

    assert 2 == len(spotify.asked)


async def test_what_is_dead_is_asked_for_once() -> None:
    """A list of dead links asks once; what failed is no dead link, and may be asked again."""
    spotify, memory = Spotify(), Memory()
    wrong = Row(line=1, text="", link=("short", "a.b/album"))
    for _ in range(3):
        place = opened(linked(GONE), linked(DOWN), wrong, spotify=spotify, memory=memory)
        await place.listing(LINK)

    assert [GONE, DOWN, DOWN, DOWN] == sorted(spotify.asked, reverse=True)


async def test_names_of_a_day() -> None:
    """Beyond what a person may have asked for, links keep their place without a name."""
    spotify, memory, few = Spotify(), Memory(), Few(left=2)
    asker.set(7)
    rows = [*map(linked, range(3)), linked(GONE)]
    listing = await opened(*rows, spotify=spotify, memory=memory, allowance=few).listing(LINK)
    await opened(*rows[:2], spotify=spotify, memory=memory, allowance=few).listing(LINK)

    assert 2 == len(spotify.asked)
    assert [RowKind.SONG] * 2 + [RowKind.NAMELESS] * 2 == [track.row for track in listing.tracks]
    assert None is listing.cut
    assert [(7, 4)] == few.took


async def test_whoever_looks_asks_nobody() -> None:
    """A page, a file or a queue of a list has the names that are kept, in one query."""
    spotify, memory = Spotify(), Memory()
    await opened(linked(1), spotify=spotify, memory=memory).listing(LINK)
    memory.queries = 0
    place = opened(linked(1), linked(2), linked(DOWN), spotify=spotify, memory=memory)
    listing = await place.listing(LINK, ask=False)

    assert ["Song 1", "", ""] == [track.title for track in listing.tracks]
    assert (1, 1) == (len(spotify.asked), memory.queries)


async def test_spotify_does_not_answer() -> None:
    """A row that Spotify does not name keeps its link, and the list is not whole."""
    listing = await opened(linked(DOWN), linked(1)).listing(LINK)

    assert [RowKind.NAMELESS, RowKind.SONG] == [track.row for track in listing.tracks]
    assert f"https://open.spotify.com/track/{DOWN}" == listing.tracks[0].url
    assert Cut.FAILED is listing.cut


async def test_only_so_many_are_asked_for() -> None:
    """Beyond the limit links keep their place without a name."""
    listing = await opened(*map(linked, range(NAMED_MOST + 1))).listing(LINK)

    expected = [RowKind.SONG] * NAMED_MOST + [RowKind.NAMELESS]
    assert expected == [track.row for track in listing.tracks]
    assert None is listing.cut


async def test_without_a_store() -> None:
    """Names need no memory."""
    listing = await opened(linked(1), memory=Memory(down=True)).listing(LINK)

    assert "Song 1" == listing.tracks[0].title


async def test_a_list_that_is_no_longer_kept() -> None:
    with pytest.raises(UnsupportedLink) as caught:
        await UploadSource(Uploads(None), Spotify(), Memory()).listing(LINK)
    assert "upload" == caught.value.kind
