"""The stand-in services as an ASGI application: who was asked is told by the port."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.sandbox.services.messages import Answer, Request
from tests.e2e.data_api import error as google_error
from tests.e2e.faults import BLOCK_PAGE, Fault, How, reset

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.e2e.services import Loopback

    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]


LOOK_EVERY_S = 0.01  # whether the delay is taken back


@dataclass(frozen=True, slots=True)
class Wire:
    loopback: Loopback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = time.monotonic()
        service = self.loopback.ports[scope["server"][1]]
        request = await _request(scope, receive)
        faults = self.loopback.faults.get(service, ())
        fault = next((fault for fault in faults if fault.strikes(request)), None)
        answer = self.loopback.answer(service, request)
        if fault:
            answer = _failed(service, fault, answer)
        # What it took to make the answer is a part of the delay, not on top of it.
        while (left := begun + self.loopback.delays.get(service, 0) - time.monotonic()) > 0:  # noqa: ASYNC110 - whoever sets a delay is in another thread
            await asyncio.sleep(min(left, LOOK_EVERY_S))
        if answer.status:
            await _send(answer, send)
        elif fault and fault.how is How.RESET:
            # uvicorn keeps the connection on the object whose method `send` is.
            reset(send.__self__.transport)  # type: ignore[attr-defined]
        else:
            await _until_given_up(receive)
        if service != "control":
            self.loopback.note(service, request, begun, answer.status)


async def _request(scope: Scope, receive: Receive) -> Request:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    target = f"{scope['raw_path'].decode()}?{scope['query_string'].decode()}"
    return Request.of(scope["method"], target, headers, body)


def _failed(service: str, fault: Fault, right: Answer) -> Answer:
    """The faulty answer; status 0 for none."""
    match fault.how:
        case How.HANG | How.RESET:
            return Answer(0)
        case How.HTML:
            answer = Answer(fault.status, BLOCK_PAGE, {"content-type": "text/html"})
        case How.TRUNCATED:
            answer = replace(right, content=right.content[: len(right.content) // 2])
        case How.STATUS if fault.body is not None:
            answer = Answer(fault.status, fault.body.encode())
        case How.STATUS if service.startswith("youtube"):
            answer = google_error(fault.status, "Made to fail.", "backendError")
        case How.STATUS:
            error = {"status": fault.status, "message": "Made to fail"}
            answer = Answer.json(fault.status, {"error": error})
    return replace(answer, headers={**answer.headers, **fault.headers})


async def _until_given_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(answer: Answer, send: Send) -> None:
    headers = {**answer.headers, "content-length": str(len(answer.content))}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.content})
