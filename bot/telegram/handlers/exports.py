"""The Export button of a listing: a choice of formats, then the file as a reply.

A file is made once, and sent again by the id that Telegram gave it.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

import structlog
from telegram import InputFile, Message, ReplyParameters
from telegram.constants import ChatAction, ChatType
from telegram.error import BadRequest, ChatMigrated, TelegramError

from bot.errors import ChatBusy, ChatClosed, ChatRefused, FileTooLarge, StoreUnavailable
from bot.models import ListingKind
from bot.models.view import Format
from bot.render.buttons import export_rows, render_too_large
from bot.render.export.files import export
from bot.render.quota import render_wait
from bot.render.toasts import Toast
from bot.spotify.covers import Covers, is_cover
from bot.telegram.delivery import answer, deliver, show_rows, topic_of

if TYPE_CHECKING:
    from bot.models.view import ListingView, Picture
    from bot.render.callback_data import ChooseFormat, SendFile
    from bot.render.export.files import File
    from bot.render.i18n import Words
    from bot.storage.exports import Exports
    from bot.telegram.callbacks import Press

log = structlog.get_logger()

AT_ONCE = 2  # lists that are in memory as a whole
UPLOAD_BYTES = 50 * 1024 * 1024  # https://core.telegram.org/bots/api#sending-files
REASONED = (Format.JSON, Format.ZIP)  # which say why each recording was taken
# What Telegram says of a file id that another bot got, or that it forgot
_WRONG_FILE = ("wrong file identifier", "wrong remote file", "wrong file_id", "file reference")


@dataclass(frozen=True, slots=True)
class DocumentSender:
    """Files as replies to a message of ours. What it sends raises ChatClosed and ChatBusy."""

    message: Message

    async def again(self, file_id: str) -> bool:
        """Send a file that Telegram has; False when it does not know it any more."""
        try:
            return bool(await deliver(lambda: self._send(file_id)))
        except ChatRefused as error:
            if not any(reason in str(error).lower() for reason in _WRONG_FILE):
                raise
            log.info("file unknown", reason=str(error))
            return False

    async def upload(self, file: File) -> str | None:
        """Send a file; its id at Telegram."""
        with suppress(TelegramError):  # a sign of life, no more
            await self.message.reply_chat_action(ChatAction.UPLOAD_DOCUMENT)
        document = InputFile(file.content, filename=file.name)
        sent = await deliver(lambda: self._send(document))
        return sent.document.file_id if isinstance(sent, Message) and sent.document else None

    async def _send(self, document: InputFile | str) -> Message:
        message = self.message
        return await message.get_bot().send_document(
            message.chat_id,
            document,
            message_thread_id=topic_of(message),
            disable_content_type_detection=True,
            disable_notification=message.chat.type != ChatType.PRIVATE,
            reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True),
        )


@dataclass(slots=True)
class Exporter:
    """Sends listings as files. Their ids hold only for the bot of that token."""

    exports: Exports
    covers: Covers
    token: str = field(repr=False)
    most_bytes: int = UPLOAD_BYTES
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def send(
        self, view: ListingView, kind: Format, words: Words, chat: DocumentSender
    ) -> None:
        """Raises FileTooLarge, ChatClosed and ChatBusy.

        The digest is of the file as it is without its cover, so that a file which is there
        already costs no request for one. A store that is away costs an upload, no more.
        """
        bare = await self._made(view, kind, words)
        digest = self._digest(view, bare)
        if (known := await self._known(digest)) and await chat.again(known):
            return
        wants_cover = kind.pictured and is_cover(view.listing.cover_url)
        picture = await self.covers.picture(view.listing.cover_url) if wants_cover else None
        file = await self._made(view, kind, words, picture) if picture else bare
        if len(file.content) > self.most_bytes:
            raise FileTooLarge(f"{len(file.content)} bytes")
        file_id = await chat.upload(file)
        if file_id and (picture or not wants_cover):  # it may come the next time
            with suppress(StoreUnavailable):
                await self.exports.remember(digest, file_id)

    async def _made(
        self, view: ListingView, kind: Format, words: Words, picture: Picture | None = None
    ) -> File:
        """Beside the event loop, and one after the other: a list of thousands takes seconds."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(export, view, kind, words, picture)

    async def _known(self, digest: str) -> str | None:
        try:
            return await self.exports.file_id(digest)
        except StoreUnavailable as error:
            log.warning("file not looked for", error=str(error))
            return None

    def _digest(self, view: ListingView, bare: File) -> str:
        bot_id = self.token.partition(":")[0]
        about = f"{bot_id}\n{bare.name}\n{view.listing.cover_url}\n"
        return sha256(about.encode("utf-8", "replace") + bare.content).hexdigest()


async def choose_format(press: Press, data: ChooseFormat) -> None:
    """The buttons become the choice of a format; whoever can read the listing may choose."""
    job = await press.job(data.job)
    await show_rows(press.message, export_rows(job.id, job.page, press.words))


async def send_file(press: Press, data: SendFile) -> Toast | str | None:
    """Send the file once, however often the button is tapped meanwhile, in any process."""
    message, exports = press.message, press.services.exporter.exports
    errand = f"{message.chat.id}:{message.message_id}:{data.format}"
    if not await exports.claim(errand):
        return Toast.ON_ITS_WAY
    try:
        async with press.services.gates.exports.passed(press.query.from_user.id):
            return await _send(press, data)
    finally:
        with suppress(StoreUnavailable):
            await exports.release(errand)


async def _send(press: Press, data: SendFile) -> Toast | str | None:
    services, message, words = press.services, press.message, press.words
    job = await press.job(data.job)
    if wait := await services.bursts.take(press.query.from_user.id):
        return render_wait(wait, words)
    view = await services.runner.whole(job, reasons=data.format in REASONED)
    if view is None:
        return Toast.STILL_RUNNING
    if view.listing.kind is ListingKind.TRACK:
        return Toast.UNKNOWN
    with suppress(BadRequest):  # too old: the file is wanted all the same
        await press.answer()
    try:
        await services.exporter.send(view, data.format, words, DocumentSender(message))
    except FileTooLarge as error:
        log.warning("file not sent", reason=str(error))
        await answer(message, render_too_large(words), reply=True)
    except (ChatClosed, ChatBusy, ChatMigrated) as error:
        log.warning("file not sent", reason=str(error))
    return None
