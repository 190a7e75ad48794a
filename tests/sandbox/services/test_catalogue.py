"""The sample music itself, and the whole way from a link to its matches."""

import asyncio
from collections import Counter

import httpx
import pytest

from bot.clock import utc_now
from bot.errors import Service
from bot.models import Listing, ListingKind, RowKind
from bot.net.circuit import CircuitBreaker
from bot.sandbox import services
from bot.sandbox.services import catalogue
from bot.spotify.embed import parse
from bot.spotify.links import find_links
from bot.youtube.match import best
from bot.youtube.music import YouTubeMusic
from tests.staged.samples import gone_link, short_link

WORLD = catalogue.world(catalogue.read())


def by_title(title: str) -> Listing:
    return next(listing for listing in WORLD.listings.values() if listing.title == title)


def test_the_links_are_links_of_ours_and_lead_to_the_listings() -> None:
    """Every sample link is one that the bot finds in a text, and has its listing."""
    found = find_links("\n".join(services.links()))

    assert list(WORLD.listings) == [f"{link.kind}:{link.id}" for link in found]
    assert 1 == len(find_links(gone_link()))
    assert 1 == len(find_links(short_link()))


def test_no_id_can_belong_to_anything() -> None:
    """All ids are well-formed, but none is one that Spotify or YouTube gives."""
    spotify = {key.partition(":")[2] for key in WORLD.listings} | WORLD.tracks().keys()

    assert {22} == {len(identity) for identity in spotify}
    assert all(identity.startswith("sample") and identity.isalnum() for identity in spotify)
    assert all(find.candidate.video_id.endswith("_") for find in WORLD.finds)


@pytest.mark.parametrize(
    ("title", "rows"),
    [
        ("Paper Moths at the Window", {RowKind.SONG: 1}),
        ("Harbour of Small Hours", {RowKind.SONG: 14}),
        ("The Kelp Ministry", {RowKind.SONG: 10}),
        (
            "Atlas of Imaginary Radio",
            {RowKind.SONG: 42, RowKind.LOCAL: 1, RowKind.EPISODE: 1, RowKind.GONE: 1},
        ),
        ("A Very Long Drive", {RowKind.SONG: 130}),
    ],
)
def test_the_listings_hold_rows_of_every_kind(title: str, rows: dict[RowKind, int]) -> None:
    """Short and long, with rows that are no songs."""
    assert rows == Counter(track.row for track in by_title(title).tracks)


def test_the_long_drive_is_kept_from_apps_and_longer_than_the_embed_page() -> None:
    """One playlist shows what a refusal and a cut look like."""
    assert {by_title("A Very Long Drive").id} == WORLD.refused


async def test_the_album_meets_its_traps() -> None:
    """Live takes, remixes, clean versions, covers and uploads are there to be passed over."""
    music = YouTubeMusic(
        base_url="https://music.youtube.com",
        circuit=CircuitBreaker(Service.YOUTUBE_MUSIC, clock=utc_now),
        adapter=services.transports().requests,
    )
    tracks = by_title("Harbour of Small Hours").tracks
    found = {}
    for track in tracks:
        query = " ".join((*track.artists, track.title))
        songs, videos = await asyncio.gather(
            music.search(query, "songs"), music.search(query, "videos")
        )
        match = best(track, [*songs, *videos])
        found[track.title] = match.candidate.title if match else None
    music.close()

    assert {
        "Low Tide Radio": "Low Tide Radio",
        "Ropewalk": "Ropewalk",
        "Ropewalk - Night Ferry Remix": "Ropewalk (Night Ferry Remix)",
        "A Lamp for the Pilot": None,
        "Sol na vetru": "Соль на ветру",
        "Barnacle Hymn": "Barnacle Hymn",
        "Salt Ledger - Acoustic": "Salt Ledger (Acoustic)",
        "Customs House": "Ondine Vargo - Customs House (Official Video)",
        "Fogbell - Radio Edit": "Fogbell (Radio Edit)",
        "The Chandler's Daughter": None,
        "Breakwater - 2024 Remaster": "Breakwater (2024 Remaster)",
        "Tin Lighthouse (feat. Kofi Ablorde)": "Tin Lighthouse (feat. Kofi Ablorde)",
        "Gulls at the Opera": "Gulls at the Opera",
        "Harbour of Small Hours (Instrumental)": "Harbour of Small Hours (Instrumental)",
    } == found


async def test_a_short_link_and_a_page_through_the_transport() -> None:
    """The transport for httpx leads a short link on to a page that the embed parser reads."""
    async with httpx.AsyncClient(transport=services.transports().http) as web:
        leads_to = (await web.get(short_link())).headers["location"]
        [link] = find_links(leads_to)
        page = await web.get(link.url.replace(".com/", ".com/embed/"))
        gone = await web.get(gone_link().replace(".com/", ".com/embed/"))

    listing = parse(ListingKind.PLAYLIST, link.id, page.text)
    assert ("Atlas of Imaginary Radio", 43) == (listing.title, len(listing.tracks))
    assert 404 == gone.status_code
