from __future__ import annotations

from typing import Any

import pytest

from bot.errors import NotFound, Unreadable
from bot.models import ListingKind, Source, Track
from bot.models.links import Elsewhere, ElsewhereKind
from bot.platforms.apple import Apple
from tests.platforms.conftest import Table

SONG_LINK = Elsewhere(ElsewhereKind.APPLE_TRACK, "gb:1558534271")
ALBUM_LINK = Elsewhere(ElsewhereKind.APPLE_ALBUM, "us:1558533900")
PAGE = "https://music.apple.com/us/album/a-song/1558533900?i=1558534271"


def song(**more: Any) -> dict[str, Any]:
    """As the iTunes Search API sends it."""
    return {
        "wrapperType": "track",
        "kind": "song",
        "artistName": "Nine Lanterns",
        "collectionName": "Night Ferry",
        "trackName": "Glass Harbour",
        "trackViewUrl": f"{PAGE}&uo=4",
        "trackTimeMillis": 212_073,
        "trackExplicitness": "explicit",
        **more,
    }


ALBUM = {
    "wrapperType": "collection",
    "collectionType": "Album",
    "artistName": "Nine Lanterns",
    "collectionName": "Night Ferry",
    "collectionViewUrl": "https://music.apple.com/us/album/night-ferry/1558533900?uo=4",
    "artworkUrl100": "https://is1-ssl.mzstatic.com/a.jpg",
    "releaseDate": "1987-07-27T07:00:00Z",
}


def results(*rows: Any) -> dict[str, Any]:
    return {"resultCount": len(rows), "results": list(rows)}


async def test_a_song() -> None:
    """Its facts are a track's, and its page has no mark of who asked."""
    table = Table({"lookup": results(song())})
    found = await Apple(table).track(SONG_LINK)

    assert (
        Track(
            title="Glass Harbour",
            artists=("Nine Lanterns",),
            album="Night Ferry",
            duration_ms=212_073,
            explicit=True,
        )
        == found.track
    )
    assert PAGE == found.url
    assert [("lookup", {"id": "1558534271", "country": "gb"})] == table.asked


async def test_an_album() -> None:
    """Songs in their order; a music video among them is left out."""
    video = song(kind="music-video")
    table = Table({"lookup": results(ALBUM, song(), video, song(trackName="Ropewalk"))})
    listing = await Apple(table).album(ALBUM_LINK)

    assert (ListingKind.LIST, ALBUM_LINK.listing_id, Source.APPLE) == (
        listing.kind,
        listing.id,
        listing.source,
    )
    assert ("Night Ferry", "Nine Lanterns", 1987) == (listing.title, listing.owner, listing.year)
    assert ["Glass Harbour", "Ropewalk"] == [track.title for track in listing.tracks]
    assert "https://music.apple.com/us/album/night-ferry/1558533900" == listing.url
    assert listing.complete


@pytest.mark.parametrize("answer", [results(), results(ALBUM), results("a", None, {})])
async def test_nothing_there(answer: Any) -> None:
    """An unknown number is answered with an empty list, another country's album with no song."""
    apple = Apple(Table({"lookup": answer}))
    with pytest.raises(NotFound):
        await apple.album(ALBUM_LINK)
    with pytest.raises(NotFound):
        await apple.track(SONG_LINK)


async def test_another_shape() -> None:
    """What has no results is not read as an empty answer."""
    with pytest.raises(Unreadable):
        await Apple(Table({"lookup": {"errorMessage": "no"}})).track(SONG_LINK)


async def test_a_page_of_another_host_is_no_page() -> None:
    """Only Apple Music's own pages are linked to as Apple Music."""
    table = Table({"search": results(song(trackViewUrl="https://evil.test/1"), song())})
    found = await Apple(table).search(Track(title="Glass Harbour"), country="us")
    assert [None, PAGE] == [each.url for each in found]
