from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from bot.errors import NotFound, OutOfBudget, Refused, Unavailable, Unreadable
from bot.models import ListingKind, Source
from bot.models.links import LinkKind, SpotifyLink
from bot.net.service_budget import ServiceBudget
from bot.resolve.catalog import Catalog
from bot.spotify.api import KEPT_OF, WebApi, calls
from bot.spotify.faults import KEPT, PROBE_ALBUM, PROBE_PLAYLIST, PROBE_TRACK, Right
from bot.spotify.sources import SpotifyCatalog
from tests.spotify.pages import NoShortLinks
from tests.spotify.webapi import (
    API_URL,
    FORBIDDEN,
    NO_USER,
    SECRET,
    TOKEN_URL,
    FakeSpotify,
    Reply,
    error,
    page,
    song,
)

if TYPE_CHECKING:
    from bot.net.circuit import CircuitBreaker
    from tests.conftest import SetClock

ID = "4uLU6hMCjMI75M1A2tKUQC"
LIST = "3cEYpjA9oz9GiPac4AsH4n"
ITEMS, TRACKS = f"playlists/{LIST}/items", f"playlists/{LIST}/tracks"


async def test_the_rows_of_lists_leave_the_share_of_single_tracks(
    spotify: FakeSpotify, api_upstream: CircuitBreaker, now: SetClock
) -> None:
    """A track that is named for a list takes none of the calls that are kept for single ones."""
    few = ServiceBudget(calls(KEPT_OF), clock=now)
    api = WebApi(
        "client-id",
        SECRET,
        market="US",
        api_url=API_URL,
        token_url=TOKEN_URL,
        circuit=api_upstream,
        adapter=spotify,
        budget=few,
    )
    spotify.routes[f"tracks/{ID}"] = lambda _: song(1)
    catalog, link = SpotifyCatalog([api], NoShortLinks()), SpotifyLink(LinkKind.TRACK, ID)
    places = Catalog(catalog, {})
    for _ in range(KEPT_OF - 2):  # a share of what is left beside them
        await places.listing(link, alone=False)
    with pytest.raises(OutOfBudget):
        await places.listing(link, alone=False)

    assert "Song 1" == (await places.listing(link)).title
    api.close()


async def test_a_track_keeps_the_id_that_was_asked_for(api: WebApi, spotify: FakeSpotify) -> None:
    """One call gives the card's facts; relinking does not change the link that people get."""
    relinked = song(1, id="0" * 22, linked_from={"id": "1" * 22}, explicit=True)
    relinked["album"]["images"] = [
        {"url": "https://i.scdn.test/300", "width": 300},
        {"url": "https://i.scdn.test/640", "width": 640},
    ]
    spotify.routes[f"tracks/{ID}"] = lambda _: relinked
    listing = await api.listing(ListingKind.TRACK, ID)
    track = listing.tracks[0]
    assert (ListingKind.TRACK, ID, "Song 1", Source.WEB_API, 1, None) == (
        listing.kind,
        listing.id,
        listing.title,
        listing.source,
        listing.total,
        listing.cut,
    )
    assert ("Daft Punk, Romanthony", 2001, "https://i.scdn.test/640") == (
        listing.owner,
        listing.year,
        listing.cover_url,
    )
    assert (ID, ("Daft Punk", "Romanthony"), "Discovery", 200_001, "GBDUW0000001", True) == (
        track.spotify_id,
        track.artists,
        track.album,
        track.duration_ms,
        track.isrc,
        track.explicit,
    )
    assert [("/api/token", {}), (f"tracks/{ID}", {"market": "US"})] == spotify.asked


async def test_a_short_album_takes_one_call(api: WebApi, spotify: FakeSpotify) -> None:
    """The album's own answer holds its first 50 tracks, so no more is asked for."""
    rows = [song(number, album=None, external_ids=None) for number in range(14)]
    spotify.add_album(ID, rows)
    listing = await api.listing(ListingKind.ALBUM, ID)
    assert ("Discovery", "Daft Punk", 2001, 14, None) == (
        listing.title,
        listing.owner,
        listing.year,
        listing.total,
        listing.cut,
    )
    assert [f"Song {number}" for number in range(14)] == [t.title for t in listing.tracks]
    assert {("Discovery", None)} == {(track.album, track.isrc) for track in listing.tracks}
    assert {"/api/token": 1, f"albums/{ID}": 1} == spotify.counts


async def test_a_long_album_is_paged(api: WebApi, spotify: FakeSpotify) -> None:
    """All tracks of a box set come, in order, with no call for a single track."""
    spotify.add_album(ID, [song(number) for number in range(121)])
    listing = await api.listing(ListingKind.ALBUM, ID)
    assert [f"Song {number}" for number in range(121)] == [t.title for t in listing.tracks]
    assert 121 == listing.total
    assert ["50", "100"] == sorted(
        (query["offset"] for path, query in spotify.asked if path.endswith("tracks")), key=int
    )


async def test_an_album_without_tracks_is_not_there(api: WebApi, spotify: FakeSpotify) -> None:
    """An album that the market does not have is left to the next source."""
    spotify.add_album(ID, [])
    with pytest.raises(NotFound):
        await api.listing(ListingKind.ALBUM, ID)


async def test_an_artist_is_the_top_ten(api: WebApi, spotify: FakeSpotify) -> None:
    """The old route still answers apps made before 2026-02-11."""
    spotify.routes[f"artists/{ID}"] = lambda _: {"name": "Daft Punk", "images": []}
    spotify.routes[f"artists/{ID}/top-tracks"] = lambda _: {"tracks": [song(n) for n in range(10)]}
    listing = await api.listing(ListingKind.ARTIST, ID)
    assert ("Daft Punk", None, 10, 10) == (
        listing.title,
        listing.owner,
        listing.total,
        len(listing.tracks),
    )


async def test_a_refused_top_ten_is_not_asked_for_at_every_link(
    api: WebApi, spotify: FakeSpotify, now: SetClock
) -> None:
    """What the class of the app forbids is remembered for a while."""
    spotify.routes[f"artists/{ID}"] = lambda _: {"name": "Daft Punk"}
    spotify.always[f"artists/{ID}/top-tracks"] = FORBIDDEN
    for _ in range(2):
        with pytest.raises(Refused):
            await api.listing(ListingKind.ARTIST, ID)
    assert 1 == spotify.counts[f"artists/{ID}/top-tracks"]
    now.time += KEPT
    with pytest.raises(Refused):
        await api.listing(ListingKind.ARTIST, ID)
    assert 2 == spotify.counts[f"artists/{ID}/top-tracks"]


async def test_no_secret_is_logged(
    api: WebApi, spotify: FakeSpotify, caplog: pytest.LogCaptureFixture
) -> None:
    """Even at DEBUG, neither the secret nor the token nor what encodes them is written."""
    caplog.set_level(logging.DEBUG)
    spotify.routes[f"tracks/{ID}"] = lambda _: song(1)
    await api.listing(ListingKind.TRACK, ID)
    spotify.always[f"tracks/{ID}"] = error(500, "Server error")
    with pytest.raises(Unavailable):
        await api.listing(ListingKind.TRACK, ID)
    written = caplog.text.lower()
    assert not [word for word in ("bearer", "basic ", "token-1", SECRET) if word in written]


@pytest.mark.parametrize("odd", ["../me", "a?b=c", "a b"])
async def test_an_odd_id_cannot_reach_another_route(
    api: WebApi, spotify: FakeSpotify, odd: str
) -> None:
    """Ids come from outside: they stay one step of the path."""
    with pytest.raises(NotFound):
        await api.listing(ListingKind.TRACK, odd)
    path, query = spotify.asked[-1]
    assert ({"market": "US"}, 1) == (query, path.count("/"))


async def test_probe_tells_what_a_restricted_app_may_do(api: WebApi, spotify: FakeSpotify) -> None:
    """Each kind of call is tried once; a refusal is an answer with its reason."""
    spotify.routes[f"tracks/{PROBE_TRACK}"] = lambda _: song(1)
    spotify.routes["search"] = lambda _: {"tracks": {"items": []}}
    spotify.add_album(PROBE_ALBUM, [song(1)])
    spotify.add_playlist(PROBE_PLAYLIST, [])
    spotify.always |= {ITEMS: NO_USER, TRACKS: FORBIDDEN}
    rights = await api.probe()
    assert [True, True, True, False] == [
        bool(right) for right in (rights.track, rights.album, rights.search, rights.playlist_items)
    ]
    assert "user's consent" in rights.playlist_items.reason


async def test_probe_answers_when_nothing_does(api: WebApi, spotify: FakeSpotify) -> None:
    """With wrong credentials every right is refused with the reason, and nothing is raised."""
    spotify.token = Reply(400, {"error": "invalid_client"})
    rights = await api.probe()
    assert {False} == {bool(rights.track), bool(rights.album), bool(rights.search)}
    assert "invalid_client" in rights.search.reason
    assert Right(allowed=True) != rights.playlist_items


async def test_search_gives_tracks(api: WebApi, spotify: FakeSpotify) -> None:
    """Ten rows at most, read as tracks, lost ones left out."""
    spotify.routes["search"] = lambda query: {
        "tracks": page([song(1), None, song(2, is_local=True, id=None)], query)
    }
    found = await api.search("  daft   punk ")

    assert ["Song 1"] == [track.title for track in found]
    asked = spotify.asked[-1][1]
    assert ("daft punk", "10", "track") == (asked["q"], asked["limit"], asked["type"])


async def test_an_empty_query_asks_nothing(api: WebApi, spotify: FakeSpotify) -> None:
    """Spotify answers 400 to a search without words."""
    assert [] == await api.search("  ")
    assert [] == spotify.asked


async def test_a_search_without_a_list(api: WebApi, spotify: FakeSpotify) -> None:
    """Another shape is said to be one."""
    spotify.routes["search"] = lambda _: {"tracks": None}
    with pytest.raises(Unreadable):
        await api.search("x")
