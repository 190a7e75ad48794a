"""Spotify's public embed page, from listings: HTML around the JSON of its script tag."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from bot.models import ListingKind, RowKind
from bot.sandbox.services.shapes.ids import spotify_id

if TYPE_CHECKING:
    from bot.models import Listing, Track

Json = dict[str, Any]

ROWS = 100  # the page shows no more and gives no total
JOINER = ",\u00a0"  # between artists in a subtitle


def page(listing: Listing) -> str:
    entity = _track(listing) if listing.kind is ListingKind.TRACK else _list(listing)
    state = {"data": {"embeded_entity_uri": entity["uri"], "entity": entity}}
    return _html(f"/{listing.kind}/[id]", {"state": state}, listing.id)


def error_page(status: int, *, reason: str | None = None) -> str:
    props: Json = {"status": status} | ({"forbiddenReason": reason} if reason else {})
    return _html("/_error", props, "")


def oembed(listing: Listing) -> Json:
    return {
        "html": "",
        "iframe_url": f"https://open.spotify.com/embed/{listing.kind}/{listing.id}",
        "width": 456,
        "height": 352,
        "version": "1.0",
        "provider_name": "Spotify",
        "provider_url": "https://spotify.com",
        "type": "rich",
        "title": listing.title,
        "thumbnail_url": listing.cover_url,
        "thumbnail_width": 300,
        "thumbnail_height": 300,
    }


def _html(route: str, props: Json, identity: str) -> str:
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


def _track(listing: Listing) -> Json:
    item = listing.tracks[0]
    artists = [
        {"name": name, "uri": f"spotify:artist:{spotify_id('artist', name)}"}
        for name in item.artists
    ]
    released = {"isoString": f"{listing.year}-01-01T00:00:00Z"} if listing.year else None
    about = {"artists": artists, "releaseDate": released, "isExplicit": bool(item.explicit)}
    return _entity(listing) | about | {"duration": item.duration_ms or 0}


def _list(listing: Listing) -> Json:
    top = listing.kind is ListingKind.ARTIST
    rows = [item for item in listing.tracks if item.row in (RowKind.SONG, RowKind.EPISODE)]
    return _entity(listing) | {
        "subtitle": "Top tracks" if top else (listing.owner or "").replace(", ", JOINER),
        "trackList": [_row(item) for item in rows[:ROWS]],
    }


def _entity(listing: Listing) -> Json:
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


def _row(item: Track) -> Json:
    kind = "episode" if item.row is RowKind.EPISODE else "track"
    return {
        "contentRatings": {"labels": ["EXPLICIT"] if item.explicit else []},
        "duration": item.duration_ms or 0,
        "entityType": kind,
        "isExplicit": bool(item.explicit),
        "isNineteenPlus": False,
        "isPlayable": True,
        "playabilityReason": "PLAYABLE",
        "subtitle": JOINER.join(item.artists),
        "title": item.title,
        "uid": hashlib.blake2b(item.key.encode(), digest_size=10).hexdigest(),
        "uri": f"spotify:{kind}:{item.spotify_id}",
    }
