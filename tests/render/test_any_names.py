"""Whatever songs and people are called, what people read stays whole, and Telegram takes it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import Service, Unavailable
from bot.models import (
    Candidate,
    CandidateKind,
    Cut,
    Finding,
    Listing,
    ListingKind,
    Match,
    Platform,
    RowKind,
    Source,
    Track,
)
from bot.models.links import LinkKind, SpotifyLink
from bot.models.results import Alternatives, Shortfall
from bot.models.view import ListingView, Song, State
from bot.render.card import render_card
from bot.render.corrections import render_offer
from bot.render.i18n import load_languages
from bot.render.listing import render_listing
from bot.render.problems import render_waiting
from bot.render.reply import Reply
from bot.render.search import render_choices
from bot.sandbox.telegram.keyboards import check_markup, markup_remarks
from bot.sandbox.telegram.texts import format_text
from bot.telegram.delivery import markup
from tests.render.building import TRACK_ID, found

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.render.i18n import Words

# Each makes thousands of calls, and what a property reaches shows little of what is tested.
pytestmark = pytest.mark.no_cover
UNITS, ENTITIES = 4096, 100
NASTY = (
    "<b>",
    "</a>&amp;<",
    "\u202e\u2066",
    "👩🏽\u200d🚀",
    "e\u0301\u0323\u0489",
    "שלום עולם",
    "مقهى",
    "\u200b\u2060\ufeff",
    "\n\r\t\v\x85\u2028\u2029",
    "\x00\x07\x1b[31m",
    "क्षि",
    "𝕬𝖗𝖙",
    "🇹🇷",
    "W" * 300,
    " #a #b @friends x.com /start a@b.co ",
)
_name = st.lists(
    st.sampled_from(NASTY) | st.text(st.characters(codec="utf-8"), max_size=40), max_size=12
).map("".join)
_row = st.builds(
    Track,
    title=_name,
    artists=st.lists(_name, max_size=5),
    album=st.none() | _name,
    duration_ms=st.none() | st.integers(min_value=0, max_value=10**9),
    row=st.sampled_from(RowKind),
    spotify_id=st.just(TRACK_ID),
)
_listing = st.builds(
    Listing,
    kind=st.sampled_from(ListingKind),
    id=st.just(TRACK_ID),
    title=_name,
    owner=st.none() | _name,
    year=st.none() | st.just(2024),
    source=st.just(Source.EMBED),
    cut=st.none() | st.sampled_from(Cut),
    total=st.none() | st.integers(min_value=0, max_value=20_000),
    tracks=st.lists(_row, min_size=1, max_size=45),
)
_result = st.sampled_from(
    (found(), found(CandidateKind.VIDEO), Finding(), Unavailable(Service.YOUTUBE_MUSIC), None)
)
SHORT = Shortfall(granted=9999, wanted=9999, limit=9999, seconds=86_400, zone="America/Sao_Paulo")
HARD = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def _views(draw: st.DrawFn) -> ListingView:
    """Every state that a listing can be shown in."""
    listing = draw(_listing)
    at = range(len(listing.tracks))
    drawn = {position: draw(_result) for position in at}
    return ListingView(
        listing=listing,
        results={position: result for position, result in drawn.items() if result is not None},
        allowed=draw(st.none() | st.sets(st.integers(min_value=0, max_value=45))),
        state=draw(st.sampled_from(State)),
        page=draw(st.integers(min_value=0, max_value=9)),
        job="AbCdEfGhIjKlMnOp",
        shortfall=draw(st.none() | st.just(SHORT)),
        store_down=draw(st.booleans()),
        again_s=draw(st.none() | st.just(3600.0)),
        bot="TracklinkBot",
        platforms=draw(st.sampled_from((tuple(Platform)[:2], tuple(Platform)))),
    )


@functools.cache
def _words(language: str) -> Words:
    return load_languages().words(language)


def checked(reply: Reply) -> str:
    """The text as Telegram reads it. Fails where Telegram refuses it or shows it otherwise."""
    formatted = format_text(str(reply.html), "HTML")
    keyboard = markup(reply.rows)
    check_markup(keyboard.to_dict() if keyboard else None)
    assert [] == formatted.remarks + markup_remarks(keyboard.to_dict() if keyboard else None)
    assert UNITS >= len(formatted.text.encode("utf-16-le")) // 2
    assert ENTITIES >= len(formatted.entities)
    lines = formatted.text.split("\n")
    assert lines == formatted.text.splitlines()
    for line in lines:
        assert line.count("\u2068") == line.count("\u2069")
        assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\x00\x1b")
    return formatted.text


@given(_views(), st.sampled_from(("en", "de", "ar")))
@HARD
def test_a_listing(view: ListingView, language: str) -> None:
    """Each row keeps its two lines, its number and its place, in every state."""
    text = checked(render_listing(view, _words(language)))
    if language == "en":
        _, rows, *_ = text.split("\n\n")
        numbers = [line.split("  ")[0] for line in rows.split("\n")[::2]]
        assert [f"{at + 1:,}" for at in view.on_screen] == numbers


@given(_views(), st.sampled_from(("en", "de", "ar")))
@HARD
def test_a_card(view: ListingView, language: str) -> None:
    """At most six lines, whatever the track is called."""
    assert 6 >= len(checked(render_card(view, _words(language))).split("\n"))


@given(_views())
@HARD
def test_a_note_about_waiting(view: ListingView) -> None:
    assert 1 == len(checked(Reply(render_waiting(view, _words("en")))).split("\n"))


@given(_name.filter(str.strip), st.lists(_name, min_size=1, max_size=8), _name)
@HARD
def test_songs_to_choose_from(asked: str, titles: list[str], artist: str) -> None:
    """Buttons are one line each and have a label."""
    link = SpotifyLink(LinkKind.TRACK, TRACK_ID)
    tracks = [Track(title=title, artists=(artist,), duration_ms=1000) for title in titles]
    songs = [Song(link=link, track=track) for track in tracks]
    reply = render_choices(asked, songs, 2**52, _words("en"))
    checked(reply)
    labels = [button.text for row in reply.rows for button in row]
    assert all(label.strip() and [label] == label.splitlines() for label in labels)


@given(_views(), st.lists(st.tuples(_name, _name), max_size=5))
@HARD
def test_candidates_to_choose_from(view: ListingView, named: list[tuple[str, str]]) -> None:
    """The candidates' own titles and channels come from YouTube, and from anybody."""
    kinds = tuple(CandidateKind)
    candidates = [
        Match(
            candidate=Candidate(
                video_id=f"{at:011d}", title=title, channel=channel, kind=kinds[at % len(kinds)]
            ),
            score=0.4,
        )
        for at, (title, channel) in enumerate(named)
    ]
    offer = Alternatives(shown=found(), candidates=candidates)
    checked(render_offer(view, 0, offer, "abcdef", _words("en")))


@pytest.mark.parametrize("render", [render_listing, render_card])
@pytest.mark.parametrize("nasty", NASTY)
def test_each_by_itself(render: Callable[[ListingView, Words], Reply], nasty: str) -> None:
    """So that a failure names its sign."""
    track = Track(title=nasty, artists=(nasty,), album=nasty, spotify_id=TRACK_ID)
    listing = Listing(
        kind=ListingKind.PLAYLIST,
        id=TRACK_ID,
        title=nasty,
        owner=nasty,
        source=Source.EMBED,
        tracks=[track] * 20,
    )
    checked(render(ListingView(listing=listing, results={0: found()}), _words("en")))
