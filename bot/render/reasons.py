"""Why a recording was taken, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.youtube.match import summary

if TYPE_CHECKING:
    from bot.models import Match
    from bot.render.i18n import Words


def because(match: Match, words: Words) -> Markup:
    """What agrees, such as `Same title, artist and length`; empty when nothing is worth saying."""
    facts = {
        "title": words.plain("title"),
        "artist": words.plain("artist"),
        "album": words.plain("album"),
        "length": words.plain("length"),
    }
    agreeing = set(summary(match))
    same = [fact for code, fact in facts.items() if code in agreeing]
    return words.gettext("Same {facts}", facts=words.series(same)) if same else Markup()
