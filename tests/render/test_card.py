"""A track is a card: its links, the sign, and why, or why not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.errors import OF_SPOTIFY, OutOfBudget, Service, Unavailable
from bot.models import CandidateKind, Finding, ListingKind
from bot.models.results import Shortfall
from bot.models.view import ListingView, State
from bot.render.card import render_card
from bot.render.reply import plain
from tests.render.building import TRACK_ID, album, found, track

if TYPE_CHECKING:
    from bot.models import Track
    from bot.render.i18n import Words

SHORT = Shortfall(granted=0, wanted=1, limit=300, seconds=3600, zone="UTC")


def card(result: object = None, row: Track | None = None, **given: object) -> ListingView:
    listing = album(row or track(album="Harbour"), kind=ListingKind.TRACK)
    results = {} if result is None else {0: result}
    return ListingView(listing=listing, results=results, **given)  # type: ignore[arg-type]  # a test's own fields


@pytest.mark.parametrize(
    ("kind", "link"),
    [
        (CandidateKind.AUDIO, "YouTube ♪ official audio"),
        (CandidateKind.VIDEO, "YouTube ▶ official video"),
        (CandidateKind.OFFICIAL, "YouTube ▶ official video"),
    ],
)
def test_an_official_recording(words: Words, kind: CandidateKind, link: str) -> None:
    """Title, artists, album and length; both links; buttons for both and for all platforms."""
    reply = render_card(card(found(kind)), words)
    assert plain(reply.html).startswith(
        f"Paper Moths\nOttoline Brack · Harbour · 3:47\n\nSpotify  ·  {link}"
    )
    buttons = [[(button.text, button.url) for button in row] for row in reply.rows]
    assert buttons == [
        [
            ("Spotify ↗", f"https://open.spotify.com/track/{TRACK_ID}"),
            ("YouTube ↗", "https://www.youtube.com/watch?v=mWQIzeMqdwA"),
        ],
        [("All platforms ↗", f"https://song.link/s/{TRACK_ID}")],
    ]
    assert f"https://open.spotify.com/track/{TRACK_ID}" == reply.preview


@pytest.mark.parametrize(
    ("view", "sentence"),
    [
        (card(Finding()), "No recording there is surely the right official one."),
        (
            card(Unavailable(Service.YOUTUBE_MUSIC)),
            "YouTube is not answering at the moment. Send the link again later.",
        ),
        (
            card(allowed=[], shortfall=SHORT),
            "Your 300 tracks for today are used up. They renew in 1 h, at midnight UTC.",
        ),
        (
            card(allowed=[], store_down=True, goes_on=True),
            "The YouTube link comes into this message later.",
        ),
        (
            card(allowed=[], store_down=True),
            "The YouTube link could not be looked up. Send the link again in a few minutes.",
        ),
    ],
)
def test_only_a_search(words: Words, view: ListingView, sentence: str) -> None:
    """A search is labelled as one, and the sentence below says why there is no more."""
    reply = render_card(view, words)
    assert plain(reply.html).endswith(f"Spotify  ·  YouTube search ⌕\n{sentence}")
    assert "YouTube search ↗" == reply.rows[0][1].text


@pytest.mark.parametrize("service", OF_SPOTIFY)
def test_spotify_is_named_where_it_failed(words: Words, service: Service) -> None:
    """A song of another platform waits for Spotify, not for YouTube."""
    row = track(spotify_id=None)
    said = plain(render_card(card(Unavailable(service), row), words).html)
    assert said.endswith("Spotify is not answering at the moment. Send the link again later.")
    said = plain(render_card(card(Unavailable(service), row, again_s=60.0), words).html)
    assert said.endswith("Spotify is not answering at the moment. I'll ask it again in 1 min.")


@pytest.mark.parametrize(
    ("service", "named"), [(Service.SPOTIFY_API, "Spotify"), (Service.YOUTUBE_API, "YouTube")]
)
def test_an_own_share_that_is_used_up(words: Words, service: Service, named: str) -> None:
    """Then nobody is said to be away."""
    error = OutOfBudget(service, retry_after_s=60.0)
    said = plain(render_card(card(error, again_s=60.0), words).html)
    assert said.endswith(
        f"My own share of requests to {named} is used up for now. I'll go on in 1 min."
    )
    said = plain(render_card(card(error), words).html)
    assert said.endswith("is used up for now. Send that again later.")


def test_while_it_is_looked_up(words: Words) -> None:
    """The card of a slow look-up stands without a YouTube button yet."""
    reply = render_card(card(state=State.RUNNING), words)
    assert plain(reply.html).endswith("Spotify  ·  looking on YouTube…")
    assert ["Spotify ↗"] == [button.text for button in reply.rows[0]]


def test_names_from_outside_are_escaped(words: Words) -> None:
    html = render_card(card(found(), track("<b>&", artists=('"<i>',))), words).html
    assert "<b>&lt;b&gt;&amp;</b>" in html
    assert "&lt;i&gt;" in html


def test_a_song_that_is_not_known_at_spotify(words: Words) -> None:
    """Without a Spotify page there is a search there, labelled as one, and no preview."""
    reply = render_card(card(found(), track(spotify_id=None)), words)

    assert "\n\nSpotify search ⌕  ·  YouTube ♪ official audio" in plain(reply.html)
    search = "https://open.spotify.com/search/Ottoline%20Brack%20Paper%20Moths"
    assert ("Spotify search ↗", search) == (reply.rows[0][0].text, reply.rows[0][0].url)
    assert 1 == len(reply.rows)
    assert None is reply.preview


def test_a_song_that_was_found_at_spotify(words: Words) -> None:
    """A song that came as words has the Spotify page that was found for it."""
    finding = replace(found(), spotify_id=TRACK_ID)
    reply = render_card(card(finding, track(spotify_id=None)), words)

    assert "\n\nSpotify  ·  YouTube ♪ official audio" in plain(reply.html)
    assert f"https://open.spotify.com/track/{TRACK_ID}" == reply.preview == reply.rows[0][0].url
    assert f"https://song.link/s/{TRACK_ID}" == reply.rows[1][0].url


@pytest.mark.parametrize("result", [found(), Finding()])
def test_nothing_is_said_of_a_link_that_is_not_shown(words: Words, result: Finding) -> None:
    """Whoever wants no links of YouTube is told nothing about recordings there."""
    lines = plain(render_card(card(result, platforms=("spotify",)), words).html).splitlines()
    assert ["", "Spotify"] == lines[2:]
