"""The Bot API methods that send, edit and delete messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.telegram.entities import utf16
from bot.sandbox.telegram.errors import bad_request
from bot.sandbox.telegram.keyboards import check_markup, markup_remarks
from bot.sandbox.telegram.state import photo_size
from bot.sandbox.telegram.texts import (
    CAPTION_UNITS,
    TEXT_UNITS,
    check_preview,
    format_text,
    preview_remarks,
)

if TYPE_CHECKING:
    from bot.sandbox.telegram.params import Params
    from bot.sandbox.telegram.state import Chat, Message, Method, Uploads, World

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
CONTENT = ("text", "entities", "caption", "caption_entities", "link_preview_options")


def send_message(world: World, params: Params, _: Uploads) -> Message:
    content = text_of(world, params, "message is too long")
    chat = world.chat_for(params)
    return _send(world, chat, params, content)


def send_document(world: World, params: Params, files: Uploads) -> Message:
    content = _caption(world, params)
    chat = world.chat_for(params)
    return _send(
        world, chat, params, {"document": _file(world, params, files, "document")} | content
    )


def send_photo(world: World, params: Params, files: Uploads) -> Message:
    content = _caption(world, params)
    chat = world.chat_for(params)
    photo = photo_size(_file(world, params, files, "photo"))
    return _send(world, chat, params, {"photo": [photo]} | content)


def edit_text(world: World, params: Params, _: Uploads) -> Message | bool:
    """The message, or True for one that a person sent through the bot."""
    content = text_of(world, params, "MESSAGE_TOO_LONG")
    inline = "inline_message_id" in params
    chat, message = _inline(world, params["inline_message_id"]) if inline else _own(world, params)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    edited = _edit(world, chat, message, params, content)
    return inline or edited


def edit_caption(world: World, params: Params, _: Uploads) -> Message:
    content = _caption(world, params)
    chat, message = _own(world, params)
    if "text" in message:
        raise bad_request("there is no caption in the message to edit")
    return _edit(world, chat, message, params, content)


def edit_markup(world: World, params: Params, _: Uploads) -> Message:
    chat, message = _own(world, params)
    content = {name: message[name] for name in CONTENT if name in message}
    return _edit(world, chat, message, params, content)


def delete_message(world: World, params: Params, _: Uploads) -> bool:
    chat = world.chat_for(params)
    message = chat.messages.get(_message_id(params))
    if message is None:
        raise bad_request("message to delete not found")
    is_own = message["from"]["id"] == world.bot.id
    if not is_own and not chat.is_private:
        raise bad_request("message can't be deleted")
    if not is_own:
        world.remark("deleteMessage", ["a person's message was deleted"])
    del chat.messages[message["message_id"]]
    return True


def text_of(world: World, params: Params, too_long: str) -> dict[str, Any]:
    """What a message keeps of its text and how it is shown. Raises ApiError 400."""
    formatted = format_text(
        params.get("text", ""), params.get("parse_mode"), params.get("entities")
    )
    if not formatted.text:
        raise bad_request("message text is empty")
    if utf16(formatted.text) > TEXT_UNITS:
        raise bad_request(too_long)
    preview = check_preview(params.get("link_preview_options"))
    world.remark("text", [*formatted.remarks, *preview_remarks(preview)])
    content = {
        "text": formatted.text,
        "entities": formatted.entities,
        "link_preview_options": preview,
    }
    return {name: value for name, value in content.items() if value}


def markup_of(world: World, params: Params) -> dict[str, Any]:
    """The keyboard that a message keeps, if any. Raises ApiError 400."""
    markup = check_markup(params.get("reply_markup"))
    world.remark("reply_markup", markup_remarks(params.get("reply_markup")))
    return {"reply_markup": markup} if markup else {}


def _send(world: World, chat: Chat, params: Params, content: dict[str, Any]) -> Message:
    markup = markup_of(world, params)
    reply = _reply(chat, params.get("reply_parameters"))
    return world.keep(chat, world.bot, content | markup | reply)


def _edit(
    world: World, chat: Chat, message: Message, params: Params, content: dict[str, Any]
) -> Message:
    names = (*CONTENT, "reply_markup")
    new = dict.fromkeys(names) | content | markup_of(world, params)
    if all(message.get(name) == new[name] for name in names):
        raise bad_request(NOT_MODIFIED)
    return world.replace(chat, message, new)


def _own(world: World, params: Params) -> tuple[Chat, Message]:
    chat = world.chat_for(params)
    message = chat.messages.get(_message_id(params))
    if message is None:
        raise bad_request("message to edit not found")
    if message["from"]["id"] != world.bot.id:
        raise bad_request("message can't be edited")
    return chat, message


def _inline(world: World, inline_id: Any) -> tuple[Chat, Message]:
    """The message that a person sent through the bot."""
    chat_id, message_id = world.inline.get(inline_id, (0, 0))
    chat = world.chats.get(chat_id)
    if chat is None or message_id not in chat.messages:
        raise bad_request("MESSAGE_ID_INVALID")
    return chat, chat.messages[message_id]


def _message_id(params: Params) -> int:
    message_id = params.get("message_id")
    if not isinstance(message_id, int):
        raise bad_request("message identifier is not specified")
    return message_id


def _caption(world: World, params: Params) -> dict[str, Any]:
    formatted = format_text(
        params.get("caption", ""), params.get("parse_mode"), params.get("caption_entities")
    )
    if utf16(formatted.text) > CAPTION_UNITS:
        raise bad_request("message caption is too long")
    world.remark("caption", formatted.remarks)
    content = {"caption": formatted.text, "caption_entities": formatted.entities}
    return {name: value for name, value in content.items() if value}


def _reply(chat: Chat, reply: Any) -> dict[str, Any]:
    if reply is None:
        return {}
    if not isinstance(reply, dict) or not isinstance(reply.get("message_id"), int):
        raise bad_request("can't parse reply parameters JSON object")
    message = chat.messages.get(reply["message_id"])
    if message is None and not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    if message is None:
        return {}
    nested = ("reply_to_message", "reply_markup")
    return {"reply_to_message": {k: v for k, v in message.items() if k not in nested}}


def _file(world: World, params: Params, files: Uploads, kind: str) -> dict[str, Any]:
    value = params.get(kind)
    name = str(value).removeprefix("attach://") if value else kind
    if name in files:
        return world.files.add(files[name])
    if not value:
        raise bad_request(f"there is no {kind} in the request")
    if str(value) not in world.files:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return world.files.describe(str(value))


SENDING: dict[str, Method] = {
    "sendMessage": send_message,
    "sendDocument": send_document,
    "sendPhoto": send_photo,
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageReplyMarkup": edit_markup,
    "deleteMessage": delete_message,
}
