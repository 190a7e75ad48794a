"""One line of input, key by key, so that the chat above it can change while a person types."""

from __future__ import annotations

import asyncio
import codecs
import os
import re
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PASTE_ON, PASTE_OFF = "\x1b[?2004h", "\x1b[?2004l"  # bracketed paste: a list of songs is one text
PASTE_BEGIN, PASTE_END = "\x1b[200~", "\x1b[201~"
END_OF_INPUT, KILL_LINE, KILL_WORD, ENTER = "\x04", "\x15", "\x17", "\r\n"
BACKSPACE = "\x7f\x08"
TAB = "\t"
READ_BYTES = 65536

_ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O.|[^\[O])")
_OPEN_ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*|O)?$")


class Editor:
    """What has been typed so far. `feed` takes keys as they come and gives the finished lines."""

    def __init__(self) -> None:
        self.line = ""
        self.closed = False
        self._rest = ""
        self._pasting = False

    def feed(self, keys: str) -> list[str]:
        keys, self._rest = self._rest + keys, ""
        finished: list[str] = []
        while keys and not self.closed:
            if _OPEN_ESCAPE.match(keys):
                self._rest = keys
                break
            token = found[0] if (found := _ESCAPE.match(keys)) else keys[0]
            keys = keys[len(token) :]
            if self._key(token):
                finished.append(self.line)
                self.line = ""
        return finished

    def _key(self, token: str) -> bool:
        """Take one key; True when it finishes the line."""
        if token in (PASTE_BEGIN, PASTE_END):
            self._pasting = token == PASTE_BEGIN
        elif token in ENTER:
            if not self._pasting:
                return True
            self.line += "\n"
        elif token in BACKSPACE:
            self.line = self.line[:-1]
        elif token == KILL_LINE:
            self.line = ""
        elif token == KILL_WORD:
            self.line = self.line.rstrip().rpartition(" ")[0]
        elif token == END_OF_INPUT:
            self.closed = not self.line
        elif token.isprintable() or token in TAB:
            self.line += token
        return False


class Keyboard:
    """Lines typed on a terminal; `typed` is called after each key. Ends with None."""

    def __init__(self, fd: int, typed: Callable[[], None]) -> None:
        self.editor = Editor()
        self._fd = fd
        self._typed = typed
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    async def line(self) -> str | None:
        return await self._lines.get()

    @contextmanager
    def listening(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        with _key_by_key(self._fd):
            loop.add_reader(self._fd, self._read)
            try:
                yield
            finally:
                loop.remove_reader(self._fd)

    def _read(self) -> None:
        try:
            data = os.read(self._fd, READ_BYTES)
        except OSError:
            data = b""  # the terminal is gone
        for line in self.editor.feed(self._decode(data)):
            self._lines.put_nowait(line)
        if self.editor.closed or not data:
            self._lines.put_nowait(None)
        self._typed()


def can_listen(fd: int) -> bool:
    """Whether keys can be read one by one: a terminal, on a system with termios."""
    return os.isatty(fd) and sys.platform != "win32"


@contextmanager
def _key_by_key(fd: int) -> Iterator[None]:
    import termios
    import tty

    before = termios.tcgetattr(fd)
    tty.setcbreak(fd, termios.TCSADRAIN)  # what was typed before stays
    try:
        yield
    finally:
        with suppress(termios.error):  # the terminal may be gone
            termios.tcsetattr(fd, termios.TCSADRAIN, before)
