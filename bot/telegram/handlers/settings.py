"""/settings and /language: a person's own in private, the group's in a group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.errors import StoreUnavailable
from bot.models.preferences import Mode
from bot.render.settings import (
    LANGUAGES,
    TELEGRAMS,
    platforms_of,
    render_for_administrators,
    render_languages,
    render_settings,
)
from bot.render.toasts import Toast, render_toast
from bot.telegram.callbacks import buttons_of
from bot.telegram.context import group_of
from bot.telegram.delivery import answer, edit
from bot.telegram.handlers.groups import administers

if TYPE_CHECKING:
    from re import Match

    from telegram import CallbackQuery, Update

    from bot.render.reply import Reply
    from bot.telegram.context import Context

_SETTING = "o:"
SETTINGS_PATTERN = rf"^{_SETTING}(?P<what>[vplm]):(?P<value>[\w-]{{0,16}})$"
_LANGUAGES = "language"  # the view, beside the settings themselves


async def on_settings(update: Update, context: Context) -> None:
    await _open(update, context, languages=False)


async def on_language(update: Update, context: Context) -> None:
    await _open(update, context, languages=True)


async def on_choice(update: Update, context: Context) -> None:
    """Change what a button stands for, and show the message as it is then."""
    query = update.callback_query
    if query is None or not context.matches:
        return
    toast = await _choose(update, query, context.matches[0], context)
    await query.answer(render_toast(toast, context.words(update)) if toast else None)


async def _open(update: Update, context: Context, *, languages: bool) -> None:
    message = update.effective_message
    if message is None:
        return
    if await _may_change(update, context):
        await answer(message, _menu(update, context, languages=languages), reply=True)
    else:
        await answer(message, render_for_administrators(context.words(update)), reply=True)


async def _choose(
    update: Update, query: CallbackQuery, pressed: Match[str], context: Context
) -> Toast | None:
    if not any(data.startswith(_SETTING) for data in buttons_of(query)):
        return Toast.UNKNOWN
    if not await _may_change(update, context):
        return Toast.NOT_ADMINISTRATOR
    what, value = pressed["what"], pressed["value"]
    changes = _changes(what, value)
    if what == "p" and not changes.get("platforms"):
        return Toast.ONE_PLATFORM
    try:
        if changes:
            await context.services.choices.change(_owner(update), **changes)
    except StoreUnavailable:
        return Toast.STORE_DOWN
    languages = what == "l" or value == _LANGUAGES
    await edit(query, _menu(update, context, languages=languages))
    return None


def _changes(what: str, value: str) -> dict[str, Any]:
    """What a button changes; nothing for a view, or for what no button of ours carries."""
    match what:
        case "p":
            return {"platforms": platforms_of(value)}
        case "l" if value in LANGUAGES:
            return {"language": value}
        case "l" if value == TELEGRAMS:
            return {"language": None}
        case "m" if value in tuple(Mode):
            return {"mode": Mode(value)}
    return {}


def _menu(update: Update, context: Context, *, languages: bool) -> Reply:
    chosen = context.services.choices.of(_owner(update))
    render = render_languages if languages else render_settings
    return render(chosen, context.words(update), group=group_of(update) is not None)


def _owner(update: Update) -> int:
    """Whose preferences a chat shows: the group's, or the person's own."""
    person = update.effective_user
    return group_of(update) or (person.id if person else 0)


async def _may_change(update: Update, context: Context) -> bool:
    group = group_of(update)
    return group is None or await administers(update, group, context)
