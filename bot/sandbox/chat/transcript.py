"""What a person does in the terminal's one chat, and what is new to be shown there."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from bot.sandbox.chat.screen import buttons, draw, picture, plain
from bot.sandbox.telegram.errors import ApiError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from bot.sandbox.telegram.core import Telegram
    from bot.sandbox.telegram.params import Params
    from bot.sandbox.telegram.state import Message, User

SEND = "/send "
INLINE = "/inline "
TAKE = "/take "


class Transcript:
    """The private chat of one person with the bot. Documents are saved in `folder`."""

    def __init__(self, telegram: Telegram, person: User, folder: Path) -> None:
        self._telegram = telegram
        self._person = person
        self._folder = folder
        self._shown: dict[int, Message] = {}
        self._saved: dict[int, str] = {}
        self._asked: list[str] = []
        self._typed: list[str] = []  # inline queries without an answer yet
        self._offered: tuple[str, list[dict[str, Any]]] = ("", [])  # the newest query's results
        self._notices: list[str] = []

    def act(self, line: str) -> None:
        """Press a button by its number, send a file, ask inline, or say the line."""
        line = line.removeprefix("> ")
        pressed = self._numbered(line)
        if pressed:
            self._press(*pressed)
        elif line.startswith(SEND):
            self._send_file(Path(line.removeprefix(SEND).strip()).expanduser())
        elif line.startswith((INLINE, f"@{self._telegram.world.bot.username} ")):
            text = line.partition(" ")[2]
            self._typed.append(self._telegram.ask_inline(self._person, text))
        elif line.startswith(TAKE):
            self._take(line.removeprefix(TAKE).strip())
        else:
            self._telegram.send_text(self._person, line)

    def unsettled(self) -> list[Message]:
        """Messages that are new, or another than when they were last shown for good."""
        return [
            message
            for message in self._telegram.messages(self._person)
            if self._shown.get(message["message_id"]) is not message
        ]

    def settle(self) -> list[Message]:
        """The same messages, counted as shown from now on; their documents are saved."""
        messages = self.unsettled()
        for message in messages:
            self._shown[message["message_id"]] = message
            self._save(message)
        return messages

    def notices(self) -> list[str]:
        """What the chat itself has to say since it was last asked, toasts among it."""
        answers = self._telegram.answers
        answered = [query for query in self._asked if query in answers]
        self._asked = [query for query in self._asked if query not in answers]
        toasts = [text for query in answered if (text := answers[query].get("text"))]
        said, self._notices = [*self._notices, *toasts, *self._offers()], []
        return said

    def _offers(self) -> list[str]:
        """The results of inline queries that were answered meanwhile."""
        answers = self._telegram.answers
        answered = [query for query in self._typed if query in answers]
        self._typed = [query for query in self._typed if query not in answers]
        return [self._offer(query, answers[query]) for query in answered]

    def _offer(self, query: str, answer: Params) -> str:
        results = answer.get("results", [])
        self._offered = (query, results)
        if not results:
            return str(answer.get("button", {}).get("text", "Nothing."))
        lines = [
            f"{number}  {result['title']} · {result.get('description', '')}"
            for number, result in enumerate(results, 1)
        ]
        return "\n".join((*lines, f"{TAKE}NUMBER sends one of these."))

    def _take(self, number: str) -> None:
        """Send an inline result into this chat."""
        query, results = self._offered
        if number.isdecimal() and 1 <= int(number) <= len(results):
            self._telegram.choose_inline(query, results[int(number) - 1]["id"], self._person)
        else:
            self._tell(f"There is no result {number}.")

    def draw(self, message: Message) -> RenderableType:
        return draw(message, is_bot=self._is_bot(message), urls=False, notes=self._notes(message))

    def plain(self, message: Message) -> str:
        return plain(message, is_bot=self._is_bot(message), notes=self._notes(message))

    def paint(self, path: Path) -> None:
        """Write the whole chat as it stands as SVG."""
        drawn = [self.draw(message) for message in self._telegram.messages(self._person)]
        svg = picture(drawn, title=self._telegram.world.bot.first_name)
        path.write_text(svg, encoding="utf-8")

    def _is_bot(self, message: Message) -> bool:
        return bool(message["from"]["is_bot"])

    def _notes(self, message: Message) -> list[str]:
        saved = self._saved.get(message["message_id"])
        given = self._telegram.reactions(message)
        return [*([f"saved as {saved}"] if saved else []), *([" ".join(given)] if given else [])]

    def _numbered(self, line: str) -> tuple[Message, int] | None:
        """The newest message with buttons, when the line is the number of one of them."""
        if not (line.isascii() and line.isdigit()):
            return None
        for message in reversed(self._telegram.messages(self._person)):
            if known := buttons(message):
                return (message, int(line) - 1) if 1 <= int(line) <= len(known) else None
        return None

    def _press(self, message: Message, index: int) -> None:
        button = buttons(message)[index]
        if data := button.get("callback_data"):
            self._asked.append(self._telegram.press(self._person, message, data))
        elif url := button.get("url"):
            self._tell(f"{button['text']}: {url}")
        elif copied := button.get("copy_text"):
            self._tell(f"{button['text']}: {copied['text']}")
        else:
            self._tell(f"{button['text']}: works only in Telegram itself.")

    def _send_file(self, path: Path) -> None:
        try:
            self._telegram.send_file(self._person, path.name, path.read_bytes())
        except OSError as error:
            self._tell(f"Cannot read {path}: {error.strerror}.")
        except ApiError as error:
            self._tell(f"Cannot send {path}: {error.description}.")

    def _tell(self, notice: str) -> None:
        self._notices.append(notice)
        self._telegram.world.changes.tell()

    def _save(self, message: Message) -> None:
        if not self._is_bot(message) or "document" not in message:
            return
        if message["message_id"] in self._saved:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        path = _free(self._folder, message["document"]["file_name"])
        path.write_bytes(self._telegram.file_of(message))
        self._saved[message["message_id"]] = str(path)


def _free(folder: Path, name: str) -> Path:
    """A path in the folder, and nowhere else, that no file has yet."""
    safe = PurePosixPath(name.replace("\\", "/")).name.strip(". ") or "file"
    path, number = folder / safe, 1
    while path.exists():
        number += 1
        path = folder / f"{Path(safe).stem}-{number}{Path(safe).suffix}"
    return path
