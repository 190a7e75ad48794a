"""Every sentence about the allowance: a day's tracks, and how much comes in a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.models.preferences import Plan
from bot.quota.policy import BURST

if TYPE_CHECKING:
    from datetime import datetime

    from bot.models.results import Shortfall
    from bot.quota.policy import Allowance, Standing
    from bot.render.i18n import Words


def render_quota(
    given: Allowance, standing: Standing, words: Words, *, now: datetime, zone: str
) -> Markup:
    """Used, left, plan, and when the day turns."""
    turns = words.gettext(
        "The day turns in {span}, at midnight {zone}.",
        span=words.span((standing.resets_at - now).total_seconds()),
        zone=zone,
    )
    if standing.limit is None or standing.remaining is None:
        unlimited = words.gettext("You are an administrator: no daily limit holds for you.")
        return unlimited + "\n" + turns
    used = words.gettext(
        "Today you used {used} of your {limit} tracks; {left} are left.",
        used=words.number(standing.limit - standing.remaining),
        limit=words.number(standing.limit),
        left=words.number(standing.remaining),
    )
    name = words.gettext("plus") if given.plan is Plan.PLUS else words.gettext("free")
    plan = _shared(words) if given.shared else words.gettext("Plan: {plan}.", plan=name)
    return Markup("\n").join((used, plan + " " + turns))


def _shared(words: Words) -> Markup:
    return words.gettext(
        "All administrators who stay anonymous, in all groups, share them; under your own name you "
        "have your own."
    )


def render_shortfall(short: Shortfall, words: Words) -> Markup:
    """Under a listing: how much of it the day still allowed."""
    if short.seconds <= 0:
        return _renewed(short, words)
    said = words.gettext(
        "That's {granted} of {wanted} for today: your {limit} tracks renew in {span}, "
        "at midnight {zone}. Open this list again then; what is here stays free.",
        granted=words.number(short.granted),
        wanted=words.number(short.wanted),
        limit=words.number(short.limit),
        span=words.span(short.seconds),
        zone=short.zone,
    )
    return said + " " + _shared(words) if short.shared else said


def render_used(short: Shortfall, words: Words) -> Markup:
    """On a card, for which nothing was left."""
    if short.seconds <= 0:
        return _renewed(short, words)
    said = words.gettext(
        "Your {limit} tracks for today are used up. They renew in {span}, at midnight {zone}.",
        limit=words.number(short.limit),
        span=words.span(short.seconds),
        zone=short.zone,
    )
    return said + " " + _shared(words) if short.shared else said


def _renewed(short: Shortfall, words: Words) -> Markup:
    return words.gettext(
        "The day has turned since: your {limit} tracks have renewed. Send this again for the rest; "
        "what is here stays free.",
        limit=words.number(short.limit),
    )


def render_burst(left: int, wait_s: float, words: Words) -> Markup:
    """Too many links in a minute: `left` of them were not taken."""
    return words.ngettext(
        "That was quick: I take {burst} links a minute. Send this one again in {span}.",
        "That was quick: I take {burst} links a minute. Send the last {n} again, from {span} on.",
        left,
        burst=BURST,
        span=words.span(wait_s),
    )


def render_search_burst(wait_s: float, words: Words) -> Markup:
    return words.gettext(
        "That was quick: I take {burst} links or searches a minute. Send this one again in {span}.",
        burst=BURST,
        span=words.span(wait_s),
    )


def render_wait(seconds: float, words: Words) -> str:
    """Too many buttons of a kind in a minute."""
    return words.plain("That was quick. Try again in {span}.", span=words.span(seconds))
