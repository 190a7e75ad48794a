"""What a YouTube link is called, official or chosen by people, and why it was taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.models import CandidateKind, Chooser, Match
from bot.youtube.match import summary

if TYPE_CHECKING:
    from bot.models import Match
    from bot.render.i18n import Words


def official_kind(match: Match, words: Words) -> Markup:
    if match.kind is CandidateKind.AUDIO:
        return words.gettext("official audio")
    return words.gettext("official video")


def unproven_kind(match: Match, words: Words) -> Markup:
    """What YouTube says a candidate is, where nothing says that it is the right official one."""
    match match.kind:
        case CandidateKind.AUDIO:
            return words.gettext("audio")
        case CandidateKind.UPLOAD:
            return words.gettext("a user's upload")
    return words.gettext("video")


def chosen_by(chooser: Chooser, words: Words) -> Markup:
    """Whose choice it is. Others read it too, in groups: to them "you" would be somebody else."""
    if chooser is Chooser.YOU:
        return words.gettext("chosen by hand")
    return words.gettext("chosen by listeners")


def none_is_right(chooser: Chooser, words: Words) -> Markup:
    if chooser is Chooser.YOU:
        return words.gettext("Marked by hand: no recording there is right.")
    return words.gettext("Listeners said that no recording there is right.")


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
