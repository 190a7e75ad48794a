"""What the bot says to a group that it comes into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from bot.render.i18n import Words


def render_greeting(words: Words, *, hears_all: bool) -> Markup:
    """How a group uses the bot; without `hears_all` also how to let it see every link."""
    if hears_all:
        how = words.gettext(
            "Paste a link to a track, album or playlist here, and I reply with its official "
            "Spotify and YouTube links. Whoever sends a link uses their own daily tracks."
        )
        quiet = words.gettext(
            "Write !skip beside a link that I should leave alone. Administrators choose with "
            "/settings what I answer, and in which language."
        )
        return Markup("\n\n").join((how, quiet))
    how = words.gettext(
        "I reply to links with their official Spotify and YouTube links. In this group I see only "
        "commands, messages with my name, and replies to mine: write my name beside a link."
    )
    open_up = words.gettext(
        "To let me answer every link, make me an administrator, or turn my privacy mode off with "
        "/setprivacy in @BotFather and add me to the group again."
    )
    return Markup("\n\n").join((how, open_up))
