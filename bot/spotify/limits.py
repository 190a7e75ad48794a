"""The Web API's calls: so many in any 30 seconds, for all processes and users together."""

from __future__ import annotations

from datetime import timedelta

from bot.errors import Service
from bot.net.service_budget import Quota

# https://developer.spotify.com/documentation/web-api/concepts/rate-limits gives the window and no
# number; 429 tells where this is too much.
WINDOW = timedelta(seconds=30)
KEPT_OF = 7  # one call in so many is kept for single tracks
OFFLINE_OF = 4  # without the store each process takes one in so many


def calls(most: int) -> Quota:
    return Quota(
        service=Service.SPOTIFY_API,
        calls=most,
        kept=most // KEPT_OF,
        offline=max(1, most // OFFLINE_OF),
        since=lambda now: now - WINDOW,
        renewed=lambda _, oldest: oldest + WINDOW,
    )
