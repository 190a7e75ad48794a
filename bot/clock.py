"""The one clock: passed in where time matters, so that tests set it instead of sleeping."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import structlog

T = TypeVar("T")
Clock = Callable[[], datetime]

TOLERATED = timedelta(seconds=0.5)  # clocks that are kept by NTP agree within milliseconds
ASTRAY = timedelta(minutes=1)  # by which the clocks of two processes may differ without harm

log = structlog.get_logger()


def utc_now() -> datetime:
    return datetime.now(UTC)


def loop_s() -> float:
    """Seconds of the running event loop's own clock, for spans within this process."""
    return asyncio.get_running_loop().time()


class SharedClock:
    """This machine's clock, put right by one that all processes share: the store's."""

    def __init__(self, own: Clock = utc_now) -> None:
        self._own = own
        self._behind = timedelta()

    def __call__(self) -> datetime:
        return self._own() + self._behind

    def heard(self, at: datetime, began: datetime, ended: datetime) -> None:
        """It was `at` there, at some moment between two readings of this clock."""
        if began - TOLERATED <= at <= ended + TOLERATED:
            return
        behind = at - began - (ended - began) / 2
        self._behind += behind
        log.warning("this machine's clock is wrong", by_s=round(-behind.total_seconds(), 1))


def ahead(now: datetime, longest: timedelta) -> dict[str, datetime]:
    """The MongoDB condition of a time that is still to come, and may be.

    What lies further ahead than its own longest span was written by a wrong clock.
    """
    return {"$gt": now, "$lte": now + longest + ASTRAY}


def is_ahead(until: datetime, now: datetime, longest: timedelta) -> bool:
    """The same of a time that is here."""
    return now < until <= now + longest + ASTRAY


async def in_turn(items: Iterable[T], *, at_once: int = 100) -> AsyncIterator[T]:
    """What thousands of `items` are, with others' turns between them: none of it holds the loop."""
    for number, item in enumerate(items, 1):
        yield item
        if number % at_once == 0:
            await asyncio.sleep(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long things wait, in seconds: handed down like the clock, so that tests wait shorter.

    A room takes the whole of it and reads its own lines.
    """

    # net
    attempt_s: float = 20.0  # one attempt, also where an answer and a token before it drip
    verdict_s: float = 5.0  # for another's probe of an open circuit
    verdict_asked_every_s: float = 0.5  # while another process probes
    circuits_read_every_s: float = 2.0  # a wall that one process met is known to all within this
    shared_state_s: float = 1.0  # budgets and probes; a store that is slower counts as down
    whole_answer_s: float = 12.0  # through requests, however steadily it drips
    short_link_s: float = 5.0  # all its hops together
    own_rate_s: float = 4.0  # the longest that a request waits for its turn at a JSON service

    # storage
    operation_s: float = 3.0  # a single operation, retries included (design §7)
    indexes_again_s: float = 5.0  # until the next try where MongoDB is not there yet
    write_holds_s: float = 1.0  # a write that went well says so long that writes do
    store_looked_at_every_s: float = 30.0  # its clock, and the indexes it could not make
    mongod_start_s: float = 30.0  # it needs 0.2 to 1 s; after a crash or on a slow disk more
    mongod_stop_s: float = 10.0  # a clean shutdown takes about 1 s
    mongod_watched_every_s: float = 0.5
    # Between two starts of a mongod that ends again, doubled each time up to the longest.
    mongod_again_s: float = 1.0
    mongod_again_longest_s: float = 60.0

    # spotify
    web_api_silence_s: float = 5.0  # to connect, and between two parts of an answer
    embed_page_s: float = 8.0
    embed_turn_s: float = 15.0  # the longest that a listing waits for its turn at the embed page

    # youtube
    music_silence_s: float = 6.0  # between two pieces of an answer
    visitor_s: float = 4.0  # the first search waits so long for the main page; it can do without
    data_api_answer_s: float = 12.0

    # platforms
    platform_answer_s: float = 6.0
    stored_pages_s: float = 0.3  # a message does not wait longer for what is stored

    # resolve
    write_behind_s: float = 0.3  # what is found meanwhile is stored in one statement
    typing_pause_s: float = 0.4  # without another letter before words are searched for
    inline_s: float = 4.0  # what is not there by then is left out; people see an answer within 5 s

    # jobs
    edit_every_s: float = 3.0  # design §9: edits of a message are joined, at most one in this time
    card_wait_s: float = 2.5  # a track's card waits so long for its YouTube link before it is sent
    head_start_s: float = 0.02  # the first page leaves before look-ups compete for the processor
    almost_done_s: float = 2.0  # with no more to go, an edit now would only delay the last one
    wait_note_after_s: float = 1.5  # a turn that comes sooner needs no word about waiting
    heartbeat_s: float = 5.0
    # After an outage nothing is taken over for so long: the processes that live have their leases
    # renewed by then, and have written which messages they sent.
    calm_s: float = 12.0
    lease_s: float = 25.0  # a dead process loses its jobs within 30 s, claims included
    retry_job_s: float = 5.0  # until a job that failed is tried again, times its attempts
    paid_s: float = 0.1  # that a message waits to have its number noted with its end
    ended_s: float = 3.0  # the longest that a button waits for a list that ended to be stored
    # What a stop waits for a message on its way, within the time of bot.telegram.lifecycle.
    through_s: float = 6.0

    # telegram
    claim_s: float = 1.0  # of an update where the claim before failed; one takes about 1 ms
    update_renewed_every_s: float = 2.0  # its lease takes 8 s
    update_asked_every_s: float = 0.5  # whether somebody else's lease of it has ended
    order_s: float = 1.0  # a link that waits this long for what was sent before it goes first
    preferences_s: float = 0.5  # a store that is slower than this does not hold an answer back
    handled_s: float = 1.0  # a handler that waits longer holds up nobody else's updates
    presses_s: float = 15.0  # in which so many presses of one person are followed
    room_asked_every_s: float = 0.05  # whether more updates may be polled
    seen_after_s: float = 0.7  # a person looks for a sign of life within a second
    # Together below the 20 s in which every listing is at a safe point: the last getUpdates,
    # handlers that wait for a chat, and the jobs. What is not done by then is found again at the
    # next start.
    last_poll_s: float = 3.0
    handlers_end_s: float = 6.0
    jobs_end_s: float = 9.0

    # ops
    check_s: float = 30.0  # one check of the doctor's, its retries included
    ping_s: float = 2.0  # so that /health answers before its caller gives up
    body_s: float = 10.0  # for an update to arrive in full by webhook
