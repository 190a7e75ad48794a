"""Which links a track has: those that a person chose, each labelled, in their order."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.models import (
    Candidate,
    CandidateKind,
    Cut,
    Finding,
    ListingKind,
    Platform,
    RowKind,
    Source,
    Track,
)
from bot.models.view import PAGE_ROWS, ListingView, State
from bot.platforms.urls import apple_search_url, deezer_search_url, music_search_url
from bot.render.card import render_card
from bot.render.listing import render_listing
from bot.render.reply import plain, visible_units
from tests.render.building import TRACK_ID, album, found, track

if TYPE_CHECKING:
    from bot.render.i18n import Words
    from bot.render.reply import Reply

ALL = tuple(Platform)
PAGES = {
    (0, "apple_music"): "https://music.apple.com/us/album/x/1?i=2",
    (0, "deezer"): "https://www.deezer.com/track/3",
}
MUSIC = "https://music.youtube.com/watch?v=mWQIzeMqdwA"
UPLOAD = Candidate(video_id="sentsentsen", title="x", kind=CandidateKind.UPLOAD)


def view(finding: Finding | None = None, row: Track | None = None, **given: object) -> ListingView:
    known = {"platforms": ALL, "pages_found": PAGES} | given
    results = {} if finding is None else {0: finding}
    return ListingView(listing=album(row or track()), results=results, **known)  # type: ignore[arg-type]  # a test's own fields


def card(given: ListingView) -> ListingView:
    return replace(given, listing=replace(given.listing, kind=ListingKind.TRACK))


def links(reply: Reply) -> str:
    return next(
        line.strip()
        for line in plain(reply.html).splitlines()
        if re.search("Spotify|YouTube|Deezer|Apple", line)
    )


@pytest.mark.parametrize(
    ("platforms", "line"),
    [
        (ALL, "Spotify · YouTube ♪ · YouTube Music · Apple Music · Deezer"),
        (ALL[::-1], "Deezer · Apple Music · YouTube Music · YouTube ♪ · Spotify"),
        (("deezer",), "Deezer"),
        (("youtube_music", "spotify"), "YouTube Music · Spotify"),
        ((), "Spotify"),
    ],
)
def test_a_row_has_the_chosen_links(words: Words, platforms: tuple[str, ...], line: str) -> None:
    """In their order; Spotify's stands in where nothing is chosen."""
    assert line == links(render_listing(view(found(), platforms=platforms), words))


def test_what_is_not_found_is_a_search(words: Words) -> None:
    """Labelled as one, with the sign of searches."""
    nothing: dict[tuple[int, str], str | None] = {(0, "apple_music"): None, (0, "deezer"): None}
    shown = links(render_listing(view(Finding(), pages_found=nothing), words))
    assert (
        "Spotify · YouTube search ⌕ · YouTube Music search ⌕ · Apple Music search ⌕ · "
        "Deezer search ⌕"
    ) == shown


def test_what_is_looked_up_is_left_out(words: Words) -> None:
    """No place is kept for links that may come."""
    running = view(None, state=State.RUNNING, pages_found={})
    assert "Spotify · looking…" == links(render_listing(running, words))


def test_beyond_the_allowance_spotify_alone(words: Words) -> None:
    """What may not be looked up has Spotify's link, whatever was chosen."""
    assert "Spotify" == links(render_listing(view(allowed=[], platforms=("deezer",)), words))


def test_a_card_has_buttons_for_what_is_there(words: Words) -> None:
    """Two in a row; nothing that is only a search but YouTube's and Spotify's."""
    rows = [[(b.text, b.url) for b in row] for row in render_card(card(view(found())), words).rows]
    assert [
        [
            ("Spotify ↗", f"https://open.spotify.com/track/{TRACK_ID}"),
            ("YouTube ↗", "https://www.youtube.com/watch?v=mWQIzeMqdwA"),
        ],
        [("YouTube Music ↗", MUSIC), ("Apple Music ↗", PAGES[0, "apple_music"])],
        [("Deezer ↗", PAGES[0, "deezer"])],
        [("All platforms ↗", f"https://song.link/s/{TRACK_ID}")],
    ] == rows

    without = card(view(Finding(), track(spotify_id=None), pages_found={}))
    texts = [[b.text for b in row] for row in render_card(without, words).rows]
    assert [["Spotify search ↗", "YouTube search ↗"]] == texts


@pytest.mark.parametrize(
    ("kind", "finding", "sentence"),
    [
        (CandidateKind.UPLOAD, Finding(), "The video you sent is a user's upload."),
        (CandidateKind.UPLOAD, found(), "The video you sent is a user's upload."),
        (CandidateKind.UNKNOWN, Finding(), "The video you sent is not surely the official"),
    ],
)
def test_the_video_that_was_sent(
    words: Words, kind: CandidateKind, finding: Finding, sentence: str
) -> None:
    """Where another one is shown, or none, the card says what it is, with its link."""
    html = render_card(card(view(finding, track(video=replace(UPLOAD, kind=kind)))), words).html
    assert sentence in plain(html)
    assert UPLOAD.url in html


def test_the_video_that_was_sent_is_the_one(words: Words) -> None:
    """Nothing more is said then, nor while it is looked up."""
    shown = found(CandidateKind.VIDEO)
    assert shown.match
    sent = track(video=shown.match.candidate)
    assert "The video you sent" not in render_card(card(view(shown, sent)), words).html
    running = card(view(None, sent, state=State.RUNNING))
    assert "The video you sent" not in render_card(running, words).html


@pytest.mark.parametrize(
    ("source", "cut", "sentence"),
    [
        (Source.YOUTUBE, Cut.LIMIT, "I read only the first track of a YouTube playlist."),
        (Source.DEEZER, Cut.FAILED, "Deezer stopped answering after 1 track."),
        (Source.YOUTUBE, None, "1 no longer on YouTube"),
    ],
)
def test_a_list_names_its_own_platform(
    words: Words, source: Source, cut: Cut | None, sentence: str
) -> None:
    """Nothing is said of Spotify about another platform's list."""
    lost = track(row=RowKind.GONE, spotify_id=None)
    listing = album(lost, source=source, cut=cut, kind=ListingKind.LIST)
    text = plain(render_listing(ListingView(listing=listing), words).html)
    assert sentence in text
    assert "no longer on Spotify" not in text


SUBSETS = [chosen for size in range(1, 6) for chosen in combinations(ALL, size)]
_names = st.text(st.characters(codec="utf-8") | st.sampled_from("<>&😀\u202e"), max_size=300)


@given(
    platforms=st.sampled_from(SUBSETS),
    names=st.lists(_names, min_size=20, max_size=20),
    is_found=st.booleans(),
)
@settings(max_examples=60)
def test_any_choice_fits_a_message(
    platforms: tuple[str, ...], names: list[str], *, is_found: bool
) -> None:
    """At most 4,096 UTF-16 units and 100 entities, however many links each track has."""
    from bot.render.i18n import load_languages

    tracks = [track(name, artists=(name[::-1],)) for name in names]
    pages = {
        (at, platform): "https://x/" if is_found else None
        for at in range(len(tracks))
        for platform in ("apple_music", "deezer")
    }
    shown = ListingView(
        listing=album(*tracks, title=names[0]),
        results=dict.fromkeys(range(len(tracks)), found() if is_found else Finding()),
        platforms=platforms,
        pages_found=pages,
    )
    html = render_listing(shown, load_languages().words("en")).html
    assert 4096 >= visible_units(html)
    assert 100 >= len(re.findall(r"<(?:a|b)\b", html))
    assert shown.page_rows <= PAGE_ROWS


@given(st.text(max_size=300), st.text(max_size=100))
def test_addresses_of_searches(title: str, artist: str) -> None:
    """Whatever a title holds, it stays in its place of the address."""
    row = Track(title=title, artists=(artist,))
    for made in (music_search_url(row), apple_search_url(row), deezer_search_url(row)):
        assert re.fullmatch(r"https://[a-z.]+/search(/|\?q=|\?term=)[\w%+.~-]*", made, re.ASCII)
