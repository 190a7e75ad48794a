"""Telegram in the way: blocked, deleted, unchanged, too many requests, out of reach."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.telegram.errors import bad_request, forbidden
from bot.sandbox.telegram.sending import NOT_MODIFIED
from bot.storage.jobs import PUT_OFF_S
from bot.telegram import delivery, send_limits
from tests.conftest import PATIENT
from tests.e2e import worlds
from tests.e2e.live import callback_data
from tests.staged.faults import bad_gateway, too_many

if TYPE_CHECKING:
    from bot.sandbox.telegram.state import Chat, User
    from bot.storage.database import Mongo
    from tests.conftest import SetClock
    from tests.e2e.live import LiveBot
    from tests.e2e.services import Loopback
    from tests.staged.faults import NoResult
    from tests.staged.telegram import Telegram

TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
ALBUM = "https://open.spotify.com/album/sampleAlbumHarbour0001"
ATLAS = "https://open.spotify.com/playlist/samplePlaylistAtlas001"
ROAD_TRIP = f"https://open.spotify.com/playlist/{worlds.playlist_id('Road trip')}"
MOTHS = "Paper Moths at the Window\n"


@pytest.fixture
def by_the_clock(monkeypatch: pytest.MonkeyPatch, now: SetClock) -> None:
    """What is held back for an hour is free when the clock has gone forward by one."""
    began = now()

    def loop_s() -> float:
        return asyncio.get_running_loop().time() + (now() - began).total_seconds()

    monkeypatch.setattr(send_limits, "loop_s", loop_s)


async def test_a_person_who_blocked_the_bot(
    bot: LiveBot, telegram: Telegram, alice: User, bob: User, caplog: pytest.LogCaptureFixture
) -> None:
    """Who blocks the bot gets nothing more, and the bot goes on for the others and for them."""
    telegram.send_text(alice, f"{TRACK} {ALBUM}")
    telegram.block(alice)
    await bot.rest()
    [card] = await bot.ask(bob, TRACK)
    telegram.block(alice, blocked=False)
    [again] = await bot.ask(alice, TRACK)

    refused = [call for call in telegram.calls_of("sendMessage") if call.error]
    assert {"403 Forbidden: bot was blocked by the user"} == {str(call.error) for call in refused}
    assert 2 == len(refused)
    assert [MOTHS, MOTHS] == [m["text"].splitlines(keepends=True)[0] for m in (card, again)]
    assert [] == [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize(
    "error",
    [
        forbidden("bot was kicked from the supergroup chat"),
        bad_request("not enough rights to send text messages to the chat"),
        bad_request("CHAT_WRITE_FORBIDDEN"),
        bad_request("TOPIC_CLOSED"),
        bad_request("TOPIC_DELETED"),
        bad_request("message thread not found"),
    ],
)
async def test_a_group_that_takes_nothing(
    bot: LiveBot, telegram: Telegram, alice: User, error: NoResult
) -> None:
    """A chat in which the bot may not write ends the job without another attempt."""
    group = telegram.group("Friends", [alice])
    telegram.fail("sendMessage", error)
    assert [] == await bot.ask(alice, ALBUM, chat=group)

    assert 1 == len(telegram.calls_of("sendMessage"))
    [card] = await bot.ask(alice, TRACK, chat=group)
    assert card["text"].startswith(MOTHS)


@pytest.mark.parametrize("text", [ATLAS, "/help"])
async def test_an_answer_stays_in_its_topic(
    bot: LiveBot, telegram: Telegram, alice: User, text: str
) -> None:
    """Also when the message that it replies to is gone by then; and so does a file."""
    group = telegram.group("Friends", [alice])
    said = telegram.send_text(alice, text, chat=group)
    content = telegram.world.updates.pending.pop()["message"]
    del telegram.chat(group).messages[said["message_id"]]
    topic = {"message_thread_id": 77, "is_topic_message": True}
    telegram.world.updates.add("message", content | topic)
    [answer] = await bot.answers(said)
    if text == ATLAS:
        data = f"{callback_data(answer, 'Export')}:csv"
        await bot.forge(alice, group, answer | topic, data)
        await bot.rest()

    sent = telegram.calls_of("sendMessage", "sendDocument")
    assert [77] * (2 if text == ATLAS else 1) == [c.params.get("message_thread_id") for c in sent]


async def test_a_thread_of_replies_is_no_topic(
    bot: LiveBot, telegram: Telegram, alice: User
) -> None:
    """Telegram numbers those too, and takes the number back for topics only."""
    group = telegram.group("Friends", [alice])
    said = telegram.send_text(alice, TRACK, chat=group)
    content = telegram.world.updates.pending.pop()["message"]
    telegram.world.updates.add("message", content | {"message_thread_id": 77})
    await bot.answers(said)

    [sent] = telegram.calls_of("sendMessage")
    assert "message_thread_id" not in sent.params


async def test_a_group_that_became_a_supergroup(
    bot: LiveBot, telegram: Telegram, alice: User
) -> None:
    """What the old group no longer takes is sent to the new one: links and commands, each once."""
    group, new = telegram.group("Friends", [alice]), telegram.group("Friends", [alice])
    for text in (ALBUM, "/help"):
        telegram.fail("sendMessage", _migrated(new))
        assert [] == await bot.ask(alice, text, chat=group)

    listing, help_ = telegram.sent(new)
    assert listing["text"].startswith("Harbour of Small Hours\n")
    assert help_["text"] != listing["text"]
    assert 4 == len(telegram.calls_of("sendMessage"))


async def test_a_group_that_becomes_a_supergroup_meanwhile(
    wired: LiveBot, loopback: Loopback, telegram: Telegram, mongo: Mongo, alice: User
) -> None:
    """A list that runs goes on in the new group, in one message there."""
    loopback.delays["youtube_music"] = 0.3
    group, new = telegram.group("Friends", [alice]), telegram.group("Friends", [alice])
    telegram.send_text(alice, ROAD_TRIP, chat=group)
    await wired.says(group, "looking…")
    telegram.fail("editMessageText", _migrated(new))
    await wired.rest()

    [there] = telegram.sent(new)
    assert "\n20 official" in there["text"]
    [job] = [job async for job in mongo.db["jobs"].find({})]
    assert (new.id, there["message_id"]) == (job["chat_id"], job["reply_id"])


@pytest.mark.parametrize("data", ["x:{job}", "w:{job}:0", "f:{job}:0"])
async def test_buttons_that_stayed_behind_in_the_old_group(
    bot: LiveBot, telegram: Telegram, alice: User, data: str
) -> None:
    """A list of before can have no other buttons any more: a toast says what to do."""
    group = telegram.group("Friends", [alice], basic=True)
    [listing] = await bot.ask(alice, ATLAS, chat=group)
    job = callback_data(listing, "Export").split(":")[1]
    new = telegram.groups.migrate(group, quiet=True)
    toast = await bot.forge(alice, group, listing, data.format(job=job))

    assert "That list is too old to turn. Send its link again." == toast
    assert [] == telegram.sent(new)


async def test_a_file_for_the_old_group_is_no_failure(
    bot: LiveBot, telegram: Telegram, alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    """There is no listing in the new group that it could reply to."""
    group = telegram.group("Friends", [alice], basic=True)
    [listing] = await bot.ask(alice, ATLAS, chat=group)
    new = telegram.groups.migrate(group, quiet=True)
    data = f"{callback_data(listing, 'Export')}:csv"

    assert None is await bot.forge(alice, group, listing, data)
    await bot.rest()
    assert [] == telegram.sent(new)
    assert [] == [record for record in caplog.records if record.levelno >= logging.ERROR]


def _migrated(new: Chat) -> NoResult:
    error = bad_request("group chat was upgraded to a supergroup chat")
    error.parameters = {"migrate_to_chat_id": new.id}
    return error


async def test_a_deleted_message_ends_its_list(
    wired: LiveBot, loopback: Loopback, telegram: Telegram, alice: User
) -> None:
    """A listing whose message was deleted looks nothing more up, and pays what it looked up."""
    loopback.delays["youtube_music"] = 0.15
    telegram.send_text(alice, ROAD_TRIP)
    running = await wired.says(alice, "looking…")
    del telegram.chat(alice).messages[running["message_id"]]
    await wired.rest()
    asked = len(loopback.requests("youtube_music"))
    loopback.delays["youtube_music"] = 0.0
    [quota] = await wired.ask(alice, "/quota")

    used = int(quota["text"].split()[3])
    assert 1 == len(telegram.calls_of("sendMessage")) - 1
    assert used < 45
    assert asked < 45


async def test_an_unchanged_message_is_no_failure(
    wired: LiveBot, telegram: Telegram, alice: User
) -> None:
    """That a message is not modified says that all is as it should be."""
    telegram.fail("editMessageText", bad_request(NOT_MODIFIED))
    [listing] = await wired.ask(alice, ROAD_TRIP)
    toast = await wired.toast(alice, listing, "1 / 3")

    assert None is toast
    assert listing["message_id"] == telegram.sent(alice)[-1]["message_id"]


async def test_a_wait_that_telegram_asks_for_is_kept(
    bot: LiveBot, telegram: Telegram, alice: User
) -> None:
    """After 429 the answer comes when the time that Telegram named is over, and once."""
    telegram.fail("sendMessage", too_many(1))
    [card] = await bot.ask(alice, TRACK)

    refused, sent = telegram.calls_of("sendMessage")
    assert card["text"].startswith(MOTHS)
    assert sent.at - refused.at >= 1.0


@pytest.mark.parametrize(
    "errors", [[bad_gateway()] * delivery.ATTEMPTS, [too_many(3600)]], ids=["502", "429"]
)
@pytest.mark.parametrize("timing", [replace(PATIENT, heartbeat_s=0.1)])
@pytest.mark.usefixtures("by_the_clock")
async def test_telegram_out_of_reach_loses_nothing(
    bot: LiveBot, now: SetClock, alice: User, bob: User, errors: list[NoResult]
) -> None:
    """An answer that Telegram does not take is put off, comes later, and holds nobody up."""
    telegram = bot.telegram
    telegram.fail("sendMessage", *errors)
    said = telegram.send_text(alice, TRACK)
    assert [] == await bot.answers(said)
    assert len(errors) == len(telegram.calls_of("sendMessage"))
    [other] = await bot.ask(bob, ALBUM)

    now.forward(seconds=3600 + PUT_OFF_S[0])
    late = await bot.says(alice, MOTHS)

    assert other["text"].startswith("Harbour of Small Hours\n")
    assert said["message_id"] == late["reply_to_message"]["message_id"]


async def test_a_message_that_telegram_refuses_is_given_up(
    bot: LiveBot, telegram: Telegram, mongo: Mongo, alice: User
) -> None:
    """What fails for a reason of our own is told in a sentence, and the next link is answered."""
    telegram.fail("sendMessage", bad_request("can't parse entities: unsupported start tag"))
    [told] = await bot.ask(alice, ALBUM)
    telegram.fail("sendMessage", *[bad_request("can't parse entities")] * 2)
    assert [] == await bot.ask(alice, ALBUM)
    [card] = await bot.ask(alice, TRACK)

    assert ("Something went wrong on my side. Send that again in a few minutes.") == told["text"]
    assert card["text"].startswith(MOTHS)
    assert 0 == await mongo.db["jobs"].count_documents({"state": {"$ne": "done"}})


async def test_a_command_that_is_not_delivered(
    bot: LiveBot, telegram: Telegram, alice: User
) -> None:
    """An answer to a command that Telegram refuses is dropped: the person can ask again."""
    telegram.fail("sendMessage", forbidden("bot was blocked by the user"))
    assert [] == await bot.ask(alice, "/quota")
    telegram.fail("sendMessage", bad_request("something new"))
    assert [] == await bot.ask(alice, "/quota")

    [answer] = await bot.ask(alice, "/quota")
    assert answer["text"].startswith("Today you used 0")


async def test_a_page_that_cannot_be_shown(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """A button in a chat that takes nothing any more has an answer without words."""
    [listing] = await bot.ask(alice, ATLAS)
    telegram.fail("editMessageText", forbidden("bot was blocked by the user"))

    assert None is await bot.toast(alice, listing, "▶")
    assert listing["text"] == telegram.sent(alice)[-1]["text"]


async def test_a_late_answer_to_a_button_is_harmless(
    bot: LiveBot, telegram: Telegram, alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    """A toast for which Telegram no longer waits is dropped without a word to the person."""
    [listing] = await bot.ask(alice, ATLAS)
    telegram.fail(
        "answerCallbackQuery", bad_request("query is too old and response timeout expired")
    )
    telegram.press(alice, listing, "▶")
    second = await bot.says(alice, r"\n21  ")
    await bot.rest()

    assert [listing["message_id"]] == [m["message_id"] for m in telegram.sent(alice)]
    assert second["message_id"] == listing["message_id"]
    assert [] == [record for record in caplog.records if record.levelno >= logging.ERROR]
