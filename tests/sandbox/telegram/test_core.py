"""What people do, what tests ask for, and what stands in the bot's way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from bot.sandbox.telegram.errors import ApiError
from tests.staged.faults import NoAnswer, NoResult, RawAnswer, bad_gateway, server_error, too_many
from tests.staged.telegram import Telegram

if TYPE_CHECKING:
    from bot.sandbox.telegram.state import User
    from tests.sandbox.conftest import Timer


async def newest(telegram: Telegram) -> dict[str, Any]:
    update: dict[str, Any] = (await telegram.call("getUpdates", {"offset": -1}))[0]
    return update


async def test_said(telegram: Telegram, alice: User) -> None:
    """A person's message comes with its links marked, and from whom it is."""
    telegram.send_text(alice, "open.spotify.com/track/1")
    message = (await newest(telegram))["message"]
    assert ("Alice", "private", "url") == (
        message["from"]["first_name"],
        message["chat"]["type"],
        message["entities"][0]["type"],
    )


async def test_said_with_entities(telegram: Telegram, alice: User) -> None:
    """Hidden links, replies and forwards come as Telegram sends them."""
    link = {"type": "text_link", "offset": 0, "length": 4, "url": "https://a.be"}
    first = telegram.send_text(alice, "here", entities=[link])
    telegram.send_text(alice, "plain", reply_to=first, forward_from=telegram.user("Bob"))
    message = (await newest(telegram))["message"]
    assert [link] == message["reply_to_message"]["entities"]
    assert "Bob" == message["forward_origin"]["sender_user"]["first_name"]
    assert "entities" not in message


async def test_group(telegram: Telegram, alice: User) -> None:
    """Groups have ids below zero, each its own."""
    one, two = telegram.group("One", [alice]), telegram.group("Two", [alice])
    telegram.send_text(alice, "hi", chat=two)
    assert one.id != two.id
    assert (two.id, "supergroup") == (
        (chat := (await newest(telegram))["message"]["chat"])["id"],
        chat["type"],
    )


async def test_files(telegram: Telegram, alice: User) -> None:
    """Files and pictures may have captions, whose links are marked."""
    telegram.send_file(alice, "list.txt", b"x", caption="https://a.be")
    document = (await newest(telegram))["message"]
    telegram.send_photo(alice, caption="https://a.be")
    photo = (await newest(telegram))["message"]
    telegram.send_photo(alice)
    assert "caption" not in (await newest(telegram))["message"]
    assert document["caption_entities"] == photo["caption_entities"]
    assert ("list.txt", 640) == (document["document"]["file_name"], photo["photo"][0]["width"])


async def test_edited(telegram: Telegram, alice: User) -> None:
    """A person's edit comes as an update of its own kind."""
    said = telegram.send_text(alice, "https://a.be")
    telegram.edit_text(said, "never mind")
    edited = (await newest(telegram))["edited_message"]
    assert ("never mind", said["message_id"]) == (edited["text"], edited["message_id"])
    assert "entities" not in edited


async def test_pressed(telegram: Telegram, alice: User) -> None:
    """Only a button that is there can be pressed, by its label or its data."""
    rows = [[{"text": "▶", "callback_data": "next"}, {"text": "↗", "url": "https://a.be"}]]
    params: dict[str, Any] = {"chat_id": alice.id, "text": "x"}
    params["reply_markup"] = {"inline_keyboard": rows}
    message = await telegram.call("sendMessage", params)
    telegram.press(alice, message, "▶")
    query = (await newest(telegram))["callback_query"]
    assert ("next", message, alice.id) == (query["data"], query["message"], query["from"]["id"])
    for gone in ("◀", "↗"):
        with pytest.raises(LookupError, match="no button"):
            telegram.press(alice, message, gone)


async def test_membership(telegram: Telegram, alice: User) -> None:
    """The bot learns that it was blocked, and that it is welcome again."""
    telegram.block(alice)
    blocked = (await newest(telegram))["my_chat_member"]
    telegram.block(alice, blocked=False)
    welcome = (await newest(telegram))["my_chat_member"]
    assert ("kicked", "member") == (
        blocked["new_chat_member"]["status"],
        welcome["new_chat_member"]["status"],
    )


async def test_unknown_method(telegram: Telegram) -> None:
    """A method that does not exist is not found; names are not case-sensitive."""
    with pytest.raises(ApiError, match="404 Not Found"):
        await telegram.call("sendNothing", {})
    assert await telegram.call("GETME", {})


@pytest.mark.parametrize("error", [too_many(7), server_error(), bad_gateway(), NoAnswer()])
async def test_fault(telegram: Telegram, alice: User, error: NoResult) -> None:
    """A fault meets one call, which leaves nothing behind."""
    telegram.fail("sendMessage", error)
    params = {"chat_id": alice.id, "text": "x"}
    with pytest.raises(type(error)):
        await telegram.call("sendMessage", params)
    assert [] == telegram.sent(alice)
    await telegram.call("sendMessage", params)
    assert [error, None] == [call.error for call in telegram.calls_of("sendMessage")]


async def test_lost_answer(telegram: Telegram, alice: User) -> None:
    """A call can take effect although its answer is lost."""
    telegram.fail("*", NoAnswer(), applied=True)
    with pytest.raises(NoAnswer):
        await telegram.call("sendMessage", {"chat_id": alice.id, "text": "x"})
    assert ["x"] == [message["text"] for message in telegram.sent(alice)]


async def test_failing_poll(telegram: Telegram) -> None:
    """Polling fails when it is meant, not when any call is."""
    telegram.fail("*", server_error())
    assert [] == await telegram.call("getUpdates", {})
    telegram.fail("getUpdates", bad_gateway())
    with pytest.raises(RawAnswer, match="502 b'<html>"):
        await telegram.call("getUpdates", {})


async def test_group_limit(telegram: Telegram, alice: User, timer: Timer) -> None:
    """The 21st message of a minute in a group must wait until the first is a minute old."""
    group = telegram.group("Road trip", [alice])
    params: dict[str, Any] = {"chat_id": group.id, "text": "x"}
    for _ in range(20):
        timer.now += 1
        await telegram.call("sendMessage", params)
    with pytest.raises(ApiError) as caught:
        await telegram.call("sendMessage", params)
    expected = {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 41",
        "parameters": {"retry_after": 41},
    }
    assert expected == caught.value.payload()
    await telegram.call("sendChatAction", {"chat_id": group.id, "action": "typing"})
    await telegram.call("sendMessage", params | {"chat_id": alice.id})
    timer.now += 41
    assert await telegram.call("sendMessage", params)


async def test_no_group_limit(timer: Timer) -> None:
    """The limit is an option."""
    telegram = Telegram(timer=timer)
    group = telegram.group("Road trip", [telegram.user("Alice")])
    for _ in range(30):
        await telegram.call("sendMessage", {"chat_id": group.id, "text": "x"})
    assert 30 == len(telegram.sent(group))


async def test_awaited(telegram: Telegram, alice: User) -> None:
    """A test waits for a message without looking at the clock; too long a wait is an error."""
    waiting = asyncio.create_task(telegram.message(alice, lambda m: m["text"] == "two"))
    await asyncio.sleep(0)
    for text in ("one", "two"):
        await telegram.call("sendMessage", {"chat_id": alice.id, "text": text})
    assert "two" == (await waiting)["text"]
    with pytest.raises(TimeoutError):
        await telegram.message(alice, lambda m: m["text"] == "three", timeout_s=0.01)


def test_payload_without_parameters() -> None:
    """An error without parameters sends none."""
    assert {"ok": False, "error_code": 401, "description": "Unauthorized"} == ApiError(
        401, "Unauthorized"
    ).payload()


def test_first_id() -> None:
    """Ids count from where the caller wants, so that a new run meets no old ones."""
    telegram = Telegram(first_id=500)
    alice = telegram.user("Alice")
    assert 500 == telegram.send_text(alice, "x")["message_id"]
    assert 500 == telegram.world.updates.pending[0]["update_id"]
