from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import Timing
from bot.errors import (
    NotFound,
    OutOfBudget,
    RateLimited,
    Refused,
    SourceError,
    Unavailable,
    Unreadable,
)
from bot.models import Cut, ListingKind, RowKind, Source
from bot.net.circuit import ATTEMPTS, FAILURES_TO_OPEN
from bot.spotify.embed import AT_ONCE, MAX_BYTES, ROWS_SHOWN, EmbedPage, parse
from tests.spotify.pages import WEB_URL, FakeWeb, entity, page, row

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.net.circuit import CircuitBreaker

ID = "4uLU6hMCjMI75M1A2tKUQC"
URL = f"{WEB_URL}/embed/playlist/{ID}"
PLAYLIST = ListingKind.PLAYLIST


@pytest.fixture
def web() -> FakeWeb:
    return FakeWeb()


@pytest.fixture
async def embed(web: FakeWeb, web_upstream: CircuitBreaker) -> AsyncIterator[EmbedPage]:
    async with web.client() as http:
        yield EmbedPage(http, web_upstream, web_url=WEB_URL)


def test_a_playlist_of_less_than_a_hundred_is_whole() -> None:
    """Its rows are all there are; names with a comma in them stay one name."""
    listing = parse(PLAYLIST, ID, page(entity("playlist", [row(n) for n in range(99)])))
    track = listing.tracks[7]
    assert (PLAYLIST, ID, "Flower Boy", "Tyler, The Creator", Source.EMBED, 99, None) == (
        listing.kind,
        listing.id,
        listing.title,
        listing.owner,
        listing.source,
        listing.total,
        listing.cut,
    )
    assert (f"{7:022d}", "Song 7", ("Tyler, The Creator", "Kali Uchis"), None, 200_007, True) == (
        track.spotify_id,
        track.title,
        track.artists,
        track.album,
        track.duration_ms,
        track.explicit,
    )
    assert "https://i.scdn.test/640" == listing.cover_url


def test_a_list_of_a_hundred_may_be_cut() -> None:
    """The page shows no more than a hundred rows and does not say how many there are."""
    listing = parse(PLAYLIST, ID, page(entity("playlist", [row(n) for n in range(ROWS_SHOWN)])))
    assert (ROWS_SHOWN, None, Cut.LIMIT) == (len(listing.tracks), listing.total, listing.cut)


def test_an_album_gives_its_name_to_its_tracks() -> None:
    """The artist stands in the subtitle, the year in the date where there is one."""
    more = {
        "releaseDate": {"isoString": "2017-07-21T00:00:00Z"},
        "coverArt": {"sources": [{"url": "https://i.scdn.test/cover", "width": None}]},
    }
    listing = parse(ListingKind.ALBUM, ID, page(entity("album", [row(1)], **more)))
    assert ("Tyler, The Creator", 2017, "https://i.scdn.test/cover", "Flower Boy") == (
        listing.owner,
        listing.year,
        listing.cover_url,
        listing.tracks[0].album,
    )


def test_an_artist_page_is_the_top_ten() -> None:
    """Its subtitle says "Top tracks", which is nobody's name."""
    rows = [row(number) for number in range(10)]
    listing = parse(ListingKind.ARTIST, ID, page(entity("artist", rows, subtitle="Top tracks")))
    assert ("Flower Boy", None, 10, None) == (
        listing.title,
        listing.owner,
        len(listing.tracks),
        listing.tracks[0].album,
    )


def test_a_track_page_names_no_album() -> None:
    """A single track has its artists, its length and its year, under the id that was asked."""
    single = {
        "type": "track",
        "id": "0" * 22,
        "name": "See You Again",
        "title": " See You Again ",
        "artists": [{"name": "Tyler, The Creator"}, {"name": "Kali Uchis"}],
        "duration": 180_386,
        "isExplicit": False,
        "releaseDate": {"isoString": "2017-07-21T00:00:00Z"},
    }
    listing = parse(ListingKind.TRACK, ID, page(single))
    track = listing.tracks[0]
    assert ("See You Again", "Tyler, The Creator, Kali Uchis", 2017, 1, None) == (
        listing.title,
        listing.owner,
        listing.year,
        listing.total,
        listing.cover_url,
    )
    assert (ID, None, 180_386, False) == (
        track.spotify_id,
        track.album,
        track.duration_ms,
        track.explicit,
    )


@pytest.mark.parametrize(
    ("odd", "kind"),
    [
        (row(1, uri="spotify:episode:512ojhOuo1ktJprKbVcKyQ"), RowKind.EPISODE),
        (row(1, uri="spotify:local:A:B:C:180"), RowKind.LOCAL),
        (row(1, uri=None), RowKind.GONE),
        (row(1, uri="https://example.test/"), RowKind.GONE),
        (None, RowKind.GONE),
        (row(1, subtitle=None, duration=0), RowKind.SONG),
    ],
)
def test_odd_rows_keep_their_place(odd: Any, kind: RowKind) -> None:
    """Episodes, local files and rows without an address are named, not dropped."""
    listing = parse(PLAYLIST, ID, page(entity("playlist", [odd, row(2)])))
    assert (kind, "Song 2", 2) == (listing.tracks[0].row, listing.tracks[1].title, listing.total)
    assert (kind in (RowKind.SONG, RowKind.EPISODE)) == bool(listing.tracks[0].spotify_id)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (page(None, status=404), NotFound),
        (page(None, status=410), NotFound),
        (page(None, status=400), NotFound),
        (page(None, status=403), Refused),
        (page(None, status=451, forbiddenReason="COUNTRY"), Refused),
        (page(None, forbiddenReason="NOT_EMBEDDABLE"), Refused),
        (page(None, status=500), Unavailable),
        (page(None, status=200), Unreadable),
        (page(None), Unreadable),
        (page(entity("album", [])), Unreadable),
        (page(entity("playlist", [], title=None, name=" ")), Unreadable),
        (page(entity("playlist", [], trackList=None)), Unreadable),
        ("<html><body>no script</body></html>", Unreadable),
        ('<script id="__NEXT_DATA__">{"props": {"pa', Unreadable),
        ('<script id="__NEXT_DATA__">' + "[" * 100_000 + "</script>", Unreadable),
        ('<script id="__NEXT_DATA__">[]</script>', Unreadable),
        ("", Unreadable),
    ],
)
def test_pages_without_a_list_say_why(html: str, expected: type[SourceError]) -> None:
    """An error page, a page in another shape and half a page are told apart."""
    with pytest.raises(SourceError) as caught:
        parse(PLAYLIST, ID, html)
    assert expected is caught.type


def test_a_page_without_the_script_names_what_is_missing() -> None:
    """The operator reads at once that Spotify has changed its page."""
    with pytest.raises(Unreadable, match="__NEXT_DATA__"):
        parse(PLAYLIST, ID, "<html></html>")


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.sampled_from(ListingKind), st.data())
def test_no_shape_of_an_entity_crashes_it(kind: ListingKind, data: st.DataObject) -> None:
    """Whatever stands in the fields that are read, the answer is a listing or Unreadable."""
    fields = ["title", "subtitle", "trackList", "coverArt", "visualIdentity", "duration"]
    fields += ["releaseDate", "isExplicit", "artists"]
    odd = data.draw(st.dictionaries(st.sampled_from(fields), _json | st.lists(_json)))
    with suppress(Unreadable):
        assert parse(kind, ID, page(entity(kind, [row(1)], **odd))).title


async def test_asks_for_the_page_of_the_kind(embed: EmbedPage, web: FakeWeb) -> None:
    """One request gives the whole listing."""
    web.pages[URL] = httpx.Response(200, text=page(entity("playlist", [row(1)])))
    listing = await embed.listing(PLAYLIST, ID)
    assert (1, [URL]) == (len(listing.tracks), web.addresses)


@pytest.mark.parametrize(
    ("answer", "expected", "calls"),
    [
        (httpx.Response(404, text=page(None, status=404)), NotFound, 1),
        (httpx.Response(403), Refused, 1),
        (httpx.Response(302, headers={"Location": "https://evil.test/"}), Unreadable, 1),
        (httpx.Response(200, text="<html>"), Unreadable, 1),
        (httpx.Response(200, content=b"x" * (MAX_BYTES + 1)), Unreadable, 1),
        (httpx.Response(429, headers={"Retry-After": "86236"}), RateLimited, 1),
        (httpx.Response(429, headers={"Retry-After": "1"}), RateLimited, ATTEMPTS),
        (httpx.Response(429), RateLimited, 1),
        (httpx.Response(503), Unavailable, ATTEMPTS),
        (httpx.ReadTimeout("slow"), Unavailable, ATTEMPTS),
        (httpx.ConnectError("refused"), Unavailable, ATTEMPTS),
    ],
)
async def test_each_fault_has_its_meaning(
    embed: EmbedPage,
    web: FakeWeb,
    answer: httpx.Response | Exception,
    expected: type[SourceError],
    calls: int,
) -> None:
    """Only what may pass is tried again; redirects and endless bodies are not followed."""
    web.pages[URL] = answer
    with pytest.raises(SourceError) as caught:
        await embed.listing(PLAYLIST, ID)
    assert expected is caught.type
    assert calls == len(web.asked)


async def test_the_page_is_asked_sparingly(web_upstream: CircuitBreaker) -> None:
    """However many listings are wanted, only a few requests are on their way."""
    under_way, most = 0, 0
    full = asyncio.Event()

    async def answer(_: httpx.Request) -> httpx.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        if under_way == AT_ONCE:
            full.set()
        await full.wait()
        under_way -= 1
        return httpx.Response(200, text=page(entity("playlist", [row(1)])))

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        embed = EmbedPage(http, web_upstream, web_url=WEB_URL)
        await asyncio.gather(*(embed.listing(PLAYLIST, ID) for _ in range(3 * AT_ONCE)))
    assert AT_ONCE == most


async def test_an_open_circuit_spares_it_from_those_that_queue(
    web_upstream: CircuitBreaker,
) -> None:
    """Only those that were on their way when the page asked for peace have asked it."""
    asked = 0
    full = asyncio.Event()

    async def answer(_: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        if asked == AT_ONCE:
            full.set()
        await full.wait()
        return httpx.Response(429, headers={"Retry-After": "3600"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        embed = EmbedPage(http, web_upstream, web_url=WEB_URL)
        wanted = (embed.listing(PLAYLIST, ID) for _ in range(3 * AT_ONCE))
        answers = await asyncio.gather(*wanted, return_exceptions=True)

    assert {True} == {isinstance(each, Unavailable) for each in answers}
    assert AT_ONCE == asked


async def test_nobody_waits_for_a_turn_without_end(web_upstream: CircuitBreaker) -> None:
    """A queue that does not move is no failure of the page, and is told to those in it."""
    over = asyncio.Event()

    async def hang(_: httpx.Request) -> httpx.Response:
        await over.wait()
        return httpx.Response(404)

    async with httpx.AsyncClient(transport=httpx.MockTransport(hang)) as http:
        timing = Timing(embed_turn_s=0.01)
        embed = EmbedPage(http, web_upstream, web_url=WEB_URL, timing=timing)
        first = [asyncio.create_task(embed.listing(PLAYLIST, ID)) for _ in range(AT_ONCE)]
        await asyncio.sleep(0)  # they have their turns
        for _ in range(FAILURES_TO_OPEN):
            with pytest.raises(OutOfBudget, match="turn"):
                await embed.listing(PLAYLIST, ID)
        over.set()
        await asyncio.gather(*first, return_exceptions=True)

    assert web_upstream.retry_at is None


async def test_no_cookie_is_sent(embed: EmbedPage, web: FakeWeb) -> None:
    """What the page sets is not sent back, so that visits are not strung together."""
    found = page(entity("playlist", []))
    web.pages[URL] = httpx.Response(200, text=found, headers={"Set-Cookie": "sp_t=1; Path=/"})
    for _ in range(2):
        await embed.listing(PLAYLIST, ID)
    assert [None, None] == [request.headers.get("Cookie") for request in web.asked]


async def test_an_odd_id_cannot_reach_another_page(embed: EmbedPage, web: FakeWeb) -> None:
    """Ids come from outside: they stay one step of the path."""
    with pytest.raises(NotFound):
        await embed.listing(PLAYLIST, "../../x?y")
    assert [f"{WEB_URL}/embed/playlist/..%2F..%2Fx%3Fy"] == web.addresses
