"""What is said where this program has used up its own share of a service's quota."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup

    from bot.render.words import Words


def render_used_up(service: str, again_s: float | None, words: Words) -> Markup:
    """For what goes on by itself in `again_s` seconds, or has to be sent again where that is None.

    The service answers, and may well answer others: it is not called away.
    """
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
