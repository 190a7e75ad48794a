"""Each update is handled once, whichever way it comes and whoever gets it.

One place in front of all handlers: polling and the terminal come in by `do_process_update`, the
webhook by `take`. An update is claimed in MongoDB before its handler runs and marked as done
behind it; links need no mark, their jobs are one. In between the claim is a lease, kept alive as
long as the handler runs:

- Done already (webhook sent again, two processes that poll): passed over.
- Leased (another process works on it, or died with it): what was polled waits until it is done or
  the lease has passed, and is handled then; the webhook refuses it, and Telegram sends it again.
  So a process that is killed between the claim and the job's document loses nothing: Telegram has
  no confirmation of the update and delivers it again, and the next one to claim it is let through
  when the dead one's lease is over. Until then it confirms nothing itself (see
  bot.telegram.polling).
- The handler fails: by webhook the claim is given back and Telegram asked to send the update
  again, `MOST_ATTEMPTS` times in all; then, and by polling, where nothing is sent again, the person
  gets a sentence (see bot.telegram.handlers.errors), and the update is done.
- The store is down: by webhook the update is left with Telegram, as another process may have it, or
  the store be back by then. What was polled is handled without a claim (design §8), the first after
  all the time that an operation may take, as a store that only stands still must not make answers
  poorer or double, and those after it after at most `claim_s`.

A handler that has something slow to wait for leaves its place (see bot.telegram.places) and goes on
under its lease. For Telegram the update is taken then: it is not sent again, by webhook neither.

What remains: a process killed after it has answered a command, and before that was noted, answers
it again. Links are safe there as well, by the ids of their jobs.
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog
from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.clock import Timing
from bot.errors import NotTaken, StoreUnavailable
from bot.storage.seen_updates import Claim
from bot.telegram.places import Place

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterator

    from bot.storage.seen_updates import Claimed, SeenUpdates

    Handling = Coroutine[Any, Any, object]


@dataclass(slots=True)
class UserOrder:
    """Who of a person's updates came before whom, in this process.

    Only a handler that asks for its turn waits, and only for earlier updates of the same person.
    """

    timing: Timing = Timing()
    _lines: dict[int, dict[int, asyncio.Event]] = field(default_factory=dict, init=False)

    @contextmanager
    def arrived(self, update: object) -> Iterator[None]:
        """Stand in line from now on, until the block ends."""
        if not isinstance(update, Update) or update.effective_sender is None:
            yield
            return
        # Anonymous administrators of all groups are one user for Telegram, but no one person.
        line = self._lines.setdefault(update.effective_sender.id, {})
        line.setdefault(update.update_id, asyncio.Event())
        try:
            yield
        finally:
            self.leave(update)

    async def come(self, update: Update) -> None:
        """Wait until what this person sent before is taken."""
        person = update.effective_sender
        line = self._lines.get(person.id, {}) if person else {}
        ahead = list(line)
        before = ahead[: ahead.index(update.update_id)] if update.update_id in line else []
        events = [line[update_id] for update_id in before]
        with suppress(TimeoutError):
            async with asyncio.timeout(self.timing.order_s):
                for taken in events:
                    await taken.wait()

    def leave(self, update: Update) -> None:
        """Let the next one come: what had to be in order is done."""
        person = update.effective_sender
        line = self._lines.get(person.id, {}) if person else {}
        if taken := line.pop(update.update_id, None):
            taken.set()
        if person and not line:
            self._lines.pop(person.id, None)


log = structlog.get_logger()

LEASE_S = 8.0  # after a crash nothing is polled as long as an update waits for a dead lease
MOST_ATTEMPTS = 3
MOST_BESIDE = 512  # handlers that left their places, some 20 MB; those of gates are fewer
LAST_WORD_S = 2.0  # of the time that jobs have at a stop (bot.telegram.lifecycle)


@dataclass(slots=True)
class _Turn:
    """An update that is let through; without an `owner` unclaimed.

    `again`: Telegram sends it once more when its handler has `failed`. `repeated`: somebody may
    have handled a part of it before. `noted`: its jobs say that it was handled.
    """

    update_id: int | None = None
    owner: str | None = None
    again: bool = False
    repeated: bool = False
    failed: bool = False
    noted: bool = False


class UpdateProcessor(BaseUpdateProcessor):
    """Lets each update through to its handlers once; at most `most` updates at a time."""

    def __init__(
        self,
        updates: SeenUpdates,
        *,
        most: int,
        most_beside: int = MOST_BESIDE,
        noted: Callable[[Update], Awaitable[bool]] | None = None,
        ahead: Callable[[Update], Awaitable[None]] | None = None,
        timing: Timing = Timing(),
    ) -> None:
        """`noted` tells whether all that an update asks for is stored as jobs.

        `ahead` reads what its handlers will need, while it is claimed. It never raises.
        """
        super().__init__(most)
        self._updates = updates
        self._most_beside = most_beside
        self._noted = noted
        self._ahead = ahead
        self._timing = timing
        self._turns: dict[int, _Turn] = {}
        self._waiting = 0
        self._away = False  # the last claim failed
        self._running = set[asyncio.Task[object]]()
        self._beside = set[asyncio.Task[None]]()  # what follows handlers that left their places
        self.order = UserOrder(timing)

    @property
    def idle(self) -> bool:
        """Whether no handler runs, in a place or beside them."""
        return not self._running and not self._beside

    @property
    def undecided(self) -> bool:
        """Whether an update that was polled waits for somebody else's lease to end."""
        return self._waiting > 0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_process_update(self, update: object, coroutine: Any) -> None:
        """Handle what was polled, now or when whoever has it has ended or died."""
        with self.order.arrived(update):
            with _closing_unstarted(coroutine):
                turn = await self._patiently(update)
            await self._run(turn, coroutine)

    async def take(self, update: Update, handling: Handling) -> None:
        """Handle what came by webhook. Raises NotTaken where Telegram is to send it again."""
        with _closing_unstarted(handling):
            turn = await self._admit(update, sent_again=True)
        await self._run(turn, handling)
        if turn and turn.failed and turn.again:
            raise NotTaken("the handler of this update failed")

    async def cut_off(self) -> None:
        """End the handlers that still run when the process stops; each may say a last word."""
        for running in self._running:
            running.cancel()
        if self._running:
            await asyncio.wait(self._running, timeout=LAST_WORD_S)

    async def rest(self) -> None:
        """Wait for the handlers that left their places."""
        while self._beside:
            await asyncio.wait(self._beside)

    def claimed(self, update: Update) -> bool:
        """False while an update is handled that found the store down: nobody need ask it again."""
        turn = self._turns.get(update.update_id)
        return turn is None or turn.owner is not None

    def repeated(self, update: Update) -> bool:
        """Whether somebody, now dead, may have handled a part of this update."""
        turn = self._turns.get(update.update_id)
        return turn is not None and turn.repeated

    def sent_again(self, update: Update) -> bool:
        """Whether Telegram sends it once more when its handler does not come to its end."""
        turn = self._turns.get(update.update_id)
        return turn is not None and turn.again

    def noted(self, update: Update) -> None:
        """Stored jobs say that this update is handled: nothing else has to."""
        if turn := self._turns.get(update.update_id):
            turn.noted = True

    def failed(self, update: object) -> bool:
        """Note that a handler of this update failed; whether Telegram will send it again."""
        turn = self._turns.get(update.update_id) if isinstance(update, Update) else None
        if turn is None:
            return False
        turn.failed = True
        return turn.again

    async def _patiently(self, update: object) -> _Turn | None:
        self._waiting += 1
        try:
            while True:
                with suppress(NotTaken):
                    return await self._admit(update, sent_again=False)
                await asyncio.sleep(self._timing.update_asked_every_s)
        finally:
            self._waiting -= 1

    async def _admit(self, update: object, *, sent_again: bool) -> _Turn | None:
        """None for an update that was handled before. Raises NotTaken while another works on it."""
        if not isinstance(update, Update):
            return _Turn()
        owner = secrets.token_hex(6)
        try:
            claimed = await self._claim(update, owner)
        except (StoreUnavailable, TimeoutError) as error:
            self._away = True
            log.warning("update not claimed", update=update.update_id, reason=str(error))
            if sent_again:
                raise NotTaken("the store is away") from None
            return _Turn(update.update_id)
        self._away = False
        match claimed.claim:
            case Claim.DONE:
                log.info("update answered already", update=update.update_id)
                return None
            case Claim.TAKEN if await self._is_noted(update):
                log.info("update answered already", update=update.update_id)
                return None
            case Claim.TAKEN:
                raise NotTaken("somebody works on this update")
        again = sent_again and claimed.attempt < MOST_ATTEMPTS
        return _Turn(update.update_id, owner, again=again, repeated=claimed.attempt > 1)

    async def _claim(self, update: Update, owner: str) -> Claimed:
        """Raises StoreUnavailable and TimeoutError."""
        reading = asyncio.ensure_future(self._ahead(update)) if self._ahead else None
        try:
            async with asyncio.timeout(self._timing.claim_s if self._away else None):
                claimed = await self._updates.claim(update.update_id, owner, lease_s=LEASE_S)
            if reading and claimed.claim is Claim.OURS:
                await reading
            return claimed
        finally:
            if reading:
                reading.cancel()

    async def _is_noted(self, update: Update) -> bool:
        with suppress(StoreUnavailable):
            return self._noted is not None and await self._noted(update)
        return False

    async def _run(self, turn: _Turn | None, handling: Handling) -> None:
        """Run the handlers until they have ended, or left their place to go on beside it."""
        if turn is None:
            handling.close()
            return
        place = Place(room=lambda: len(self._beside) < self._most_beside)
        running = place.begin(handling)
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        if turn.update_id is not None:
            self._turns[turn.update_id] = turn
        try:
            await self._keep(turn, running, place.left)
        except BaseException:
            running.cancel()
            raise
        if running.done():
            await self._finish(turn, running)
            return
        turn.again = False  # Telegram is told that it was taken
        beside = asyncio.create_task(self._finish(turn, running))
        self._beside.add(beside)
        beside.add_done_callback(self._left)

    async def _keep(self, turn: _Turn, *until: asyncio.Future[Any]) -> None:
        """Keep the lease alive, where there is one, until one of these is done."""
        every_s, first = self._timing.update_renewed_every_s, asyncio.FIRST_COMPLETED
        while not (await asyncio.wait(until, timeout=every_s, return_when=first))[0]:
            with suppress(StoreUnavailable):
                await self._renew(turn)

    async def _finish(self, turn: _Turn, running: asyncio.Task[object]) -> None:
        try:
            await self._keep(turn, running)
            await running
        finally:
            running.cancel()
            if turn.update_id is not None:
                self._turns.pop(turn.update_id, None)
        await self._end(turn)

    def _left(self, beside: asyncio.Task[None]) -> None:
        self._beside.discard(beside)
        if not beside.cancelled() and (error := beside.exception()):
            log.error("handler failed beside its place", exc_info=error)

    async def _renew(self, turn: _Turn) -> None:
        if turn.update_id is not None and turn.owner is not None:
            await self._updates.renew(turn.update_id, turn.owner, lease_s=LEASE_S)

    async def _end(self, turn: _Turn) -> None:
        if turn.update_id is None or turn.owner is None or (turn.noted and not turn.failed):
            return
        with suppress(StoreUnavailable):
            if turn.failed and turn.again:
                await self._updates.release(turn.update_id, turn.owner)
            else:
                await self._updates.done(turn.update_id, turn.owner)


@contextmanager
def _closing_unstarted(handling: Handling) -> Iterator[None]:
    """Handlers that never begin are closed, or Python complains of them."""
    try:
        yield
    except BaseException:
        handling.close()
        raise
