from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from bot import errors
from bot.errors import (
    ChatBusy,
    NotFound,
    RateLimited,
    Refused,
    Service,
    SourceError,
    TracklinkError,
    Unavailable,
    Unreadable,
    UnsupportedLink,
)


def tree(kind: type[Exception], depth: int = 0) -> list[tuple[int, str]]:
    below = [row for child in kind.__subclasses__() for row in tree(child, depth + 1)]
    own = kind.__module__ == errors.__name__
    return [(depth, kind.__name__), *below] if own else below


def test_the_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    """Whoever reads the head of the module knows all its errors."""
    drawn = re.findall(r"^([ │├└─]*)(\w+)(?: {2,}|$)", errors.__doc__ or "", re.MULTILINE)
    rows = [(len(lines) // 4, name) for lines, name in drawn if name in vars(errors)]

    assert tree(TracklinkError) == rows


@pytest.mark.parametrize("kind", [NotFound, Refused, Unreadable, Unavailable, SourceError])
def test_a_source_error_tells_the_service_and_the_detail(kind: type[SourceError]) -> None:
    """A log line of the bare error says who failed and how."""
    again = datetime(2026, 11, 20, tzinfo=UTC)
    error = kind(Service.SPOTIFY_API, "403 Forbidden", retry_at=again)

    assert "spotify_api: 403 Forbidden" == str(error)
    assert again == error.retry_at
    assert "spotify_api" == str(kind(Service.SPOTIFY_API))


def test_a_rate_limit_carries_its_wait() -> None:
    """Who catches it decides by the seconds whether to wait."""
    error = RateLimited(Service.YOUTUBE_API, "429", retry_after_s=2.5)

    assert (2.5, None) == (error.retry_after_s, error.retry_at)


def test_an_unsupported_link_names_its_kind() -> None:
    """The reply is made from the kind."""
    error = UnsupportedLink("episode")

    assert ("episode", "links to episode pages are not supported") == (error.kind, str(error))


def test_a_busy_chat_tells_when_to_come_back() -> None:
    """Who waits for it knows how long."""
    error = ChatBusy("429", retry_in_s=7.0)

    assert ("429", 7.0) == (str(error), error.retry_in_s)
