"""Updates of every type that Telegram can send, with missing and strange fields."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from tests.e2e.worlds import playlist_id

CORPUS = Path(__file__).with_name("corpus.json")
SPEC = Path(__file__).parents[3] / "shared" / "specs" / "telegram-bot-api-10.1.json"
TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
ODD_TEXTS = (
    "",
    " ",
    "x",
    "\u202e\u200b\u0000",
    "<b>&amp;</b>\"'`${7*7}{{7*7}}",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467" * 40,
    "A" * 4096,
    "\n" * 300,
    "=cmd|' /C calc'!A0",
    "/help",
    "/start x_y-z",
    "/start " + "z" * 64,
    "/cancel",
    "/quota",
    "/language",
    "/admin",
    "/plan 1 plus",
    "/search " + "\u0130" * 200,
    TRACK,
    f"https://open.spotify.com/playlist/{playlist_id('x')}",
    "spotify:album:" + "0" * 22,
    "https://spotify.link/AbC " * 30,
    "https://www.deezer.com/track/99999999999999999999",
    "https://music.apple.com/xx/album/x/1?i=0",
    "https://youtu.be/AbCdEfGhIjK",
    "Artist - Title\nArtist - Title\n\t;,|",
)
ODD_DATA = ("", "p:", "p:x:1", "p:AAAAAAAAAAAAAAAA:99999", "s:AAAAAAAAAAAAAAAA", "\u202e", "z" * 64)
ODD_CODES = ("en", "de", "xx-\u202e", "", "EN_us.UTF-8", "../../x", "zh-hans", "x" * 10_000, "C")
ODD_NUMBERS = (0, 1, -1, 2**31, 2**52, -(2**52))
MOST_DEPTH = 5


class Generator:
    """Builds updates after the Bot API's description; `people` are users whose chats exist."""

    def __init__(self, spec: dict[str, Any], people: list[dict[str, Any]], seed: int) -> None:
        self._types = spec["types"]
        self._people = people
        self._chance = random.Random(seed)
        self._next = seed * 1000

    def update(self) -> dict[str, Any]:
        kinds = [each for each in self._types["Update"]["fields"] if each["name"] != "update_id"]
        kind = self._chance.choice(kinds)
        self._next += 1
        return {"update_id": self._next, kind["name"]: self._value(kind["types"], kind["name"], 0)}

    def _object(self, name: str, depth: int) -> Any:
        described = self._types[name]
        if subtypes := described.get("subtypes"):
            return self._value([self._chance.choice(subtypes)], name, depth)
        if name == "User" and self._chance.random() < 0.8:
            return dict(self._chance.choice(self._people)) | {"language_code": self._code()}
        if name == "Chat" and self._chance.random() < 0.8:
            return {"id": self._chance.choice(self._people)["id"], "type": "private"}
        made = {}
        for each in described.get("fields", ()):
            if self._wanted(each, depth):
                made[each["name"]] = self._value(each["types"], each["name"], depth + 1)
        return made

    def _wanted(self, field: dict[str, Any], depth: int) -> bool:
        if field["required"]:
            return self._chance.random() > 0.01
        likely = 0.7 if field["name"] in ("from", "text", "data", "message", "document") else 0.12
        return depth < MOST_DEPTH and self._chance.random() < likely

    def _value(self, types: list[str], name: str, depth: int) -> Any:
        kind = self._chance.choice(types)
        if kind.startswith("Array of "):
            most = 2 if depth < MOST_DEPTH else 0
            rest = kind.removeprefix("Array of ")
            return [
                self._value([rest], name, depth + 1) for _ in range(self._chance.randint(0, most))
            ]
        match kind:
            case "String":
                return self._text(name)
            case "Integer":
                return self._number(name)
            case "Float" | "Float number":
                return self._chance.choice((0.0, -1.5, 1e300))
            case "Boolean":
                return self._chance.random() < 0.5
            case "True":
                return True
        return self._object(kind, depth) if kind in self._types else None

    def _text(self, name: str) -> str:
        match name:
            case "language_code":
                return self._code()
            case "data" | "result_id" | "offset":
                return self._chance.choice(ODD_DATA)
            case "type" | "status" | "source":
                return self._chance.choice(
                    ("private", "bot_command", "text_link", "url", "x", "member")
                )
        return self._chance.choice(ODD_TEXTS)

    def _number(self, name: str) -> int:
        if "date" in name:
            return self._chance.choice((0, 1, 1_790_000_000))
        if name == "message_id":
            return self._chance.randint(1, 50)
        if name in ("offset", "length"):
            return self._chance.choice((0, 1, 5, 4096, -1))
        return self._chance.choice((*ODD_NUMBERS, self._chance.choice(self._people)["id"]))

    def _code(self) -> str:
        return self._chance.choice(ODD_CODES)


def corpus(person: dict[str, Any]) -> list[dict[str, Any]]:
    """The hand-written updates, filled up with what Telegram always sends."""
    home = {"id": person["id"], "type": "private", "first_name": "A"}
    message = {"message_id": 7, "date": 1_790_000_000, "chat": home, "from": person}
    query = {"id": "1", "from": person, "chat_instance": "1", "message": message}
    usual: dict[str, dict[str, Any]] = {
        "callback_query": query,
        "inline_query": {"id": "1", "from": person},
        "chosen_inline_result": {"from": person},
        "shipping_query": {"from": person},
        "pre_checkout_query": {"from": person},
        "my_chat_member": {"from": person, "chat": home},
    }
    found = []
    for number, update in enumerate(json.loads(CORPUS.read_text(encoding="utf-8"))):
        whole: dict[str, Any] = {"update_id": 1_000_000 + number}
        for kind, content in update.items():
            base = usual.get(kind, message if "message" in kind or "post" in kind else {})
            whole[kind] = {k: v for k, v in {**base, **content}.items() if v is not None}
        found.append(whole)
    return found
