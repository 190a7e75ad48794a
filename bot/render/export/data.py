"""JSON: the shape of `tracklink show --format json`, for one listing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.render.export.shape import shape

if TYPE_CHECKING:
    from bot.models.view import ListingView
    from bot.render.i18n import Words


def render_json(view: ListingView, _: Words) -> bytes:
    text = json.dumps(shape(view.listing, view.results), ensure_ascii=False, indent=1)
    return f"{text}\n".encode("utf-8", "replace")
