"""Answers of Spotify's Web API as of February 2026, from listings and tracks.

`base` is the address that links inside an answer begin with: clients follow them as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.models import SPOTIFY_WEB, RowKind
from bot.sandbox.services.shapes.ids import spotify_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models import Listing, Track

Json = dict[str, Any]

BASE = "https://api.spotify.com/v1"
COVER = "https://i.scdn.co/image/sample"  # leads nowhere, as everything here
YEAR = 2024  # of what does not say when it was released
EMBEDDED_ROWS = 50  # rows of the first page inside an album's or a playlist's own answer


def error(status: int, message: str, *, reason: str | None = None) -> Json:
    body: Json = {"status": status, "message": message}
    return {"error": body | ({"reason": reason} if reason else {})}


def token(value: str, *, expires_in: int = 3600) -> Json:
    return {"access_token": value, "token_type": "Bearer", "expires_in": expires_in}


def track(item: Track, *, year: int = YEAR, base: str = BASE) -> Json:
    artist = item.artists[0] if item.artists else ""
    album = _album_head(item.album or item.title, [artist], year=year, total=1, base=base)
    album |= {"images": _images(COVER)}
    extra = {"external_ids": {"isrc": item.isrc}} if item.isrc else {"external_ids": {}}
    return _album_row(item, 1, base=base) | {"album": album} | extra


def album(listing: Listing, *, base: str = BASE) -> Json:
    artists = listing.owner.split(", ") if listing.owner else []
    head = _album_head(
        listing.title, artists, year=listing.year or YEAR, total=len(listing.tracks), base=base
    )
    about = _thing("album", listing.id, base) | {"images": _images(listing.cover_url)}
    rows = album_page(listing, offset=0, limit=EMBEDDED_ROWS, base=base)
    more = {"copyrights": [], "external_ids": {}, "genres": [], "label": "Made-up Records"}
    return head | about | more | {"tracks": rows}


def album_page(listing: Listing, *, offset: int, limit: int, base: str = BASE) -> Json:
    rows = [_album_row(item, number, base=base) for number, item in enumerate(listing.tracks, 1)]
    return _page(f"{base}/albums/{listing.id}/tracks", rows, offset=offset, limit=limit)


def playlist(listing: Listing, *, rows: bool = True, base: str = BASE) -> Json:
    """A playlist; without `rows` as an app sees it that may not read them."""
    owner = _thing("user", "sampleowner", base) | {"display_name": listing.owner}
    about = _thing("playlist", listing.id, base) | {
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
    return about | {"items": playlist_page(listing, offset=0, limit=EMBEDDED_ROWS, base=base)}


def playlist_page(listing: Listing, *, offset: int, limit: int, base: str = BASE) -> Json:
    window = [_playlist_row(item, base) for item in listing.tracks[offset : offset + limit]]
    address = f"{base}/playlists/{listing.id}/items"
    return _slice(address, window, total=len(listing.tracks), offset=offset, limit=limit)


def artist(listing: Listing, *, base: str = BASE) -> Json:
    about = {"name": listing.title, "genres": [], "images": _images(listing.cover_url)}
    return _thing("artist", listing.id, base) | about


def search(found: Sequence[Track], *, offset: int, limit: int, base: str = BASE) -> Json:
    rows = [track(item, base=base) for item in found]
    return {"tracks": _page(f"{base}/search", rows, offset=offset, limit=limit)}


def _page(address: str, rows: list[Json], *, offset: int, limit: int) -> Json:
    window = rows[offset : offset + limit]
    return _slice(address, window, total=len(rows), offset=offset, limit=limit)


def _slice(address: str, window: list[Json], *, total: int, offset: int, limit: int) -> Json:
    def at(start: int) -> str:
        return f"{address}?offset={start}&limit={limit}"

    return {
        "href": at(offset),
        "items": window,
        "limit": limit,
        "next": at(offset + limit) if offset + limit < total else None,
        "offset": offset,
        "previous": at(max(0, offset - limit)) if offset else None,
        "total": total,
    }


def _thing(kind: str, identity: str, base: str) -> Json:
    return {
        "external_urls": {"spotify": f"{SPOTIFY_WEB}/{kind}/{identity}"},
        "href": f"{base}/{kind}s/{identity}",
        "id": identity,
        "type": kind,
        "uri": f"spotify:{kind}:{identity}",
    }


def _images(url: str | None) -> list[Json]:
    return [{"url": url, "height": 640, "width": 640}] if url else []


def _artists(names: Sequence[str], base: str) -> list[Json]:
    return [_thing("artist", spotify_id("artist", name), base) | {"name": name} for name in names]


def _album_head(title: str, artists: Sequence[str], *, year: int, total: int, base: str) -> Json:
    return _thing("album", spotify_id("album", title, *artists), base) | {
        "album_type": "album" if total > 1 else "single",
        "artists": _artists(artists, base),
        "images": [],
        "name": title,
        "release_date": f"{year}-01-01",
        "release_date_precision": "day",
        "total_tracks": total,
    }


def _album_row(item: Track, number: int, *, base: str) -> Json:
    return _thing("track", item.spotify_id or "", base) | {
        "artists": _artists(item.artists, base),
        "disc_number": 1,
        "duration_ms": item.duration_ms or 0,
        "explicit": bool(item.explicit),
        "is_local": False,
        "name": item.title,
        "preview_url": None,
        "track_number": number,
    }


def _playlist_row(item: Track, base: str) -> Json:
    by = _thing("user", "sampleowner", base)
    row: Json = {"added_at": "2026-01-01T00:00:00Z", "added_by": by, "primary_color": None}
    return row | {
        "is_local": item.row is RowKind.LOCAL,
        "item": _playlist_item(item, base),
        "video_thumbnail": {"url": None},
    }


def _playlist_item(item: Track, base: str) -> Json | None:
    match item.row:
        case RowKind.SONG:
            return track(item, base=base) | {"episode": False, "track": True}
        case RowKind.LOCAL:
            return _local(item)
        case RowKind.EPISODE:
            return _episode(item, base)
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


def _episode(item: Track, base: str) -> Json:
    show = item.artists[0] if item.artists else "A made-up show"
    return _thing("episode", item.spotify_id or "", base) | {
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
        "show": _thing("show", spotify_id("show", show), base) | {"name": show, "publisher": show},
        "track": False,
    }
