"""A listing as plain data: the JSON of `show`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.errors import Service, Unavailable
from bot.models import CandidateKind, Finding, Reason, RowKind
from bot.render.export.json_file import shape
from tests.render.building import TRACK_ID, album, found, track

if TYPE_CHECKING:
    from bot.models.results import Results

RESULTS: Results = {
    0: found(CandidateKind.AUDIO, Reason(code="title", weight=1.23456, detail="same title")),
    1: found(CandidateKind.VIDEO),
    2: Finding(),
    3: Unavailable(Service.YOUTUBE_MUSIC, "timed out"),
}


def test_the_shape_of_a_listing() -> None:
    """Names and kinds are those that outside programs rely on."""
    rows = (track(isrc="ZZ1"), track(), track(), track(), track(row=RowKind.LOCAL, spotify_id=None))
    data = json.loads(json.dumps(shape(album(*rows), RESULTS)))
    tracks = data.pop("tracks")
    assert data == {
        "kind": "album",
        "id": TRACK_ID,
        "title": "Harbour",
        "url": f"https://open.spotify.com/album/{TRACK_ID}",
        "source": "embed",
        "complete": True,
        "owner": "Ottoline Brack",
        "year": 2024,
    }
    assert tracks[0] == {
        "position": 1,
        "row": "song",
        "title": "Paper Moths",
        "artists": ["Ottoline Brack"],
        "album": None,
        "duration_ms": 227_000,
        "isrc": "ZZ1",
        "spotify_url": f"https://open.spotify.com/track/{TRACK_ID}",
        "youtube": {
            "url": "https://www.youtube.com/watch?v=mWQIzeMqdwA",
            "kind": "audio",
            "score": 0.98,
            "reasons": [{"code": "title", "weight": 1.235, "detail": "same title"}],
        },
    }
    assert ["audio", "video", "search", "search"] == [t["youtube"]["kind"] for t in tracks[:4]]
    assert [] == tracks[2]["youtube"]["reasons"]
    assert "timed out" in tracks[3]["youtube"]["reasons"][0]["detail"]
    assert (None, None) == (tracks[4]["youtube"], tracks[4]["spotify_url"])
