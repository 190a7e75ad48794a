"""Every obstacle has its sentence: what happened, on whose side, what to do next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.errors import (
    NotFound,
    OutOfBudget,
    Refused,
    Service,
    SourceError,
    StoreUnavailable,
    TracklinkError,
    Unavailable,
    Unreadable,
    UnsupportedLink,
)
from bot.models.links import ElsewhereKind, LinkKind
from bot.models.view import ListingView
from bot.render.problems import render_problem, render_stopped, render_waiting
from bot.render.quota import render_burst
from tests.render.building import album, found, track

if TYPE_CHECKING:
    from bot.render.i18n import Words

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WEB = Service.SPOTIFY_WEB


@pytest.mark.parametrize(
    ("error", "kind", "start"),
    [
        (NotFound(WEB), "album", "Spotify has nothing behind that link, or it is private."),
        (Refused(WEB), "playlist", "Spotify does not let bots read this playlist. Select its"),
        (Refused(WEB), "album", "Spotify does not let this bot read that link. Send me the"),
        (Unavailable(WEB), "album", "Spotify is not answering at the moment. Send the link again"),
        (Unreadable(WEB), "album", "Spotify is not answering at the moment. Send the link again"),
        (
            Unavailable(WEB, retry_at=NOW + timedelta(hours=2)),
            "album",
            "Spotify is not answering at the moment. I'll ask it again in 2 h; send the link",
        ),
        (
            Unavailable(WEB, retry_at=NOW - timedelta(hours=2)),
            "album",
            "Spotify is not answering at the moment. Send the link again in a few minutes.",
        ),
        (StoreUnavailable("x"), "", "My memory is not answering at the moment. Send that again"),
        (TracklinkError(), "", "Something went wrong on my side. Send that again"),
    ],
)
def test_each_obstacle(words: Words, error: Exception, kind: str, start: str) -> None:
    """In plain words, without a code."""
    assert render_problem(error, kind, words, NOW).startswith(start)


@pytest.mark.parametrize(
    ("service", "wait", "said"),
    [
        (
            Service.SPOTIFY_API,
            30,
            "requests to Spotify is used up for now. Send that again in 30 s.",
        ),
        (
            Service.YOUTUBE_API,
            7200,
            "requests to YouTube is used up for now. Send that again in 2 h.",
        ),
        (Service.SPOTIFY_API, -1, "requests to Spotify is used up for now. Send that again later."),
    ],
)
def test_an_own_share_that_is_used_up(words: Words, service: Service, wait: int, said: str) -> None:
    """Nobody is said to be away where it was this program that asked no more."""
    error = OutOfBudget(service, retry_after_s=wait)
    error.retry_at = NOW + timedelta(seconds=wait)
    assert f"My own share of {said}" == render_problem(error, "album", words, NOW)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            Unavailable(Service.SPOTIFY_API, retry_at=NOW + timedelta(hours=2)),
            "Spotify is not answering at the moment. I'll ask it again in 30 s.",
        ),
        (Unavailable(Service.DEEZER), "Deezer is not answering at the moment. I'll ask it again"),
        (
            OutOfBudget(Service.SPOTIFY_WEB, retry_after_s=1),
            "My own share of requests to Spotify is used up for now. I'll go on in 30 s.",
        ),
    ],
)
def test_what_is_tried_again_by_itself(words: Words, error: SourceError, said: str) -> None:
    """Nobody is asked to send it again."""
    assert render_problem(error, "album", words, NOW, again_s=30).startswith(said)


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("episode", "podcast episode"),
        ("show", "a podcast"),
        ("audiobook", "an audiobook"),
        ("user", "a person's profile"),
        ("collection", "your liked songs"),
        ("jam", "a Jam"),
        ("blend", "a Blend"),
        ("concert", "a concert"),
        ("prerelease", "not out yet"),
        ("genre", "can't read that kind of Spotify link"),
    ],
)
def test_links_without_tracks(words: Words, kind: str, part: str) -> None:
    """Each says what it leads to."""
    assert part in render_problem(UnsupportedLink(kind), kind, words, NOW)


@pytest.mark.parametrize(
    "kind", [kind for kind in LinkKind if kind not in ("track", "album", "playlist", "artist")]
)
def test_no_kind_of_link_goes_without_an_answer(words: Words, kind: LinkKind) -> None:
    assert render_problem(UnsupportedLink(kind), kind, words, NOW).endswith(".")


@pytest.mark.parametrize("kind", [k for k in ElsewhereKind if k is not ElsewhereKind.UPLOAD])
def test_links_of_other_platforms_are_answered_by_name(words: Words, kind: ElsewhereKind) -> None:
    """A link that leads to nothing that is read says so, and names its platform."""
    said = render_problem(UnsupportedLink(kind), kind, words, NOW)
    assert said.endswith(".")
    assert any(name in said for name in ("YouTube", "Apple Music", "Deezer", "live stream"))
    assert "kind of Spotify link" not in said


@pytest.mark.parametrize(
    ("error", "start"),
    [
        (NotFound(Service.DEEZER), "Deezer has nothing behind that link, or it is private."),
        (Refused(Service.APPLE), "Apple Music does not let this bot read that link."),
        (Unavailable(Service.YOUTUBE_MUSIC), "YouTube is not answering at the moment. Send the"),
        (
            Unavailable(Service.YOUTUBE_API, retry_at=NOW + timedelta(hours=2)),
            "YouTube is not answering at the moment. I'll ask it again in 2 h; send the link",
        ),
    ],
)
def test_each_platform_answers_for_itself(words: Words, error: Exception, start: str) -> None:
    """Nobody is told that Spotify fails when another platform does."""
    assert render_problem(error, "", words, NOW).startswith(start)


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (1, "That was quick: I take 6 links a minute. Send this one again in 10 s."),
        (4, "That was quick: I take 6 links a minute. Send the last 4 again, from 10 s on."),
    ],
)
def test_bursts_tell_the_wait(words: Words, left: int, expected: str) -> None:
    assert expected == render_burst(left, 9.5, words)


def test_waiting_names_what_is_ahead(words: Words) -> None:
    """A person who waits is told for what, and how far it is."""
    ahead = ListingView(listing=album(track(), track(), title="Road <trip>"), results={0: found()})
    assert (
        "One list at a time: yours is next, after “Road &lt;trip&gt;” (1 of 2)."
        == render_waiting(ahead, words)
    )
    assert "One list at a time: yours is next." == render_waiting(None, words)


def test_stopped_before_it_began(words: Words) -> None:
    assert render_stopped(words).startswith("Stopped before it began.")
