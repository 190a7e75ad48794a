"""Inline mode: what the bot offers for a query, and what a person makes of it.

Limits: https://core.telegram.org/bots/api#answerinlinequery and #inlinequeryresultarticle
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.sandbox.telegram.entities import is_link, utf16
from bot.sandbox.telegram.errors import bad_request
from bot.sandbox.telegram.keyboards import check_markup, markup_remarks
from bot.sandbox.telegram.texts import TEXT_UNITS, check_preview, format_text, preview_remarks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.telegram.params import Params
    from bot.sandbox.telegram.state import Chat, Message, Upload, User
    from bot.sandbox.telegram.world import World

INLINE_WITHIN_S = 10.0
INLINE_RESULTS = 50
RESULT_ID_BYTES = 64
OFFSET_BYTES = 64
START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")
OLD_QUERY = "query is too old and response timeout expired or query ID is invalid"


def answer_inline_query(world: World, params: Params, _: Mapping[str, Upload]) -> bool:
    results = params.get("results", [])
    if len(results) > INLINE_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    if len({result.get("id") for result in results}) < len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    if len(params.get("next_offset", "").encode()) > OFFSET_BYTES:
        raise bad_request("NEXT_OFFSET_INVALID")
    _check_button(params.get("button"))
    offered = {result["id"]: _article(world, result) for result in results}
    query_id = str(params.get("inline_query_id"))
    asked_at = world.asked_at.pop(query_id, None)
    if asked_at is None or world.timer() - asked_at > INLINE_WITHIN_S:
        raise bad_request(OLD_QUERY)
    world.answers[query_id] = params
    world.offered[query_id] = offered
    return True


def choose(world: World, user: User, query: Params, result_id: str, chat: Chat) -> Message:
    """A person sends one of the results into a chat, which need not know the bot.

    Raises LookupError where it was not offered.
    """
    content = world.offered[query["id"]][result_id]
    message = world.keep(chat, user, content | {"via_bot": world.bot.to_api()})
    chosen = {"result_id": result_id, "from": user.to_api(), "query": query["query"]}
    if "reply_markup" in content:  # without one there is nothing to tell it by
        inline_id = f"inline-{message['message_id']}"
        world.inline[inline_id] = (chat.id, message["message_id"])
        chosen["inline_message_id"] = inline_id
    if world.inline_feedback:
        world.updates.add("chosen_inline_result", chosen)
    return message


def message_of(world: World, inline_id: Any) -> tuple[Chat, Message]:
    """The message that a person sent through the bot. Raises ApiError 400."""
    chat_id, message_id = world.inline.get(inline_id, (0, 0))
    chat = world.chats.get(chat_id)
    if chat is None or message_id not in chat.messages:
        raise bad_request("MESSAGE_ID_INVALID")
    return chat, chat.messages[message_id]


def _article(world: World, result: Any) -> dict[str, Any]:
    """The message that an article becomes. Only articles are known here."""
    if result.get("type") != "article":
        raise bad_request("can't parse inline query result: unsupported inline query result type")
    if not 1 <= len(str(result.get("id", "")).encode()) <= RESULT_ID_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    if not str(result.get("title", "")).strip():
        raise bad_request("ARTICLE_TITLE_EMPTY")
    for name in ("thumbnail_url", "url"):
        if name in result and not is_link(result[name]):
            raise bad_request("WEBDOCUMENT_URL_INVALID")
    markup = check_markup(result.get("reply_markup"))
    world.remark("inline reply_markup", markup_remarks(result.get("reply_markup")))
    return _text(world, result.get("input_message_content")) | (
        {"reply_markup": markup} if markup else {}
    )


def _text(world: World, content: Any) -> dict[str, Any]:
    if not isinstance(content, dict) or "message_text" not in content:
        raise bad_request("can't parse inline query result: Input message content is not specified")
    formatted = format_text(
        content["message_text"], content.get("parse_mode"), content.get("entities")
    )
    if not formatted.text:
        raise bad_request("message text is empty")
    if utf16(formatted.text) > TEXT_UNITS:
        raise bad_request("MESSAGE_TOO_LONG")
    preview = check_preview(content.get("link_preview_options"))
    world.remark("inline text", [*formatted.remarks, *preview_remarks(preview)])
    text = {
        "text": formatted.text,
        "entities": formatted.entities,
        "link_preview_options": preview,
    }
    return {name: value for name, value in text.items() if value}


def _check_button(button: Any) -> None:
    if button is None:
        return
    if not isinstance(button, dict) or not str(button.get("text", "")).strip():
        raise bad_request("can't parse inline query results button: text must be non-empty")
    if "web_app" not in button and not START_PARAMETER.fullmatch(button.get("start_parameter", "")):
        raise bad_request("START_PARAM_INVALID")
