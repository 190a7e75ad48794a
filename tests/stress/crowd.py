"""People who ask, each once in a chat of their own, and what came back to them."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.e2e import worlds
from tests.stress.rig import PATIENCE_S, eventually
from tests.stress.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models import Track
    from bot.sandbox.telegram.state import Message, User
    from bot.storage.database import Database
    from tests.staged.telegram import Telegram

SONGS = "crowd"  # the playlist whose songs people ask for, one after the other
MOST_REMARKS = 4
# The longest from Telegram's taking a message to the note of its number in MongoDB, by a process
# that works off what came while it was not there. One that is killed in this time leaves a message
# that nobody knows of (README, limits).
UNKNOWABLE_S = 1.0


@dataclass(frozen=True, slots=True)
class Kill:
    """When a process was killed, and which messages of the bot MongoDB knew then, by chat."""

    at: float
    noted: frozenset[tuple[int, int]]

    @classmethod
    async def just_now(cls, telegram: Telegram, db: Database) -> Kill:
        at = telegram.world.timer()
        jobs = db["jobs"].find({"reply_id": {"$ne": None}}, {"chat_id": 1, "reply_id": 1})
        return cls(at, frozenset([(job["chat_id"], job["reply_id"]) async for job in jobs]))


@dataclass(frozen=True, slots=True)
class Asked:
    user: User
    message_id: int
    song: Track
    at: float


@dataclass(slots=True)
class Crowd:
    """`size` is how many songs there are to ask for; then they begin again.

    One question in `new_every` is for the next song, the others for songs that were asked for.
    """

    telegram: Telegram
    size: int
    new_every: int = 1
    asked: list[Asked] = field(default_factory=list)
    songs: list[Track] = field(init=False)

    def __post_init__(self) -> None:
        self.songs = worlds.tracks(SONGS, self.size)

    def ask(self) -> Asked:
        """A person who is new here sends the link of a song."""
        number = len(self.asked)
        new, old = divmod(number, self.new_every)
        song = self.songs[(number % (new + 1) if old else new) % self.size]
        user = self.telegram.user("Crowd")
        message = self.telegram.send_text(user, str(song.url))
        asked = Asked(user, message["message_id"], song, time.monotonic())
        self.asked.append(asked)
        return asked

    async def steady(self, rate: float, seconds: float) -> None:
        """So many a second, for so long."""
        loop = asyncio.get_running_loop()
        began, sent = loop.time(), 0
        while (now := loop.time() - began) < seconds:
            while sent < now * rate:
                self.ask()
                sent += 1
            await asyncio.sleep(0.5 / rate)

    def replies(self, asked: Asked) -> list[Message]:
        return replies(self.telegram, asked.user, asked.message_id)

    def answered(self, asked: Asked) -> bool:
        return any(map(final, self.replies(asked)))

    async def served(self, within_s: float = PATIENCE_S) -> bool:
        """Wait until everybody has an answer that stays; False when somebody waits for good."""
        waiting = list(self.asked)

        async def all_are() -> bool:
            waiting[:] = [each for each in waiting if not self.answered(each)]
            return not waiting

        return await eventually(all_are, within_s)

    def waits(self) -> list[float]:
        """Seconds from each question to its first answer, shortest first."""
        sent = {
            call.result["message_id"]: call.at
            for call in self.telegram.calls_of("sendMessage")
            if call.result
        }
        told = ((each, self.replies(each)) for each in self.asked)
        return sorted(sent[replies[0]["message_id"]] - each.at for each, replies in told if replies)

    def found(self, asked: Asked) -> bool:
        """Whether the card with the official recording came."""
        return any(right(message, asked.song) for message in self.replies(asked))

    def verdict(self, *, kills: Sequence[Kill] = ()) -> Verdict:
        """Whether everybody has the card, once.

        A message that Telegram took within `UNKNOWABLE_S` before one of `kills`, and whose number
        MongoDB did not have by then, may come a second time: nobody lives who knows of it.
        """
        lost = [each for each in self.asked if not self.replies(each)]
        twice = [each for each in self.asked if len(self.replies(each)) > 1]
        unknowable = [each for each in twice if self._cut_off(each, kills)]
        texts = [
            replies[-1]["text"]
            for each in self.asked
            if (replies := self.replies(each)) and not right(replies[-1], each.song)
        ]
        said = Counter(text.splitlines()[-1] for text in texts).most_common(MOST_REMARKS)
        remarks = [f"{count} × {text!r}" for text, count in said]
        if unknowable:
            remarks.append(f"{len(unknowable)} sent in the last moment before a kill, and again")
        return Verdict(
            tried=len(self.asked),
            lost=len(lost),
            doubled=len(twice) - len(unknowable),
            wrong=len(texts),
            remarks=tuple(remarks),
        )

    def _cut_off(self, asked: Asked, kills: Sequence[Kill]) -> bool:
        """Whether each of the answers but the last was sent, and not noted, before a kill."""
        numbers = {message["message_id"] for message in self.replies(asked)[:-1]}
        sent = [
            (call.at, (asked.user.id, call.result["message_id"]))
            for call in self.telegram.calls_of("sendMessage")
            if call.result and call.result["message_id"] in numbers
        ]
        return all(
            any(0 <= kill.at - at < UNKNOWABLE_S and place not in kill.noted for kill in kills)
            for at, place in sent
        )


def replies(telegram: Telegram, user: User, message_id: int) -> list[Message]:
    """The bot's messages that answer this one."""
    return [
        message
        for message in telegram.sent(user)
        if message.get("reply_to_message", {}).get("message_id") == message_id
    ]


def final(message: Message) -> bool:
    """Whether the message will not change any more: nothing is waited for or looked up."""
    return not any(sign in message["text"] for sign in ("looking", "Looking", "▰", "▱", "is next"))


def right(message: Message, song: Track) -> bool:
    """Whether it is the song's card, with the official recording."""
    links = [entity.get("url", "") for entity in message.get("entities", [])]
    keyboard = message.get("reply_markup", {}).get("inline_keyboard", [])
    links += [button.get("url", "") for row in keyboard for button in row]
    video = worlds.audio(song).video_id
    return song.title in message["text"] and any(video in link for link in links)


async def settled(db: Database, within_s: float = PATIENCE_S) -> bool:
    """Wait until every job has ended."""

    async def ended() -> bool:
        return not await db["jobs"].count_documents({"state": {"$ne": "done"}})

    return await eventually(ended, within_s)


async def ledger(db: Database, *, units: int) -> Verdict:
    """Whether the ledger says that so many units were used, and by which reservations."""
    wrong, total = 0, 0
    remarks: tuple[str, ...] = ()
    async for usage in db["usage"].find({}):
        total += usage["used"]
        spent = [entry.get("spent", entry["granted"]) for entry in usage["jobs"]]
        wrong += usage["used"] != sum(spent)
    if wrong or total != units:
        remarks = (f"ledger: {total} units instead of {units}, {wrong} users with other sums",)
    return Verdict(tried=1, wrong=wrong + (total != units), remarks=remarks)
