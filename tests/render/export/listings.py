"""Listings with all that a file may meet: kinds of rows, scripts, and text that means harm."""

from __future__ import annotations

from bot.models import CandidateKind, Chooser, Finding, Listing, ListingKind, RowKind, Source, Track
from bot.models.view import ListingView
from tests.render.building import found, track

HARM = "\"><script>alert(1)</script>'&<img src=x onerror=alert(2)>"


def road_trip(*, url: str | None = None) -> ListingView:
    """Ten rows: audio, video, a choice, a search, two that were not looked up, and what is none."""
    tracks = [
        track("Paper Moths", isrc="GBAYE0601477", album="Harbour"),
        track("Café del mar", artists=("Énergie 52", "Tyler, The Creator"), duration_ms=3_605_000),
        track("أنت عمري", artists=("أم كلثوم",), album="ليالي"),
        track("=SUM(A1:A9)", artists=("@home", "-"), album="\t+1"),
        track(HARM, artists=(HARM,), album=HARM),
        track("From words", spotify_id=None, duration_ms=None),
        track("Home demo", row=RowKind.LOCAL, spotify_id=None, artists=()),
        track("", row=RowKind.GONE, spotify_id=None, artists=(), duration_ms=None),
        track("Episode 7", row=RowKind.EPISODE, artists=("A show",)),
        track("Two\nlines\x00 \ud800", artists=()),
    ]
    results = {
        0: found(),
        1: found(CandidateKind.VIDEO),
        2: Finding(match=found(CandidateKind.UPLOAD).match, chosen=Chooser.YOU, unproven=True),
        3: Finding(),
        4: Finding(),
    }
    return ListingView(listing=listing(tracks, page_url=url), results=results, job="job")


def listing(tracks: list[Track], **given: object) -> Listing:
    known = {
        "kind": ListingKind.PLAYLIST,
        "id": "37i9dQZF1DXcBWIGoYBM5M",
        "title": f"Road trip {HARM}",
        "source": Source.EMBED,
        "owner": "Ada",
        "tracks": tracks,
        "total": len(tracks),
    }
    return Listing(**(known | given))  # type: ignore[arg-type]  # a test's own fields
