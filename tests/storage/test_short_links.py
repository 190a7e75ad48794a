"""Short links are remembered for 30 days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.errors import NotFound
from bot.models.links import LinkKind, SpotifyLink
from bot.storage.short_links import GONE_KEPT, KEPT, ShortLinks

if TYPE_CHECKING:
    from bot.storage.database import Database
    from tests.conftest import SetClock

SHORT = "spotify.link/AbC"
ALBUM = SpotifyLink(LinkKind.ALBUM, "1" * 22)
TRACK = SpotifyLink(LinkKind.TRACK, "2" * 22)


async def test_remembers(db: Database, now: SetClock) -> None:
    """Where a short link leads is known until its time is over; the newest answer counts."""
    links = ShortLinks(db, clock=now)
    assert await links.get(SHORT) is None
    await links.put(SHORT, ALBUM)
    await links.put(SHORT, TRACK)
    now.forward(seconds=KEPT.total_seconds() - 1)
    assert TRACK == await links.get(SHORT)
    now.forward(seconds=1)
    assert await links.get(SHORT) is None


async def test_remembers_what_leads_to_nothing(db: Database, now: SetClock) -> None:
    """For hours, and nothing else is taken for it."""
    links = ShortLinks(db, clock=now)
    await links.put_gone(SHORT)
    now.forward(seconds=GONE_KEPT.total_seconds() - 1)
    assert await links.get(f"{SHORT}d") is None
    with pytest.raises(NotFound):
        await links.get(SHORT)
    now.forward(seconds=1)
    assert await links.get(SHORT) is None
