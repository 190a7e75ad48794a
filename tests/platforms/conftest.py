"""Retries without their waits, and services that answer from a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.net.json_service import JsonClient


@dataclass
class Table(JsonClient):
    """A JSON service: answers by path; an exception is raised."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str | int]]] = field(default_factory=list)

    async def get(self, path: str, **asked: str | int) -> Any:
        self.asked.append((path, asked))
        answer = self.answers[path]
        if callable(answer):
            answer = answer(asked)
        if isinstance(answer, Exception):
            raise answer
        return answer
