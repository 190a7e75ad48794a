"""Real answers of Spotify, recorded by other projects, read as the services would send them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.errors import Service, UnsupportedLink
from bot.models import Listing, ListingKind, RowKind, Track
from bot.models.links import LinkKind
from bot.spotify.embed import parse
from bot.spotify.links import find_links
from bot.spotify.rows import read_page, read_playlist_row
from bot.spotify.sources import SpotifyCatalog
from tests.spotify.pages import NoShortLinks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.models.links import SpotifyLink
    from bot.spotify.api import WebApi
    from tests.spotify.webapi import FakeSpotify

PAYLOADS = Path(__file__).parents[2].parent / "shared" / "payloads"
WEB_API = ("spotify-2026", "spotify-web-api", "spotify-beets", "spotify-zmb3")

pytestmark = pytest.mark.skipif(
    not PAYLOADS.is_dir(), reason="the recorded payloads are not part of a public clone"
)


def objects() -> Iterator[tuple[str, dict[str, Any]]]:
    """All JSON objects of the Web API that were recorded, by their files' names."""
    for folder in WEB_API:
        for file in sorted((PAYLOADS / folder).glob("*.*")):
            try:
                data = json.loads(file.read_text())
            except ValueError:  # notes on the source, and two answers that are cut short
                continue
            yield f"{folder}/{file.stem}", data


def of_type(kind: str) -> list[Any]:
    """The recorded objects that have a page of their own, as local files have not."""
    return [
        pytest.param(data, id=name)
        for name, data in objects()
        if data.get("type") == kind and data.get("id")
    ]


def row_pages() -> list[Any]:
    """Recorded pages of playlist rows, alone and inside playlists."""
    pages = []
    for name, data in objects():
        page = next((data[key] for key in ("items", "tracks") if _holds_rows(data.get(key))), data)
        if _holds_rows(page):
            pages.append(pytest.param(page, id=name))
    return pages


def _holds_rows(page: Any) -> bool:
    rows = (page.get("items") if isinstance(page, dict) else None) or [{}]
    return "added_at" in rows[0]


@pytest.mark.parametrize("data", of_type("track"))
async def test_recorded_tracks(api: WebApi, spotify: FakeSpotify, data: dict[str, Any]) -> None:
    """Title, artists, album, length and ISRC are Spotify's own, and so is the link."""
    spotify.routes[f"tracks/{data['id']}"] = lambda _: data
    listing = await api.listing(ListingKind.TRACK, data["id"])
    assert (
        Track(
            title=data["name"],
            artists=[artist["name"] for artist in data["artists"]],
            album=data["album"]["name"],
            duration_ms=data["duration_ms"],
            isrc=data["external_ids"]["isrc"],
            explicit=data["explicit"],
            spotify_id=data["id"],
        ),
        data["external_urls"]["spotify"],
    ) == (listing.tracks[0], listing.tracks[0].url)
    assert data["album"]["images"][0]["url"] == listing.cover_url


@pytest.mark.parametrize("data", of_type("album"))
async def test_recorded_albums(api: WebApi, spotify: FakeSpotify, data: dict[str, Any]) -> None:
    """Every track of the album comes, numbered as on the album, under the album's name."""
    spotify.routes[f"albums/{data['id']}"] = lambda _: data
    listing = await api.listing(ListingKind.ALBUM, data["id"])
    assert (data["name"], int(data["release_date"][:4]), data["tracks"]["total"]) == (
        listing.title,
        listing.year,
        listing.total,
    )
    assert [(row["name"], row["id"], row["duration_ms"]) for row in data["tracks"]["items"]] == [
        (track.title, track.spotify_id, track.duration_ms) for track in listing.tracks
    ]
    assert {data["name"]} == {track.album for track in listing.tracks}


@pytest.mark.parametrize("page", row_pages())
def test_recorded_rows(page: dict[str, Any]) -> None:
    """Each row keeps its place and its kind, and songs keep their ISRC."""
    read = read_page(page, read_playlist_row)
    assert (page["total"], len(page["items"])) == (read.total, len(read.tracks))
    for row, track in zip(page["items"], read.tracks, strict=True):
        item = row.get("item") or row["track"]
        assert _kind(row, item) == track.row
        assert (item["name"].strip(), item["duration_ms"]) == (track.title, track.duration_ms)
        isrc = item.get("external_ids", {}).get("isrc")
        assert (isrc, bool(row["is_local"])) == (track.isrc, track.url is None)


def _kind(row: dict[str, Any], item: dict[str, Any]) -> RowKind:
    if row["is_local"]:
        return RowKind.LOCAL
    return RowKind.EPISODE if item["type"] == "episode" else RowKind.SONG


@pytest.mark.parametrize("data", of_type("playlist"))
async def test_recorded_playlists(api: WebApi, spotify: FakeSpotify, data: dict[str, Any]) -> None:
    """The playlist's own answer gives its name, owner and cover, its pages the rows."""
    paging = data.get("items") or data["tracks"]
    rows = paging.get("items", [])
    spotify.add_playlist(data["id"], rows, **data)
    listing = await api.listing(ListingKind.PLAYLIST, data["id"])
    assert (data["name"], data["owner"]["display_name"], len(rows), None) == (
        listing.title,
        listing.owner,
        len(listing.tracks),
        listing.cut,
    )
    assert listing.cover_url in {image["url"] for image in data["images"]}


def embeds() -> list[Any]:
    return [
        pytest.param(json.loads(file.read_text()), id=file.stem)
        for file in sorted((PAYLOADS / "spotify-embed").glob("*.json"))
    ]


def _embed(data: dict[str, Any]) -> tuple[dict[str, Any], SpotifyLink, str]:
    entity = data["props"]["pageProps"]["state"]["data"]["entity"]
    script = json.dumps(data, ensure_ascii=False)
    html = f'<script id="__NEXT_DATA__" type="application/json">{script}</script>'
    return entity, find_links(entity["uri"])[0], html


class Recorded:
    """The embed page as a source."""

    service = Service.SPOTIFY_WEB

    def __init__(self, html: str) -> None:
        self._html = html

    async def listing(self, kind: ListingKind, listing_id: str, *, alone: bool) -> Listing:
        return parse(kind, listing_id, self._html)


@pytest.mark.parametrize("data", embeds())
async def test_recorded_embed_pages(data: dict[str, Any]) -> None:
    """Every track of the page comes with its link; episodes and shows are refused by kind."""
    entity, link, html = _embed(data)
    books = SpotifyCatalog([Recorded(html)], NoShortLinks())
    if link.kind in (LinkKind.EPISODE, LinkKind.SHOW):
        with pytest.raises(UnsupportedLink):
            await books.resolve(link)
        return
    listing = await books.listing(link)
    rows = entity.get("trackList") or [entity]
    assert (entity["title"], len(rows), None) == (listing.title, listing.total, listing.cut)
    assert [(row["uri"], row["title"], row["duration"]) for row in rows] == [
        (f"spotify:track:{track.spotify_id}", track.title, track.duration_ms)
        for track in listing.tracks
    ]
    assert all(track.artists for track in listing.tracks)
    assert listing.cover_url
