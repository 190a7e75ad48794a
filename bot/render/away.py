"""What is said where a service did not answer, or was not asked: its share here is used up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import OutOfBudget
from bot.render.platform_problems import service_name

if TYPE_CHECKING:
    from markupsafe import Markup

    from bot.errors import SourceError
    from bot.render.i18n import Words


def render_away(error: SourceError, again_s: float | None, words: Words) -> Markup:
    """For what is tried again by itself in `again_s` seconds, or has to be sent again: None."""
    service = service_name(error.service)
    if isinstance(error, OutOfBudget):
        return render_used_up(service, again_s, words)
    if again_s is None:
        return words.gettext(
            "{service} is not answering at the moment. Send the link again later.",
            service=service,
        )
    return words.gettext(
        "{service} is not answering at the moment. I'll ask it again in {span}.",
        service=service,
        span=words.span(again_s),
    )


def render_used_up(service: str, again_s: float | None, words: Words) -> Markup:
    """As `render_away`. The service answers, and may well answer others: it is not called away."""
    if again_s is None:
        return words.gettext(
            "My own share of requests to {service} is used up for now. Send that again later.",
            service=service,
        )
    return words.gettext(
        "My own share of requests to {service} is used up for now. I'll go on in {span}.",
        service=service,
        span=words.span(again_s),
    )


def render_used_up_for(service: str, wait_s: float, words: Words) -> Markup:
    """For what has to be sent again after `wait_s` seconds."""
    return words.gettext(
        "My own share of requests to {service} is used up for now. Send that again in {span}.",
        service=service,
        span=words.span(wait_s),
    )
