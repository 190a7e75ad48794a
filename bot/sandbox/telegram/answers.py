"""The Bot API methods that are not messages: answers to queries, facts, commands, webhook."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from bot.sandbox.telegram.entities import is_link, utf16
from bot.sandbox.telegram.errors import bad_request
from bot.sandbox.telegram.sending import markup_of, text_of

if TYPE_CHECKING:
    from bot.sandbox.telegram.params import Params
    from bot.sandbox.telegram.state import Method, Uploads, World

ANSWER_WITHIN_S = 15.0  # clients give up a callback query by then
TOAST_UNITS = 200  # https://core.telegram.org/bots/api#answercallbackquery
INLINE_WITHIN_S = 10.0
INLINE_RESULTS = 50  # https://core.telegram.org/bots/api#answerinlinequery, and so the next two
RESULT_ID_BYTES = 64
OFFSET_BYTES = 64
START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")
OLD_QUERY = "query is too old and response timeout expired or query ID is invalid"
COMMANDS = 100  # https://core.telegram.org/bots/api#setmycommands
DESCRIPTION_UNITS = 256
ACTIONS = frozenset(
    {"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice"}
    | {"upload_document", "choose_sticker", "find_location", "record_video_note"}
    | {"upload_video_note"}
)
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


def get_me(world: World, _: Params, _files: Uploads) -> dict[str, Any]:
    rights = {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
    return world.bot.to_api() | rights


def answer_callback_query(world: World, params: Params, _: Uploads) -> bool:
    _close(world, params.get("callback_query_id"), ANSWER_WITHIN_S)
    if utf16(params.get("text", "")) > TOAST_UNITS:
        raise bad_request("MESSAGE_TOO_LONG")
    world.answers[params["callback_query_id"]] = params
    return True


def answer_inline_query(world: World, params: Params, _: Uploads) -> bool:
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
    _close(world, query_id, INLINE_WITHIN_S)
    world.answers[query_id] = params
    world.offered[query_id] = offered
    return True


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
    content = result.get("input_message_content")
    if not isinstance(content, dict) or "message_text" not in content:
        raise bad_request("can't parse inline query result: Input message content is not specified")
    text = text_of(world, content | {"text": content["message_text"]}, "MESSAGE_TOO_LONG")
    return text | markup_of(world, result)


def _check_button(button: Any) -> None:
    if button is None:
        return
    if not isinstance(button, dict) or not str(button.get("text", "")).strip():
        raise bad_request("can't parse inline query results button: text must be non-empty")
    if "web_app" not in button and not START_PARAMETER.fullmatch(button.get("start_parameter", "")):
        raise bad_request("START_PARAM_INVALID")


def send_chat_action(world: World, params: Params, _: Uploads) -> bool:
    world.chat_for(params)
    if params.get("action") not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


def set_message_reaction(world: World, params: Params, _: Uploads) -> bool:
    from telegram.constants import ReactionEmoji

    chat = world.chat_for(params)
    if params.get("message_id") not in chat.messages:
        raise bad_request("message to react not found")
    reactions = params.get("reaction", [])
    known = {str(emoji.value) for emoji in ReactionEmoji}
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if any(reaction.get("emoji") not in known for reaction in reactions):
        raise bad_request("REACTION_INVALID")
    world.reactions[chat.id, params["message_id"]] = reactions
    return True


def set_my_commands(world: World, params: Params, _: Uploads) -> bool:
    commands = params.get("commands", [])
    if len(commands) > COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(command.get("command", "")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= utf16(command.get("description", "")) <= DESCRIPTION_UNITS:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[_scope(params)] = commands
    return True


def delete_my_commands(world: World, params: Params, _: Uploads) -> bool:
    world.commands.pop(_scope(params), None)
    return True


def get_chat(world: World, params: Params, _: Uploads) -> dict[str, Any]:
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
    return world.chat_for(params).to_api() | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys((*gifts, "gifts_from_channels"), False),
    }


def _close(world: World, query_id: Any, within_s: float) -> None:
    asked_at = world.asked_at.pop(query_id, None)
    if asked_at is None or world.timer() - asked_at > within_s:
        raise bad_request(OLD_QUERY)


def _scope(params: Params) -> tuple[str, str]:
    scope = params.get("scope") or {"type": "default"}
    return json.dumps(scope, sort_keys=True), params.get("language_code", "")


ANSWERS: dict[str, Method] = {
    "getMe": get_me,
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
    "sendChatAction": send_chat_action,
    "setMessageReaction": set_message_reaction,
    "setMyCommands": set_my_commands,
    "getMyCommands": lambda world, params, _: world.commands.get(_scope(params), []),
    "deleteMyCommands": delete_my_commands,
    "getChat": get_chat,
    "getFile": lambda world, params, _: world.files.locate(params.get("file_id", "")),
    "setWebhook": lambda world, params, _: world.updates.set_webhook(params),
    "deleteWebhook": lambda world, params, _: world.updates.delete_webhook(params),
    "getWebhookInfo": lambda world, _, _files: world.updates.webhook_info(),
}
