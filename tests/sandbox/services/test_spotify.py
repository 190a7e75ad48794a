"""Spotify's answers and refusals, read by the real spotipy and by httpx."""

import json
import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import requests
import spotipy  # type: ignore[import-untyped]  # ships no types
from spotipy.cache_handler import MemoryCacheHandler  # type: ignore[import-untyped]  # as above
from spotipy.oauth2 import (  # type: ignore[import-untyped]  # as above
    SpotifyClientCredentials,
    SpotifyOauthError,
)

from bot.models import Listing, ListingKind, RowKind, Source, Track
from bot.sandbox.services.transports import SampleAdapter, SampleTransport, Services
from bot.sandbox.services.world import World

ALBUM, MIX, KEPT, ARTIST, SINGLE = (f"sample{number:016}" for number in range(5))
ROWS = [
    Track(title="One", artists=["Ondine Vargo"], duration_ms=1000, isrc="ZZSMP2600001"),
    Track(title="Demo", artists=["Me"], album="Tape", duration_ms=2000, row=RowKind.LOCAL),
    Track(title="Talk", artists=["A Show"], spotify_id="sampleEpisode", row=RowKind.EPISODE),
    Track(title="", row=RowKind.GONE),
]


def songs(count: int) -> list[Track]:
    return [
        Track(title=f"Song {number}", artists=["A", "B"], spotify_id=f"sample{number:015}x")
        for number in range(count)
    ]


def listing(kind: ListingKind, identity: str, tracks: list[Track], **more: Any) -> Listing:
    title = f"A {kind}"
    return Listing(
        kind=kind, id=identity, title=title, source=Source.WEB_API, tracks=tracks, **more
    )


LISTINGS = [
    listing(ListingKind.ALBUM, ALBUM, songs(120), owner="A, B", year=2021),
    listing(
        ListingKind.PLAYLIST, MIX, [*ROWS, *songs(116)], owner="Testers", cover_url="https://c"
    ),
    listing(ListingKind.PLAYLIST, KEPT, songs(130), owner="Testers"),
    listing(ListingKind.ARTIST, ARTIST, songs(10)),
    listing(ListingKind.TRACK, SINGLE, [Track(title="Single", artists=["A"], spotify_id=SINGLE)]),
]
WORLD = World(
    listings={item.key: item for item in LISTINGS},
    finds=(),
    refused={KEPT},
    short={"Mix": f"https://open.spotify.com/playlist/{MIX}"},
)


def session() -> requests.Session:
    made = requests.Session()
    made.mount("https://", SampleAdapter(Services(WORLD)))
    return made


@pytest.fixture
def spotify(caplog: pytest.LogCaptureFixture) -> spotipy.Spotify:
    caplog.set_level(logging.CRITICAL, "spotipy")
    credentials = SpotifyClientCredentials(
        "id", "secret", requests_session=session(), cache_handler=MemoryCacheHandler()
    )
    return spotipy.Spotify(client_credentials_manager=credentials, requests_session=session())


@pytest.fixture
def web() -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=SampleTransport(Services(WORLD)))


def entity(page: httpx.Response) -> Any:
    script = page.text.partition('type="application/json">')[2].partition("</script>")[0]
    return json.loads(script)["props"]["pageProps"]["state"]["data"]["entity"]


def test_a_track_has_its_album_its_isrc_and_no_field_that_spotify_took_away(
    spotify: spotipy.Spotify,
) -> None:
    """A single track is whole, in the shape of February 2026."""
    track = spotify.track(SINGLE, market="US")

    assert ("Single", ["A"]) == (track["name"], [artist["name"] for artist in track["artists"]])
    assert "Single" == track["album"]["name"]
    assert not {"popularity", "available_markets", "linked_from"} & track.keys()


def test_an_album_is_read_page_by_page(spotify: spotipy.Spotify) -> None:
    """An album's own answer holds its first 50 rows; the next pages hold the others, in order."""
    album = spotify.album(ALBUM)
    titles, page = [], album["tracks"]
    while page:
        titles += [row["name"] for row in page["items"]]
        page = spotify.next(page)

    assert ("A album", "2021-01-01", 120) == (
        album["name"],
        album["release_date"],
        album["tracks"]["total"],
    )
    assert [f"Song {number}" for number in range(120)] == titles


def test_a_playlists_rows_are_of_every_kind(spotify: spotipy.Spotify) -> None:
    """Rows hold `item`: a song, a local file without an id, an episode, or null."""
    page = spotify.playlist_items(MIX, limit=4)
    one, demo, talk, gone = (row["item"] for row in page["items"])

    assert {"isrc": "ZZSMP2600001"} == one["external_ids"]
    assert (True, None, "Tape") == (demo["is_local"], demo["id"], demo["album"]["name"])
    assert ("episode", "A Show") == (talk["type"], talk["show"]["name"])
    assert gone is None
    assert 120 == page["total"]


def test_a_playlists_answer_is_cut_to_the_fields_asked_for(spotify: spotipy.Spotify) -> None:
    """`fields` leaves only what it names."""
    page = spotify.playlist_items(MIX, fields="total,items(item(name))", limit=1)

    assert {"total": 120, "items": [{"item": {"name": "One"}}]} == page


def test_a_playlist_comes_with_its_first_rows_unless_they_are_kept_from_apps(
    spotify: spotipy.Spotify,
) -> None:
    """A refused playlist still has its name, but no `items`."""
    assert 50 == len(spotify.playlist(MIX)["items"]["items"])
    assert "A playlist" == spotify.playlist(KEPT)["name"]
    assert "items" not in spotify.playlist(KEPT)


def test_an_artist_and_a_search(spotify: spotipy.Spotify) -> None:
    """An artist has a name; a search by ISRC finds its recording."""
    found = spotify.search("isrc:ZZSMP2600001", limit=10)["tracks"]

    assert "A artist" == spotify.artist(ARTIST)["name"]
    assert 0 == found["total"]  # it has no id, so Spotify's search could not lead to it
    assert 1 == spotify.search("Single A", limit=1)["tracks"]["total"]


@pytest.mark.parametrize(("query", "found"), [("singl", 1), ("Sngle A", 1), ("single b zzz", 0)])
def test_a_search_takes_parts_and_misspellings(
    spotify: spotipy.Spotify, query: str, found: int
) -> None:
    """The beginning of a word or one wrong letter finds a song; a word of no song finds none."""
    assert found == spotify.search(query, limit=10)["tracks"]["total"]


@pytest.mark.parametrize(
    ("call", "status", "message"),
    [
        (lambda api: api.track("sampleNothing000000000"), 404, "Resource not found"),
        (lambda api: api.album("sampleNothing000000000"), 404, "Resource not found"),
        (lambda api: api.album_tracks(ALBUM, limit=51), 400, "Invalid limit"),
        (lambda api: api.playlist_items(MIX, limit=100), 400, "Invalid limit"),
        (lambda api: api.playlist_items(MIX, limit=0), 400, "Invalid limit"),
        (lambda api: api.playlist_items(KEPT), 401, "Valid user authentication required"),
        (lambda api: api._get(f"playlists/{MIX}/tracks"), 403, "Forbidden"),
        (lambda api: api._get(f"artists/{ARTIST}/top-tracks"), 403, "Forbidden"),
        (lambda api: api.tracks([SINGLE]), 403, "Forbidden"),
        (lambda api: api.search("One", limit=11), 400, "Invalid limit"),
        (lambda api: api.devices(), 404, "Service not found"),
    ],
)
def test_what_spotify_refuses_is_refused(
    spotipy_refusal: tuple[int, str], status: int, message: str
) -> None:
    """Unknown ids, long pages, kept rows and lost routes fail with Spotify's status and words."""
    assert (status, message) == spotipy_refusal


@pytest.fixture
def spotipy_refusal(
    spotify: spotipy.Spotify, call: Callable[[spotipy.Spotify], Any]
) -> tuple[int, str]:
    with pytest.raises(spotipy.SpotifyException) as caught:
        call(spotify)
    return caught.value.http_status, caught.value.msg.rpartition("\n ")[2]


@pytest.mark.parametrize(
    ("headers", "message"),
    [({}, "No token provided"), ({"Authorization": "Bearer stale"}, "Invalid access token")],
)
def test_without_its_token_the_api_answers_nothing(headers: dict[str, str], message: str) -> None:
    """A missing or a foreign token is a 401."""
    answer = session().get(f"https://api.spotify.com/v1/tracks/{SINGLE}", headers=headers)

    assert (401, {"error": {"status": 401, "message": message}}) == (
        answer.status_code,
        answer.json(),
    )


def test_a_token_needs_credentials() -> None:
    """The token service refuses a request without a client with its own form of error."""
    answer = session().post("https://accounts.spotify.com/api/token", data={})

    assert (400, "invalid_client") == (answer.status_code, answer.json()["error"])
    with pytest.raises(SpotifyOauthError):
        SpotifyClientCredentials("", "")


@pytest.mark.parametrize(
    ("kind", "identity", "rows"),
    [
        ("album", ALBUM, 100),
        ("playlist", MIX, 100),
        ("playlist", KEPT, 100),
        ("artist", ARTIST, 10),
    ],
)
async def test_the_embed_page_shows_at_most_100_rows(
    web: httpx.AsyncClient, kind: str, identity: str, rows: int
) -> None:
    """The page needs no token, keeps nothing from apps, and ends after 100 rows without a total."""
    page = await web.get(f"https://open.spotify.com/embed/{kind}/{identity}?utm_source=x")

    assert (f"A {kind}", rows) == (entity(page)["title"], len(entity(page)["trackList"]))


async def test_the_embed_page_has_no_local_files_and_names_episodes(web: httpx.AsyncClient) -> None:
    """Songs and episodes keep their kind; artists are joined by a comma and a hard space."""
    rows = entity(await web.get(f"https://open.spotify.com/embed/playlist/{MIX}"))["trackList"]

    assert ["track", "episode", "track"] == [row["entityType"] for row in rows[:3]]
    assert "A,\xa0B" == rows[2]["subtitle"]


@pytest.mark.parametrize("identity", [SINGLE, "sample000000000000007x"])
async def test_every_track_has_an_embed_page(web: httpx.AsyncClient, identity: str) -> None:
    """A track's page names its artists one by one, whether or not it is a listing of its own."""
    track = entity(await web.get(f"https://open.spotify.com/embed/track/{identity}"))

    assert ("track", "A") == (track["type"], track["artists"][0]["name"])


async def test_a_title_cannot_end_the_script() -> None:
    """What looks like the end of a script inside a title stays inside it."""
    named = listing(ListingKind.PLAYLIST, MIX, [Track(title="</script>", spotify_id=SINGLE)])
    services = Services(World(listings={named.key: named}, finds=()))
    web = httpx.AsyncClient(transport=SampleTransport(services))
    page = await web.get(f"https://open.spotify.com/embed/playlist/{MIX}")

    assert "</script>" == entity(page)["trackList"][0]["title"]


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("https://open.spotify.com/embed/album/sampleNothing000000000", 404),
        ("https://open.spotify.com/embed/track/sampleNothing000000000", 404),
        ("https://open.spotify.com/oembed", 404),
        ("https://open.spotify.com/s/Nothing", 404),
        ("https://example.org/", 404),
        ("https://spotify.link/Mix", 307),
        ("https://spotify.app.link/Mix", 307),
        ("https://open.spotify.com/s/Mix", 307),
    ],
)
async def test_public_pages(web: httpx.AsyncClient, url: str, status: int) -> None:
    """Unknown pages and foreign hosts are 404; short links lead on without being followed."""
    answer = await web.get(url)

    assert status == answer.status_code
    assert not answer.is_redirect or answer.headers["location"].endswith(MIX)


async def test_an_error_page_has_the_embed_pages_form(web: httpx.AsyncClient) -> None:
    """A missing listing's page holds its status where an entity would be."""
    page = await web.get("https://open.spotify.com/embed/album/sampleNothing000000000")

    assert '"pageProps": {"status": 404}' in page.text
