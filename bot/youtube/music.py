"""YouTube Music through ytmusicapi: keyless, unofficial, and blocking, hence in threads."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import requests

from bot.clock import Timing, utc_now
from bot.errors import NotFound, Service, Unavailable, Unreadable
from bot.models import Candidate, CandidateKind
from bot.net.bounded import KeptConnections
from bot.net.payload import flag, names, text, whole
from bot.net.threads import ClientThreads
from bot.youtube.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from requests.adapters import BaseAdapter
    from ytmusicapi import YTMusic

    from bot.clock import Clock
    from bot.net.circuit import CircuitBreaker
    from bot.net.network import Network
    from bot.youtube.queries import SearchFilter

logger = logging.getLogger(__name__)

T = TypeVar("T")

LANGUAGE = "en"  # ytmusicapi 1.12.2 and 1.12.3 find nothing in filtered searches in others
LIMIT = 1  # a page of about 20 comes in any case; asking for more would fetch a second one
KINDS = {
    "MUSIC_VIDEO_TYPE_ATV": CandidateKind.AUDIO,
    "MUSIC_VIDEO_TYPE_OMV": CandidateKind.VIDEO,
    "MUSIC_VIDEO_TYPE_OFFICIAL_SOURCE_MUSIC": CandidateKind.OFFICIAL,
    "MUSIC_VIDEO_TYPE_UGC": CandidateKind.UPLOAD,
}
ALBUM_PREFIX = "MPRE"  # ids of album pages; others lead to pages that ytmusicapi does not read

VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # 11 characters today
_COUNT = re.compile(r"([0-9][0-9.,]{0,20})\s*([KMB]?)\b")  # "55M plays", "1.4M", "4,505 views"
_SIZES = {"": 1, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}


class YouTubeMusic:
    """Searches and album pages, `width` at once.

    Raises RateLimited, Unavailable (also for the page that a blocked address gets), Refused,
    Unreadable, and NotFound for an album that is not there.
    """

    def __init__(
        self,
        *,
        base_url: str,
        circuit: CircuitBreaker,
        width: int = 8,
        adapter: BaseAdapter | None = None,
        clock: Clock = utc_now,
        timing: Timing = Timing(),
    ) -> None:
        """`adapter` is the transport beneath; by default HTTP over `width` kept connections."""
        self._circuit = circuit
        self._clock = clock
        self._timing = timing
        under = adapter or KeptConnections(width, timing=timing)
        self._transport = Transport(base_url, under=under, timing=timing)
        self._visitor: dict[str, str] = {}
        self._warm: asyncio.Future[None] | None = None
        self._workers = ClientThreads(
            partial(Seat, self._transport), width=width, service=Service.YOUTUBE_MUSIC
        )

    async def search(
        self, query: str, among: SearchFilter, *, again: bool = True
    ) -> list[Candidate]:
        """The first page of results, about 20.

        Filtered searches now and then come back empty for no reason; with `again` an empty
        answer is asked for once more.
        """
        found = await self.ask(partial(_search, query=query, among=among))
        if not found and again:
            found = await self.ask(partial(_search, query=query, among=among))
        return found

    async def album(self, browse_id: str) -> list[Candidate]:
        """The tracks of an album, in its order."""
        return await self.ask(partial(_album, browse_id=browse_id))

    async def warm_up(self) -> None:
        """Load the library and fetch the visitor id that all clients send. Never raises.

        Done once, by whoever comes first: this, or the first search.
        """
        if self._warm is None:
            self._warm = asyncio.ensure_future(self._greet())
        await asyncio.shield(self._warm)

    def close(self) -> None:
        self._workers.close()
        self._transport.close()

    async def ask(self, work: Callable[[YTMusic], T]) -> T:
        """What `work` reads with a client of its own, in a thread. See `readable`."""
        await self.warm_up()

        async def attempt() -> T:
            day = self._clock().date()
            return await self._workers.run(lambda seat: seat.ask(work, day, self._visitor))

        return await self._circuit.call(attempt)

    async def _greet(self) -> None:
        try:
            async with asyncio.timeout(self._timing.visitor_s):
                self._visitor = await self._workers.run(Seat.visitor)
        except Exception as error:  # noqa: BLE001 - kept for ever, it would fail every search
            logger.warning("no visitor id from YouTube Music, searching without: %r", error)


def make_music(net: Network) -> YouTubeMusic | None:
    """None where it is turned off."""
    settings = net.settings
    if not settings.youtube_music:
        return None
    return YouTubeMusic(
        base_url=settings.youtube_music_url,
        circuit=net.circuit(Service.YOUTUBE_MUSIC),
        width=settings.youtube_lookups,
        adapter=net.adapter(settings.youtube_lookups),
        clock=net.clock,
        timing=net.timing,
    )


class Seat:
    """One thread's session and client; sockets and the visitor id are shared by all."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._session = requests.Session()
        self._session.trust_env = False  # the transport has read the environment
        self._session.adapters.clear()  # nothing else than YouTube Music can be asked
        self._session.mount("https://music.youtube.com", transport)
        self._client: YTMusic | None = None
        self._day: date | None = None

    def ask(self, work: Callable[[YTMusic], T], day: date, visitor: dict[str, str]) -> T:
        try:
            return work(self.client(day, visitor))
        finally:
            self._transport.done()

    def client(self, day: date, visitor: dict[str, str]) -> YTMusic:
        """The client, made anew each day: it tells YouTube a version made of its birthday."""
        from ytmusicapi.helpers import initialize_headers

        from bot.youtube.quick_client import QuickClient

        if self._client is None or self._day != day:
            self._client = QuickClient(requests_session=self._session, language=LANGUAGE)
            # Else each client would fetch the main page for these before its first search.
            self._client.base_headers = initialize_headers()
            self._client.base_headers.update(visitor)
            self._day = day
        return self._client

    def visitor(self) -> dict[str, str]:
        """The header that names the visitor; empty when the main page does not tell."""
        from ytmusicapi.helpers import get_visitor_id, initialize_headers

        ask = partial(self._session.get, headers=initialize_headers(), cookies={"SOCS": "CAI"})
        try:
            with readable():
                found = get_visitor_id(ask)
        finally:
            self._transport.done()
        return {name: value for name, value in found.items() if _can_be_sent(value)}


def _can_be_sent(value: object) -> bool:
    """Whether requests takes it for a header; one that it does not would fail every search."""
    return isinstance(value, str) and re.fullmatch("[!-~]+", value) is not None


def _search(client: YTMusic, *, query: str, among: SearchFilter) -> list[Candidate]:
    with readable():
        rows = client.search(query, filter=among, limit=LIMIT, ignore_spelling=True)
        return candidates(rows)


def _album(client: YTMusic, *, browse_id: str) -> list[Candidate]:
    if not browse_id.startswith(ALBUM_PREFIX):
        raise NotFound(Service.YOUTUBE_MUSIC, "no album's id")
    with readable():
        return candidates(client.get_album(browse_id)["tracks"], album_id=browse_id)


@contextmanager
def readable() -> Iterator[None]:
    """What ytmusicapi raises over an answer that it cannot read, in our words.

    Its messages quote the whole answer, so they are not kept.
    """
    try:
        yield
    except json.JSONDecodeError:
        # Cut short on the way, or a page that does not say it is one: may pass.
        raise Unavailable(Service.YOUTUBE_MUSIC, "the answer is not JSON") from None
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        detail = f"the answer has another shape ({type(error).__name__})"
        raise Unreadable(Service.YOUTUBE_MUSIC, detail) from None


def candidates(rows: Iterable[Any], *, album_id: str | None = None) -> list[Candidate]:
    """Every row that can be linked to: with an id and a title, and playable.

    `album_id` is the page the rows stand on, where they stand on an album's page.
    """
    return [_candidate(row, album_id) for row in rows if _is_linkable(row)]


def _is_linkable(row: Any) -> bool:
    id_, title = text(row, "videoId"), text(row, "title")
    return bool(id_ and VIDEO_ID.fullmatch(id_) and title and row.get("isAvailable", True))


def _candidate(row: Mapping[str, Any], album_id: str | None) -> Candidate:
    artists = names(row, "artists")
    name, page = text(row, "album", "name") or text(row, "album"), text(row, "album", "id")
    kind = text(row, "videoType")
    return Candidate(
        video_id=text(row, "videoId") or "",
        title=text(row, "title") or "",
        channel=artists[0] if artists else None,
        artists=artists,
        album=name,
        duration_s=whole(row, "duration_seconds"),
        kind=KINDS.get(kind or "", CandidateKind.UNKNOWN),
        views=_count(text(row, "views")),
        explicit=flag(row, "isExplicit"),
        album_id=album_id or (page if page and page.startswith(ALBUM_PREFIX) else None),
    )


def _count(said: str | None) -> int | None:
    found = _COUNT.match(said or "")
    if found is None:
        return None
    digits, size = found.groups()
    if not size:
        return whole(int(re.sub(r"\D", "", digits)))
    number = digits.replace(",", "")
    return whole(round(float(number) * _SIZES[size])) if number.count(".") <= 1 else None
