"""Files on their way to Telegram."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import structlog
from telegram import InputFile, Message, ReplyParameters
from telegram.constants import ChatAction, ChatType
from telegram.error import TelegramError

from bot.errors import ChatRefused
from bot.telegram.delivery import deliver, topic_of

if TYPE_CHECKING:
    from bot.render.export.files import File

log = structlog.get_logger()

# What Telegram says of a file id that another bot got, or that it forgot
_WRONG_FILE = ("wrong file identifier", "wrong remote file", "wrong file_id", "file reference")


class DocumentSender:
    """Files as replies to a message of ours; see `bot.telegram.exporter.Post`."""

    def __init__(self, message: Message) -> None:
        self._message = message

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
            await self._message.reply_chat_action(ChatAction.UPLOAD_DOCUMENT)
        document = InputFile(file.content, filename=file.name)
        sent = await deliver(lambda: self._send(document))
        return sent.document.file_id if isinstance(sent, Message) and sent.document else None

    async def _send(self, document: InputFile | str) -> Message:
        message = self._message
        return await message.get_bot().send_document(
            message.chat_id,
            document,
            message_thread_id=topic_of(message),
            disable_content_type_detection=True,
            disable_notification=message.chat.type != ChatType.PRIVATE,
            reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True),
        )
