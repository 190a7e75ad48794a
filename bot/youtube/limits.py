"""The Data API's searches: 100 a day for all users together, from midnight to midnight Pacific."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import Service
from bot.net.service_budget import Quota

# https://developers.google.com/youtube/v3/determine_quota_cost; its own bucket since 2026-06-01.
SEARCHES_A_DAY = 100
FOR_SINGLE_TRACKS = 20  # a list of hundreds must not leave a person with one song without
OFFLINE = 10  # for each process without the store: nobody can say how many there are
ZONE = "America/Los_Angeles"


def searches() -> Quota:
    return Quota(
        service=Service.YOUTUBE_API,
        calls=SEARCHES_A_DAY,
        kept=FOR_SINGLE_TRACKS,
        offline=OFFLINE,
        since=last_midnight,
        renewed=lambda now, _: next_midnight(now),
    )


def last_midnight(now: datetime) -> datetime:
    """When the running day began, in the zone of `now`."""
    return _midnight(now, timedelta())


def next_midnight(now: datetime) -> datetime:
    """When the budget is renewed, in the zone of `now`."""
    return _midnight(now, timedelta(days=1))


def _midnight(now: datetime, later: timedelta) -> datetime:
    day = now.astimezone(ZoneInfo(ZONE)).date() + later
    return datetime.combine(day, time(), ZoneInfo(ZONE)).astimezone(now.tzinfo)
