"""What happens to a group: who administers it, the bot coming and going, a new id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.telegram.state import Chat, User
from bot.sandbox.telegram.texts import detect

if TYPE_CHECKING:
    from bot.sandbox.telegram.state import Message
    from bot.sandbox.telegram.world import World

# Whom Telegram names as the sender where an administrator hides behind the group
ANONYMOUS = User(1087968824, "Group", "GroupAnonymousBot", is_bot=True)
FIRST_SUPERGROUP_ID = -1002000000001
RIGHTS = frozenset(
    {"can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages"}
    | {"can_manage_video_chats", "can_restrict_members", "can_promote_members"}
    | {"can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories"}
    | {"can_delete_stories"}
)


class Groups:
    """The groups of a Telegram in memory. See `bot.sandbox.telegram.core`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def promote(self, chat: Chat, user: User) -> None:
        """A member becomes an administrator; the bot learns it only of itself."""
        if user.id != self._world.bot.id:
            chat.admins.add(user.id)
            return
        self._turn(chat, "administrator")

    def invite(self, chat: Chat, by: User) -> Message:
        """Somebody adds the bot, which was not there or was thrown out."""
        chat.met, chat.blocked = True, False
        self._turn(chat, "member", by)
        message = self._world.keep(chat, by, {"new_chat_members": [self._world.bot.to_api()]})
        self._world.updates.add("message", message)
        return message

    def remove(self, chat: Chat, by: User) -> None:
        """Somebody throws the bot out."""
        chat.blocked = True
        self._turn(chat, "kicked", by)

    def say_as_group(self, chat: Chat, text: str) -> Message:
        """An administrator who stays anonymous writes."""
        content = {"text": text, "entities": detect(text), "sender_chat": chat.to_api()}
        message = self._world.keep(chat, ANONYMOUS, content)
        self._world.updates.add("message", message)
        return message

    def hears(self, chat: Chat, message: Message) -> bool:
        """Whether the bot gets a message; see core.telegram.org/bots/features#privacy-mode."""
        if chat.blocked:
            return False
        if chat.is_private or not self._world.privacy or chat.bot_status == "administrator":
            return True
        name = f"@{self._world.bot.username}".casefold()
        said = str(message.get("text", message.get("caption", ""))).casefold()
        replied = message.get("reply_to_message", {}).get("from", {})
        is_command = said.startswith("/") and name in said.split(maxsplit=1)[0]
        return is_command or name in said.split() or replied.get("id") == self._world.bot.id

    def migrate(self, chat: Chat, *, quiet: bool = False) -> Chat:
        """A group becomes a supergroup, with another id and messages counted anew.

        `quiet`: the bot was not told yet.
        """
        moved = sum(other.migrated_to is not None for other in self._world.chats.values())
        new = Chat(FIRST_SUPERGROUP_ID - moved, chat.title, chat.members, met=True)
        new.admins = chat.admins
        self._world.chats[new.id] = new
        chat.migrated_to = new.id
        owner = chat.owner
        messages = [
            self._world.keep(chat, owner, {"migrate_to_chat_id": new.id}),
            self._world.keep(new, owner, {"migrate_from_chat_id": chat.id}),
        ]
        for message in () if quiet else messages:
            self._world.updates.add("message", message)
        return new

    def _turn(self, chat: Chat, status: str, by: User | None = None) -> None:
        before, chat.bot_status = chat.bot_status, status
        change = {
            "chat": chat.to_api(),
            "from": (by or chat.owner).to_api(),
            "date": self._world.now(),
            "old_chat_member": member(self._world.bot, before),
            "new_chat_member": member(self._world.bot, status),
        }
        self._world.updates.add("my_chat_member", change)
        self._world.changes.tell()


def member(user: User, status: str) -> dict[str, Any]:
    """A ChatMember of that status, with all that Telegram says of it."""
    known: dict[str, Any] = {"status": status, "user": user.to_api()}
    match status:
        case "creator":
            return known | {"is_anonymous": False}
        case "administrator":
            return known | dict.fromkeys(RIGHTS, False) | {"can_manage_chat": True}
        case "kicked":
            return known | {"until_date": 0}
    return known
