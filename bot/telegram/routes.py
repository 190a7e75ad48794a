"""Which handler answers what: every one is registered on this page, in the order that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import Update
from telegram.ext import (
    CallbackQueryHandler,
    ChatMemberHandler,
    ChosenInlineResultHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.render import callback_data as sent
from bot.render.toasts import Toast
from bot.telegram.callbacks import button, on_unknown
from bot.telegram.context import read_choices
from bot.telegram.handlers import (
    about,
    corrections,
    exports,
    groups,
    inline,
    list_buttons,
    messages,
    search,
    settings,
)
from bot.telegram.handlers.errors import on_error

if TYPE_CHECKING:
    from bot.telegram.context import App

BEFORE = -1  # the group of handlers that see an update before it is answered


def register(application: App) -> None:
    """The first handler that fits takes an update: commands, then any message, then buttons."""
    application.add_handler(TypeHandler(Update, read_choices), BEFORE)
    commands = {
        "start": about.on_start,
        "history": about.on_history,
        "fixes": corrections.on_fixes,
        "help": about.on_help,
        "search": messages.on_search,
        "quota": about.on_quota,
        "settings": settings.on_settings,
        "language": settings.on_language,
        "cancel": about.on_cancel,
        "privacy": about.on_privacy,
        "forget": about.on_forget,
    }
    for command, handler in commands.items():
        application.add_handler(CommandHandler(command, handler, filters.UpdateType.MESSAGE))
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, groups.on_migration))
    application.add_handler(
        ChatMemberHandler(groups.on_membership, ChatMemberHandler.MY_CHAT_MEMBER)
    )
    talk = filters.UpdateType.MESSAGES & ~filters.StatusUpdate.ALL
    application.add_handler(MessageHandler(talk, messages.on_message))
    application.add_handlers(
        [
            button(sent.TurnPage, list_buttons.turn),
            button(sent.StopJob, list_buttons.stop),
            button(sent.ShowQueues, list_buttons.show_queues),
            button(sent.ChooseFormat, exports.choose_format),
            button(sent.SendFile, exports.send_file, joined=Toast.ON_ITS_WAY),
            button(sent.OpenSong, search.open_song),
            button(sent.ChangeSetting, settings.change),
            button(sent.AskTrack, corrections.ask_track),
            button(sent.OfferRecordings, corrections.offer),
            button(sent.ChooseRecording, corrections.choose),
            button(sent.ShowCorrections, corrections.show_corrections),
            button(sent.UndoCorrection, corrections.undo),
            button(sent.OpenAgain, about.open_again),
            CallbackQueryHandler(on_unknown),
        ]
    )
    application.add_handler(InlineQueryHandler(inline.on_query))
    application.add_handler(ChosenInlineResultHandler(inline.on_chosen))
    application.add_error_handler(on_error)
