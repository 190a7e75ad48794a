"""The loopback services themselves: what they answer, refuse, delay, note and break."""

from collections.abc import Iterator
from time import monotonic, sleep
from typing import Any

import httpx
import pytest
import requests
from ytmusicapi import YTMusic

from bot.models import ListingKind
from bot.net.bounded import KeptConnections
from bot.sandbox.services.spotify import TOKEN
from bot.spotify.embed import parse
from bot.youtube.transport import Transport
from tests.e2e import worlds
from tests.e2e.data_api import KEY
from tests.e2e.faults import How
from tests.e2e.recorded import PAYLOADS, Recorded
from tests.e2e.services import Loopback
from tests.e2e.serving import serve, spawn

MIX = worlds.playlist("Mix", 120)
ALBUM = worlds.album("Evening", 12)
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with serve(Loopback(world=worlds.world([MIX, ALBUM]))) as running:
        yield running


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=5, headers=BEARER) as client:
        yield client


def items(loopback: Loopback, **query: Any) -> str:
    address = loopback.addresses["SPOTIFY_API_URL"]
    return str(httpx.URL(f"{address}/playlists/{MIX.id}/items", params=query))


def music(loopback: Loopback) -> YTMusic:
    session = requests.Session()
    address = loopback.addresses["YOUTUBE_MUSIC_URL"]
    session.mount("https://", Transport(address, under=KeptConnections(1)))
    return YTMusic(requests_session=session)


def test_a_long_playlist_is_read_by_following_its_links(
    loopback: Loopback, http: httpx.Client
) -> None:
    """The pages of a playlist lead from one to the next, on this loopback address."""
    url, titles = items(loopback, limit=50), []
    while url:
        page = http.get(url).json()
        titles += [row["item"]["name"] for row in page["items"]]
        url = page["next"]

    assert [track.title for track in MIX.tracks] == titles


def test_a_search_brings_the_one_right_song_among_twenty_of_full_weight(
    loopback: Loopback, http: httpx.Client
) -> None:
    """A search answers with as many rows and bytes as YouTube Music does, the right one first."""
    song = MIX.tracks[7]
    query = f"{song.artists[0]} {song.title}"
    rows = music(loopback).search(query, filter="songs")
    answer = http.post(
        f"{loopback.addresses['YOUTUBE_MUSIC_URL']}/youtubei/v1/search",
        json={"query": query, "params": "EgWKAQIIAWoM"},
    )

    assert (20, song.title) == (len(rows), rows[0]["title"])
    assert 150_000 < len(answer.content) < 220_000
    assert [] == music(loopback).search("nothing of this name", filter="songs")


def test_an_album_is_found_as_a_whole(loopback: Loopback) -> None:
    """The album of a song has all its songs, on YouTube Music as on Spotify."""
    found = music(loopback).search(f"{ALBUM.owner} {ALBUM.tracks[3].title}", filter="songs")[0]
    album = music(loopback).get_album(found["album"]["id"])

    assert [track.title for track in ALBUM.tracks] == [row["title"] for row in album["tracks"]]


def test_a_restricted_app_reads_no_playlist(loopback: Loopback, http: httpx.Client) -> None:
    """With `restricted` every playlist keeps its rows; flipped back, it gives them."""
    control = loopback.addresses["CONTROL_URL"]
    http.post(f"{control}/settings", json={"restricted": True})
    refused = http.get(items(loopback))
    http.post(f"{control}/settings", json={"restricted": False})

    assert (401, "Valid user authentication required") == (
        refused.status_code,
        refused.json()["error"]["message"],
    )
    assert 200 == http.get(items(loopback)).status_code


def test_the_api_is_as_strict_as_spotify(loopback: Loopback, http: httpx.Client) -> None:
    """Long pages and missing tokens are refused here too."""
    assert 400 == http.get(items(loopback, limit=51)).status_code
    assert 401 == http.get(items(loopback), headers={"Authorization": ""}).status_code


def test_a_token_is_given_for_credentials(loopback: Loopback, http: httpx.Client) -> None:
    """The token service gives the token that the Web API takes."""
    address = loopback.addresses["SPOTIFY_TOKEN_URL"]

    assert TOKEN == http.post(address, auth=("id", "secret")).json()["access_token"]


def test_other_platforms_know_the_same_songs(loopback: Loopback, http: httpx.Client) -> None:
    """Apple and Deezer answer for the world's songs, and fail on purpose as all do."""
    song = MIX.tracks[0]
    deezer, apple = loopback.addresses["DEEZER_API_URL"], loopback.addresses["ITUNES_API_URL"]
    assert song.title == http.get(f"{deezer}/track/isrc:{song.isrc}").json()["title"]
    found = http.get(f"{apple}/search", params={"term": song.title}).json()["results"]
    assert [song.title] == [row["trackName"] for row in found]

    ends = monotonic() + 5
    while len(loopback.log) < 2 and monotonic() < ends:  # an answer is noted when it is out
        sleep(0.01)
    assert ["deezer", "apple"] == [entry.service for entry in loopback.log]

    loopback.fail("apple", How.STATUS, status=403)
    assert 403 == http.get(f"{apple}/search").status_code


def test_the_data_api_keeps_its_budget(loopback: Loopback, http: httpx.Client) -> None:
    """Searches need the key and end with the day's budget; details come for known videos."""
    address = loopback.addresses["YOUTUBE_API_URL"]
    loopback.data_api.searches_left = 1
    song, query = MIX.tracks[0], {"key": KEY, "q": MIX.tracks[0].title}
    found = http.get(f"{address}/search", params=query).json()["items"]
    spent = http.get(f"{address}/search", params=query)
    identity = found[0]["id"]["videoId"]
    known = http.get(f"{address}/videos", params={"key": KEY, "id": f"{identity},unknown"})

    assert worlds.audio(song).video_id == identity
    assert (403, "quotaExceeded") == (
        spent.status_code,
        spent.json()["error"]["errors"][0]["reason"],
    )
    [video] = known.json()["items"]
    assert f"{song.artists[0]} - Topic" == video["snippet"]["channelTitle"]
    assert 400 == http.get(f"{address}/search", params={"q": "x"}).status_code


@pytest.mark.parametrize(
    ("how", "details", "status", "beginning"),
    [
        (How.STATUS, {"status": 500}, 500, b'{"error":{"status":500'),
        (How.STATUS, {"status": 403, "body": "Active premium"}, 403, b"Active premium"),
        (How.HTML, {"status": 200}, 200, b"<!DOCTYPE html>"),
    ],
)
def test_a_fault_replaces_the_answer_as_often_as_told(
    loopback: Loopback,
    http: httpx.Client,
    *,
    how: How,
    details: dict[str, Any],
    status: int,
    beginning: bytes,
) -> None:
    """A fault with `left` strikes so many requests; then the service is well again."""
    loopback.fail("spotify_api", how, left=1, headers={"Retry-After": "80000"}, **details)
    struck, well = http.get(items(loopback)), http.get(items(loopback))

    assert (status, "80000") == (struck.status_code, struck.headers["Retry-After"])
    assert struck.content.startswith(beginning)
    assert 200 == well.status_code


def test_a_truncated_answer_is_half_of_the_right_one(
    loopback: Loopback, http: httpx.Client
) -> None:
    """What is cut off ends in the middle of its JSON."""
    loopback.fail("spotify_api", How.TRUNCATED, left=1)
    cut, whole = http.get(items(loopback)).content, http.get(items(loopback)).content

    assert whole[: len(whole) // 2] == cut


def test_a_reset_and_a_silence_are_no_answers(loopback: Loopback, http: httpx.Client) -> None:
    """A reset breaks the connection; a hang waits for as long as the other side does."""
    loopback.fail("spotify_api", How.RESET, left=1)
    loopback.fail("spotify_web", How.HANG, path="/embed/")
    with pytest.raises(httpx.ReadError):
        http.get(items(loopback))
    with pytest.raises(httpx.ReadTimeout):
        http.get(f"{loopback.addresses['SPOTIFY_WEB_URL']}/embed/track/x", timeout=0.05)
    loopback.heal()

    assert 404 == http.get(f"{loopback.addresses['SPOTIFY_WEB_URL']}/embed/track/x").status_code


def test_faults_are_set_and_taken_back_over_http(loopback: Loopback, http: httpx.Client) -> None:
    """The control port sets a fault for some paths of a service, and removes it."""
    address = f"{loopback.addresses['CONTROL_URL']}/faults/youtube_music"
    page = loopback.addresses["YOUTUBE_MUSIC_URL"]
    http.post(address, json={"how": "status", "status": 503, "path": "search"})
    struck, spared = http.post(f"{page}/youtubei/v1/search", json={}), http.get(page)
    http.delete(address)
    healed = http.post(f"{page}/youtubei/v1/search", json={})

    assert [503, 200, 200] == [answer.status_code for answer in (struck, spared, healed)]
    assert 404 == http.get(address).status_code


def test_each_request_is_noted_with_its_delay(loopback: Loopback, http: httpx.Client) -> None:
    """An answer comes after its service's delay, and the log says when and for what."""
    control = loopback.addresses["CONTROL_URL"]
    http.post(f"{control}/settings", json={"delays": {"spotify_api": 0.1}})
    begun = monotonic()
    http.get(items(loopback))
    took = monotonic() - begun
    [entry] = http.get(f"{control}/log").json()
    http.delete(f"{control}/log")

    assert took >= 0.1
    assert ("spotify_api", 200) == (entry["service"], entry["status"])
    assert begun <= entry["begun"] <= entry["ended"] - 0.1
    assert [] == loopback.log


def test_as_a_process_it_says_where_it_listens() -> None:
    """The process prints its addresses by the names of settings, and has what it was told."""
    with spawn("--playlist=Road=60", "--album=Dusk=3", "--delay=spotify_web=0") as addresses:
        url = f"{addresses['SPOTIFY_WEB_URL']}/embed/playlist/{worlds.playlist_id('Road')}"
        page = httpx.get(url, trust_env=False)

    listing = parse(ListingKind.PLAYLIST, worlds.playlist_id("Road"), page.text)
    assert ("Road", 60) == (listing.title, len(listing.tracks))


@pytest.mark.skipif(
    not PAYLOADS.is_dir(), reason="the recorded answers (../shared/payloads) are not here"
)
def test_recorded_answers_come_first(http: httpx.Client) -> None:
    """With recorded answers, real links lead to them and all others to the made-up world."""
    world = worlds.world([MIX])
    with serve(Loopback(world=world, recorded=Recorded())) as loopback:
        api = loopback.addresses["SPOTIFY_API_URL"]
        album = http.get(f"{api}/albums/0ETFjACtuP2ADo6LFhL6HN").json()
        page = http.get(f"{api}/albums/0ETFjACtuP2ADo6LFhL6HN/tracks?offset=5&limit=5").json()
        editorial = http.get(f"{api}/playlists/37i9dQZF1DWXRqgorJj26U")
        embed = f"{loopback.addresses['SPOTIFY_WEB_URL']}/embed/playlist/37i9dQZF1DXcBWIGoYBM5M"
        top = parse(ListingKind.PLAYLIST, "37i9dQZF1DXcBWIGoYBM5M", http.get(embed).text)
        songs = music(loopback).search("The Beatles Now And Then", filter="songs")
        nothing = music(loopback).search("no such song", filter="videos")
        made_up = http.get(items(loopback))

    assert (17, 5, 404) == (album["tracks"]["total"], len(page["items"]), editorial.status_code)
    assert 50 == len(top.tracks)
    assert ("Now And Then", []) == (songs[0]["title"], nothing)
    assert 200 == made_up.status_code
