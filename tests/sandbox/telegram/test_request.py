"""The real telegram.Bot on both ways to the Telegram in memory: direct, and over HTTP."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import BaseRequest, HTTPXRequest

from bot.config import load
from bot.sandbox.telegram.core import TOKEN
from bot.telegram.request import TelegramRequest
from tests.e2e.spec import Spec
from tests.e2e.telegram_server import TelegramServer, links
from tests.staged.faults import (
    FaultyRequest,
    NoAnswer,
    NoResult,
    bad_gateway,
    server_error,
    too_many,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from bot.sandbox.telegram.state import User
    from tests.staged.telegram import Telegram

KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("▶", callback_data="next")]])
SILENCE_S = 2.0


def http_bot(server: TelegramServer, token: str = TOKEN, *, ours: bool = False) -> Bot:
    """On the library's own way over HTTP, or on ours."""
    settings = load(_env_file=None, telegram_base_url=server.url)

    def way(silence_s: float) -> BaseRequest:
        if ours:
            return TelegramRequest(settings, answer_s=silence_s)
        return HTTPXRequest(read_timeout=silence_s)

    return Bot(
        token,
        base_url=f"{server.url}/bot",
        base_file_url=f"{server.url}/file/bot",
        request=way(SILENCE_S),
        get_updates_request=way(5.0),
    )


def direct_bot(telegram: Telegram, token: str = TOKEN) -> Bot:
    request = FaultyRequest(telegram)
    return Bot(token, request=request, get_updates_request=request)


@pytest.fixture(params=["direct", "httpx", "ours"])
async def bot(request: pytest.FixtureRequest, telegram: Telegram) -> AsyncIterator[Bot]:
    if request.param == "direct":
        async with direct_bot(telegram) as bot:
            yield bot
        return
    ours = request.param == "ours"
    async with TelegramServer(telegram) as server, http_bot(server, ours=ours) as bot:
        yield bot


@pytest.fixture(autouse=True)
def well_formed(telegram: Telegram) -> Iterator[None]:
    """Holds all calls of each test against the description of the Bot API, where it is at hand."""
    yield
    if spec := Spec.load():
        assert [] == spec.check(telegram)


async def test_listing(bot: Bot, telegram: Telegram, alice: User) -> None:
    """A message with links, buttons, a preview and a reply arrives as it was meant."""
    message = await bot.send_message(
        alice.id,
        '<b>Discovery</b>\n1 <a href="https://youtu.be/x">YouTube</a> ♪',
        parse_mode=ParseMode.HTML,
        reply_markup=KEYBOARD,
        reply_parameters=ReplyParameters(telegram.messages(alice)[0]["message_id"]),
        link_preview_options=LinkPreviewOptions(url="https://a.be", prefer_small_media=True),
        disable_notification=True,
    )
    sent = telegram.sent(alice)[-1]
    assert [("YouTube", "https://youtu.be/x")] == links(sent)
    assert KEYBOARD.to_dict() == sent["reply_markup"]
    assert message.reply_to_message
    assert "/start" == message.reply_to_message.text
    edited = await message.edit_text("page 2", reply_markup=KEYBOARD)
    assert not isinstance(edited, bool)
    assert ("page 2", KEYBOARD) == (edited.text, edited.reply_markup)
    await message.delete()
    assert [] == telegram.sent(alice)


async def test_updates(bot: Bot, telegram: Telegram, alice: User) -> None:
    """All kinds of updates are understood."""
    message = await bot.send_message(alice.id, "x", reply_markup=KEYBOARD)
    said = telegram.send_text(alice, "https://a.be", forward_from=alice)
    telegram.edit_text(said, "b")
    telegram.send_photo(alice, caption="https://a.be")
    telegram.block(telegram.group("Road trip", [alice]))
    query = telegram.press(alice, telegram.sent(alice)[-1], "▶")
    telegram.ask_inline(alice, "discovery")
    if spec := Spec.load():
        found = [spec.check_update(update) for update in telegram.world.updates.pending]
        assert [[]] * 6 == found
    updates = await bot.get_updates()
    kinds = [
        "message",
        "edited_message",
        "message",
        "my_chat_member",
        "callback_query",
        "inline_query",
    ]
    assert kinds == [next(iter(set(u.to_dict()) - {"update_id"})) for u in updates]
    press = updates[4].callback_query
    assert press
    assert message == press.message
    await bot.answer_callback_query(query, "Page 2")
    assert "Page 2" == telegram.answers[query]["text"]


async def test_files(bot: Bot, telegram: Telegram, alice: User) -> None:
    """Files go both ways byte by byte, with their names."""
    content = bytes(range(256)) + "\r\nBeyoncé".encode()
    message = await bot.send_document(alice.id, BytesIO(content), filename="Beyoncé.csv")
    assert message.document
    assert "Beyoncé.csv" == message.document.file_name
    assert content == telegram.file_of(telegram.sent(alice)[-1])
    theirs = telegram.send_file(alice, "list.txt", content)["document"]["file_id"]
    file = await bot.get_file(theirs)
    assert content == bytes(await file.download_as_bytearray())


async def test_commands(bot: Bot) -> None:
    """Commands are kept and told."""
    commands = [BotCommand("help", "What I can do")]
    await bot.set_my_commands(commands)
    assert tuple(commands) == await bot.get_my_commands()


async def test_facts(bot: Bot, alice: User) -> None:
    """Chats and members are described in full."""
    assert "Alice" == (await bot.get_chat(alice.id)).first_name
    assert "member" == (await bot.get_chat_member(alice.id, alice.id)).status
    await bot.set_message_reaction(alice.id, 1, "👀")
    await bot.send_chat_action(alice.id, "typing")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (too_many(7), RetryAfter),
        (server_error(), NetworkError),
        (bad_gateway(), NetworkError),
        (NoAnswer(), TimedOut),
    ],
)
async def test_faults(
    *,
    bot: Bot,
    telegram: Telegram,
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
    error: NoResult,
    kind: type[TelegramError],
) -> None:
    """Faults arrive as the errors that the library has for them."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # else the library warns of what it will become
    telegram.fail("sendMessage", error)
    with pytest.raises(kind):
        await bot.send_message(alice.id, "x")


async def test_refusals(bot: Bot, telegram: Telegram, alice: User) -> None:
    """So do Telegram's refusals."""
    message = await bot.send_message(alice.id, "x")
    with pytest.raises(BadRequest, match="Message is not modified"):
        await message.edit_text("x")
    telegram.block(alice)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(alice.id, "x")
    await bot.set_webhook("https://a.be")
    with pytest.raises(Conflict):
        await bot.get_updates()


@pytest.mark.parametrize("way", ["direct", "http"])
async def test_wrong_token(telegram: Telegram, way: str) -> None:
    """A wrong token is unauthorized."""
    async with TelegramServer(telegram) as server:
        bot = direct_bot(telegram, "1:x") if way == "direct" else http_bot(server, "1:x")
        with pytest.raises(InvalidToken, match="rejected by the server"):
            await bot.initialize()
        await bot.shutdown()


async def test_wrong_address(telegram: Telegram) -> None:
    """An address that is none of Telegram's is not found, and a lost file neither."""
    request = FaultyRequest(telegram)
    assert 404 == (await request.do_request("https://api.telegram.org/", "POST"))[0]
    path = f"https://api.telegram.org/file/bot{TOKEN}/documents/none"
    assert 404 == (await request.do_request(path, "GET"))[0]
    assert 5 == request.read_timeout
