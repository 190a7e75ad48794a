"""The last listings of a person, each a button that opens it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.render.callback_data import OpenAgain
from bot.render.deeplinks import command_url
from bot.render.reply import Button, Reply
from bot.render.text import isolated, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models.job import Job
    from bot.render.i18n import Words

LABEL_UNITS = 64  # of a button; a phone shows some 40 and cuts the rest itself


def render_history(jobs: Sequence[Job], words: Words) -> Reply:
    """`jobs` are the newest of each listing, newest first."""
    if not jobs:
        return Reply(words.gettext("You have opened no list yet. Send me a link first."))
    text = words.gettext(
        "<b>Your last lists</b>\nPress one to open it again; what was looked up stays free for "
        "30 days."
    )
    return Reply(text, tuple((Button(_label(job, words), data=OpenAgain(job.id)),) for job in jobs))


def _label(job: Job, words: Words) -> str:
    title, owner = job.outcome.get("title"), job.outcome.get("owner")
    parts = [part for part in (title or words.plain("Untitled"), owner) if part]
    return isolated(shorten(" — ".join(dict.fromkeys(parts)), LABEL_UNITS))


def render_private(bot: str, command: str, words: Words) -> Reply:
    """In a group: what is private is shown in private."""
    text = words.gettext("That is only for you: it opens in the private chat.")
    label = words.plain("Open it ↗")
    return Reply(text, ((Button(label, url=command_url(bot, command)),),))
