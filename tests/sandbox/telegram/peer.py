"""Plays one bot on the Telegram in memory and on tg-auto-test, and prints what each showed.

Run with the Python of an environment that has tg-auto-test; see test_peer.py.
"""

from __future__ import annotations

import asyncio
import io
import json
from typing import TYPE_CHECKING, Any

from telegram import BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, MessageHandler, filters
from tg_auto_test.test_utils.serverless_telegram_client import (
    ServerlessTelegramClient,
)

from bot.sandbox.chat.terminal import Quiet
from bot.sandbox.telegram.core import TOKEN, Telegram
from bot.sandbox.telegram.request import TerminalRequest
from bot.telegram.lifecycle import alive

if TYPE_CHECKING:
    from telegram.ext import ApplicationBuilder

    from bot.telegram.lifecycle import AnyApplication

TEXTS = (
    "plain",
    "<b>Discovery</b>\nDaft Punk · album · 2001",
    '🎵 <a href="https://youtu.be/x">YouTube</a> ♪ <i>live</i>',
    "<b>bold <i>both</i></b> <u>u</u> <s>s</s> <code>c</code>",
    "AC/DC &amp; Tom &lt;3 &quot;x&quot; &#9654;",
    "<tg-spoiler>x</tg-spoiler> <pre>y</pre>",
    "مرحبا <b>日本語</b>",
)
KEYBOARD = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton(sign, callback_data=sign) for sign in "◀▶"],
        [InlineKeyboardButton("Play", url="https://youtu.be/x")],
    ]
)
CSV = "title\r\nBeyoncé\r\n".encode()

Shown = dict[str, Any]


async def said(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    message = update.effective_message
    assert message
    if message.document:
        file = await context.bot.get_file(message.document.file_id)
        await message.reply_text(f"{len(await file.download_as_bytearray())} bytes")
    elif message.text == "/export":
        await message.reply_document(io.BytesIO(CSV), filename="tracks.csv", caption="all")
    else:
        await message.reply_html(message.text or "", reply_markup=KEYBOARD)


async def pressed(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    assert query
    await query.answer(f"pressed {query.data}")
    await query.edit_message_text(f"<b>{query.data}</b>", parse_mode="HTML")


def build(builder: ApplicationBuilder[Any, Any, Any, Any, Any, Any]) -> AnyApplication:
    application = builder.build()
    application.add_handler(MessageHandler(filters.ALL, said))
    application.add_handler(CallbackQueryHandler(pressed))
    return application


async def ours() -> list[Shown]:
    telegram = Telegram()
    request = TerminalRequest(telegram)
    builder = Application.builder().token(TOKEN).request(request).get_updates_request(request)
    application = build(builder)
    alice = telegram.user("Alice")
    quiet = Quiet(telegram, application, lambda: True, 0.01)
    shown: list[Shown] = []

    async def newest() -> Any:
        await quiet.settled()
        return telegram.messages(alice)[-1]

    async with alive(application):
        for text in TEXTS:
            telegram.send_text(alice, text)
            shown.append(seen(await newest()))
        query = telegram.press(alice, await newest(), "▶")
        shown.append(seen(await newest()) | {"toast": telegram.answers.get(query, {}).get("text")})
        telegram.send_text(alice, "/export")
        shown.append(seen(await newest()) | {"file": telegram.file_of(await newest()).decode()})
        telegram.send_file(alice, "file", CSV)
        shown.append(seen(await newest()))
        await application.bot.set_my_commands([BotCommand("help", "Help")])
        shown.append({"commands": [c.to_dict() for c in await application.bot.get_my_commands()]})
    return shown


def seen(message: dict[str, Any]) -> Shown:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return {
        "text": message.get("text", message.get("caption", "")),
        "marks": sorted(
            [e["offset"], e["length"], e["type"], e.get("url", "")]
            for e in message.get("entities", [])
        ),
        "buttons": [[button["text"] for button in row] for row in rows],
    }


async def theirs() -> list[Shown]:
    client = ServerlessTelegramClient(build_application=build)
    await client.connect()
    shown: list[Shown] = []
    async with client.conversation("test_bot") as chat:
        for text in TEXTS:
            await chat.send_message(text, parse_mode=None)
            message = await chat.get_response()
            shown.append(look(message))
        answer = await message.click(data="▶".encode())
        shown.append(look(await chat.get_edit()) | {"toast": answer.message})
        await chat.send_message("/export", parse_mode=None)
        message = await chat.get_response()
        content = await message.download_media(file=bytes)
        shown.append(look(message) | {"file": content.decode()})
        await chat.send_file(CSV, force_document=True)
        shown.append(look(await chat.get_response()))
        bot = client._application.bot  # the client itself cannot set commands
        await bot.set_my_commands([BotCommand("help", "Help")])
        shown.append({"commands": [c.to_dict() for c in await bot.get_my_commands()]})
    await client.disconnect()
    return shown


TYPES = {
    "MessageEntityTextUrl": "text_link",
    "MessageEntityStrike": "strikethrough",
}


def look(message: Any) -> Shown:
    marks = []
    for entity in message.entities:
        name = type(entity).__name__
        kind = TYPES.get(name, name.removeprefix("MessageEntity").lower())
        marks.append([entity.offset, entity.length, kind, getattr(entity, "url", "")])
    rows = message.buttons or []
    return {
        "text": message.text,
        "marks": sorted(marks),
        "buttons": [[button.text for button in row] for row in rows],
    }


async def main() -> None:
    print(json.dumps({"ours": await ours(), "theirs": await theirs()}))


if __name__ == "__main__":
    asyncio.run(main())
