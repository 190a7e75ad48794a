"""Typing a line, key by key."""

from __future__ import annotations

import os
import pty

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.chat.keys import Editor, Keyboard, can_listen


@pytest.mark.parametrize(
    ("keys", "finished", "line"),
    [
        ("hi", [], "hi"),
        ("hi\n", ["hi"], ""),
        ("one\rtwo\nthr", ["one", "two"], "thr"),
        ("añ日\x7f\x08", [], "a"),
        ("\x7fa", [], "a"),
        ("one two\x17", [], "one"),
        ("one two\x15", [], ""),
        ("a\x1b[Ab\x1bOPc\x1bxd", [], "abcd"),
        ("a\tb\x00\x07", [], "a\tb"),
        ("\x1b[200~one\ntwo\x1b[201~\n", ["one\ntwo"], ""),
        ("a\x04b", [], "ab"),
    ],
)
def test_edited(keys: str, finished: list[str], line: str) -> None:
    """Letters gather, the usual keys change them, Enter finishes; a pasted text stays whole."""
    editor = Editor()
    assert (finished, line) == (editor.feed(keys), editor.line)
    assert not editor.closed


def test_end_of_input() -> None:
    """Ctrl-D on an empty line ends the input; what comes after it is not read."""
    editor = Editor()
    assert ["a"] == editor.feed("a\n\x04b\n")
    assert (True, "") == (editor.closed, editor.line)


@given(st.text(alphabet="ab\n\x1b[O~20A;\x7f", max_size=30), st.integers(0, 30))
def test_split_anywhere(keys: str, at: int) -> None:
    """It does not matter in which pieces the keys arrive."""
    whole, parts = Editor(), Editor()
    expected = whole.feed(keys)
    assert expected == parts.feed(keys[:at]) + parts.feed(keys[at:])
    assert whole.line == parts.line


async def test_keyboard() -> None:
    """Lines come from a terminal, characters cut in two among them, and None at the end."""
    master, slave = pty.openpty()
    typed: list[str] = []
    keyboard = Keyboard(slave, lambda: typed.append(keyboard.editor.line))
    try:
        assert can_listen(slave)
        with keyboard.listening():
            os.write(master, b"\xc3")
            os.write(master, b"\xa9\n")
            assert "é" == await keyboard.line()
            os.write(master, b"\x04")
            assert await keyboard.line() is None
    finally:
        os.close(master)
        os.close(slave)
    assert typed


async def test_closed_terminal() -> None:
    """A terminal that goes away ends the input."""
    master, slave = pty.openpty()
    keyboard = Keyboard(slave, lambda: None)
    try:
        with keyboard.listening():
            os.write(master, b"\n")
            assert "" == await keyboard.line()
            os.close(master)
            assert await keyboard.line() is None
    finally:
        os.close(slave)


async def test_unreadable_terminal() -> None:
    """So does one that cannot be read."""
    keyboard = Keyboard(-1, lambda: None)
    keyboard._read()
    assert await keyboard.line() is None


def test_no_terminal() -> None:
    """A pipe is no terminal."""
    read, write = os.pipe()
    try:
        assert not can_listen(read)
    finally:
        os.close(read)
        os.close(write)
