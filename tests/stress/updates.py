"""Updates that come twice, to two processes, in a flood, or in an order that matters."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from bot.quota.policy import BURST
from tests.e2e import worlds
from tests.stress.crowd import SONGS, Crowd, final, ledger, replies, right, settled
from tests.stress.rig import eventually, rig
from tests.stress.verdict import Verdict, checked

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from tests.staged.telegram import Telegram
    from tests.stress.rig import Rig

WAIT_S = 40.0
FLOODED_S = 10.0  # the longest that others may wait while one person floods the bot


async def redelivered(folder: Path, *, people: int = 20) -> Verdict:
    """Every update comes twice, links and /quota: once more when the first is answered."""
    async with rig(folder, f"--playlist={SONGS}={people}", bots=1) as on:
        crowd = Crowd(on.telegram, people)
        taken: list[dict[str, Any]] = []
        for _ in range(people):
            crowd.ask()
            on.telegram.send_text(crowd.asked[-1].user, "/quota")
            taken += on.telegram.world.updates.pending[-2:]

        async def quota_told() -> bool:
            return all(_quotas(on.telegram, each.user.id) for each in crowd.asked)

        await crowd.served()
        await eventually(quota_told, WAIT_S)
        for update in taken:
            on.telegram.repeat(update)

        async def gone() -> bool:
            return on.telegram.idle

        await eventually(gone, WAIT_S)
        await asyncio.sleep(2.0)
        counts = [_quotas(on.telegram, each.user.id) for each in crowd.asked]
        with on.database() as db:
            units = await ledger(db, units=people)
    quota = Verdict(tried=people, lost=counts.count(0), doubled=sum(n > 1 for n in counts))
    return crowd.verdict() + quota + units


async def two_pollers(folder: Path, *, seconds: float = 15, rate: float = 10) -> Verdict:
    """Two processes poll with one token, as at a hand-over; then the first is told to end."""
    songs = int(rate * seconds)
    async with rig(folder, f"--playlist={SONGS}={songs}", bots=2) as on:
        crowd = Crowd(on.telegram, songs)
        await crowd.steady(rate, seconds * 2 / 3)
        await asyncio.gather(on.bots[0].stop(), crowd.steady(rate, seconds / 3))
        await crowd.served()
        with on.database() as db:
            await settled(db)
            units = await ledger(db, units=len(crowd.asked))
        warned = sum("another process polls" in bot.log for bot in on.bots)
    return crowd.verdict() + units + checked(operator_is_warned=warned > 0)


async def in_order(folder: Path, *, people: int = 15, links: int = 4) -> Verdict:
    """Links that a person sends at once are answered in their order, one at a time."""
    songs = worlds.tracks(SONGS, people * links)
    async with rig(folder, f"--playlist={SONGS}={people * links}", bots=1) as on:
        asked = []
        for number in range(people):
            user = on.telegram.user("Hasty")
            mine = songs[number * links : (number + 1) * links]
            asked += [(user, on.telegram.send_text(user, str(s.url)), s) for s in mine]

        def told() -> list[list[Any]]:
            return [replies(on.telegram, user, m["message_id"]) for user, m, _ in asked]

        async def all_told() -> bool:
            return all(any(map(final, each)) for each in told())

        await eventually(all_told, WAIT_S)
        answers = told()
        calls = on.telegram.calls_of("sendMessage", "editMessageText")
    # A note that it waits may come before what it waits for; the last state of each counts.
    last = {call.result["message_id"]: at for at, call in enumerate(calls) if call.result}
    ended = [last[each[0]["message_id"]] if each else 0 for each in answers]
    lanes = [ended[at : at + links] for at in range(0, len(ended), links)]
    wrong = sum(not right(m[-1], song) for m, (_, _, song) in zip(answers, asked, strict=True) if m)
    return Verdict(
        tried=len(asked),
        lost=sum(not each for each in answers),
        doubled=sum(len(each) > 1 for each in answers),
        wrong=wrong,
    ) + Verdict(tried=people, wrong=sum(lane != sorted(lane) for lane in lanes))


async def flood(folder: Path, *, messages: int = 80, people: int = 20) -> Verdict:
    """One person sends links without end; the others are answered meanwhile."""
    async with rig(folder, f"--playlist={SONGS}={people + messages}", bots=1) as on:
        crowd = Crowd(on.telegram, people + messages)
        loud = on.telegram.user("Loud")
        for song in crowd.songs[people:]:
            on.telegram.send_text(loud, str(song.url))
        began = time.monotonic()
        for _ in range(people):
            crowd.ask()
        await crowd.served()
        took = time.monotonic() - began
        answered = len([m for m in on.telegram.sent(loud) if "reply_to_message" in m])
    return crowd.verdict() + checked(
        others_do_not_wait=took <= FLOODED_S,
        burst_is_answered=answered >= BURST,
        remark=f"others were answered within {took:.1f} s",
    )


async def health(folder: Path) -> Verdict:
    """Health tells whether the process works, readiness whether it should be sent updates."""
    async with rig(folder) as on:
        [bot] = await on.add()
        well = (await bot.status("/health"), await bot.status("/ready"))
        on.telegram.user("Nobody")
        [hook] = await _hooked(on)
        unsigned = await _post(hook.port, "/hook", b"{}")
        pid = bot.program.process
        assert pid
        stopping = asyncio.create_task(bot.stop())
        await stopping
        down = (await bot.status("/health"), await bot.status("/ready"))
    return checked(
        well=well == (200, 200),
        an_update_without_the_secret_is_refused=unsigned == 403,
        gone_when_stopped=down == (0, 0),
        pending_updates_never_dropped=not any(
            call.params.get("drop_pending_updates")
            for call in on.telegram.calls_of("setWebhook", "deleteWebhook")
        ),
    )


async def _hooked(on: Rig) -> list[Any]:
    on.reserve(2)
    return await on.add(1, hook=f"http://127.0.0.1:{on.ports[1]}/hook")


async def _post(port: int, path: str, body: bytes) -> int:
    import httpx

    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.post(f"http://127.0.0.1:{port}{path}", content=body)).status_code


def _quotas(telegram: Telegram, user_id: int) -> int:
    chat = telegram.world.chats[user_id]
    return sum("Today you used" in m.get("text", "") for m in telegram.sent(chat))
