"""What the Telegram in memory knows: people, chats, files, open queries; and its changes."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from bot.sandbox.telegram.errors import ApiError, bad_request, forbidden, not_found
from bot.sandbox.telegram.params import Params
from bot.sandbox.telegram.updates import Updates

if TYPE_CHECKING:
    from bot.clock import Clock

T = TypeVar("T")

Message = dict[str, Any]
DOWNLOAD_BYTES = 20 * 1024 * 1024  # https://core.telegram.org/bots/api#getfile
PHOTO_SIDE = 640
UPLOAD_BYTES = 50 * 1024 * 1024  # https://core.telegram.org/bots/api#sending-files


class Upload(NamedTuple):
    """A file on its way: its name, its bytes and their MIME type."""

    name: str
    content: bytes
    mime: str | None = None


Uploads = Mapping[str, Upload]


@dataclass(frozen=True, slots=True)
class User:
    """A person, or the bot itself."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False

    def to_api(self) -> dict[str, Any]:
        known = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        extra = {"username": self.username, "language_code": self.language_code}
        return known | {name: value for name, value in extra.items() if value}


@dataclass(slots=True)
class Chat:
    """A person's private chat with the bot.

    A message is never changed, only replaced by its next version.
    """

    id: int
    members: dict[int, User] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    met: bool = False  # the bot knows a private chat only once the person has written
    blocked: bool = False

    @property
    def is_private(self) -> bool:
        return self.id > 0

    def check_open(self) -> None:
        """Raises ApiError where the bot may not write."""
        if self.blocked:
            raise forbidden("bot was blocked by the user")

    def hears(self, message: Message, world: World) -> bool:  # noqa: ARG002  as groups need it
        """Whether the bot gets a message."""
        return not self.blocked

    def to_api(self) -> dict[str, Any]:
        person = self.members[self.id]
        named = {"username": person.username} if person.username else {}
        return {"id": self.id, "type": "private", "first_name": person.first_name} | named


class Files:
    """All files ever sent, by id and by path."""

    def __init__(self) -> None:
        self._by_id: dict[str, tuple[Upload, str]] = {}
        self._ids = count(1)

    def add(self, upload: Upload) -> dict[str, Any]:
        """Keep a file and describe it as a Document. Raises ApiError where Telegram takes none."""
        if not upload.content:
            raise bad_request("file must be non-empty")
        if len(upload.content) > UPLOAD_BYTES:
            raise ApiError(413, "Request Entity Too Large")
        number = next(self._ids)
        suffix = "." + upload.name.rpartition(".")[2] if "." in upload.name else ""
        self._by_id[f"file-{number}"] = (upload, f"documents/file_{number}{suffix}")
        return self.describe(f"file-{number}")

    def __contains__(self, file_id: str) -> bool:
        return file_id in self._by_id

    def describe(self, file_id: str) -> dict[str, Any]:
        upload, _ = self._find(file_id)
        mime = upload.mime or mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
        return {
            "file_id": file_id,
            "file_unique_id": f"unique-{file_id}",
            "file_name": upload.name,
            "mime_type": mime,
            "file_size": len(upload.content),
        }

    def locate(self, file_id: str) -> dict[str, Any]:
        """The answer of getFile."""
        upload, path = self._find(file_id)
        if len(upload.content) > DOWNLOAD_BYTES:
            raise bad_request("file is too big")
        document = self.describe(file_id)
        names = ("file_id", "file_unique_id", "file_size")
        return {name: document[name] for name in names} | {"file_path": path}

    def read(self, path: str) -> bytes:
        for upload, known in self._by_id.values():
            if known == path:
                return upload.content
        raise not_found()

    def content(self, message: Message) -> bytes:
        """The bytes of a message's document."""
        return self._find(message["document"]["file_id"])[0].content

    def _find(self, file_id: str) -> tuple[Upload, str]:
        if file_id not in self._by_id:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        return self._by_id[file_id]


def photo_size(file: dict[str, Any]) -> dict[str, Any]:
    """A file of Files as the one size of a photo; nobody looks at its pixels."""
    names = ("file_id", "file_unique_id", "file_size")
    return {name: file[name] for name in names} | {"width": PHOTO_SIDE, "height": PHOTO_SIDE}


class Changes:
    """Wakes those who wait for a condition, whenever something happened."""

    def __init__(self) -> None:
        self.count = 0
        self._waiting: set[asyncio.Event] = set()

    def tell(self) -> None:
        self.count += 1
        _set(*self._waiting)

    async def until(self, check: Callable[[], T | None], timeout_s: float | None = None) -> T:
        """The first truthy value of `check`. Raises TimeoutError."""
        changed, late = asyncio.Event(), asyncio.Event()
        self._waiting.add(changed)
        loop = asyncio.get_running_loop()
        timers = [] if timeout_s is None else [loop.call_later(timeout_s, _set, late, changed)]
        try:
            while not (value := check()):
                if late.is_set():
                    raise TimeoutError
                await changed.wait()
                changed.clear()
            return value
        finally:
            self._waiting.discard(changed)
            for timer in timers:
                timer.cancel()


def _set(*events: asyncio.Event) -> None:
    for event in events:
        event.set()


class World:
    """One bot's Telegram. `timer` counts seconds, `clock` tells the dates of messages."""

    def __init__(
        self, bot: User, *, timer: Callable[[], float], clock: Clock, first_id: int
    ) -> None:
        self.bot = bot
        self.timer = timer
        self.clock = clock
        self.chats: dict[int, Chat] = {}
        self.files = Files()
        self.changes = Changes()
        self.updates = Updates(self.changes, first_id=first_id)
        self.privacy = False
        self.inline_feedback = True
        self.offered: dict[str, dict[str, dict[str, Any]]] = {}  # results by inline query
        self.inline: dict[str, tuple[int, int]] = {}  # chat and message by inline_message_id
        self.violations: list[str] = []
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.asked_at: dict[str, float] = {}  # open callback and inline queries
        self.answers: dict[str, Params] = {}
        self.reactions: dict[tuple[int, int], list[dict[str, Any]]] = {}
        self.ids = count(first_id)

    def chat_for(self, params: Params) -> Chat:
        """The chat that the bot names. Raises ApiError where it may not write there."""
        chat_id = params.get("chat_id")
        if chat_id is None:
            raise bad_request("chat_id is empty")
        chat = self.chats.get(chat_id)
        if chat is None or not chat.met:
            raise bad_request("chat not found")
        chat.check_open()
        return chat

    def keep(self, chat: Chat, sender: User, content: dict[str, Any]) -> Message:
        """Add a message to a chat."""
        message: Message = {
            "message_id": next(self.ids),
            "from": sender.to_api(),
            "chat": chat.to_api(),
            "date": self.now(),
            **content,
        }
        chat.messages[message["message_id"]] = message
        self.changes.tell()
        return message

    def replace(self, chat: Chat, message: Message, content: dict[str, Any]) -> Message:
        """Put the next version of a message in its place; None takes a field away."""
        edited = message | content | {"edit_date": self.now()}
        edited = {name: value for name, value in edited.items() if value is not None}
        chat.messages[message["message_id"]] = edited
        self.changes.tell()
        return edited

    def remark(self, where: str, remarks: list[str]) -> None:
        self.violations.extend(f"{where}: {remark}" for remark in remarks)

    def now(self) -> int:
        return int(self.clock().timestamp())

    def open_query(self) -> str:
        query_id = str(next(self.ids))
        self.asked_at[query_id] = self.timer()
        return query_id


Method = Callable[[World, Params, Uploads], Any]
