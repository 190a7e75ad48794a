"""A listing is one message that fits, with every row in its place and the truth below it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Service, Unavailable
from bot.models import CandidateKind, Cut, Finding, Listing, ListingKind, RowKind, Source, Track
from bot.models.results import Counts, Shortfall
from bot.models.view import ListingView, State
from bot.render.listing import render_listing, summary
from bot.render.reply import plain, units, visible_units
from tests.render.building import TRACK_ID, album, found, sends, track

if TYPE_CHECKING:
    from bot.models.results import Results
    from bot.render.i18n import Words

DOWN = Unavailable(Service.YOUTUBE_MUSIC)


def view(listing: Listing, results: Results | None = None, **given: object) -> ListingView:
    return ListingView(listing=listing, results=results or {}, job="job", **given)  # type: ignore[arg-type]  # a test's own fields


def text(shown: ListingView, words: Words) -> str:
    return plain(render_listing(shown, words).html)


def test_rows_that_came_as_words(words: Words) -> None:
    """A row without a Spotify page has a search there, or the page that was found for it."""
    listing = album(track("Ropewalk", spotify_id=None), track("Lamp", spotify_id=None))
    shown = text(view(listing, {0: found(), 1: Finding(spotify_id=TRACK_ID)}), words)

    assert "    Spotify search ⌕ · YouTube ♪\n" in shown
    assert "    Spotify · YouTube search ⌕\n" in shown


def test_a_finished_listing(words: Words) -> None:
    """Heading, rows with their links and signs, and what was found."""
    listing = album(
        track("Ropewalk"),
        track("Lamp", artists=("Ottoline Brack", "Guest")),
        track("Gulls"),
        track("Demo", row=RowKind.LOCAL, spotify_id=None),
    )
    results = {0: found(), 1: found(CandidateKind.VIDEO), 2: Finding()}
    assert text(view(listing, results), words) == (
        "Harbour\n"
        "Ottoline Brack · album · 2024\n"
        "4 tracks · 16 min\n"
        "\n"
        "1  Ropewalk · 3:47\n"
        "    Spotify · YouTube ♪\n"
        "2  Lamp · Ottoline Brack, Guest · 3:47\n"
        "    Spotify · YouTube ▶\n"
        "3  Gulls · 3:47\n"
        "    Spotify · YouTube search ⌕\n"
        "4  Demo · 3:47\n"
        "    local file, only on its owner's device\n"
        "\n"
        "2 official · 1 search only · 1 local file"
    )


def test_links_lead_where_they_say(words: Words) -> None:
    """The official recording by its id, the search by artist and title, Spotify by the id."""
    html = render_listing(
        view(album(track(), track("Gulls")), {0: found(), 1: Finding()}), words
    ).html
    assert 'href="https://www.youtube.com/watch?v=mWQIzeMqdwA">YouTube</a>' in html
    assert "results?search_query=Ottoline+Brack+Gulls" in html
    assert f'href="https://open.spotify.com/track/{TRACK_ID}">Spotify</a>' in html


def test_while_it_runs(words: Words) -> None:
    """Rows still to come say so, a bar shows how far it is, and it can be stopped."""
    running = view(album(track(), track("Gulls")), {0: found()}, state=State.RUNNING)
    shown = text(running, words)
    assert "    Spotify · looking…" in shown
    assert shown.endswith("▰▰▰▰▰▱▱▱▱▱ 1 of 2")
    assert [["Stop"]] == [
        [button.text for button in row] for row in render_listing(running, words).rows
    ]


def test_other_rows_keep_their_place(words: Words) -> None:
    """A podcast, a local file and a row that Spotify lost are named and counted, never dropped."""
    listing = album(
        track("Talk", row=RowKind.EPISODE),
        Track(title="", row=RowKind.GONE),
        track("Talk two", row=RowKind.EPISODE, spotify_id=None),
    )
    shown = text(view(listing), words)
    assert "1  Talk · Ottoline" not in shown
    assert "    Spotify · podcast episode" in shown
    assert "2  Untitled\n    no longer on Spotify" in shown
    assert shown.endswith("2 podcast episodes · 1 no longer on Spotify")


@pytest.mark.parametrize(
    ("page", "numbers", "buttons"),
    [(0, (1, 20), "p:job:-1 p:job:0 p:job:1"), (2, (41, 45), "p:job:1 p:job:2 p:job:3")],
)
def test_pages_of_twenty(words: Words, page: int, numbers: tuple[int, int], buttons: str) -> None:
    """Numbers are the list's own, and the buttons keep their place on every page."""
    reply = render_listing(view(album(*[track()] * 45), page=page), words)
    rows = re.findall(r"^(\d+)  ", plain(reply.html), re.MULTILINE)
    assert list(numbers) == [int(rows[0]), int(rows[-1])]
    assert buttons.split() == [sends(button) for button in reply.rows[0]]
    assert ["◀", f"{page + 1} / 3", "▶"] == [button.text for button in reply.rows[0]]


def test_a_page_that_is_not_there_is_the_last(words: Words) -> None:
    assert "45  " in text(view(album(*[track()] * 45), page=99), words)


def test_beyond_the_grant_only_spotify(words: Words) -> None:
    """What the day's allowance does not cover keeps its Spotify link; the note says when."""
    short = Shortfall(granted=1, wanted=3, limit=300, seconds=18_720, zone="UTC")
    listing = album(track("A"), track("B"), track("C"))
    shown = text(view(listing, {0: found()}, allowed=[0], shortfall=short), words)
    assert "2  B · 3:47\n    Spotify\n3  C · 3:47\n    Spotify\n" in shown
    assert shown.endswith(
        "1 official · 2 for another day\n"
        "That's 1 of 3 for today: your 300 tracks renew in 5 h 12 min, at midnight UTC. "
        "Open this list again then; what is here stays free."
    )
    turned = view(listing, {0: found()}, allowed=[0], shortfall=replace(short, seconds=0.0))
    assert text(turned, words).endswith(
        "1 official · 2 for another day\n"
        "The day has turned since: your 300 tracks have renewed. Send this again for the rest; "
        "what is here stays free."
    )


@pytest.mark.parametrize(
    ("given", "note"),
    [
        (
            {"cut": Cut.LIMIT, "total": 240},
            "only the first 2 tracks of 240. For the rest, select the",
        ),
        ({"cut": Cut.LIMIT, "total": None}, "only the first 2 tracks. If there are more, select"),
        (
            {"cut": Cut.FAILED, "total": 240},
            "Spotify stopped answering after 2 tracks. Send the link",
        ),
    ],
)
def test_a_cut_list_says_so(words: Words, given: dict[str, object], note: str) -> None:
    """A list that is cut says on whose side, and how to get the rest."""
    assert note in text(view(album(track(), track(), **given), {0: found(), 1: found()}), words)


def test_a_source_that_fails_is_named(words: Words) -> None:
    """Spotify's links are there all the same, and the note says what to do."""
    shown = text(view(album(track(), track()), {0: found(), 1: DOWN}), words)
    assert "1 official · 1 not looked up" in shown
    assert "YouTube is not answering at the moment. Your Spotify links are all here;" in shown
    assert "not answering" not in text(
        view(album(track(), track()), {1: DOWN}, state=State.RUNNING), words
    )


@pytest.mark.parametrize(
    ("again_s", "next_step"),
    [
        (None, "Send the list again later for the rest."),
        (40.0, "I'll ask for the rest again in 40"),
    ],
)
def test_spotify_is_named_where_it_failed(
    words: Words, again_s: float | None, next_step: str
) -> None:
    """A list of words waits for Spotify, not for YouTube."""
    down = Unavailable(Service.SPOTIFY_API, "budget")
    shown = text(view(album(track(), track()), {0: found(), 1: down}, again_s=again_s), words)
    assert f"Spotify is not answering for some of these songs at the moment. {next_step}" in shown
    assert "YouTube is not answering" not in shown


@pytest.mark.parametrize(
    ("spared", "unnamed", "note"),
    [
        (3, 3, "My own share of requests to Spotify is used up for now. I'll go on in 30 s."),
        (3, 0, "My own share of requests to YouTube is used up for now. I'll go on in 30 s."),
        (2, 3, "Spotify is not answering for some of these songs at the moment."),
        (2, 0, "YouTube is not answering at the moment."),
    ],
)
def test_an_own_share_that_is_used_up(words: Words, spared: int, unnamed: int, note: str) -> None:
    """Nobody is said to be away where it was this program that asked no more."""
    counts = Counts(official=40, failed=3, unnamed=unnamed, spared=spared)
    assert note in text(view(album(*[track()] * 43), counts=counts, again_s=30.0), words)


@pytest.mark.parametrize(("unnamed", "named"), [(3, "Spotify"), (2, "YouTube")])
def test_who_is_away_is_known_on_later_pages(words: Words, unnamed: int, named: str) -> None:
    """A page that is turned later holds no errors; the counts of the whole tell whose they were."""
    counts = Counts(official=40, failed=3, unnamed=unnamed)
    shown = text(view(album(*[track()] * 43), counts=counts), words)
    assert f"{named} is not answering" in shown


def test_without_a_store_youtube_waits(words: Words) -> None:
    """Nothing can be counted then, so nothing is looked up."""
    shown = text(view(album(track()), allowed=[], store_down=True), words)
    assert "The YouTube links could not be looked up." in shown


def test_a_stored_job_goes_on_when_the_store_is_back(words: Words) -> None:
    """Nobody has to send its link again."""
    shown = text(view(album(track()), allowed=[], store_down=True, goes_on=True), words)
    assert "The YouTube links come into this message later." in shown


def test_a_stopped_listing_says_so(words: Words) -> None:
    shown = text(view(album(track(), track()), {0: found()}, state=State.STOPPED), words)
    assert shown.endswith("1 official\nStopped. Send the link again for the rest.")


def test_counts_of_a_turned_page_are_those_of_the_whole(words: Words) -> None:
    """A page that is turned later knows only its own rows; the line below tells of all."""
    counts = Counts(official=40, search=5)
    assert text(view(album(*[track()] * 45), counts=counts), words).endswith(
        "40 official · 5 search only"
    )


def test_all_that_can_be_found_is_named(words: Words) -> None:
    """Every count that is not zero has its words."""
    counts = Counts(official=1, search=2, failed=3, withheld=4, local=5, episode=6, gone=7)
    assert plain(summary(counts, words)) == (
        "1 official · 2 search only · 3 not looked up · 4 for another day · 5 local files · "
        "6 podcast episodes · 7 no longer on Spotify"
    )


def test_the_preview_is_spotifys_own_page(words: Words) -> None:
    assert (
        f"https://open.spotify.com/album/{TRACK_ID}"
        == render_listing(view(album(track())), words).preview
    )


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (ListingKind.PLAYLIST, "Ottoline Brack · playlist · 2024"),
        (ListingKind.ARTIST, "Ottoline Brack · artist, top tracks · 2024"),
        (ListingKind.TRACK, "Ottoline Brack · track · 2024"),
    ],
)
def test_every_kind_has_its_name(words: Words, kind: ListingKind, line: str) -> None:
    assert line in text(view(album(track(), kind=kind)), words)


_hostile = st.text(
    st.characters(codec="utf-8") | st.sampled_from("<>&\"'\u202e\u2066😀\u0301\u200d👩🏽שלام"),
    max_size=400,
)
_tracks = st.builds(
    Track,
    title=_hostile,
    artists=st.lists(_hostile, max_size=6),
    duration_ms=st.none() | st.integers(min_value=-1, max_value=2**53),
    row=st.sampled_from(RowKind),
    spotify_id=st.just(TRACK_ID),
)
_listings = st.builds(
    Listing,
    kind=st.sampled_from(ListingKind),
    id=st.just(TRACK_ID),
    title=_hostile,
    owner=st.none() | _hostile,
    source=st.just(Source.EMBED),
    cut=st.none() | st.sampled_from(Cut),
    total=st.none() | st.integers(min_value=0, max_value=20_000),
    tracks=st.lists(_tracks, max_size=25),
)


@given(_listings, st.sampled_from(State), st.booleans())
@settings(max_examples=60)
def test_any_listing_fits_a_message(listing: Listing, state: State, official: bool) -> None:
    """At most 4,096 UTF-16 units and 100 entities, and no name becomes a tag."""
    from bot.render.i18n import load_languages

    finding = found() if official else Finding()
    results = dict.fromkeys(range(len(listing.tracks)), finding)
    short = Shortfall(
        granted=9999, wanted=9999, limit=9999, seconds=86_400, zone="America/Sao_Paulo"
    )
    shown = view(listing, results, state=state, shortfall=short)
    html = render_listing(shown, load_languages().words("en")).html
    assert 4096 >= visible_units(html)
    assert 100 >= len(re.findall(r"<(?:a|b)\b", html))
    assert set() == set(re.findall(r"<(/?\w*)", html)) - {"a", "/a", "b", "/b"}
    assert html.count("<a ") == html.count("</a>")


def test_the_longest_names_still_fit(words: Words) -> None:
    """Twenty rows whose every name is as long as a message."""
    giant = track("😀" * 4000, artists=("क्षि" * 2000,))
    html = render_listing(
        view(album(*[giant] * 20, title="T" * 5000, owner="O" * 5000)), words
    ).html
    assert 4096 >= visible_units(html)
    assert 20 == html.count("…</b>")
    assert units("…") == 1
