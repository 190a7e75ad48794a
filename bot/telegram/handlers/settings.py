"""/settings and /language: a person's own in private, the group's in a group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.models.preferences import Mode
from bot.render.callback_data import ChangeSetting, Setting
from bot.render.settings import (
    LANGUAGES,
    LANGUAGES_VIEW,
    TELEGRAMS,
    platforms_of,
    render_for_administrators,
    render_languages,
    render_settings,
)
from bot.render.toasts import Toast
from bot.telegram.context import group_of
from bot.telegram.delivery import answer, edit
from bot.telegram.handlers.groups import administers

if TYPE_CHECKING:
    from telegram import Update

    from bot.render.reply import Reply
    from bot.telegram.callbacks import Press
    from bot.telegram.context import Context


async def on_settings(update: Update, context: Context, *, languages: bool = False) -> None:
    """Show what can be changed; with `languages` those alone."""
    message = update.effective_message
    if message is None:
        return
    if await _may_change(update, context):
        await answer(message, _menu(update, context, languages=languages), reply=True)
    else:
        await answer(message, render_for_administrators(context.words(update)), reply=True)


async def on_language(update: Update, context: Context) -> None:
    await on_settings(update, context, languages=True)


async def change(press: Press, data: ChangeSetting) -> Toast | None:
    """Change what a button stands for, and show the message as it is then."""
    update, context = press.update, press.context
    if not any(isinstance(each, ChangeSetting) for each in press.buttons):
        return Toast.UNKNOWN
    if not await _may_change(update, context):
        return Toast.NOT_ADMINISTRATOR
    changes = _changes(data)
    if data.setting is Setting.PLATFORMS and not changes["platforms"]:
        return Toast.ONE_PLATFORM
    if changes:
        await context.services.preferences.change(_owner(update), **changes)
    languages = data.setting is Setting.LANGUAGE or data.value == LANGUAGES_VIEW
    await edit(press.query, _menu(update, context, languages=languages))
    return None


def _changes(data: ChangeSetting) -> dict[str, Any]:
    """What a button changes; nothing for a view, or for what no button of ours carries."""
    match data.setting, data.value:
        case Setting.PLATFORMS, carried:
            return {"platforms": platforms_of(carried)}
        case Setting.LANGUAGE, tag if tag in LANGUAGES:
            return {"language": tag}
        case Setting.LANGUAGE, value if value == TELEGRAMS:
            return {"language": None}
        case Setting.MODE, mode if mode in tuple(Mode):
            return {"mode": Mode(mode)}
    return {}


def _menu(update: Update, context: Context, *, languages: bool) -> Reply:
    chosen = context.services.preferences.of(_owner(update))
    render = render_languages if languages else render_settings
    return render(chosen, context.words(update), group=group_of(update) is not None)


def _owner(update: Update) -> int:
    """Whose preferences a chat shows: the group's, or the person's own."""
    person = update.effective_user
    return group_of(update) or (person.id if person else 0)


async def _may_change(update: Update, context: Context) -> bool:
    group = group_of(update)
    return group is None or await administers(update, group, context)
