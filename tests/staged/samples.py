"""Links of the sample music that only tests follow."""

from __future__ import annotations

from bot.sandbox.services import catalogue


def gone_link() -> str:
    """A link that once led to an album: both the Web API and the embed page answer 404."""
    return str(catalogue.read()["gone"]["url"])


def short_link() -> str:
    """A short link that leads to one of the listings."""
    return f"https://spotify.link/{catalogue.read()['short']['code']}"
