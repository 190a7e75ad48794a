"""What the Telegram in memory knows: the bot, its chats, files, updates and open queries."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from bot.sandbox.telegram.errors import bad_request, forbidden, migrated
from bot.sandbox.telegram.state import Changes, Chat, Files
from bot.sandbox.telegram.updates import Updates

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.clock import Clock
    from bot.sandbox.telegram.params import Params
    from bot.sandbox.telegram.state import Message, User


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
        if chat.migrated_to is not None:
            raise migrated(chat.migrated_to)
        if chat.blocked and chat.is_private:
            raise forbidden("bot was blocked by the user")
        if chat.blocked:
            raise forbidden("bot was kicked from the supergroup chat")
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
