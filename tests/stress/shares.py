"""Crowds that wait for something narrow, and a stranger who must not wait with them."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING

import httpx
import psutil  # type: ignore[import-untyped]  # its types are a package of their own

from bot.models.songlist import MOST_BYTES
from tests.e2e import worlds
from tests.stress.crowd import SONGS, replies
from tests.stress.rig import eventually, rig
from tests.stress.verdict import Verdict, checked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.sandbox.telegram.state import Message, User
    from tests.stress.rig import Bot, Rig

PROMPT_S = 8.0  # for an answer to a stranger, on a busy machine
IN_LINE_S = 20.0  # for one whose update came behind a thousand others
NEVER_S = 60.0
ASKED_S = 3.0  # between two questions of the stranger
GROUP_MB = 40  # that a thousand links in one group may take of memory
WITHOUT_SPOTIFY = {"SPOTIFY_CLIENT_ID": "", "SPOTIFY_CLIENT_SECRET": ""}


async def busy_group(folder: Path, *, people: int = 175, links: int = 6) -> Verdict:
    """A thousand links in one group, which takes twenty answers a minute; then a kill -9."""
    size = people * links
    async with rig(folder, f"--playlist={SONGS}={size + 20}") as on:
        await on.control("/settings", delays={"spotify_api": 0.0, "youtube_music": 0.0})
        [bot] = await on.add(1, SPOTIFY_CALLS="100000")
        songs = iter(worlds.tracks(SONGS, size + 20))
        crowd = [on.telegram.user(f"Member {number}") for number in range(people)]
        group = on.telegram.group("Busy", crowd)
        stranger = on.telegram.user("Stranger")
        await _asked(on, stranger, str(next(songs).url))
        before = _mb(bot)
        asked = [
            on.telegram.send_text(person, str(next(songs).url), chat=group)
            for _ in range(links)
            for person in crowd
        ]
        behind = await _asked(on, stranger, str(next(songs).url))
        await eventually(partial(_taken, on, size + 2))
        waits = [await _asked(on, stranger, str(next(songs).url)) for _ in range(3)]
        grown = _mb(bot) - before
        await bot.kill()
        with on.database() as db:
            kept = await db["jobs"].count_documents({"chat_id": group.id})
        await bot.start()
        other = on.telegram.user("Other")  # a lease of the dead process holds nobody else up
        waits += [await _asked(on, other, str(next(songs).url)) for _ in range(2)]
        ids = [m["reply_to_message"]["message_id"] for m in on.telegram.sent(group)]
    asked_ids = [message["message_id"] for message in asked]
    answered = [each for each in dict.fromkeys(ids) if each in asked_ids]
    twice = len(ids) - len(set(ids))
    return Verdict(
        tried=size, lost=size - kept, doubled=max(0, twice - 1)
    ) + checked(  # one may have been on its way to Telegram in the moment of the kill
        stranger_is_answered=behind <= IN_LINE_S and max(waits) <= PROMPT_S,
        memory_holds=grown <= GROUP_MB,
        the_group_goes_on=len(answered) >= 8,
        remark=f"a stranger waited {behind:.1f} s in line with all of them, then at most "
        f"{max(waits):.1f} s; {grown} MB more",
    )


async def narrow(
    folder: Path, *, what: str = "words", people: int = 12, each: int = 6, slow_s: float = 5.0
) -> Verdict:
    """Words that YouTube takes long to search for, or files that Telegram takes long to bring."""
    async with rig(folder, f"--playlist={SONGS}=50") as on:
        changes = WITHOUT_SPOTIFY if what == "words" else {}
        [bot] = await on.add(1, **changes)
        songs = iter(worlds.tracks(SONGS, 50))
        stranger = on.telegram.user("Stranger")
        await _asked(on, stranger, str(next(songs).url))
        if what == "words":
            await on.control("/settings", delays={"youtube_music": slow_s})
        on.server.download_s = slow_s
        crowd = [on.telegram.user(f"Person {number}") for number in range(people)]
        send = _words if what == "words" else _file
        asked = [(person, send(on, person, number)) for person in crowd for number in range(each)]
        waits, well = list[float](), list[int]()
        while not _all_answered(on, asked) and len(waits) < 2 * len(asked):
            waits.append(await _asked(on, stranger, "/help"))
            waits.append(
                await _asked(on, stranger, str(next(songs, worlds.tracks(SONGS, 1)[0]).url))
            )
            well.append(await bot.status("/health"))
            await asyncio.sleep(ASKED_S)
        counts = [len(replies(on.telegram, person, number)) for person, number in asked]
    return Verdict(tried=len(asked), lost=counts.count(0)) + checked(
        stranger_is_answered=max(waits) <= PROMPT_S,
        health_stays=set(well) == {httpx.codes.OK},
        remark=f"a stranger waited {max(waits):.1f} s at most, in {len(waits)} tries",
    )


async def _asked(on: Rig, user: User, text: str) -> float:
    """Seconds until there is an answer."""
    began = time.monotonic()
    said = on.telegram.send_text(user, text)
    try:
        await on.telegram.message(user, _after(said), NEVER_S)
    except TimeoutError:
        return NEVER_S
    return time.monotonic() - began


def _after(said: Message) -> Callable[[Message], bool]:
    return lambda message: bool(message["message_id"] > said["message_id"])


async def _taken(on: Rig, count: int) -> bool:
    with on.database() as db:
        return bool(await db["jobs"].count_documents({}) >= count)


def _words(on: Rig, person: User, number: int) -> int:
    return int(on.telegram.send_text(person, f"some song {person.id} {number}")["message_id"])


def _file(on: Rig, person: User, number: int) -> int:
    content = b"x" * (MOST_BYTES - number)
    return int(on.telegram.send_file(person, f"{number}.txt", content)["message_id"])


def _all_answered(on: Rig, asked: list[tuple[User, int]]) -> bool:
    return all(replies(on.telegram, person, number) for person, number in asked)


def _mb(bot: Bot) -> int:
    return int(psutil.Process(bot.pid).memory_info().rss >> 20)
