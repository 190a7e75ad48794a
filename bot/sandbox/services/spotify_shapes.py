"""Answers of Spotify's Web API as of February 2026 and its embed page, from listings and tracks.

The embed page is HTML around the JSON of its script tag.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, TypeVar

from bot.models import SPOTIFY_WEB, ListingKind, RowKind
from bot.sandbox.services.ids import spotify_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.models import Listing, Track

T = TypeVar("T")

Json = dict[str, Any]

BASE = "https://api.spotify.com/v1"
COVER = "https://i.scdn.co/image/sample"  # leads nowhere, as everything here
YEAR = 2024  # of what does not say when it was released
EMBED_ROWS = 100  # the embed page shows no more and gives no total
EMBED_JOINER = ",\u00a0"  # between artists in a subtitle of the embed page
EMBEDDED_ROWS = 50  # rows of the first page inside an album's or a playlist's own answer


def error(status: int, message: str) -> Json:
    return {"error": {"status": status, "message": message}}


def token(value: str) -> Json:
    return {"access_token": value, "token_type": "Bearer", "expires_in": 3600}


def track(item: Track, *, year: int = YEAR) -> Json:
    artist = item.artists[0] if item.artists else ""
    album = _album_head(item.album or item.title, [artist], year=year, total=1)
    album |= {"images": _images(COVER)}
    extra = {"external_ids": {"isrc": item.isrc}} if item.isrc else {"external_ids": {}}
    return _album_row(1, item) | {"album": album} | extra


def album(listing: Listing) -> Json:
    artists = listing.owner.split(", ") if listing.owner else []
    head = _album_head(listing.title, artists, year=listing.year or YEAR, total=len(listing.tracks))
    about = _thing("album", listing.id) | {"images": _images(listing.cover_url)}
    rows = album_page(listing, offset=0, limit=EMBEDDED_ROWS)
    more = {"copyrights": [], "external_ids": {}, "genres": [], "label": "Made-up Records"}
    return head | about | more | {"tracks": rows}


def album_page(listing: Listing, *, offset: int, limit: int) -> Json:
    rows = list(enumerate(listing.tracks, 1))
    address = f"{BASE}/albums/{listing.id}/tracks"
    return _page(address, rows, lambda row: _album_row(*row), offset=offset, limit=limit)


def playlist(listing: Listing, *, rows: bool = True) -> Json:
    """A playlist; without `rows` as an app sees it that may not read them."""
    owner = _thing("user", "sampleowner") | {"display_name": listing.owner}
    about = _thing("playlist", listing.id) | {
        "collaborative": False,
        "description": "",
        "images": _images(listing.cover_url),
        "name": listing.title,
        "owner": owner,
        "primary_color": None,
        "public": True,
        "snapshot_id": "AAAAAXNhbXBsZQ==",
    }
    if not rows:
        return about
    return about | {"items": playlist_page(listing, offset=0, limit=EMBEDDED_ROWS)}


def playlist_page(listing: Listing, *, offset: int, limit: int) -> Json:
    address = f"{BASE}/playlists/{listing.id}/items"
    return _page(address, listing.tracks, _playlist_row, offset=offset, limit=limit)


def artist(listing: Listing) -> Json:
    about = {"name": listing.title, "genres": [], "images": _images(listing.cover_url)}
    return _thing("artist", listing.id) | about


def search(found: Sequence[Track], *, offset: int, limit: int) -> Json:
    return {"tracks": _page(f"{BASE}/search", found, track, offset=offset, limit=limit)}


def _page(
    address: str, rows: Sequence[T], shape: Callable[[T], Json], *, offset: int, limit: int
) -> Json:
    def at(start: int) -> str:
        return f"{address}?offset={start}&limit={limit}"

    return {
        "href": at(offset),
        "items": [shape(row) for row in rows[offset : offset + limit]],
        "limit": limit,
        "next": at(offset + limit) if offset + limit < len(rows) else None,
        "offset": offset,
        "previous": at(max(0, offset - limit)) if offset else None,
        "total": len(rows),
    }


def _thing(kind: str, identity: str) -> Json:
    return {
        "external_urls": {"spotify": f"{SPOTIFY_WEB}/{kind}/{identity}"},
        "href": f"{BASE}/{kind}s/{identity}",
        "id": identity,
        "type": kind,
        "uri": f"spotify:{kind}:{identity}",
    }


def _images(url: str | None) -> list[Json]:
    return [{"url": url, "height": 640, "width": 640}] if url else []


def _artists(names: Sequence[str]) -> list[Json]:
    return [_thing("artist", spotify_id("artist", name)) | {"name": name} for name in names]


def _album_head(title: str, artists: Sequence[str], *, year: int, total: int) -> Json:
    return _thing("album", spotify_id("album", title, *artists)) | {
        "album_type": "album" if total > 1 else "single",
        "artists": _artists(artists),
        "images": [],
        "name": title,
        "release_date": f"{year}-01-01",
        "release_date_precision": "day",
        "total_tracks": total,
    }


def _album_row(number: int, item: Track) -> Json:
    return _thing("track", item.spotify_id or "") | {
        "artists": _artists(item.artists),
        "disc_number": 1,
        "duration_ms": item.duration_ms or 0,
        "explicit": bool(item.explicit),
        "is_local": False,
        "name": item.title,
        "preview_url": None,
        "track_number": number,
    }


def _playlist_row(item: Track) -> Json:
    by = _thing("user", "sampleowner")
    row: Json = {"added_at": "2026-01-01T00:00:00Z", "added_by": by, "primary_color": None}
    return row | {
        "is_local": item.row is RowKind.LOCAL,
        "item": _playlist_item(item),
        "video_thumbnail": {"url": None},
    }


def _playlist_item(item: Track) -> Json | None:
    match item.row:
        case RowKind.SONG:
            return track(item) | {"episode": False, "track": True}
        case RowKind.LOCAL:
            return _local(item)
        case RowKind.EPISODE:
            return _episode(item)
        case RowKind.GONE | RowKind.NAMELESS:
            return None


def _local(item: Track) -> Json:
    nothing: Json = {"external_urls": {}, "href": None, "id": None, "uri": None}
    album: Json = {"album_type": None, "artists": [], "images": [], "name": item.album or ""}
    return nothing | {
        "album": nothing | album | {"release_date": None, "type": "album"},
        "artists": [nothing | {"name": name, "type": "artist"} for name in item.artists],
        "disc_number": 0,
        "duration_ms": item.duration_ms or 0,
        "explicit": False,
        "external_ids": {},
        "is_local": True,
        "name": item.title,
        "preview_url": None,
        "track_number": 0,
        "type": "track",
        "uri": f"spotify:local:::{item.title}:{(item.duration_ms or 0) // 1000}",
    }


def _episode(item: Track) -> Json:
    show = item.artists[0] if item.artists else "A made-up show"
    return _thing("episode", item.spotify_id or "") | {
        "description": "",
        "duration_ms": item.duration_ms or 0,
        "episode": True,
        "explicit": False,
        "images": [],
        "is_externally_hosted": False,
        "languages": ["en"],
        "name": item.title,
        "release_date": "2026-01-01",
        "release_date_precision": "day",
        "show": _thing("show", spotify_id("show", show)) | {"name": show, "publisher": show},
        "track": False,
    }


def embed_page(listing: Listing) -> str:
    entity = (
        _embedded_track(listing) if listing.kind is ListingKind.TRACK else _embedded_list(listing)
    )
    state = {"data": {"embeded_entity_uri": entity["uri"], "entity": entity}}
    return _embed_html(f"/{listing.kind}/[id]", {"state": state}, listing.id)


def embed_error_page(status: int) -> str:
    return _embed_html("/_error", {"status": status}, "")


def _embed_html(route: str, props: Json, identity: str) -> str:
    data = {
        "props": {"pageProps": props, "__N_SSP": True},
        "page": route,
        "query": {"id": identity},
        "buildId": "sample",
        "isFallback": False,
        "gssp": True,
        "scriptLoader": [],
    }
    text = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charSet="utf-8"/><title>Embed</title></head>'
        '<body><div id="__next"></div>'
        f'<script id="__NEXT_DATA__" type="application/json">{text}</script></body></html>'
    )


def _embedded_track(listing: Listing) -> Json:
    item = listing.tracks[0]
    artists = [
        {"name": name, "uri": f"spotify:artist:{spotify_id('artist', name)}"}
        for name in item.artists
    ]
    released = {"isoString": f"{listing.year}-01-01T00:00:00Z"} if listing.year else None
    about = {"artists": artists, "releaseDate": released, "isExplicit": bool(item.explicit)}
    return _embedded(listing) | about | {"duration": item.duration_ms or 0}


def _embedded_list(listing: Listing) -> Json:
    top = listing.kind is ListingKind.ARTIST
    rows = [item for item in listing.tracks if item.row in (RowKind.SONG, RowKind.EPISODE)]
    return _embedded(listing) | {
        "subtitle": "Top tracks" if top else (listing.owner or "").replace(", ", EMBED_JOINER),
        "trackList": [_embedded_row(item) for item in rows[:EMBED_ROWS]],
    }


def _embedded(listing: Listing) -> Json:
    image = {"url": listing.cover_url, "maxHeight": 300, "maxWidth": 300}
    return {
        "duration": 0,
        "hasVideo": False,
        "id": listing.id,
        "isExplicit": False,
        "isPlayable": True,
        "name": listing.title,
        "playabilityReason": "PLAYABLE",
        "releaseDate": None,
        "title": listing.title,
        "type": str(listing.kind),
        "uri": f"spotify:{listing.kind}:{listing.id}",
        "visualIdentity": {"image": [image] if listing.cover_url else []},
    }


def _embedded_row(item: Track) -> Json:
    kind = "episode" if item.row is RowKind.EPISODE else "track"
    return {
        "contentRatings": {"labels": ["EXPLICIT"] if item.explicit else []},
        "duration": item.duration_ms or 0,
        "entityType": kind,
        "isExplicit": bool(item.explicit),
        "isNineteenPlus": False,
        "isPlayable": True,
        "playabilityReason": "PLAYABLE",
        "subtitle": EMBED_JOINER.join(item.artists),
        "title": item.title,
        "uid": hashlib.blake2b(item.key.encode(), digest_size=10).hexdigest(),
        "uri": f"spotify:{kind}:{item.spotify_id}",
    }
