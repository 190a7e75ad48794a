"""The YouTube Data API v3, asked with the operator's key when YouTube Music has no answer."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from bot.errors import NotFound, RateLimited, Refused, Service, SourceError, Unavailable, Unreadable
from bot.models import Candidate, CandidateKind
from bot.net.http import fetch
from bot.net.payload import dig, parsed, rows, text
from bot.net.service_budget import Quota
from bot.youtube.music import VIDEO_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.net.http import Page
    from bot.net.network import Network

RESULTS = 20  # a search costs the same up to 50; what is right stands among the first
MUSIC = "10"  # the category of all art tracks and nearly all music videos
MAX_BYTES = 2_000_000  # twenty videos with descriptions of 5,000 characters are far below
SHORT_WAIT_S = 60.0  # for the limits by the minute, which name no wait
PROBE_ID = "jNQXAC9IVRw"  # YouTube's first video: it will be there

# For all users together, from midnight to midnight Pacific; its own bucket since 2026-06-01:
# https://developers.google.com/youtube/v3/determine_quota_cost
SEARCHES_A_DAY = 100
FOR_SINGLE_TRACKS = 20  # a list of hundreds must not leave a person with one song without
OFFLINE = 10  # for each process without the store: nobody can say how many there are
# Of the general bucket of 10,000: a unit is a video's details, which a link to it costs where
# YouTube Music does not answer, and every search beside itself.
UNITS_A_DAY = 2_000
OFFLINE_UNITS = 100
ZONE = "America/Los_Angeles"

TOPIC = " - Topic"
PROVIDED = "Provided to YouTube by"

_VIEWS = re.compile(r"[0-9]{1,15}")
_LENGTH = re.compile(
    r"P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?", re.ASCII
)
_DAY_REASONS = {"quotaExceeded", "dailyLimitExceeded"}
_MINUTE_REASONS = {"rateLimitExceeded", "userRateLimitExceeded"}


class DataApi:
    """Searches and their videos' details.

    Raises RateLimited (until midnight Pacific when the day's searches are used up), Refused for a
    key that is wrong or may not ask, Unavailable, Unreadable.
    """

    def __init__(self, net: Network, *, key: str, quota: Quota) -> None:
        self._http = net.http
        self._base_url = net.settings.youtube_api_url
        self._key = key
        self._circuit = net.circuit(Service.YOUTUBE_API)
        self._searches = net.budget(quota)
        self._units = net.budget(units())
        self._clock = net.clock
        self._within_s = net.timing.data_api_answer_s

    async def search(self, query: str, *, alone: bool = False) -> list[Candidate]:
        """Music videos with their lengths and views, in the order of relevance.

        `alone`: for a single track, for which a share of the day's searches is kept.
        """
        ids = await self._circuit.call(lambda: self._search(query, alone=alone))
        return await self._circuit.call(lambda: self._videos(ids)) if ids else []

    async def video(self, video_id: str) -> Candidate:
        """One video, for one unit and no search. Raises NotFound where it is not there."""
        found = await self._circuit.call(lambda: self._videos([video_id]))
        if not found:
            raise NotFound(Service.YOUTUBE_API, "no such video")
        return found[0]

    async def probe(self) -> None:
        """Whether the key is good, for one unit and no search. Raises as `search` does."""
        await self._circuit.call(lambda: self._get("videos", {"part": "id", "id": PROBE_ID}))

    async def _search(self, query: str, *, alone: bool) -> list[str]:
        await self._searches.take(alone=alone)
        asked = {
            "part": "snippet",
            "q": query,
            "type": "video",
            "videoCategoryId": MUSIC,
            "maxResults": str(RESULTS),
            "fields": "items(id/videoId)",
        }
        ids = [text(row, "id", "videoId") for row in await self._get("search", asked)]
        return list(dict.fromkeys(found for found in ids if found))

    async def _videos(self, ids: list[str]) -> list[Candidate]:
        await self._units.take()
        asked = {
            "part": "snippet,contentDetails,statistics",
            "id": ",".join(ids),
            "fields": "items(id,snippet(title,channelTitle,description),contentDetails(duration),"
            "statistics(viewCount))",
        }
        try:
            return [candidate(row) for row in await self._get("videos", asked)]
        except (LookupError, TypeError, AttributeError):
            raise Unreadable(Service.YOUTUBE_API, "a video of another shape") from None

    async def _get(self, path: str, asked: Mapping[str, str]) -> list[dict[str, Any]]:
        page = await fetch(
            self._http,
            f"{self._base_url}/{path}?{urlencode(asked)}",
            max_bytes=MAX_BYTES,
            within_s=self._within_s,
            service=Service.YOUTUBE_API,
            headers={"X-Goog-Api-Key": self._key},  # not in the URL: those are logged
            any_status=True,  # the reason of a refusal stands in its body
        )
        if page.status != HTTPStatus.OK:
            raise self._refusal(page)
        return _items(page)

    def _refusal(self, page: Page) -> SourceError:
        status, reason = page.status, _reason(page)
        detail = f"HTTP {status} {reason}".strip()
        if reason in _DAY_REASONS or status == HTTPStatus.TOO_MANY_REQUESTS:
            return self._used_up(detail)
        if reason in _MINUTE_REASONS:
            return RateLimited(Service.YOUTUBE_API, detail, retry_after_s=SHORT_WAIT_S)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
            return Unavailable(Service.YOUTUBE_API, detail)
        is_missing = status == HTTPStatus.NOT_FOUND
        return (NotFound if is_missing else Refused)(Service.YOUTUBE_API, detail)

    def _used_up(self, detail: str) -> RateLimited:
        now = self._clock()
        wait = (next_midnight(now) - now).total_seconds()
        return RateLimited(Service.YOUTUBE_API, detail, retry_after_s=wait)


def _items(page: Page) -> list[dict[str, Any]]:
    items = dig(parsed(page.body), "items")
    if not isinstance(items, list) or not all(isinstance(row, dict) for row in items):
        raise Unreadable(Service.YOUTUBE_API, "no list of items")
    return items


def _reason(page: Page) -> str:
    """The error's reason, a word such as quotaExceeded; empty where there is none."""
    reason = text(next(iter(rows(parsed(page.body), "error", "errors")), None), "reason") or ""
    return reason if reason.isalpha() else ""


def make_data_api(net: Network) -> DataApi | None:
    """None without a key."""
    key = net.settings.youtube_api_key
    return DataApi(net, key=key.get_secret_value(), quota=searches()) if key else None


def searches() -> Quota:
    return _a_day("youtube_api", SEARCHES_A_DAY, kept=FOR_SINGLE_TRACKS, offline=OFFLINE)


def units() -> Quota:
    """All else than searches: a unit for each call."""
    return _a_day("youtube_api_units", UNITS_A_DAY, kept=0, offline=OFFLINE_UNITS)


def _a_day(name: str, calls: int, *, kept: int, offline: int) -> Quota:
    return Quota(
        service=Service.YOUTUBE_API,
        name=name,
        calls=calls,
        kept=kept,
        offline=offline,
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


def candidate(row: Any) -> Candidate:
    """Official audio where channel and description say so; never more than they say.

    Raises LookupError for a row that is none.
    """
    video_id, title = text(row, "id"), text(row, "snippet", "title")
    if title is None or video_id is None or not VIDEO_ID.fullmatch(video_id):
        raise LookupError("no video")
    channel = text(row, "snippet", "channelTitle") or ""
    told = text(row, "snippet", "description") or ""
    is_art_track = channel.endswith(TOPIC) and told.startswith(PROVIDED)
    artists, album = credited(told, title) if is_art_track else ((), None)
    return Candidate(
        video_id=video_id,
        title=title,
        channel=channel or None,
        artists=artists or ((channel.removesuffix(TOPIC),) if is_art_track else ()),
        album=album,
        duration_s=length_s(text(row, "contentDetails", "duration")),
        kind=CandidateKind.AUDIO if is_art_track else CandidateKind.UNKNOWN,
        views=_number(text(row, "statistics", "viewCount")),
    )


def credited(description: str, title: str) -> tuple[tuple[str, ...], str | None]:
    """Artists and album from an art track's description.

    It reads "Provided to YouTube by LABEL", "TITLE · ARTIST · ARTIST", "ALBUM", each in a
    paragraph of its own.
    """
    parts = [part.strip() for part in description.split("\n\n")]
    if len(parts) < 3 or not parts[1].startswith(f"{title} · "):  # noqa: PLR2004 - the paragraphs above
        return (), None
    return tuple(parts[1].removeprefix(f"{title} · ").split(" · ")), parts[2]


def length_s(duration: str | None) -> float | None:
    """Seconds of an ISO 8601 duration; None for a stream that has none (P0D)."""
    found = _LENGTH.fullmatch(duration or "")
    if found is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds) or None


def _number(said: str | None) -> int | None:
    return int(said) if said and _VIEWS.fullmatch(said) else None
