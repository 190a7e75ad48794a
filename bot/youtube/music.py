"""YouTube Music through ytmusicapi: keyless, unofficial, and blocking, hence in threads."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from bot.clock import Timing, utc_now
from bot.errors import NotFound, Service, Unavailable, Unreadable
from bot.net.threads import ClientThreads
from bot.youtube.music_rows import ALBUM_PREFIX, candidates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from requests.adapters import BaseAdapter
    from ytmusicapi import YTMusic

    from bot.clock import Clock
    from bot.models import Candidate
    from bot.net.circuit import CircuitBreaker
    from bot.youtube.queries import SearchFilter
    from bot.youtube.transport import Transport

logger = logging.getLogger(__name__)

T = TypeVar("T")

LANGUAGE = "en"  # ytmusicapi 1.12.2 and 1.12.3 find nothing in filtered searches in others
LIMIT = 1  # a page of about 20 comes in any case; asking for more would fetch a second one


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
        from bot.net.bounded import KeptConnections
        from bot.youtube.transport import Transport

        self._circuit = circuit
        self._clock = clock
        self._timing = timing
        under = adapter or KeptConnections(width, timing=timing)
        self._transport = Transport(base_url, under=under, timing=timing)
        self._visitor: dict[str, str] = {}
        self._warm: asyncio.Future[None] | None = None
        self._workers = ClientThreads(
            partial(Seat, self._transport), width=width, name="youtube-music"
        )

    async def search(
        self, query: str, among: SearchFilter, *, again: bool = True
    ) -> list[Candidate]:
        """The first page of results, about 20.

        Filtered searches now and then come back empty for no reason; with `again` an empty
        answer is asked for once more.
        """
        found = await self._call(partial(_search, query=query, among=among))
        if not found and again:
            found = await self._call(partial(_search, query=query, among=among))
        return found

    async def album(self, browse_id: str) -> list[Candidate]:
        """The tracks of an album, in its order."""
        return await self._call(partial(_album, browse_id=browse_id))

    async def ask(self, work: Callable[[YTMusic], T]) -> T:
        """What `work` reads with a client of its own, in a thread. See `readable`."""
        return await self._call(work)

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

    async def _call(self, work: Callable[[YTMusic], T]) -> T:
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


class Seat:
    """One thread's session and client; sockets and the visitor id are shared by all."""

    def __init__(self, transport: Transport) -> None:
        import requests

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
        from ytmusicapi import YTMusic
        from ytmusicapi.helpers import initialize_headers

        if self._client is None or self._day != day:
            self._client = YTMusic(requests_session=self._session, language=LANGUAGE)
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
