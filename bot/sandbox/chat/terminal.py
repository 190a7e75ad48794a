"""`tracklink chat`: the whole bot, with a terminal in place of Telegram."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from rich.console import Group
from rich.live import Live
from rich.segment import Segment, Segments
from rich.text import Text

from bot.app import build, services
from bot.backends import open_backends
from bot.render.terminal import Cleaned, terminal
from bot.sandbox import services as samples
from bot.sandbox.chat.keys import PASTE_OFF, PASTE_ON, Keyboard, can_listen
from bot.sandbox.chat.transcript import Transcript
from bot.sandbox.telegram.core import TOKEN, Telegram
from bot.sandbox.telegram.request import TerminalRequest
from bot.telegram.lifecycle import alive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rich.console import Console, RenderableType
    from telegram.request import BaseRequest

    from bot.config import Settings
    from bot.telegram.context import App
    from bot.telegram.lifecycle import AnyApplication

SETTLE_S = 0.15  # silence after which a message counts as final
QUIT = "/quit"
HELP = (
    "Paste a link or write to the bot. A number presses that button, /send FILE sends a file, "
    "/inline WORDS asks as in any other chat, /quit leaves."
)


async def run_chat(
    build_application: Callable[[BaseRequest], AnyApplication],
    *,
    folder: Path,
    idle: Callable[[], bool],
    console: Console | None = None,
    stdin: TextIO | None = None,
    language: str = "en",
    settle_s: float = SETTLE_S,
    picture: Path | None = None,
) -> int:
    """Chat until /quit or the end of input; the exit code.

    `build_application` gets the transport for both kinds of requests; the bot's token is
    `bot.sandbox.telegram.core.TOKEN`. `idle` says whether the program has nothing left to do in the
    background: only then does a message count as final. Documents are saved in `folder`/files.
    `picture` is where an SVG of the whole chat is written at its end.
    """
    telegram = Telegram(first_id=int(time.time()))
    application = build_application(TerminalRequest(telegram))
    console = console or terminal(highlight=False)
    stdin = stdin or sys.stdin
    person = telegram.user("You", language=language)
    transcript = Transcript(telegram, person, folder / "files")
    quiet = Quiet(telegram, application, idle, settle_s)
    async with alive(application):
        if console.is_terminal and can_listen(stdin.fileno()):
            await _Terminal(transcript, quiet, console, stdin.fileno()).run()
        else:
            await _on_pipe(transcript, quiet, console, stdin)
    if picture:
        transcript.paint(picture)
    return 0


async def _on_pipe(transcript: Transcript, quiet: Quiet, console: Console, stdin: TextIO) -> None:
    """A line in, what came of it out; the next line is read when the bot has come to rest."""
    line = "\n"
    while line and line.strip() != QUIT:
        if line.strip():
            transcript.act(line.strip())
        await quiet.settled()
        texts = [transcript.plain(message) for message in transcript.settle()]
        for text in (*texts, *transcript.notices()):
            console.print(f"{text}\n", markup=False, highlight=False, emoji=False, soft_wrap=True)
        line = await asyncio.to_thread(stdin.readline)


class _Terminal:
    """Settled messages scroll up; what still changes is redrawn above the line being typed."""

    def __init__(self, transcript: Transcript, quiet: Quiet, console: Console, fd: int) -> None:
        self._transcript = transcript
        self._quiet = quiet
        self._console = console
        self._keyboard = Keyboard(fd, typed=self._refresh)
        self._live = Live(
            get_renderable=self._view, console=console, auto_refresh=False, transient=True
        )

    async def run(self) -> None:
        self._console.print(Text(HELP, "dim"), end="\n\n")
        self._paste(PASTE_ON)
        try:
            with self._keyboard.listening(), self._live:
                async with asyncio.TaskGroup() as group:
                    drawing = [group.create_task(self._redraw()), group.create_task(self._scroll())]
                    await self._read()
                    for task in drawing:
                        task.cancel()
        finally:
            self._paste(PASTE_OFF)
        self._print_settled()

    async def _read(self) -> None:
        while (line := await self._keyboard.line()) is not None and line.strip() != QUIT:
            if line.strip():
                self._transcript.act(line.strip())

    def _refresh(self) -> None:
        self._live.refresh()

    async def _redraw(self) -> None:
        while True:
            await self._quiet.changed()
            self._refresh()

    async def _scroll(self) -> None:
        while True:
            await self._quiet.settled()
            self._print_settled()
            await self._quiet.changed()

    def _print_settled(self) -> None:
        messages = self._transcript.settle()
        self._refresh()  # first take away what is drawn below, or it leaves a gap
        for message in messages:
            self._console.print(self._transcript.draw(message))
            self._console.print()
        for notice in self._transcript.notices():
            self._console.print(Text(f"· {notice}\n", "dim italic"))

    def _view(self) -> RenderableType:
        parts: list[RenderableType] = []
        for message in self._transcript.unsettled():
            parts += [self._transcript.draw(message), ""]
        parts.append(Text.assemble(("> ", "bold"), self._keyboard.editor.line, ("▏", "dim")))
        lines = self._console.render_lines(Cleaned(Group(*parts)), pad=False)
        kept = lines[-(self._console.height - 1) :]
        return Segments([part for line in kept for part in (*line, Segment.line())])

    def _paste(self, code: str) -> None:
        self._console.file.write(code)
        self._console.file.flush()


@dataclass(frozen=True, slots=True)
class Quiet:
    """Knows when the Application beside the chat has done all it is going to do for now."""

    telegram: Telegram
    application: AnyApplication
    idle: Callable[[], bool]
    settle_s: float

    async def settled(self) -> None:
        """Every update handled, nothing running, and `settle_s` without a change."""
        is_quiet = False
        while not (is_quiet and self.telegram.idle and self.idle()):
            await self.telegram.until(lambda: self.telegram.idle, None)
            await self.application.update_queue.join()
            is_quiet = not await self.changed(self.settle_s)

    async def changed(self, timeout_s: float | None = None) -> bool:
        """Wait for the next change; False when there was none in time."""
        changes = self.telegram.world.changes
        seen = changes.count
        try:
            return await changes.until(lambda: changes.count != seen, timeout_s)
        except TimeoutError:
            return False


async def chat(settings: Settings, *, sample: bool, picture: Path | None = None) -> int:
    """Chat until the input ends; the exit code. `picture` gets an SVG of the whole chat."""
    if sample:
        _introduce()
    transports = samples.transports() if sample else None
    async with open_backends(settings, transports=transports) as backends:
        built: list[App] = []

        def build_here(request: BaseRequest) -> App:
            built.append(build(settings, backends, token=TOKEN, request=request))
            return built[0]

        def idle() -> bool:
            here = services(built[0])
            return here.runner.idle and here.update_processor.idle

        return await run_chat(
            build_here, folder=settings.tracklink_data, idle=idle, picture=picture
        )


def _introduce() -> None:
    """Say what there is to paste; on stderr, so that a script reads the chat alone."""
    lines = ("Made-up music, no network; the links lead nowhere. Paste one of these:", "")
    print(*lines, *samples.links(), "", sep="\n", file=sys.stderr)  # noqa: T201 - for a person
