"""Sending, editing and deleting, with Telegram's refusals in its own words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.sandbox.telegram.errors import ApiError
from bot.sandbox.telegram.sending import NOT_MODIFIED
from bot.sandbox.telegram.state import UPLOAD_BYTES, Upload

if TYPE_CHECKING:
    from bot.sandbox.telegram.state import User
    from tests.staged.telegram import Telegram

KEYBOARD = {"inline_keyboard": [[{"text": "▶", "callback_data": "next"}]]}


async def refusal(telegram: Telegram, method: str, **params: Any) -> tuple[int, str]:
    with pytest.raises(ApiError) as caught:
        await telegram.call(method, params)
    assert telegram.calls[-1].error is caught.value
    return caught.value.error_code, caught.value.description


async def test_sent(telegram: Telegram, alice: User) -> None:
    """A message comes back as Telegram keeps it, and stands in the chat."""
    message = await telegram.call(
        "sendMessage",
        {"chat_id": str(alice.id), "text": "<b>x</b>", "parse_mode": "HTML"}
        | {"reply_markup": json.dumps(KEYBOARD), "link_preview_options": '{"is_disabled": true}'},
    )
    assert ("x", KEYBOARD, {"is_disabled": True}) == (
        message["text"],
        message["reply_markup"],
        message["link_preview_options"],
    )
    assert [message] == telegram.sent(alice)


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"text": ""}, "message text is empty"),
        ({}, "message text is empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "🎵" * 2049}, "message is too long"),
        ({"text": "x", "chat_id": 42}, "chat not found"),
        ({"text": "x", "chat_id": "@nobody"}, "chat not found"),
        ({"text": "x", "chat_id": ""}, "chat_id is empty"),
        ({"text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"text": "x", "reply_markup": "[]"}, "object expected as reply markup"),
        ({"text": "x", "reply_parameters": {}}, "can't parse reply parameters JSON object"),
        ({"text": "x", "reply_parameters": "7"}, "can't parse reply parameters JSON object"),
        (
            {"text": "x", "reply_parameters": '{"message_id": 99}'},
            "message to be replied not found",
        ),
    ],
)
async def test_refused(
    telegram: Telegram, alice: User, params: dict[str, Any], reason: str
) -> None:
    """What Telegram does not take is refused, and nothing is sent."""
    given = {"chat_id": alice.id} | params
    assert (400, f"Bad Request: {reason}") == await refusal(telegram, "sendMessage", **given)
    assert [] == telegram.sent(alice)


async def test_longest(telegram: Telegram, alice: User) -> None:
    """Marks do not count: 4,096 units are those of the text people see."""
    text = f"<b>{'x' * 4096}</b>"
    await telegram.call("sendMessage", {"chat_id": alice.id, "text": text, "parse_mode": "HTML"})
    assert [4096] == [len(message["text"]) for message in telegram.sent(alice)]


async def test_stranger(telegram: Telegram) -> None:
    """The bot cannot begin a chat, whoever it knows."""
    stranger = telegram.user("Bob")
    params = {"chat_id": stranger.id, "text": "x"}
    assert (400, "Bad Request: chat not found") == await refusal(telegram, "sendMessage", **params)


async def test_blocked(telegram: Telegram, alice: User) -> None:
    """A person who blocked the bot gets nothing more, until she lets it in again."""
    params = {"chat_id": alice.id, "text": "x"}
    telegram.block(alice)
    assert (403, "Forbidden: bot was blocked by the user") == await refusal(
        telegram, "sendMessage", **params
    )
    telegram.block(alice, blocked=False)
    assert await telegram.call("sendMessage", params)


async def test_thrown_out(telegram: Telegram, alice: User) -> None:
    """A group that threw the bot out says so."""
    group = telegram.group("Road trip", [alice])
    telegram.block(group)
    params = {"chat_id": group.id, "text": "x"}
    assert (403, "Forbidden: bot was kicked from the supergroup chat") == await refusal(
        telegram, "sendMessage", **params
    )


async def test_reply(telegram: Telegram, alice: User) -> None:
    """A reply shows what it answers; to a lost message only where that is allowed."""
    asked = telegram.messages(alice)[0]["message_id"]
    params = {"chat_id": alice.id, "text": "x", "reply_parameters": {"message_id": asked}}
    message = await telegram.call("sendMessage", params)
    assert "/start" == message["reply_to_message"]["text"]
    params["reply_parameters"] = {"message_id": 99, "allow_sending_without_reply": True}
    assert "reply_to_message" not in await telegram.call("sendMessage", params)


async def test_edited(telegram: Telegram, alice: User) -> None:
    """An edit replaces text and keyboard; the first version stays as it was for who has it."""
    params: dict[str, Any] = {"chat_id": alice.id, "text": "one", "reply_markup": KEYBOARD}
    first = await telegram.call("sendMessage", params)
    edit = {"chat_id": alice.id, "message_id": first["message_id"], "text": "two"}
    second = await telegram.call("editMessageText", edit)
    assert ("one", "two") == (first["text"], second["text"])
    assert "reply_markup" not in second
    assert [second] == telegram.sent(alice)


async def test_not_modified(telegram: Telegram, alice: User) -> None:
    """An edit that changes nothing is refused."""
    params = {"chat_id": alice.id, "text": "one"}
    message = await telegram.call("sendMessage", params)
    params["message_id"] = message["message_id"]
    same = (400, f"Bad Request: {NOT_MODIFIED}")
    assert same == await refusal(telegram, "editMessageText", **params)
    assert same == await refusal(
        telegram, "editMessageReplyMarkup", chat_id=alice.id, message_id=message["message_id"]
    )


async def test_keyboard_edited(telegram: Telegram, alice: User) -> None:
    """A keyboard can be changed without the text."""
    message = await telegram.call("sendMessage", {"chat_id": alice.id, "text": "<one>"})
    params = {"chat_id": alice.id, "message_id": message["message_id"], "reply_markup": KEYBOARD}
    edited = await telegram.call("editMessageReplyMarkup", params)
    assert ("<one>", KEYBOARD) == (edited["text"], edited["reply_markup"])


@pytest.mark.parametrize(
    ("message_id", "text", "reason"),
    [
        (1, "x", "message can't be edited"),
        (99, "x", "message to edit not found"),
        ("", "x", "message identifier is not specified"),
        ("x", "x", "message identifier is not specified"),
        (99, "x" * 4097, "MESSAGE_TOO_LONG"),
    ],
)
async def test_bad_edit(
    telegram: Telegram, alice: User, message_id: Any, text: str, reason: str
) -> None:
    """Lost and foreign messages cannot be edited, nor into anything too long."""
    params = {"chat_id": alice.id, "message_id": message_id, "text": text}
    assert (400, f"Bad Request: {reason}") == await refusal(telegram, "editMessageText", **params)


async def test_document(telegram: Telegram, alice: User) -> None:
    """A document keeps its name and its bytes, and can be sent again by its id."""
    upload = Upload("tracks.csv", b"title\r\n", "text/csv")
    params = {"chat_id": alice.id, "document": "attach://part", "caption": "x"}
    message = await telegram.call("sendDocument", params, {"part": upload})
    document = message["document"]
    assert ("tracks.csv", "text/csv", 7) == (
        document["file_name"],
        document["mime_type"],
        document["file_size"],
    )
    params["document"] = document["file_id"]
    assert b"title\r\n" == telegram.file_of(await telegram.call("sendDocument", params))


async def test_photo(telegram: Telegram, alice: User) -> None:
    """A photo has sizes in the place of a name."""
    upload = Upload("cover.jpg", b"x")
    message = await telegram.call("sendPhoto", {"chat_id": alice.id}, {"photo": upload})
    assert [1] == [size["file_size"] for size in message["photo"]]


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({}, (400, "Bad Request: there is no document in the request")),
        (
            {"document": "gone"},
            (400, "Bad Request: wrong file identifier/HTTP URL specified"),
        ),
        (
            {"document": "gone", "caption": "x" * 1025},
            (400, "Bad Request: message caption is too long"),
        ),
    ],
)
async def test_bad_document(
    telegram: Telegram, alice: User, params: dict[str, str], error: tuple[int, str]
) -> None:
    """A document must be there, with a caption of at most 1,024 units."""
    assert error == await refusal(telegram, "sendDocument", chat_id=alice.id, **params)


@pytest.mark.parametrize(
    ("size", "error"),
    [
        (0, (400, "Bad Request: file must be non-empty")),
        (UPLOAD_BYTES + 1, (413, "Request Entity Too Large")),
    ],
)
async def test_bad_size(telegram: Telegram, alice: User, size: int, error: tuple[int, str]) -> None:
    """An empty file and one above 50 MB are refused."""
    with pytest.raises(ApiError) as caught:
        await telegram.call(
            "sendDocument", {"chat_id": alice.id}, {"document": Upload("x", bytes(size))}
        )
    assert error == (caught.value.error_code, caught.value.description)


async def test_caption_edited(telegram: Telegram, alice: User) -> None:
    """A caption belongs to a file, a text to a text."""
    sent = await telegram.call("sendMessage", {"chat_id": alice.id, "text": "x"})
    file = await telegram.call(
        "sendDocument", {"chat_id": alice.id}, {"document": Upload("x", b"x")}
    )
    text, document = (
        {"chat_id": alice.id, "message_id": message["message_id"]} for message in (sent, file)
    )
    edited = await telegram.call("editMessageCaption", document | {"caption": "new"})
    assert "new" == edited["caption"]
    assert (400, "Bad Request: there is no caption in the message to edit") == await refusal(
        telegram, "editMessageCaption", **text, caption="x"
    )
    assert (400, "Bad Request: there is no text in the message to edit") == await refusal(
        telegram, "editMessageText", **document, text="x"
    )


async def test_deleted(telegram: Telegram, alice: User) -> None:
    """What is deleted is gone, and cannot be deleted again."""
    message = await telegram.call("sendMessage", {"chat_id": alice.id, "text": "x"})
    params = {"chat_id": alice.id, "message_id": message["message_id"]}
    assert await telegram.call("deleteMessage", params) is True
    assert [] == telegram.sent(alice)
    assert (400, "Bad Request: message to delete not found") == await refusal(
        telegram, "deleteMessage", **params
    )


async def test_a_persons_message_deleted(telegram: Telegram, alice: User) -> None:
    """What a person wrote can be deleted in private, but that is a violation; not in a group."""
    group = telegram.group("Road trip", [alice])
    said = telegram.send_text(alice, "x", chat=group)
    assert (400, "Bad Request: message can't be deleted") == await refusal(
        telegram, "deleteMessage", chat_id=group.id, message_id=said["message_id"]
    )
    await telegram.call("deleteMessage", {"chat_id": alice.id, "message_id": 1})
    assert ["deleteMessage: a person's message was deleted"] == telegram.violations


async def test_violations(telegram: Telegram, alice: User) -> None:
    """What Telegram shows otherwise than it was sent is held against the bot."""
    rows = {"inline_keyboard": [[{"text": "x", "callback_data": "x"}] * 9]}
    params = {"chat_id": alice.id, "text": '<a href="nowhere">x</a>', "parse_mode": "HTML"}
    await telegram.call(
        "sendMessage", params | {"reply_markup": rows, "link_preview_options": {"small": True}}
    )
    assert [
        "text: link to 'nowhere' dropped",
        "text: link_preview_options without meaning: small",
        "reply_markup: 9 buttons in a row",
    ] == telegram.violations
