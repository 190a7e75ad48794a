"""What a line from the terminal does, and what it brings to be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.sandbox.chat.transcript import Transcript
from bot.sandbox.telegram.state import Upload

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox.telegram.state import Message, User
    from tests.staged.telegram import Telegram

ROWS: list[list[dict[str, Any]]] = [
    [{"text": "▶", "callback_data": "next"}],
    [
        {"text": "Play ↗", "url": "https://a.be"},
        {"text": "Copy", "copy_text": {"text": "copied"}},
        {"text": "Share", "switch_inline_query": "x"},
    ],
]


@pytest.fixture
def transcript(telegram: Telegram, alice: User, tmp_path: Path) -> Transcript:
    transcript = Transcript(telegram, alice, tmp_path / "files")
    transcript.settle()
    return transcript


async def listing(telegram: Telegram, alice: User) -> Message:
    params = {"chat_id": alice.id, "text": "page 1", "reply_markup": {"inline_keyboard": ROWS}}
    message: Message = await telegram.call("sendMessage", params)
    return message


def kinds(telegram: Telegram) -> list[str]:
    return [next(iter(set(u) - {"update_id"})) for u in telegram.world.updates.pending]


async def test_number_presses(telegram: Telegram, alice: User, transcript: Transcript) -> None:
    """A number presses that button of the newest message with buttons; its toast is told once."""
    await listing(telegram, alice)
    await telegram.call("sendMessage", {"chat_id": alice.id, "text": "no buttons"})
    transcript.act("> 1")
    assert ["callback_query"] == kinds(telegram)
    query = telegram.world.updates.pending[0]["callback_query"]
    assert [] == transcript.notices()
    await telegram.call("answerCallbackQuery", {"callback_query_id": query["id"], "text": "Next"})
    assert ["Next"] == transcript.notices()
    assert [] == transcript.notices()


async def test_inline(telegram: Telegram, alice: User, transcript: Transcript) -> None:
    """What is asked inline is listed with numbers, and one of them sent by its number."""
    content = {"message_text": "One More Time"}
    article = {"type": "article", "id": "a", "title": "One", "input_message_content": content}
    transcript.act("/inline one more")
    transcript.act("@TracklinkBot nothing")
    first, second = (u["inline_query"] for u in telegram.world.updates.pending)
    params = {"inline_query_id": second["id"], "results": []}
    await telegram.call("answerInlineQuery", params)
    assert ["Nothing."] == transcript.notices()
    transcript.act("/take 1")
    assert ["There is no result 1."] == transcript.notices()
    params = {"inline_query_id": first["id"], "results": [article | {"description": "Daft Punk"}]}
    await telegram.call("answerInlineQuery", params)
    assert ["1  One · Daft Punk\n/take NUMBER sends one of these."] == transcript.notices()
    transcript.act("/take 1")

    assert ("one more", "nothing") == (first["query"], second["query"])
    assert "One More Time" == transcript.settle()[-1]["text"]


async def test_silent_answer(telegram: Telegram, alice: User, transcript: Transcript) -> None:
    """An answer without a toast says nothing."""
    await listing(telegram, alice)
    transcript.act("1")
    query = telegram.world.updates.pending[0]["callback_query"]
    await telegram.call("answerCallbackQuery", {"callback_query_id": query["id"]})
    assert [] == transcript.notices()


@pytest.mark.parametrize(
    ("number", "notice"),
    [
        ("2", "Play ↗: https://a.be"),
        ("3", "Copy: copied"),
        ("4", "Share: works only in Telegram itself."),
    ],
)
async def test_other_buttons(
    telegram: Telegram, alice: User, transcript: Transcript, number: str, notice: str
) -> None:
    """Buttons that a client acts on itself tell what they hold."""
    await listing(telegram, alice)
    transcript.act(number)
    assert ([], [notice]) == (kinds(telegram), transcript.notices())


@pytest.mark.parametrize("line", ["5", "0", "٣", "1 2", "https://a.be"])
async def test_said(telegram: Telegram, alice: User, transcript: Transcript, line: str) -> None:
    """Whatever presses no button is said."""
    await listing(telegram, alice)
    transcript.act(line)
    assert line == telegram.world.updates.pending[0]["message"]["text"]


def test_number_without_buttons(telegram: Telegram, transcript: Transcript) -> None:
    """Without any buttons a number is a text."""
    transcript.act("1")
    assert ["message"] == kinds(telegram)


def test_file_sent(telegram: Telegram, transcript: Transcript, tmp_path: Path) -> None:
    """A file is sent by its path; one that cannot be read is told."""
    songs = tmp_path / "songs.txt"
    songs.write_text("One More Time")
    transcript.act(f"/send {songs}")
    assert "songs.txt" == telegram.world.updates.pending[0]["message"]["document"]["file_name"]
    transcript.act("/send nowhere.txt")
    assert ["Cannot read nowhere.txt: No such file or directory."] == transcript.notices()


def test_empty_file(transcript: Transcript, tmp_path: Path) -> None:
    """What Telegram itself would not take is told in its words."""
    (tmp_path / "empty").touch()
    transcript.act(f"/send {tmp_path / 'empty'}")
    assert [f"Cannot send {tmp_path / 'empty'}: Bad Request: file must be non-empty."] == (
        transcript.notices()
    )


async def test_shown_again_when_edited(
    telegram: Telegram, alice: User, transcript: Transcript
) -> None:
    """A message is shown once, and again in its new form when it changed."""
    message = await listing(telegram, alice)
    assert [message] == transcript.unsettled()
    assert [message] == transcript.settle()
    assert [] == transcript.settle()
    params = {"chat_id": alice.id, "message_id": message["message_id"], "text": "page 2"}
    await telegram.call("editMessageText", params)
    assert ["bot  page 2"] == [transcript.plain(message) for message in transcript.settle()]


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("tracks.csv", ["tracks.csv", "tracks-2.csv", "tracks-3.csv"]),
        ("../../tracks", ["tracks", "tracks-2", "tracks-3"]),
        ("C:\\x\\a.b.csv", ["a.b.csv", "a.b-2.csv", "a.b-3.csv"]),
        ("..", ["file", "file-2", "file-3"]),
    ],
)
async def test_saved(
    *,
    telegram: Telegram,
    alice: User,
    transcript: Transcript,
    tmp_path: Path,
    name: str,
    saved: list[str],
) -> None:
    """Each document is saved once, inside the folder, and never over another."""
    for number in range(3):
        upload = Upload(name, str(number).encode())
        await telegram.call("sendDocument", {"chat_id": alice.id}, {"document": upload})
        (message,) = transcript.settle()
        path = tmp_path / "files" / saved[number]
        assert f"saved as {path}" in transcript.plain(message)
        assert str(number) == path.read_text()
    assert {*saved} == {path.name for path in (tmp_path / "files").iterdir()}
    params = {"chat_id": alice.id, "message_id": message["message_id"], "caption": "new"}
    await telegram.call("editMessageCaption", params)
    transcript.settle()
    assert 3 == len(list((tmp_path / "files").iterdir()))


def test_own_file_not_saved(
    telegram: Telegram, alice: User, transcript: Transcript, tmp_path: Path
) -> None:
    """What the person sent is not saved."""
    telegram.send_file(alice, "songs.txt", b"x")
    assert 1 == len(transcript.settle())
    assert not (tmp_path / "files").exists()


def test_painted(transcript: Transcript, tmp_path: Path) -> None:
    """The whole chat becomes a picture."""
    transcript.paint(tmp_path / "chat.svg")
    assert "/start" in (tmp_path / "chat.svg").read_text(encoding="utf-8")
