"""The context that every handler gets: the services, and the words of the person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from telegram.constants import ChatType
from telegram.ext import Application, ApplicationHandlerStop, CallbackContext, ExtBot

from bot.models.preferences import Preferences
from bot.telegram.send_limits import Turn

if TYPE_CHECKING:
    from telegram import Update

    from bot.render.i18n import Words
    from bot.telegram.services import Services

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
        return self.services.choices.effective(person.id, group, person.language_code)


App = Application[ExtBot[Turn], Context, Data, Data, Data, None]


def group_of(update: Update) -> int | None:
    """The group in which an update happened; None elsewhere."""
    chat = update.effective_chat
    return chat.id if chat and chat.type in GROUPS else None


async def read_choices(update: Update, context: Context) -> None:
    """Before anything is answered: what the person and the group chose.

    Taps and inline queries are somebody's, by the Bot API; one without a person ends here.
    """
    asked = update.callback_query or update.inline_query or update.chosen_inline_result
    if asked and update.effective_user is None:
        raise ApplicationHandlerStop
    if not context.services.once.claimed(update):
        return
    person, group = update.effective_user, group_of(update)
    people = (person.id,) if person and not person.is_bot else ()
    groups = (group,) if group else ()
    await context.services.choices.read(*people, *groups)
