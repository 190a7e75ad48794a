"""Calls of the bot in words: what a person reads, then what stands behind it."""

from __future__ import annotations

import hashlib
import html
import json
import re
from typing import TYPE_CHECKING, Any

from tests.transcripts.seams import params_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.transcripts.seams import Call, Upload

INDENT = "    "
_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
JOB = re.compile(r"(?<=:)[\w-]{16}(?=:|$)")
_SILENT = ("callback_query_id", "inline_query_id")  # of the step that is being answered


class Writer:
    """Writes calls. `name` names a chat by its id.

    Ids of jobs are written in the order in which they appear: how they are made is nobody's
    business.
    """

    def __init__(self, name: Callable[[int], str]) -> None:
        self._name = name
        self._jobs: dict[str, str] = {}

    def call(self, call: Call) -> Iterator[str]:
        params = params_of(call)
        head, body = [call.method], list[str]()
        for key, value in params.items():
            part, lines = self._param(key, value)
            head += part
            body += lines
        yield " · ".join(head)
        yield from (INDENT + line for line in body)
        for upload in call.files.values():
            yield INDENT + file_line(upload)
        if call.error is not None:
            yield f"{INDENT}✗ {call.error}"
        elif isinstance(call.result, dict) and "message_id" in call.result:
            yield f"{INDENT}→ #{call.result['message_id']}"

    def data(self, data: str) -> str:
        """Callback data, with its job by number."""
        return JOB.sub(lambda job: self._jobs.setdefault(job[0], f"J{len(self._jobs) + 1}"), data)

    def _param(  # noqa: C901 - a table of the parameters
        self, key: str, value: Any
    ) -> tuple[list[str], list[str]]:
        """What stands in the call's first line, and what below it."""
        match key, value:
            case "chat_id", int():
                return [f"to {self._name(value)}"], []
            case "message_id", _:
                return [f"#{value}"], []
            case (("text" | "caption" | "message_text"), str()):
                return [], list(written(value))
            case "parse_mode", _:
                return [str(value)], []
            case "reply_markup", dict():
                return [], list(self._buttons(value))
            case "link_preview_options", dict():
                return [_preview(value)], []
            case "reply_parameters", dict():
                return [_reply(value)], []
            case "disable_notification", _:
                return ["silent"] if value else ["loud"], []
            case "results", list():
                return [], [line for result in value for line in self._result(result)]
            case "commands", list():
                return [], [f"/{each['command']}  {each['description']}" for each in value]
            case (("document" | "photo"), str()):
                return [key], []
        if key in _SILENT:
            return [], []
        return [f"{key} {json.dumps(value, ensure_ascii=False, sort_keys=True)}"], []

    def _buttons(self, markup: dict[str, Any]) -> Iterator[str]:
        for row in markup.get("inline_keyboard", []):
            lines = [f" {self._button(button)}" for button in row]
            yield from ("\n".join(lines) + "]").replace(" ", "[", 1).split("\n")
        rest = {name: value for name, value in markup.items() if name != "inline_keyboard"}
        if rest:
            yield json.dumps(rest, ensure_ascii=False, sort_keys=True)

    def _button(self, button: dict[str, Any]) -> str:
        rest = {name: value for name, value in button.items() if name != "text"}
        if set(rest) == {"callback_data"}:
            return f"{button['text']} = {self.data(rest['callback_data'])}"
        if set(rest) == {"url"}:
            return f"{button['text']} → {rest['url']}"
        return f"{button['text']} {json.dumps(rest, ensure_ascii=False, sort_keys=True)}"

    def _result(self, result: dict[str, Any]) -> Iterator[str]:
        known = ("type", "id", "title", "description", "reply_markup", "input_message_content")
        about = f" — {result['description']}" if "description" in result else ""
        yield f"{result['type']} {result['id']}: {result['title']}{about}"
        for key, value in result.items():
            if key not in known:
                yield f"  {key} {json.dumps(value, ensure_ascii=False, sort_keys=True)}"
        content = dict(result.get("input_message_content", {}))
        if "reply_markup" in result:
            content["reply_markup"] = result["reply_markup"]
        for key, value in content.items():
            part, lines = self._param(key, value)
            yield from (f"  {line}" for line in (*part, *lines))


def written(text: str) -> Iterator[str]:
    """A text of the bot as people read it, its links by number, and where these lead below it."""
    urls = list[str]()

    def label(link: re.Match[str]) -> str:
        urls.append(html.unescape(link[1]))
        return f"{link[2]}⟨{len(urls)}⟩"

    yield from (f"| {line}".rstrip() for line in _LINK.sub(label, text).split("\n"))
    yield from (f"⟨{number}⟩ {url}" for number, url in enumerate(urls, 1))


def file_line(upload: Upload) -> str:
    digest = hashlib.sha256(upload.content).hexdigest()
    return f"file {upload.name} · {upload.mime} · {len(upload.content)} bytes · sha256 {digest}"


def quoted(text: str) -> Iterable[str]:
    """What a person sent."""
    return (f"> {line}".rstrip() for line in text.split("\n"))


def _preview(options: dict[str, Any]) -> str:
    if options == {"is_disabled": True}:
        return "no preview"
    return f"preview {json.dumps(options, ensure_ascii=False, sort_keys=True)}"


def _reply(reply: dict[str, Any]) -> str:
    rest = {
        name: value
        for name, value in reply.items()
        if name not in {"message_id", "allow_sending_without_reply"}
    }
    must = "" if reply.get("allow_sending_without_reply") else " that must be there"
    return f"answers #{reply['message_id']}{must}" + (f" {json.dumps(rest)}" if rest else "")
