"""The terminal chat with a small real Application: over a pipe, and on a terminal."""

from __future__ import annotations

import asyncio
import io
import os
import pty
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, MessageHandler, filters

from bot.sandbox.chat.terminal import Quiet, _Terminal, run_chat
from bot.sandbox.chat.transcript import Transcript
from bot.sandbox.telegram.core import TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from pathlib import Path

    from telegram.request import BaseRequest

    from bot.telegram.lifecycle import AnyApplication
    from tests.staged.telegram import Telegram

KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("▶", callback_data="next")]])
WAIT_S = 5.0
LINE_UP = "\x1b[1A"


class Program:
    """A bot that answers at once and finishes the answer in the background, when it is let."""

    def __init__(self) -> None:
        self.life: list[str] = []
        self.running = 0
        self.go_on = asyncio.Event()
        self.go_on.set()

    def build(self, request: BaseRequest) -> AnyApplication:
        application = (
            Application.builder()
            .token(TOKEN)
            .request(request)
            .get_updates_request(request)
            .post_init(self._note("init"))
            .post_stop(self._note("stop"))
            .post_shutdown(self._note("shutdown"))
            .build()
        )
        application.add_handler(MessageHandler(filters.TEXT, self._answer))
        application.add_handler(CallbackQueryHandler(self._turn))
        return application

    def idle(self) -> bool:
        return self.running == 0

    def _note(self, what: str) -> Callable[[AnyApplication], Coroutine[Any, Any, None]]:
        async def note(_: AnyApplication) -> None:
            self.life.append(what)

        return note

    async def _answer(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        asked = update.effective_message
        assert asked
        self.running += 1
        message = await asked.reply_html("looking…")

        async def finish() -> None:
            await asyncio.sleep(0.02)
            await self.go_on.wait()
            link = '<b>Found</b> <a href="https://youtu.be/x">YouTube</a>'
            await message.edit_text(link, parse_mode="HTML", reply_markup=KEYBOARD)
            if "file" in (asked.text or ""):
                await message.reply_document(b"x", filename="a.csv")
            self.running -= 1

        context.application.create_task(finish())

    async def _turn(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.callback_query
        await update.callback_query.answer("Page 2")
        await update.callback_query.edit_message_text("page 2")


@pytest.fixture
async def program() -> Program:
    return Program()


async def piped(program: Program, folder: Path, lines: str, **options: Any) -> str:
    out = io.StringIO()
    code = await run_chat(
        program.build,
        folder=folder,
        idle=program.idle,
        console=Console(file=out, width=20, color_system=None),
        stdin=io.StringIO(lines),
        settle_s=0.01,
        **options,
    )
    assert 0 == code
    return out.getvalue()


async def test_piped(program: Program, tmp_path: Path) -> None:
    """Each line is answered in full, in its final state, before the next one is read."""
    expected = (
        "you  hello\n\n"
        "bot  Found YouTube <https://youtu.be/x>\n\n     [1] ▶\n\n"
        "bot  page 2\n\n"
        "Page 2\n\n"
    )
    assert expected == await piped(program, tmp_path, "hello\n\n> 1\n")


async def test_life(program: Program, tmp_path: Path) -> None:
    """The Application begins and ends as in its own run_polling; an empty input is no error."""
    assert "" == await piped(program, tmp_path, "")
    assert ["init", "stop", "shutdown"] == program.life


async def test_piped_quit(program: Program, tmp_path: Path) -> None:
    """After /quit nothing is read."""
    assert "" == await piped(program, tmp_path, "/quit\nhello\n")


async def test_saved_and_painted(program: Program, tmp_path: Path) -> None:
    """Documents are saved in the data folder, and the chat can be painted."""
    out = await piped(program, tmp_path, "file please\n", picture=tmp_path / "chat.svg")
    assert f"saved as {tmp_path / 'files' / 'a.csv'}" in out
    assert "Found" in (tmp_path / "chat.svg").read_text(encoding="utf-8")


async def test_default_input(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """Without other orders it is the program's own input and output."""
    monkeypatch.setattr("sys.stdin", io.StringIO("hello\n"))
    await run_chat(program.build, folder=tmp_path, idle=program.idle, settle_s=0.01)
    assert "YouTube <https://youtu.be/x>" in capsys.readouterr().out


async def test_failing_start(program: Program, tmp_path: Path) -> None:
    """A program that cannot begin is shut down all the same, and its error comes out."""

    async def broken(_: AnyApplication) -> None:
        raise OSError("no store")

    def build(request: BaseRequest) -> AnyApplication:
        application = program.build(request)
        application.post_init = broken
        return application

    with pytest.raises(OSError, match="no store"):
        await run_chat(
            build, folder=tmp_path, idle=program.idle, stdin=io.StringIO(), console=Console()
        )
    assert ["shutdown"] == program.life


async def test_bare_application(program: Program, tmp_path: Path) -> None:
    """An Application without an updater or hooks runs too."""

    def build(request: BaseRequest) -> AnyApplication:
        return Application.builder().token(TOKEN).request(request).updater(None).build()

    stdin = io.StringIO("/quit\n")
    assert 0 == await run_chat(
        build, folder=tmp_path, idle=program.idle, stdin=stdin, console=Console()
    )


class Drawn(io.StringIO):
    """What was drawn, and an event for each time something is added."""

    def __init__(self) -> None:
        super().__init__()
        self.more = asyncio.Event()

    def write(self, text: str, /) -> int:
        self.more.set()
        return super().write(text)


class Terminal:
    """Both ends of a pseudo-terminal, with all that was drawn on it."""

    def __init__(self) -> None:
        self._master, slave = pty.openpty()
        self.stdin = os.fdopen(slave)
        self.out = Drawn()
        self.console = Console(file=self.out, force_terminal=True, width=50, height=12)
        self.seen = 0

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    async def shows(self, text: str) -> None:
        """Wait until the text is drawn, after what was waited for before."""
        async with asyncio.timeout(WAIT_S):
            while (at := self.out.getvalue().find(text, self.seen)) < 0:
                self.out.more.clear()
                await self.out.more.wait()
        self.seen = at + len(text)

    def close(self) -> None:
        self.stdin.close()
        os.close(self._master)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal()
    yield terminal
    terminal.close()


def chat(program: Program, terminal: Terminal, folder: Path) -> asyncio.Task[int]:
    running = run_chat(
        program.build,
        folder=folder,
        idle=program.idle,
        console=terminal.console,
        stdin=terminal.stdin,
        settle_s=0.01,
    )
    return asyncio.create_task(running)


async def test_on_terminal(program: Program, terminal: Terminal, tmp_path: Path) -> None:
    """What is typed stands below, answers change in place, numbers press, Ctrl-D leaves."""
    task = chat(program, terminal, tmp_path)
    await terminal.shows("leaves.")
    terminal.type("hel")
    await terminal.shows("hel")
    program.go_on.clear()
    terminal.type("lo\n")
    await terminal.shows("looking…")
    program.go_on.set()
    await terminal.shows("Found")
    await terminal.shows("▶")
    terminal.type("\n1\n")
    await terminal.shows("Page 2")
    below = terminal.seen
    terminal.type("x")
    await terminal.shows("x")
    assert LINE_UP not in terminal.out.getvalue()[below:]  # nothing was drawn below, then wiped
    terminal.type("\x15\x04")
    assert 0 == await asyncio.wait_for(task, WAIT_S)


async def test_quit_while_it_works(program: Program, terminal: Terminal, tmp_path: Path) -> None:
    """One can leave while an answer is unfinished; what there is stays on the screen."""
    task = chat(program, terminal, tmp_path)
    await terminal.shows("leaves.")
    program.go_on.clear()
    terminal.type("hello\n")
    await terminal.shows("looking…")
    terminal.type("/quit\n")
    await terminal.shows("looking…")
    program.go_on.set()
    assert 0 == await asyncio.wait_for(task, WAIT_S)


async def test_pasted_list(program: Program, terminal: Terminal, tmp_path: Path) -> None:
    """A pasted list is one message, and may be longer than the terminal is high."""
    task = chat(program, terminal, tmp_path)
    await terminal.shows("leaves.")
    terminal.type("\x1b[200~" + "\n".join(f"song {n}" for n in range(40)) + "\x1b[201~\n")
    await terminal.shows("song 39")
    await terminal.shows("Found")
    terminal.type("/quit\n")
    assert 0 == await asyncio.wait_for(task, WAIT_S)


async def test_low_terminal(terminal: Terminal, telegram: Telegram, tmp_path: Path) -> None:
    """What changes is cut to the height of the terminal: its end and the prompt stay visible."""
    alice = telegram.user("Alice")
    telegram.send_text(alice, "\n".join(f"song {n}" for n in range(40)))
    transcript = Transcript(telegram, alice, tmp_path)
    quiet = Quiet(telegram, Application.builder().token(TOKEN).build(), lambda: True, 0.01)
    view = _Terminal(transcript, quiet, terminal.console, terminal.stdin.fileno())._view()
    lines = ["".join(part.text for part in line) for line in terminal.console.render_lines(view)]
    assert ["song 39", "", "> ▏"] == [line.strip() for line in lines][-3:]
    assert terminal.console.height > len(lines)
