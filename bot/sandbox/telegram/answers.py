"""The Bot API methods that are not messages: answers to queries, facts, commands, webhook."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from bot.sandbox.telegram.entities import utf16
from bot.sandbox.telegram.errors import bad_request
from bot.sandbox.telegram.groups import member
from bot.sandbox.telegram.inline import OLD_QUERY, answer_inline_query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.telegram.params import Params
    from bot.sandbox.telegram.state import Chat, Upload
    from bot.sandbox.telegram.world import World

    Uploads = Mapping[str, Upload]

ANSWER_WITHIN_S = 15.0  # clients give up a callback query by then
TOAST_UNITS = 200  # https://core.telegram.org/bots/api#answercallbackquery
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


def get_my_commands(world: World, params: Params, _: Uploads) -> list[dict[str, str]]:
    return world.commands.get(_scope(params), [])


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


def get_chat_member(world: World, params: Params, _: Uploads) -> dict[str, Any]:
    chat = world.chat_for(params)
    user_id = params.get("user_id")
    if user_id == world.bot.id:
        return member(world.bot, chat.bot_status)
    if user_id not in chat.members:
        raise bad_request("PARTICIPANT_ID_INVALID")
    return member(chat.members[user_id], _status(chat, user_id))


def get_chat_administrators(world: World, params: Params, _: Uploads) -> list[dict[str, Any]]:
    """All who administer a group, without other bots."""
    chat = world.chat_for(params)
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    people = {user_id: _status(chat, user_id) for user_id in chat.members}
    found = [
        member(chat.members[user_id], status)
        for user_id, status in people.items()
        if status != "member"
    ]
    if chat.bot_status == "administrator":
        found.append(member(world.bot, chat.bot_status))
    return found


def _status(chat: Chat, user_id: int) -> str:
    if user_id == chat.owner.id and not chat.is_private:
        return "creator"
    return "administrator" if user_id in chat.admins else "member"


def get_file(world: World, params: Params, _: Uploads) -> dict[str, Any]:
    return world.files.locate(params.get("file_id", ""))


def set_webhook(world: World, params: Params, _: Uploads) -> bool:
    return world.updates.set_webhook(params)


def delete_webhook(world: World, params: Params, _: Uploads) -> bool:
    return world.updates.delete_webhook(params)


def get_webhook_info(world: World, _: Params, _files: Uploads) -> dict[str, Any]:
    return world.updates.webhook_info()


def _close(world: World, query_id: Any, within_s: float) -> None:
    asked_at = world.asked_at.pop(query_id, None)
    if asked_at is None or world.timer() - asked_at > within_s:
        raise bad_request(OLD_QUERY)


def _scope(params: Params) -> tuple[str, str]:
    scope = params.get("scope") or {"type": "default"}
    return json.dumps(scope, sort_keys=True), params.get("language_code", "")


ANSWERS = {
    "getMe": get_me,
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
    "sendChatAction": send_chat_action,
    "setMessageReaction": set_message_reaction,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getFile": get_file,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
