"""Parameters as they come over the wire, all text, turned into what they mean."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.sandbox.telegram.errors import bad_request

if TYPE_CHECKING:
    from collections.abc import Mapping

Params = dict[str, Any]

OBJECTS = {
    "reply_markup": "can't parse reply keyboard markup JSON object",
    "reply_parameters": "can't parse reply parameters JSON object",
    "link_preview_options": "can't parse link preview options JSON object",
    "entities": "can't parse entities JSON object",
    "caption_entities": "can't parse entities JSON object",
    "allowed_updates": "can't parse allowed updates JSON object",
    "commands": "can't parse commands JSON object",
    "scope": "can't parse BotCommandScope JSON object",
    "reaction": "can't parse reaction types JSON object",
    "results": "can't parse inline query results JSON object",
    "button": "can't parse inline query results button JSON object",
}
WHOLE = frozenset(
    {"chat_id", "message_id", "user_id", "offset", "limit", "timeout", "cache_time"}
    | {"max_connections", "from_chat_id", "draft_id", "message_thread_id"}
)
FLAGS = frozenset(
    {"show_alert", "disable_notification", "protect_content", "drop_pending_updates", "is_big"}
    | {"is_personal", "disable_content_type_detection"}
)


def decode(params: Mapping[str, Any]) -> Params:
    """Raises ApiError 400 for JSON that is none. What is empty counts as not given."""
    decoded = {name: _decode(name, value) for name, value in params.items()}
    return {name: value for name, value in decoded.items() if value is not None}


def _decode(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name in OBJECTS:
        return _json(name, value)
    if name in WHOLE:
        return _whole(value)
    if name in FLAGS:
        return value.lower() in ("true", "1", "yes", "t", "y")
    return value


def _json(name: str, value: str) -> Any:
    try:
        return json.loads(value) if value else None
    except ValueError:
        raise bad_request(OBJECTS[name]) from None


def _whole(value: str) -> int | str | None:
    """A number where it is one; the rest, such as @username, stays for the method to judge."""
    try:
        return int(value)
    except ValueError:
        return value or None
