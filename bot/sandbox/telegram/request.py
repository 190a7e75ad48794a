"""A transport for python-telegram-bot that ends in the Telegram in memory, not in a socket."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from telegram.request import BaseRequest

from bot.sandbox.telegram.errors import ApiError, not_found, unauthorized
from bot.sandbox.telegram.state import Upload

if TYPE_CHECKING:
    from telegram._utils.types import FieldTuple
    from telegram.request import RequestData

    from bot.sandbox.telegram.core import Telegram

READ_TIMEOUT_S = 5.0  # as in telegram.request.HTTPXRequest
_METHOD = re.compile(r".*/bot(?P<token>[^/]+)/(?P<name>\w+)$")
_FILE = re.compile(r".*/file/bot(?P<token>[^/]+)/(?P<name>.+)$")


class TerminalRequest(BaseRequest):
    """Pass it to ApplicationBuilder.request() and .get_updates_request(), both or the same."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    @property
    def read_timeout(self) -> float:
        return READ_TIMEOUT_S

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *_: object,
        **_timeouts: object,
    ) -> tuple[int, bytes]:
        try:
            return 200, await self._answer(url, method, request_data)
        except ApiError as error:
            return error.error_code, json.dumps(error.payload()).encode()

    async def _answer(self, url: str, method: str, data: RequestData | None) -> bytes:
        target = (_FILE if method == "GET" else _METHOD).match(unquote(url))
        if not target:
            raise not_found()
        if target["token"] != self._telegram.token:
            raise unauthorized()
        if method == "GET":
            return self._telegram.download(target["name"])
        params = data.json_parameters if data else {}
        parts = data.multipart_data if data else {}
        uploads = {name: _upload(part) for name, part in (parts or {}).items()}
        result = await self._telegram.call(target["name"], params, uploads)
        return json.dumps({"ok": True, "result": result}).encode()


def _upload(part: FieldTuple) -> Upload:
    name, content, mime = part
    return Upload(name, content if isinstance(content, bytes) else content.read(), mime)
