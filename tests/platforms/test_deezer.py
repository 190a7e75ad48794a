from __future__ import annotations

from typing import Any

import pytest

from bot.errors import NotFound, Service, SourceError, Unavailable, Unreadable
from bot.models import Cut, RowKind, Source, Track
from bot.models.links import Elsewhere, ElsewhereKind
from bot.platforms import deezer
from bot.platforms.deezer import ROWS_MAX, Deezer
from tests.platforms.conftest import Table

TRACK_LINK = Elsewhere(ElsewhereKind.DEEZER_TRACK, "3135556")
ALBUM_LINK = Elsewhere(ElsewhereKind.DEEZER_ALBUM, "302127")
LIST_LINK = Elsewhere(ElsewhereKind.DEEZER_PLAYLIST, "908622995")
PAGE = "https://www.deezer.com/track/3135556"


def track(**more: Any) -> dict[str, Any]:
    """As Deezer's API sends it."""
    return {
        "id": 3135556,
        "readable": True,
        "title": "Glass Harbour (Live)",
        "title_short": "Glass Harbour",
        "title_version": "(Live)",
        "isrc": "GBDUW0000059",
        "link": PAGE,
        "duration": 224,
        "explicit_lyrics": False,
        "contributors": [{"name": "Nine Lanterns"}, {"name": "Ada Quill"}],
        "artist": {"name": "Nine Lanterns"},
        "album": {"title": "Night Ferry"},
        "type": "track",
        **more,
    }


def paged(count: int) -> Any:
    """The rows of a long list, in pages."""

    def page(asked: dict[str, Any]) -> dict[str, Any]:
        start = asked["index"]
        rows = [track(title=f"Song {at}") for at in range(count)]
        return {"data": rows[start : start + asked["limit"]], "total": count}

    return page


HEAD = {
    "title": "Night Ferry",
    "link": "https://www.deezer.com/album/302127",
    "nb_tracks": 2,
    "release_date": "2001-03-07",
    "cover_xl": "https://cdn-images.dzcdn.net/c.jpg",
    "contributors": [{"name": "Nine Lanterns"}],
}


async def test_a_track() -> None:
    """The title has its version, and all contributors are its artists."""
    found = await Deezer(Table({"track/3135556": track()})).track(TRACK_LINK)

    assert (
        Track(
            title="Glass Harbour (Live)",
            artists=("Nine Lanterns", "Ada Quill"),
            album="Night Ferry",
            duration_ms=224_000,
            isrc="GBDUW0000059",
            explicit=False,
        )
        == found.track
    )
    assert PAGE == found.url


async def test_an_album() -> None:
    """Its rows name no album: it is this one."""
    row = track()
    del row["album"], row["contributors"]
    rows = {"data": [row, None], "total": 2}
    listing = await Deezer(Table({"album/302127": HEAD, "album/302127/tracks": rows})).album(
        ALBUM_LINK
    )
    assert ("Night Ferry", "Nine Lanterns", 2001, Source.DEEZER) == (
        listing.title,
        listing.owner,
        listing.year,
        listing.source,
    )
    assert ("Night Ferry", ("Nine Lanterns",)) == (
        listing.tracks[0].album,
        listing.tracks[0].artists,
    )
    assert RowKind.GONE is listing.tracks[1].row
    assert "https://www.deezer.com/album/302127" == listing.url


async def test_all_pages_of_a_playlist() -> None:
    """Page by page, in order."""
    head = {"title": "Mix", "nb_tracks": 250, "creator": {"name": "Ada"}}
    table = Table({"playlist/908622995": head, "playlist/908622995/tracks": paged(250)})
    listing = await Deezer(table).playlist(LIST_LINK)

    assert [f"Song {at}" for at in range(250)] == [track.title for track in listing.tracks]
    assert ("Ada", 250, None) == (listing.owner, listing.total, listing.cut)
    assert 4 == len(table.asked)


async def test_a_list_that_is_too_long_says_so() -> None:
    """Its first rows come, its whole number is told."""
    whole = ROWS_MAX + 50
    head = {"title": "Mix", "nb_tracks": whole}
    table = Table({"playlist/908622995": head, "playlist/908622995/tracks": paged(whole)})
    listing = await Deezer(table).playlist(LIST_LINK)
    assert (ROWS_MAX, whole, Cut.LIMIT) == (len(listing.tracks), listing.total, listing.cut)


async def test_a_later_page_that_fails_leaves_the_first() -> None:
    """The rows that came are shown, and that some are missing."""

    def page(asked: dict[str, Any]) -> Any:
        return paged(250)(asked) if not asked["index"] else Unavailable(Service.DEEZER)

    head = {"title": "Mix", "nb_tracks": 250}
    table = Table({"playlist/908622995": head, "playlist/908622995/tracks": page})
    listing = await Deezer(table).playlist(LIST_LINK)
    assert (100, Cut.FAILED) == (len(listing.tracks), listing.cut)


async def test_by_isrc() -> None:
    """A code that Deezer does not know is no failure."""
    table = Table({"track/isrc:GB1": track(), "track/isrc:GB2": NotFound(Service.DEEZER)})
    found = await Deezer(table).by_isrc("GB1")
    assert found
    assert PAGE == found.url
    assert None is await Deezer(table).by_isrc("GB2")


async def test_a_code_cannot_lead_elsewhere() -> None:
    """Whatever stands in an ISRC stays one step of the path."""
    table = Table({"track/isrc:..%2F..%2Fuser": NotFound(Service.DEEZER)})
    assert None is await Deezer(table).by_isrc("../../user")


async def test_a_search() -> None:
    """By artist and bare title; a page of another host is no page."""
    table = Table({"search": {"data": [track(link="https://evil.test/"), track()]}})
    found = await Deezer(table).search(Track(title="Song (Official Video)", artists=("Ada",)))
    assert [None, PAGE] == [each.url for each in found]
    assert "Ada Song" == table.asked[0][1]["q"]


@pytest.mark.parametrize(
    ("answers", "link"),
    [
        ({"track/3135556": {}}, TRACK_LINK),
        ({"album/302127": {}}, ALBUM_LINK),
        ({"album/302127": HEAD, "album/302127/tracks": {}}, ALBUM_LINK),
        ({"album/302127": HEAD, "album/302127/tracks": {"data": {}}}, ALBUM_LINK),
    ],
)
async def test_another_shape(answers: dict[str, Any], link: Elsewhere) -> None:
    """What is not there is not made up."""
    service = Deezer(Table(answers))
    read = service.track if link is TRACK_LINK else service.album
    with pytest.raises(Unreadable):
        await read(link)


@pytest.mark.parametrize("body", [{}, {"data": []}, [], None])
def test_no_error_in_an_answer(body: Any) -> None:
    found: SourceError | None = deezer.fault(200, body)
    assert None is found
