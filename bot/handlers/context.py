"""The context that every handler gets: the services, and the words of the person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from telegram.ext import CallbackContext, ExtBot

if TYPE_CHECKING:
    from telegram import Update

    from bot.render.words import Words
    from bot.services import Services

SERVICES = "services"  # the one entry of bot_data
Data = dict[Any, Any]


class Context(CallbackContext[ExtBot[None], Data, Data, Data]):
    @property
    def services(self) -> Services:
        return cast("Services", self.application.bot_data[SERVICES])

    def words(self, update: Update) -> Words:
        person = update.effective_user
        return self.services.languages.words(person.language_code if person else None)
