"""The Web API's JSON, in its shapes before and after February 2026, as tracks and listings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.errors import Service, Unreadable
from bot.models import LOST_ROW, Listing, ListingKind, RowKind, Source, Track
from bot.net.paging import RowsPage
from bot.net.payload import code, cover, dig, flag, length_ms, names, rows, text, whole, year

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE_SIZE = 50  # the most rows Spotify gives at once since February 2026
ROWS_MAX = 100_000  # Spotify's own limit for a playlist is 11,000 rows
SPOKEN = ("episode", "chapter")

# What a page's rows are asked for: it cuts an answer to a tenth.
_ITEM = (
    "id,name,type,is_local,duration_ms,explicit,external_ids(isrc),linked_from(id),"
    "artists(name),album(name),show(name)"
)
ROW_FIELDS = f"limit,total,items(is_local,item({_ITEM}),track({_ITEM}))"
HEAD_FIELDS = "name,images,owner(display_name,id),items(total),tracks(total)"


def read_track(item: Any, *, album: str | None = None) -> Track:
    """One track object, whole or as it stands in a list; anything else is a lost row."""
    if not isinstance(item, dict):
        return LOST_ROW
    spoken = item.get("type") in SPOKEN
    local = item.get("is_local") is True
    # Relinking answers with the market's twin: the id that the list holds is in `linked_from`.
    spotify_id = None if local else code(item, "linked_from", "id") or code(item, "id")
    show = text(item, "show", "name")
    return Track(
        title=text(item, "name") or "",
        artists=((show,) if show else ()) if spoken else names(item, "artists"),
        album=None if spoken else text(item, "album", "name") or album,
        duration_ms=length_ms(item, "duration_ms"),
        isrc=code(item, "external_ids", "isrc"),
        explicit=flag(item, "explicit"),
        spotify_id=spotify_id,
        row=_row_kind(spoken=spoken, local=local, known=bool(spotify_id)),
    )


def _row_kind(*, spoken: bool, local: bool, known: bool) -> RowKind:
    if local:
        return RowKind.LOCAL
    if not known:
        return RowKind.GONE
    return RowKind.EPISODE if spoken else RowKind.SONG


def read_playlist_row(row: Any) -> Track:
    """A playlist's row, which holds its track under `item` (2026) or `track` (before)."""
    item = dig(row, "item")
    item = item if isinstance(item, dict) else dig(row, "track")
    if isinstance(item, dict) and dig(row, "is_local") is True:
        item = {**item, "is_local": True}
    return read_track(item)


def read_page(data: Any, read_row: Callable[[Any], Track]) -> RowsPage:
    """A page of rows. Raises Unreadable where it does not say how many there are."""
    total, items = whole(data, "total"), dig(data, "items")
    if total is None or total > ROWS_MAX or not isinstance(items, list):
        raise Unreadable(Service.SPOTIFY_API, "a page without rows or without their number")
    return RowsPage(
        tracks=tuple(read_row(row) for row in items),
        total=total,
        limit=max(whole(data, "limit") or PAGE_SIZE, len(items)),
    )


def read_playlist_head(listing_id: str, data: Any) -> Listing:
    """A playlist's own data without its rows; `total` is None where Spotify leaves it out."""
    total = whole(data, "items", "total")
    return Listing(
        kind=ListingKind.PLAYLIST,
        id=listing_id,
        title=_title(data),
        source=Source.WEB_API,
        owner=text(data, "owner", "display_name") or text(data, "owner", "id"),
        cover_url=cover(rows(data, "images")),
        total=whole(data, "tracks", "total") if total is None else total,
    )


def read_album(listing_id: str, data: Any) -> tuple[Listing, RowsPage]:
    """An album's own data, and the first page of its tracks."""
    title = _title(data)
    head = Listing(
        kind=ListingKind.ALBUM,
        id=listing_id,
        title=title,
        source=Source.WEB_API,
        owner=", ".join(names(data, "artists")) or None,
        year=year(data, "release_date"),
        cover_url=cover(rows(data, "images")),
    )
    return head, read_page(dig(data, "tracks"), lambda row: read_track(row, album=title))


def read_track_listing(listing_id: str, data: Any) -> Listing:
    """A single track, under the id that was asked for."""
    track = read_track({**data, "id": listing_id, "linked_from": None})
    return Listing(
        kind=ListingKind.TRACK,
        id=listing_id,
        title=_title(data),
        source=Source.WEB_API,
        tracks=(track,),
        owner=", ".join(track.artists) or None,
        year=year(data, "album", "release_date"),
        cover_url=cover(rows(data, "album", "images")),
        total=1,
    )


def read_artist_head(listing_id: str, data: Any) -> Listing:
    return Listing(
        kind=ListingKind.ARTIST,
        id=listing_id,
        title=_title(data),
        source=Source.WEB_API,
        cover_url=cover(rows(data, "images")),
    )


def read_top_tracks(data: Any) -> tuple[Track, ...]:
    """An artist's top ten. Raises Unreadable where there is no list."""
    tracks = dig(data, "tracks")
    if not isinstance(tracks, list):
        raise Unreadable(Service.SPOTIFY_API, "top tracks without a list")
    return tuple(read_track(row) for row in tracks)


def read_found(data: Any) -> list[Track]:
    """The songs of a search's answer. Raises Unreadable where there is no list."""
    items = dig(data, "tracks", "items")
    if not isinstance(items, list):
        raise Unreadable(Service.SPOTIFY_API, "a search without a list")
    tracks = [_found(item) for item in items]
    return [track for track in tracks if track.row is RowKind.SONG]


def _found(item: Any) -> Track:
    track, images = read_track(item), dig(item, "album", "images")
    return replace(track, cover_url=cover(images)) if isinstance(images, list) else track


def _title(data: Any) -> str:
    if not isinstance(dig(data, "name"), str):
        raise Unreadable(Service.SPOTIFY_API, "an answer without a name")
    return text(data, "name") or ""
