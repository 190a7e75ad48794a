"""Why a recording was taken, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from bot.models import Match
    from bot.render.words import Words


def because(match: Match, words: Words) -> Markup:
    return Markup()
