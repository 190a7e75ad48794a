"""What every handler gets: the services, put together in `bot.app`, and the person's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from telegram.constants import ChatType
from telegram.ext import Application, ApplicationHandlerStop, CallbackContext, ExtBot

from bot.models.preferences import Preferences
from bot.models.shares import NOBODY
from bot.net.service_budget import asker
from bot.render.commands import render_private
from bot.telegram.delivery import answer
from bot.telegram.send_limits import Turn

if TYPE_CHECKING:
    from telegram import Message, Update

    from bot.clock import Clock
    from bot.config import Settings
    from bot.jobs.runner import Runner
    from bot.quota.bursts import Bursts
    from bot.quota.meter import Meter
    from bot.render.i18n import Languages, Words
    from bot.resolve.corrections import Corrections
    from bot.resolve.search import SongSearch
    from bot.resolve.suggestions import Suggestions
    from bot.storage.chats import Chats
    from bot.storage.jobs import Jobs
    from bot.storage.uploads import Uploads
    from bot.storage.users import Users
    from bot.telegram.handlers.exports import Exporter
    from bot.telegram.handlers.groups import Administrators
    from bot.telegram.handlers.list_buttons import PageTurns
    from bot.telegram.places import Gates
    from bot.telegram.polling import Polling
    from bot.telegram.preferences import PreferencesCache
    from bot.telegram.presses import Presses
    from bot.telegram.reactions import Reactions
    from bot.telegram.update_processor import UpdateProcessor


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    settings: Settings
    clock: Clock
    languages: Languages
    runner: Runner
    jobs: Jobs
    inline: Suggestions
    users: Users
    chats: Chats
    preferences: PreferencesCache
    administrators: Administrators
    corrections: Corrections
    meter: Meter
    bursts: Bursts
    exporter: Exporter
    update_processor: UpdateProcessor
    reactions: Reactions
    presses: Presses
    page_turns: PageTurns
    search: SongSearch
    uploads: Uploads
    gates: Gates
    polling: Polling


SERVICES = "services"  # the one entry of bot_data
Data = dict[Any, Any]
GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)


class Context(CallbackContext[ExtBot[Turn], Data, Data, Data]):
    @property
    def services(self) -> Services:
        return cast("Services", self.application.bot_data[SERVICES])

    def words(self, update: Update) -> Words:
        return self.services.languages.words(self.preferences(update).language)

    def preferences(self, update: Update) -> Preferences:
        """What holds for this person in this chat, with the language that Telegram says if any."""
        person, group = update.effective_user, group_of(update)
        if person is None:
            return Preferences()
        return self.services.preferences.effective(person.id, group, person.language_code)

    async def in_private(self, update: Update, command: str) -> tuple[Message | None, int | None]:
        """Where to show a person's own things, and whose; in a group only the way to them is."""
        message, person = update.effective_message, update.effective_user
        if message is None or person is None:
            return None, None
        if message.chat.type == ChatType.PRIVATE:
            return message, person.id
        there = render_private(self.bot.username, command, self.words(update))
        await answer(message, there, reply=True)
        return None, None


App = Application[ExtBot[Turn], Context, Data, Data, Data, None]


def group_of(update: Update) -> int | None:
    """The group in which an update happened; None elsewhere."""
    chat = update.effective_chat
    return chat.id if chat and chat.type in GROUPS else None


async def read_choices(update: Update, context: Context) -> None:
    """Before anything is answered: who asks, and what the person and the group chose.

    Taps and inline queries are somebody's, by the Bot API; one without a person ends here.
    """
    asked = update.callback_query or update.inline_query or update.chosen_inline_result
    if asked and update.effective_user is None:
        raise ApplicationHandlerStop
    person = update.effective_user
    asker.set(person.id if person else NOBODY)
    if not context.services.update_processor.claimed(update):
        return
    await read_ahead(update, context.services.preferences)


async def read_ahead(update: Update, preferences: PreferencesCache) -> None:
    """Bring what the person and the group of an update chose up to date. Never raises."""
    person, group = update.effective_user, group_of(update)
    people = (person.id,) if person and not person.is_bot else ()
    groups = (group,) if group else ()
    await preferences.read(*people, *groups)
