"""Reads the made-up music of `catalogue.toml` into a world."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from itertools import product
from typing import TYPE_CHECKING, Any

from bot.models import Candidate, CandidateKind, Listing, ListingKind, RowKind, Source, Track
from bot.sandbox.services.ids import isrc, spotify_id, video_id
from bot.sandbox.services.spotify_shapes import COVER
from bot.sandbox.services.world import Find, World

if TYPE_CHECKING:
    from collections.abc import Iterator

Table = dict[str, Any]

PLAYS = 120_000  # of a result that does not say how often it was played
_KINDS = (ListingKind.TRACK, ListingKind.ALBUM, ListingKind.PLAYLIST, ListingKind.ARTIST)


def read() -> Table:
    return tomllib.loads(
        (files("bot.sandbox.services") / "catalogue.toml").read_text(encoding="utf-8")
    )


def links(tables: Table) -> list[str]:
    """The pages of all listings, small ones first."""
    return [listing.url for listing in world(tables).listings.values() if listing.url]


def world(tables: Table) -> World:
    listings: dict[str, Listing] = {}
    finds: dict[str, Find] = {}
    for kind in _KINDS:
        for table in tables[kind]:
            rows = [_Row(kind, table, row) for row in _rows(kind, table)]
            listing = _listing(kind, table, tuple(row.track for row in rows))
            listings[listing.key] = listing
            for find in (find for row in rows for find in row.finds()):
                finds.setdefault(find.candidate.video_id, find)
    leads_to = listings[tables["short"]["leads_to"]]
    return World(
        listings=listings,
        finds=tuple(finds.values()),
        refused=frozenset(table["id"] for table in tables["playlist"] if table.get("refused")),
        short={tables["short"]["code"]: f"{leads_to.url}?si=sample"},
    )


class _Row:
    """One row of a listing: its track, and what a search on YouTube finds for it."""

    def __init__(self, kind: ListingKind, table: Table, row: Table) -> None:
        self._youtube = row.get("youtube", [{}])
        self._album = row.get("album") or (table["title"] if kind is ListingKind.ALBUM else None)
        self._artists = tuple(row.get("artists") or table.get("artists") or [table["title"]])
        self.track = self._track(row)

    def _track(self, row: Table) -> Track:
        kind = RowKind(row.get("row", RowKind.SONG))
        if kind is RowKind.GONE:
            return Track(title="", row=kind)
        title = row["title"]
        page = "episode" if kind is RowKind.EPISODE else "track"
        identity = row.get("id") or spotify_id(page, title, *self._artists)
        return Track(
            title=title,
            artists=self._artists,
            album=self._album,
            duration_ms=_seconds(row["length"]) * 1000,
            isrc=isrc(title, *self._artists) if kind is RowKind.SONG else None,
            explicit=row.get("explicit", False),
            spotify_id=None if kind is RowKind.LOCAL else identity,
            row=kind,
        )

    def finds(self) -> Iterator[Find]:
        if self.track.row is RowKind.SONG:
            yield from (self._find(result) for result in self._youtube)

    def _find(self, result: Table) -> Find:
        track = self.track
        title = result.get("title", track.title)
        kind = CandidateKind(result.get("kind", CandidateKind.AUDIO))
        seconds = _seconds(result["length"]) if "length" in result else None
        artists = () if "channel" in result else result.get("artists", track.artists)
        album = result.get("album", track.album) if kind is CandidateKind.AUDIO else None
        candidate = Candidate(
            video_id=video_id(kind, title, *artists, album or ""),
            title=title,
            channel=result.get("channel"),
            artists=artists,
            album=album,
            duration_s=seconds or (track.duration_ms or 0) / 1000,
            kind=kind,
            views=result.get("views", PLAYS),
            explicit=result.get("explicit", track.explicit),
        )
        same = not {"title", "length", "album", "kind"} & result.keys()
        return Find(
            candidate=candidate,
            also=" ".join((result.get("also", ""), (track.isrc or "") if same else "")),
        )


def _rows(kind: ListingKind, table: Table) -> list[Table]:
    if kind is ListingKind.TRACK:
        return [table]
    return [*table["tracks"], *_generated(table.get("generate"))]


def _generated(plan: Table | None) -> Iterator[Table]:
    if plan is None:
        return
    names = plan["artists"]
    for number, (first, second) in enumerate(product(plan["first"], plan["second"])):
        seconds = 150 + number * 7 % 120
        yield {
            "title": f"{first} {second}",
            "artists": [names[number % len(names)]],
            "album": f"{first} {second}",
            "length": f"{seconds // 60}:{seconds % 60:02}",
        }


def _listing(kind: ListingKind, table: Table, tracks: tuple[Track, ...]) -> Listing:
    return Listing(
        kind=kind,
        id=table["id"],
        title=table["title"],
        source=Source.WEB_API,
        tracks=tracks,
        owner=table.get("owner") or ", ".join(table.get("artists", ())) or None,
        year=table.get("year"),
        cover_url=COVER,
        total=len(tracks),
    )


def _seconds(length: str) -> int:
    minutes, seconds = length.split(":")
    return int(minutes) * 60 + int(seconds)
