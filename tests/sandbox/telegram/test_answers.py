"""Queries, reactions, commands and facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.sandbox.telegram.errors import ApiError
from bot.sandbox.telegram.state import DOWNLOAD_BYTES

if TYPE_CHECKING:
    from bot.sandbox.telegram.state import Message, User
    from tests.sandbox.conftest import Timer
    from tests.staged.telegram import Telegram

OLD = "query is too old and response timeout expired or query ID is invalid"


@pytest.fixture
async def paged(telegram: Telegram, alice: User) -> Message:
    """A message with a button."""
    keyboard = {"inline_keyboard": [[{"text": "▶", "callback_data": "next"}]]}
    params = {"chat_id": alice.id, "text": "page 1", "reply_markup": keyboard}
    message: Message = await telegram.call("sendMessage", params)
    return message


async def refusal(telegram: Telegram, method: str, **params: Any) -> str:
    with pytest.raises(ApiError) as caught:
        await telegram.call(method, params)
    return caught.value.description.removeprefix("Bad Request: ")


async def test_answered(telegram: Telegram, alice: User, paged: Message) -> None:
    """A press is answered once; the toast is kept."""
    query = telegram.press(alice, paged, "▶")
    params = {"callback_query_id": query, "text": "Page 2", "show_alert": "true"}
    assert await telegram.call("answerCallbackQuery", params) is True
    assert {query: params | {"show_alert": True}} == telegram.answers
    assert OLD == await refusal(telegram, "answerCallbackQuery", callback_query_id=query)


async def test_answered_late(telegram: Telegram, alice: User, paged: Message, timer: Timer) -> None:
    """A press must be answered within 15 seconds."""
    query = telegram.press(alice, paged, "next")
    timer.now += 16
    assert OLD == await refusal(telegram, "answerCallbackQuery", callback_query_id=query)


async def test_long_toast(telegram: Telegram, alice: User, paged: Message) -> None:
    """A toast has at most 200 units."""
    query = telegram.press(alice, paged, "next")
    assert "MESSAGE_TOO_LONG" == await refusal(
        telegram, "answerCallbackQuery", callback_query_id=query, text="x" * 201
    )


def article(result_id: str, **fields: Any) -> dict[str, Any]:
    content = {"message_text": "<b>One More Time</b>", "parse_mode": "HTML"}
    known = {"type": "article", "id": result_id, "title": "One More Time"}
    return known | {"input_message_content": content} | fields


async def test_inline(telegram: Telegram, alice: User, timer: Timer) -> None:
    """An inline query takes up to 50 results with ids of their own, within 10 seconds."""
    query = telegram.ask_inline(alice, "discovery")
    results = [article(str(number)) for number in range(51)]
    params: dict[str, Any] = {"inline_query_id": query, "results": results}
    assert "RESULTS_TOO_MUCH" == await refusal(telegram, "answerInlineQuery", **params)
    params["results"] = [article("1"), article("1")]
    assert "RESULT_ID_DUPLICATE" == await refusal(telegram, "answerInlineQuery", **params)
    params["results"] = results[:50]
    assert await telegram.call("answerInlineQuery", params) is True
    params["inline_query_id"] = telegram.ask_inline(alice, "late")
    timer.now += 11
    assert OLD == await refusal(telegram, "answerInlineQuery", **params)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": ""}, "RESULT_ID_INVALID"),
        ({"id": "♪" * 22}, "RESULT_ID_INVALID"),
        ({"title": " "}, "ARTICLE_TITLE_EMPTY"),
        ({"thumbnail_url": "no address"}, "WEBDOCUMENT_URL_INVALID"),
        ({"input_message_content": {"message_text": " "}}, "message text is empty"),
        ({"input_message_content": {"message_text": "x" * 4097}}, "MESSAGE_TOO_LONG"),
        (
            {"input_message_content": {}},
            "can't parse inline query result: Input message content is not specified",
        ),
        (
            {"type": "photo"},
            "can't parse inline query result: unsupported inline query result type",
        ),
        (
            {"reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "d" * 65}]]}},
            "BUTTON_DATA_INVALID",
        ),
    ],
)
async def test_bad_article(
    telegram: Telegram, alice: User, fields: dict[str, Any], reason: str
) -> None:
    """An article has an id of 1 to 64 bytes, a title, and a text that could be sent."""
    query = telegram.ask_inline(alice, "discovery")
    result = article("1") | fields
    assert reason == await refusal(
        telegram, "answerInlineQuery", inline_query_id=query, results=[result]
    )


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        ({"text": "Open", "start_parameter": "a b"}, "START_PARAM_INVALID"),
        ({"text": "Open"}, "START_PARAM_INVALID"),
        (
            {"text": "", "start_parameter": "a"},
            "can't parse inline query results button: text must be non-empty",
        ),
    ],
)
async def test_bad_inline_button(
    telegram: Telegram, alice: User, button: dict[str, str], reason: str
) -> None:
    """The button above the results has a text, and a parameter that /start could carry."""
    query = telegram.ask_inline(alice, "discovery")
    params = {"inline_query_id": query, "button": button, "results": []}
    assert reason == await refusal(telegram, "answerInlineQuery", **params)
    params = {"inline_query_id": query, "next_offset": "x" * 65, "results": []}
    assert "NEXT_OFFSET_INVALID" == await refusal(telegram, "answerInlineQuery", **params)


async def test_chosen(telegram: Telegram, alice: User) -> None:
    """What is chosen is sent in the person's name; with buttons it can be edited by its id."""
    keyboard = {"inline_keyboard": [[{"text": "↗", "url": "https://t.me/TracklinkBot"}]]}
    query = telegram.ask_inline(alice, "discovery")
    results = [article("plain"), article("edited", reply_markup=keyboard)]
    await telegram.call("answerInlineQuery", {"inline_query_id": query, "results": results})
    plain = telegram.choose_inline(query, "plain", alice)
    chosen = telegram.choose_inline(query, "edited", alice)
    first, second = (
        update["chosen_inline_result"]
        for update in await telegram.call("getUpdates", {})
        if "chosen_inline_result" in update
    )
    edit = {"inline_message_id": second["inline_message_id"], "text": "One"}

    assert "inline_message_id" not in first
    assert "One More Time" == plain["text"]
    assert alice.to_api() == plain["from"] == chosen["from"]
    assert True is await telegram.call("editMessageText", edit)
    assert "One" == telegram.messages(alice)[-1]["text"]
    assert "MESSAGE_ID_INVALID" == await refusal(
        telegram, "editMessageText", inline_message_id="other", text="x"
    )
    with pytest.raises(LookupError):
        telegram.choose_inline(query, "other", alice)


async def test_chosen_without_feedback(telegram: Telegram, alice: User) -> None:
    """Without inline feedback the bot does not learn what was chosen."""
    telegram.world.inline_feedback = False
    query = telegram.ask_inline(alice, "discovery")
    params = {"inline_query_id": query, "results": [article("1")]}
    await telegram.call("answerInlineQuery", params)
    telegram.choose_inline(query, "1", alice)

    updates = await telegram.call("getUpdates", {})
    assert not [update for update in updates if "chosen_inline_result" in update]


async def test_administrators(telegram: Telegram, alice: User) -> None:
    """A group names its administrators, the bot among them once it is one; a person has none."""
    bob = telegram.user("Bob")
    group = telegram.group("Friends", [alice, bob])
    params = {"chat_id": group.id}
    assert ["creator"] == _statuses(await telegram.call("getChatAdministrators", params))
    telegram.groups.promote(group, bob)
    telegram.groups.promote(group, telegram.world.bot)
    found = await telegram.call("getChatAdministrators", params)
    member = await telegram.call("getChatMember", params | {"user_id": bob.id})

    assert ["creator", "administrator", "administrator"] == _statuses(found)
    assert "administrator" == member["status"]
    telegram.send_text(alice, "hello")
    assert "there are no administrators in the private chat" == await refusal(
        telegram, "getChatAdministrators", chat_id=alice.id
    )


def _statuses(members: list[dict[str, Any]]) -> list[str]:
    return [member["status"] for member in members]


async def test_migrated(telegram: Telegram, alice: User) -> None:
    """A call to a group that became a supergroup is refused with the new id."""
    group = telegram.group("Friends", [alice], basic=True)
    bigger = telegram.groups.migrate(group, quiet=True)
    with pytest.raises(ApiError) as caught:
        await telegram.call("sendMessage", {"chat_id": group.id, "text": "hello"})

    assert {"migrate_to_chat_id": bigger.id} == caught.value.payload()["parameters"]
    assert "Bad Request: group chat was upgraded to a supergroup chat" == caught.value.description
    assert "group" == group.to_api()["type"]
    await telegram.call("sendMessage", {"chat_id": bigger.id, "text": "hello"})


async def test_reaction(telegram: Telegram, alice: User) -> None:
    """One of Telegram's own emoji may be set at a message, and taken away."""
    params: dict[str, Any] = {"chat_id": alice.id, "message_id": 1}
    eyes = [{"type": "emoji", "emoji": "👀"}]
    await telegram.call("setMessageReaction", params | {"reaction": eyes})
    assert {(alice.id, 1): eyes} == telegram.world.reactions
    await telegram.call("setMessageReaction", params)
    assert {(alice.id, 1): []} == telegram.world.reactions


@pytest.mark.parametrize(
    ("message_id", "reaction", "reason"),
    [
        (99, [], "message to react not found"),
        (1, [{"type": "emoji", "emoji": "♪"}], "REACTION_INVALID"),
        (1, [{"type": "emoji", "emoji": "👀"}] * 2, "REACTIONS_TOO_MANY"),
    ],
)
async def test_bad_reaction(
    telegram: Telegram, alice: User, message_id: int, reaction: list[Any], reason: str
) -> None:
    """Other signs, several of them, and those at no message are refused."""
    params = {"chat_id": alice.id, "message_id": message_id, "reaction": reaction}
    assert reason == await refusal(telegram, "setMessageReaction", **params)


async def test_chat_action(telegram: Telegram, alice: User) -> None:
    """The bot can be seen typing, but not doing what Telegram has no word for."""
    params = {"chat_id": alice.id}
    assert await telegram.call("sendChatAction", params | {"action": "typing"}) is True
    assert "wrong parameter action in request" == await refusal(
        telegram, "sendChatAction", **params, action="dancing"
    )


async def test_commands(telegram: Telegram) -> None:
    """Commands are kept for each language and scope."""
    german = [{"command": "hilfe", "description": "Hilfe"}]
    params = {"commands": german, "language_code": "de"}
    assert await telegram.call("setMyCommands", params) is True
    assert german == await telegram.call("getMyCommands", {"language_code": "de"})
    assert [] == await telegram.call("getMyCommands", {})
    await telegram.call("deleteMyCommands", {"language_code": "de"})
    assert [] == await telegram.call("getMyCommands", {"language_code": "de"})


@pytest.mark.parametrize(
    ("commands", "reason"),
    [
        ([{"command": "Help", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "x" * 33, "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "help", "description": ""}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "help", "description": "x" * 257}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "help", "description": "x"}] * 101, "BOT_COMMANDS_TOO_MUCH"),
    ],
)
async def test_bad_commands(telegram: Telegram, commands: list[Any], reason: str) -> None:
    """Commands are small letters, described, and at most a hundred."""
    assert reason == await refusal(telegram, "setMyCommands", commands=commands)


async def test_facts(telegram: Telegram, alice: User) -> None:
    """The bot can ask who it is, where it is and who else is there."""
    bob = telegram.user("Bob")
    group = telegram.group("Road trip", [alice, bob])
    assert "TracklinkBot" == (await telegram.call("getMe", {}))["username"]
    assert "Road trip" == (await telegram.call("getChat", {"chat_id": group.id}))["title"]
    statuses = [
        (await telegram.call("getChatMember", {"chat_id": group.id, "user_id": user.id}))["status"]
        for user in (alice, bob, telegram.world.bot)
    ]
    assert ["creator", "member", "member"] == statuses
    assert "PARTICIPANT_ID_INVALID" == await refusal(
        telegram, "getChatMember", chat_id=group.id, user_id=1
    )


async def test_file(telegram: Telegram, alice: User) -> None:
    """A person's file can be fetched up to 20 MB."""
    small = telegram.send_file(alice, "list.txt", b"songs")["document"]["file_id"]
    path = (await telegram.call("getFile", {"file_id": small}))["file_path"]
    assert b"songs" == telegram.download(path)
    large = telegram.send_file(alice, "list", bytes(DOWNLOAD_BYTES + 1))["document"]["file_id"]
    assert "file is too big" == await refusal(telegram, "getFile", file_id=large)
    with pytest.raises(ApiError, match="404 Not Found"):
        telegram.download("documents/none")
