"""A Telegram in memory, as strict as the real one.

The bot's side is `call`; all the rest is what people do, and what a test wants to know.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeVar

from bot.clock import Clock, utc_now
from bot.sandbox.telegram.gate import Call, Gate
from bot.sandbox.telegram.groups import Groups
from bot.sandbox.telegram.inline import choose
from bot.sandbox.telegram.state import Chat, Message, Upload, User, photo_size
from bot.sandbox.telegram.texts import detect
from bot.sandbox.telegram.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bot.sandbox.telegram.entities import Entity
    from bot.sandbox.telegram.errors import NoResult
    from bot.sandbox.telegram.params import Params

T = TypeVar("T")

TOKEN = "7000000001:AAExampleExampleExampleExampleExample"  # noqa: S105  it opens nothing
FIRST_USER_ID = 501
FIRST_GROUP_ID = -1001000000001
FIRST_BASIC_ID = -4001
WAIT_S = 10.0


class Telegram:
    """The chats of one bot.

    `group_limit` is how many messages a minute a group takes, None for no limit. `violations`
    names what Telegram lets pass but shows otherwise than it was sent, so tests want it empty.
    With `privacy` the bot hears in groups only what is meant for it, as BotFather sets it up.
    Ids of messages and updates count from `first_id`: a bot that remembers earlier runs must meet
    none of them again.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        username: str = "TracklinkBot",
        timer: Callable[[], float] = time.monotonic,
        clock: Clock = utc_now,
        group_limit: int | None = None,
        first_id: int = 1,
        privacy: bool = False,
    ) -> None:
        self.token = token
        bot = User(int(token.partition(":")[0]), "Tracklink", username, is_bot=True)
        self.world = World(bot, timer=timer, clock=clock, first_id=first_id)
        self.world.privacy = privacy
        self._gate = Gate(self.world, group_limit=group_limit)
        self.groups = Groups(self.world)
        self._people = 0
        self._inline_queries: dict[str, tuple[User, dict[str, Any]]] = {}

    @property
    def calls(self) -> list[Call]:
        """Every call of the bot but getUpdates, in order."""
        return self._gate.calls

    @property
    def violations(self) -> list[str]:
        return self.world.violations

    @property
    def answers(self) -> dict[str, Params]:
        """The parameters of the answers to callback and inline queries, by the query's id."""
        return self.world.answers

    @property
    def idle(self) -> bool:
        """Whether the bot has taken and confirmed every update."""
        return not self.world.updates.pending

    async def call(
        self, method: str, params: Mapping[str, Any], files: Mapping[str, Upload] | None = None
    ) -> Any:
        """The result of a Bot API method. Raises ApiError, or what a fault puts in its place."""
        return await self._gate.call(method, params, files)

    def download(self, path: str) -> bytes:
        """The file behind the `file_path` of getFile. Raises ApiError 404."""
        return self.world.files.read(path)

    def fail(self, method: str, *errors: NoResult, applied: bool = False) -> None:
        """Let the next calls of a method (`*`: of any but getUpdates) meet these errors, one each.

        With `applied` the call takes effect first: only its answer is lost.
        """
        self._gate.fail(method, *errors, applied=applied)

    def calls_of(self, *methods: str) -> list[Call]:
        return [call for call in self.calls if call.method in methods]

    async def until(self, check: Callable[[], T | None], timeout_s: float | None = WAIT_S) -> T:
        """The first truthy value of `check`, looked at on every change. Raises TimeoutError."""
        return await self.world.changes.until(check, timeout_s)

    async def message(
        self, chat: User | Chat, check: Callable[[Message], bool], timeout_s: float = WAIT_S
    ) -> Message:
        """The newest message of the bot that fulfils `check`. Raises TimeoutError."""
        return await self.until(
            lambda: next(filter(check, reversed(self.sent(chat))), None), timeout_s
        )

    def user(self, name: str, *, username: str | None = None, language: str | None = "en") -> User:
        """A new person, with whom the bot has no chat yet."""
        self._people += 1
        person = User(FIRST_USER_ID + self._people - 1, name, username, language)
        self.world.chats[person.id] = Chat(person.id, members={person.id: person})
        return person

    def group(self, title: str, members: Iterable[User], *, basic: bool = False) -> Chat:
        """A new group with the bot in it; the first member owns it. `basic`: no supergroup yet."""
        groups = sum(not chat.is_private for chat in self.world.chats.values())
        people = {person.id: person for person in members}
        chat_id = FIRST_BASIC_ID if basic else FIRST_GROUP_ID
        chat = Chat(chat_id - groups, title, people, met=True, basic=basic)
        self.world.chats[chat.id] = chat
        return chat

    def chat(self, chat: User | Chat) -> Chat:
        return self.world.chats[chat.id]

    def messages(self, chat: User | Chat) -> list[Message]:
        """All messages of a chat as they stand, oldest first."""
        return list(self.chat(chat).messages.values())

    def sent(self, chat: User | Chat) -> list[Message]:
        """The bot's own messages of a chat as they stand, oldest first."""
        return [m for m in self.messages(chat) if m["from"]["id"] == self.world.bot.id]

    def send_text(  # one option for each thing a client can add
        self,
        user: User,
        text: str,
        *,
        chat: Chat | None = None,
        entities: list[Entity] | None = None,
        reply_to: Message | None = None,
        forward_from: User | None = None,
    ) -> Message:
        """A person's message. Links and commands are marked unless `entities` are given."""
        found = detect(text) if entities is None else entities
        content: dict[str, Any] = {"text": text} | ({"entities": found} if found else {})
        return self._say(user, chat, content | _context(reply_to, forward_from, self.world.now()))

    def send_file(
        self,
        user: User,
        name: str,
        content: bytes,
        *,
        chat: Chat | None = None,
        mime: str | None = None,
        caption: str = "",
    ) -> Message:
        """A person's document, with an optional caption."""
        document = self.world.files.add(Upload(name, content, mime))
        return self._say(user, chat, {"document": document} | _caption(caption))

    def send_photo(self, user: User, *, caption: str = "", chat: Chat | None = None) -> Message:
        """A person's picture, with an optional caption."""
        file = self.world.files.add(Upload("photo.jpg", b"\xff\xd8\xff\xd9"))
        return self._say(user, chat, {"photo": [photo_size(file)]} | _caption(caption))

    def edit_text(self, message: Message, text: str) -> Message:
        """A person changes the text of a message of theirs."""
        chat = self.world.chats[message["chat"]["id"]]
        found = detect(text)
        edited = self.world.replace(chat, message, {"text": text, "entities": found or None})
        self.world.updates.add("edited_message", edited)
        return edited

    def press(self, user: User, message: Message, button: str) -> str:
        """Press a callback button by its label or data, and return the query's id.

        Raises LookupError where the message as it stands has no such button.
        """
        chat = self.world.chats[message["chat"]["id"]]
        current = chat.messages[message["message_id"]]
        data = _callback_data(current, button)
        query_id = self.world.open_query()
        query = {
            "id": query_id,
            "from": user.to_api(),
            "message": current,
            "chat_instance": str(chat.id),
            "data": data,
        }
        self.world.updates.add("callback_query", query)
        return query_id

    def ask_inline(self, user: User, text: str, offset: str = "") -> str:
        """Type behind the bot's name in any chat, and return the query's id."""
        query_id = self.world.open_query()
        query = {"id": query_id, "from": user.to_api(), "query": text, "offset": offset}
        self._inline_queries[query_id] = (user, query)
        self.world.updates.add("inline_query", query)
        return query_id

    def choose_inline(self, query_id: str, result_id: str, chat: User | Chat) -> Message:
        """Send a result into a chat. Raises LookupError where it was not offered."""
        user, query = self._inline_queries[query_id]
        return choose(self.world, user, query, result_id, self.chat(chat))

    def block(self, chat: User | Chat, *, blocked: bool = True) -> None:
        """A person blocks the bot, or a group throws it out; or lets it in again."""
        place = self.chat(chat)
        place.blocked = blocked
        self.world.updates.add("my_chat_member", _membership(place, self.world))

    def reactions(self, message: Message) -> list[str]:
        """The emoji that the bot put on a message."""
        given = self.world.reactions.get((message["chat"]["id"], message["message_id"]), [])
        return [str(reaction["emoji"]) for reaction in given]

    def file_of(self, message: Message) -> bytes:
        return self.world.files.content(message)

    def _say(self, user: User, chat: Chat | None, content: dict[str, Any]) -> Message:
        place = chat or self.world.chats[user.id]
        place.met = True
        message = self.world.keep(place, user, content)
        if self.groups.hears(place, message):
            self.world.updates.add("message", message)
        return message


def _context(reply_to: Message | None, forward_from: User | None, now: int) -> dict[str, Any]:
    context: dict[str, Any] = {"reply_to_message": reply_to} if reply_to else {}
    if forward_from:
        origin = {"type": "user", "date": now, "sender_user": forward_from.to_api()}
        context["forward_origin"] = origin
    return context


def _caption(caption: str) -> dict[str, Any]:
    return {"caption": caption, "caption_entities": detect(caption)} if caption else {}


def _membership(chat: Chat, world: World) -> dict[str, Any]:
    bot = world.bot.to_api()
    states = [
        {"status": "member", "user": bot},
        {"status": "kicked", "user": bot, "until_date": 0},
    ]
    return {
        "chat": chat.to_api(),
        "from": next(iter(chat.members.values())).to_api(),
        "date": world.now(),
        "old_chat_member": states[not chat.blocked],
        "new_chat_member": states[chat.blocked],
    }


def _callback_data(message: Message, wanted: str) -> str:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    for button in (button for row in rows for button in row):
        if "callback_data" in button and wanted in (button["text"], button["callback_data"]):
            return str(button["callback_data"])
    raise LookupError(f"no button {wanted!r} in {[b['text'] for row in rows for b in row]}")
