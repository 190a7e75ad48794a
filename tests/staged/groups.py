"""Groups in the Telegram in memory: who administers them, the bot coming and going, a new id."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.sandbox.telegram.errors import ApiError, bad_request, forbidden
from bot.sandbox.telegram.state import Chat, User
from bot.sandbox.telegram.texts import detect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.sandbox.telegram.params import Params
    from bot.sandbox.telegram.state import Message, Method, Uploads, World

# Whom Telegram names as the sender where an administrator hides behind the group
ANONYMOUS = User(1087968824, "Group", "GroupAnonymousBot", is_bot=True)
FIRST_GROUP_ID = -1001000000001
FIRST_BASIC_ID = -4001
FIRST_SUPERGROUP_ID = -1002000000001
RIGHTS = frozenset(
    {"can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages"}
    | {"can_manage_video_chats", "can_restrict_members", "can_promote_members"}
    | {"can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories"}
    | {"can_delete_stories"}
)


@dataclass(slots=True, kw_only=True)
class Group(Chat):
    """A group; its first member owns it. `basic`: no supergroup yet."""

    title: str
    admins: set[int] = field(default_factory=set)  # beside the owner
    bot_status: str = "member"
    basic: bool = False
    migrated_to: int | None = None

    @property
    def owner(self) -> User:
        return next(iter(self.members.values()))

    def check_open(self) -> None:
        if self.migrated_to is not None:
            raise ApiError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.migrated_to,
            )
        if self.blocked:
            raise forbidden("bot was kicked from the supergroup chat")

    def hears(self, message: Message, world: World) -> bool:
        """See core.telegram.org/bots/features#privacy-mode."""
        if self.blocked:
            return False
        if not world.privacy or self.bot_status == "administrator":
            return True
        name = f"@{world.bot.username}".casefold()
        said = str(message.get("text", message.get("caption", ""))).casefold()
        replied = message.get("reply_to_message", {}).get("from", {})
        is_command = said.startswith("/") and name in said.split(maxsplit=1)[0]
        return is_command or name in said.split() or replied.get("id") == world.bot.id

    def to_api(self) -> dict[str, Any]:
        kind = "group" if self.basic else "supergroup"
        return {"id": self.id, "type": kind, "title": self.title}


class Groups:
    """What happens to the groups of a Telegram. See `tests.staged.telegram`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def found(self, title: str, members: Iterable[User], *, basic: bool) -> Group:
        groups = sum(not chat.is_private for chat in self._world.chats.values())
        people = {person.id: person for person in members}
        first_id = FIRST_BASIC_ID if basic else FIRST_GROUP_ID
        group = Group(first_id - groups, people, met=True, title=title, basic=basic)
        self._world.chats[group.id] = group
        return group

    def promote(self, group: Group, user: User) -> None:
        """A member becomes an administrator; the bot learns it only of itself."""
        if user.id != self._world.bot.id:
            group.admins.add(user.id)
            return
        self._turn(group, "administrator")

    def invite(self, group: Group, by: User) -> Message:
        """Somebody adds the bot, which was not there or was thrown out."""
        group.met, group.blocked = True, False
        self._turn(group, "member", by)
        message = self._world.keep(group, by, {"new_chat_members": [self._world.bot.to_api()]})
        self._world.updates.add("message", message)
        return message

    def remove(self, group: Group, by: User) -> None:
        """Somebody throws the bot out."""
        group.blocked = True
        self._turn(group, "kicked", by)

    def say_as_group(self, group: Group, text: str) -> Message:
        """An administrator who stays anonymous writes."""
        content = {"text": text, "entities": detect(text), "sender_chat": group.to_api()}
        message = self._world.keep(group, ANONYMOUS, content)
        self._world.updates.add("message", message)
        return message

    def migrate(self, group: Group, *, quiet: bool = False) -> Group:
        """A group becomes a supergroup, with another id and messages counted anew.

        `quiet`: the bot was not told yet.
        """
        known = [chat for chat in self._world.chats.values() if isinstance(chat, Group)]
        moved = sum(other.migrated_to is not None for other in known)
        new = Group(FIRST_SUPERGROUP_ID - moved, group.members, met=True, title=group.title)
        new.admins = group.admins
        self._world.chats[new.id] = new
        group.migrated_to = new.id
        owner = group.owner
        messages = [
            self._world.keep(group, owner, {"migrate_to_chat_id": new.id}),
            self._world.keep(new, owner, {"migrate_from_chat_id": group.id}),
        ]
        for message in () if quiet else messages:
            self._world.updates.add("message", message)
        return new

    def _turn(self, group: Group, status: str, by: User | None = None) -> None:
        before, group.bot_status = group.bot_status, status
        change = {
            "chat": group.to_api(),
            "from": (by or group.owner).to_api(),
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


def get_chat_member(world: World, params: Params, _: Uploads) -> dict[str, Any]:
    chat = world.chat_for(params)
    user_id = params.get("user_id")
    if isinstance(chat, Group) and user_id == world.bot.id:
        return member(world.bot, chat.bot_status)
    if user_id not in chat.members:
        raise bad_request("PARTICIPANT_ID_INVALID")
    return member(chat.members[user_id], _status(chat, user_id))


def get_chat_administrators(world: World, params: Params, _: Uploads) -> list[dict[str, Any]]:
    """All who administer a group, without other bots."""
    chat = world.chat_for(params)
    if not isinstance(chat, Group):
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
    if not isinstance(chat, Group):
        return "member"
    if user_id == chat.owner.id:
        return "creator"
    return "administrator" if user_id in chat.admins else "member"


GROUP_METHODS: dict[str, Method] = {
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
}
