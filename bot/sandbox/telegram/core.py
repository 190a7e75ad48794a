"""A Telegram in memory, as strict as the real one.

The bot's side is `call`; all the rest is what a person does, and what they see.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeVar

from bot.clock import Clock, utc_now
from bot.sandbox.telegram.answers import ANSWERS
from bot.sandbox.telegram.errors import not_found
from bot.sandbox.telegram.params import Params, decode
from bot.sandbox.telegram.sending import SENDING
from bot.sandbox.telegram.state import Chat, Message, Upload, User, World
from bot.sandbox.telegram.texts import detect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.sandbox.telegram.state import Method, Uploads

T = TypeVar("T")

TOKEN = "7000000001:AAExampleExampleExampleExampleExample"  # noqa: S105  it opens nothing
FIRST_USER_ID = 501
WAIT_S = 10.0


METHODS = SENDING | ANSWERS


class Telegram:
    """The private chats of one bot. `methods` are what it may call.

    Ids of messages and updates count from `first_id`: a bot that remembers earlier runs must meet
    none of them again.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        timer: Callable[[], float] = time.monotonic,
        clock: Clock = utc_now,
        first_id: int = 1,
        methods: Mapping[str, Method] = METHODS,
    ) -> None:
        self.token = token
        bot = User(int(token.partition(":")[0]), "Tracklink", "TracklinkBot", is_bot=True)
        self.world = World(bot, timer=timer, clock=clock, first_id=first_id)
        self._methods = {name.lower(): method for name, method in methods.items()}
        self._people = 0
        self._inline_queries: dict[str, tuple[User, dict[str, Any]]] = {}

    @property
    def answers(self) -> dict[str, Params]:
        """The parameters of the answers to callback and inline queries, by the query's id."""
        return self.world.answers

    @property
    def idle(self) -> bool:
        """Whether the bot has taken and confirmed every update."""
        return not self.world.updates.pending

    async def call(
        self, method: str, params: Mapping[str, Any], files: Uploads | None = None
    ) -> Any:
        """The result of a Bot API method, whose name may be in any case. Raises ApiError."""
        name, given = method.lower(), decode(params)
        if name == "getupdates":
            return await self.world.updates.get(given)
        if name not in self._methods:
            raise not_found()
        try:
            return self._methods[name](self.world, given, files or {})
        finally:
            self.world.changes.tell()

    def download(self, path: str) -> bytes:
        """The file behind the `file_path` of getFile. Raises ApiError 404."""
        return self.world.files.read(path)

    async def until(self, check: Callable[[], T | None], timeout_s: float | None = WAIT_S) -> T:
        """The first truthy value of `check`, looked at on every change. Raises TimeoutError."""
        return await self.world.changes.until(check, timeout_s)

    def user(self, name: str, *, username: str | None = None, language: str | None = "en") -> User:
        """A new person, with whom the bot has no chat yet."""
        self._people += 1
        person = User(FIRST_USER_ID + self._people - 1, name, username, language)
        self.world.chats[person.id] = Chat(person.id, members={person.id: person})
        return person

    def chat(self, chat: User | Chat) -> Chat:
        return self.world.chats[chat.id]

    def messages(self, chat: User | Chat) -> list[Message]:
        """All messages of a chat as they stand, oldest first."""
        return list(self.chat(chat).messages.values())

    def send_text(self, user: User, text: str) -> Message:
        """A person's message with its links and commands marked."""
        return self.say(user, marked(text))

    def send_file(self, user: User, name: str, content: bytes) -> Message:
        """A person's document."""
        return self.say(user, {"document": self.world.files.add(Upload(name, content))})

    def say(self, user: User, content: dict[str, Any], chat: Chat | None = None) -> Message:
        """Any message of a person, in the private chat unless another is given."""
        place = chat or self.world.chats[user.id]
        place.met = True
        message = self.world.keep(place, user, content)
        if place.hears(message, self.world):
            self.world.updates.add("message", message)
        return message

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
        """Send a result into a chat, which need not know the bot.

        Raises LookupError where it was not offered.
        """
        world, (user, query) = self.world, self._inline_queries[query_id]
        content = world.offered[query_id][result_id]
        message = world.keep(self.chat(chat), user, content | {"via_bot": world.bot.to_api()})
        chosen = {"result_id": result_id, "from": user.to_api(), "query": query["query"]}
        if "reply_markup" in content:  # without one there is nothing to tell it by
            chosen["inline_message_id"] = f"inline-{message['message_id']}"
            world.inline[chosen["inline_message_id"]] = (chat.id, message["message_id"])
        if world.inline_feedback:
            world.updates.add("chosen_inline_result", chosen)
        return message

    def reactions(self, message: Message) -> list[str]:
        """The emoji that the bot put on a message."""
        given = self.world.reactions.get((message["chat"]["id"], message["message_id"]), [])
        return [str(reaction["emoji"]) for reaction in given]

    def file_of(self, message: Message) -> bytes:
        return self.world.files.content(message)


def marked(text: str) -> dict[str, Any]:
    """A text and what Telegram itself finds in it."""
    found = detect(text)
    return {"text": text} | ({"entities": found} if found else {})


def _callback_data(message: Message, wanted: str) -> str:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    for button in (button for row in rows for button in row):
        if "callback_data" in button and wanted in (button["text"], button["callback_data"]):
            return str(button["callback_data"])
    raise LookupError(f"no button {wanted!r} in {[b['text'] for row in rows for b in row]}")
