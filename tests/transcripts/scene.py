"""One scene: people do something, step by step, and all that the bot does of it is written down."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.transcripts.outside import Outside
from tests.transcripts.seams import (
    TIMING,
    ApiError,
    Group,
    Telegram,
    Upload,
    bad_request,
    complaints,
    live,
    too_many,
    youtube_list,
)
from tests.transcripts.simulation import Clock, Loop, simulated
from tests.transcripts.writing import JOB, Writer, file_line, quoted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tests.transcripts.seams import Answer, Call, Chat, LiveBot, Message, Settings, User

FAULTS = {
    400: bad_request("something is wrong with it"),
    413: ApiError(413, "Request Entity Too Large"),
    429: too_many(4),
    500: ApiError(500, "Internal Server Error"),
}
SHORTEST = 5  # letters of a label by which its beginning is enough
REST_S = 20.0  # after each step; more than any wait of the bot that is not told to the person
HELD_REST_S = 3.5  # while an answer is held back, for which the bot waits 20 s three times


class Scene:
    """The people, the bot and the services of one transcript."""

    def __init__(self, settings: Settings, outside: Outside, *, privacy: bool = False) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Loop)
        self.loop = loop
        self.clock = Clock(loop)
        self.outside = outside
        self.telegram = Telegram(clock=self.clock, timer=loop.time, privacy=privacy)
        self._settings = settings
        self._life = AsyncExitStack()
        self._bot: LiveBot | None = None
        self._starting: list[Call] = []
        self._writer = Writer(self._name)
        self._written = list[str]()
        self._calls = 0
        self._steps = 0

    @property
    def text(self) -> str:
        return "\n".join(self._written) + "\n"

    # What people do

    def person(self, name: str, language: str | None = "en") -> User:
        return self.telegram.user(name, language=language)

    def group(self, title: str, *members: User, basic: bool = False) -> Group:
        return self.telegram.group(title, members, basic=basic)

    def strangers(self, *members: User) -> Group:
        """A chat that does not know the bot."""
        chat = self.telegram.group("Strangers", members)
        chat.blocked = True
        return chat

    @property
    def bot_itself(self) -> User:
        return self.telegram.world.bot

    async def say(self, user: User, text: str, chat: Chat | None = None, **options: Any) -> Message:
        """Somebody writes a message."""
        self._head(f"{user.first_name} writes{self._where(chat)}", *quoted(text), **options)
        said = self.telegram.send_text(user, text, chat=chat, **options)
        await self.rest()
        return said

    async def edit(self, message: Message, text: str) -> None:
        self._head(f"#{message['message_id']} is edited", *quoted(text))
        self.telegram.edit_text(message, text)
        await self.rest()

    async def send(
        self,
        user: User,
        name: str,
        content: bytes,
        *,
        mime: str | None = None,
        chat: Chat | None = None,
    ) -> None:
        """Somebody sends a file."""
        what = f"{user.first_name} sends a file{self._where(chat)}"
        self._head(what, file_line(Upload(name, content, mime)))
        self.telegram.send_file(user, name, content, mime=mime, chat=chat)
        await self.rest()

    async def together(self, user: User, *texts: str) -> None:
        """Somebody writes several messages, faster than any of them is answered."""
        self._head(f"{user.first_name} writes at once", *(f"> {text}" for text in texts))
        for text in texts:
            self.telegram.send_text(user, text)
        await self.rest()

    async def picture(self, user: User, *, caption: str) -> None:
        self._head(f"{user.first_name} sends a picture", *quoted(caption))
        self.telegram.send_photo(user, caption=caption)
        await self.rest()

    async def forge(self, user: User, message: Message, data: str) -> None:
        """A button that the message does not have, or has no longer, is pressed all the same."""
        self._head(
            f"{user.first_name} presses a button that #{message['message_id']} may not have",
            f"  {self._writer.data(data)}",
        )
        assert self._bot
        with suppress(TimeoutError):  # nobody answers
            await self._bot.forge(user, user, message, data)
        await self.rest()

    async def press(
        self, user: User, label: str, chat: Chat | User | None = None, *, on: Message | None = None
    ) -> None:
        """Somebody presses a button of the bot's newest message that has it, or of `on`."""
        try:
            message = on or self.newest(chat or user, label)
            data, text = _button(message, label)
        except LookupError:
            self._head(f"{user.first_name} looks for “{label}”, which is not there")
            return
        self._head(
            f"{user.first_name} presses “{text}” under #{message['message_id']}",
            f"  {self._writer.data(data)}",
        )
        self.telegram.press(user, message, data)
        await self.rest()

    async def ask_inline(self, user: User, text: str, offset: str = "") -> str:
        """Somebody types behind the bot's name in another chat; the query's id."""
        self._head(f"{user.first_name} types inline", *quoted(text))
        query = self.telegram.ask_inline(user, text, offset)
        await self.rest()
        return query

    async def choose_inline(self, query: str, at: int, user: User, chat: Chat) -> None:
        """The result in that place is sent into a chat."""
        chosen = self.telegram.answers[query]["results"][at]
        self._head(f"{user.first_name} sends the result “{chosen['title']}”{self._where(chat)}")
        self.telegram.choose_inline(query, chosen["id"], chat)
        await self.rest()

    async def happens(self, what: str, act: Callable[[], object]) -> None:
        """Anything else, with what came of it."""
        self._head(what)
        act()
        await self.rest()

    # What happens around them

    async def rest(self, seconds: float | None = None) -> None:
        """Let the bot do what it is going to do, and write it down."""
        if seconds is None:
            seconds = HELD_REST_S if self.outside.held else REST_S
        await asyncio.sleep(seconds)
        calls = self.telegram.calls
        # What happens to several chats at one moment is ordered by how often each way is waited
        # for, which nobody sees.
        for call in sorted(calls[self._calls :], key=_moment_and_chat):
            self._written += (f"  {line}".rstrip() for line in self._writer.call(call))
        self._calls = len(calls)

    async def wait(self, said: str, seconds: float) -> None:
        """Time passes, and the bot lives through it."""
        self._head(f"({said} pass)")
        await self.rest(seconds)

    async def skip(self, said: str, **delta: float) -> None:
        """The clock is set ahead: what was then is long ago."""
        self._head(f"({said} later)")
        self.clock.ahead += timedelta(**delta)
        await self.rest()

    async def telegram_fails(self, method: str, status: int) -> None:
        """The next call of that method is refused."""
        error = FAULTS[status]
        self._head(f"(Telegram answers the next {method} with {error})")
        self.telegram.fail(method, error)

    async def breaks(self, host: str, answer: Answer) -> None:
        said = answer.content.decode("ascii", "replace")
        self._head(
            f"({host} answers {answer.status} {dict(answer.headers) or ''} {said}".rstrip() + ")"
        )
        self.outside.broken[host] = answer
        await self.rest(0.0)

    async def heals(self, said: str = "all services answer again") -> None:
        """Everybody answers, and circuits that opened are closed again."""
        self.outside.heal()
        await self.skip(f"{said}, a quarter of an hour", minutes=15)

    async def store(self, *, down: bool) -> None:
        self._head(f"(the store {'stops answering' if down else 'answers again'})")
        self.loop.store_is_down = down
        await self.rest()

    async def restart(self) -> None:
        """The bot stops in an orderly way, and starts again."""
        self._head("(the bot restarts)")
        await self._life.aclose()
        await self._start()
        await self.rest()

    async def shows_its_start(self) -> None:
        """What the bot told Telegram before anybody wrote; all scenes begin with the same."""
        self._head("(the bot starts)")
        for call in self._starting:
            self._written += (f"  {line}".rstrip() for line in self._writer.call(call))

    # What is on the screens

    def labels(self, chat: Chat | User) -> list[str]:
        """The labels of the callback buttons of the newest message that has some."""
        for message in reversed(self.telegram.sent(chat)):
            if found := _buttons(message):
                return [button["text"] for button in found]
        return []

    def job_in(self, message: Message) -> str:
        """The job that the buttons of a message name; none for one without."""
        found = (JOB.search(button["callback_data"]) for button in _buttons(message))
        return next((job[0] for job in found if job), "")

    def job_of(self, chat: Chat | User) -> str:
        """The newest job that buttons in a chat name."""
        found = map(self.job_in, reversed(self.telegram.sent(chat)))
        return next(job for job in found if job)

    def youtube_list(self) -> str:
        """The id of the playlist that is on YouTube as well."""
        return youtube_list("samplePlaylistAtlas001")

    # How it is played

    async def play(self, acts: Callable[[Scene], Awaitable[None]]) -> str:
        async with self._life_of_its_own():
            await acts(self)
        await self.rest(0.0)
        if remarks := complaints(self.telegram, None):
            self._head("(Telegram's remarks)", *(f"  {remark}" for remark in remarks))
        return self.text

    @asynccontextmanager
    async def _life_of_its_own(self) -> AsyncIterator[None]:
        await self._start()
        await asyncio.sleep(REST_S)
        self._starting, self._calls = self.telegram.calls[:], len(self.telegram.calls)
        try:
            yield
        finally:
            await self._life.aclose()

    async def _start(self) -> None:
        self._life = AsyncExitStack()
        self._bot = await self._life.enter_async_context(
            live(
                self._settings,
                clock=self.clock,
                telegram=self.telegram,
                sample=False,
                timing=TIMING,
            )
        )

    def newest(self, chat: Chat | User, label: str) -> Message:
        """The newest message of a chat with such a button, also one that somebody sent inline."""
        for message in reversed(self.telegram.messages(chat)):
            if any(_fits(button, label) for button in _buttons(message)):
                return message
        raise LookupError(label)

    def _head(self, what: str, *lines: str, **options: Any) -> None:
        self._steps += 1
        about = [f"  {name} {_brief(value)}" for name, value in options.items()]
        gap = [""] if self._written else []
        self._written += [*gap, f"── {self._steps}. {what}", *about, *lines]

    def _name(self, chat_id: int) -> str:
        chat = self.telegram.world.chats.get(chat_id)
        if chat is None:
            return f"chat {chat_id}"
        return chat.title if isinstance(chat, Group) else chat.members[chat_id].first_name

    def _where(self, chat: Chat | None) -> str:
        return f" in {self._name(chat.id)}" if chat else ""


def play(
    acts: Callable[[Scene], Awaitable[None]], settings: Settings, *, privacy: bool = False
) -> str:
    """The transcript of a scene, in a world of its own."""
    outside = Outside()

    async def played() -> str:
        return await Scene(settings, outside, privacy=privacy).play(acts)

    with simulated(outside), asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(played())


def _moment_and_chat(call: Call) -> tuple[float, str]:
    return round(call.at, 3), str(call.params.get("chat_id", ""))


def _buttons(message: Message) -> list[dict[str, Any]]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button for row in rows for button in row if "callback_data" in button]


def _fits(button: dict[str, Any], label: str) -> bool:
    begins = len(label) >= SHORTEST and button["text"].startswith(label)
    return begins or label in (button["text"], button["callback_data"])


def _button(message: Message, label: str) -> tuple[str, str]:
    button = next((button for button in _buttons(message) if _fits(button, label)), None)
    if button is None:
        raise LookupError(label)
    return button["callback_data"], button["text"]


def _brief(value: Any) -> str:
    if isinstance(value, dict) and "message_id" in value:
        return f"#{value['message_id']}"
    return str(getattr(value, "first_name", value))
