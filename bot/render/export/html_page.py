"""The web page that stands alone: no request leaves it, and nothing in it runs but its own script.

Its policy names style and script by their hashes, so text from outside could not run even if it
were not escaped.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from importlib import resources
from typing import TYPE_CHECKING, Any

from babel.core import Locale
from markupsafe import Markup

from bot.models import Source
from bot.models.outside_text import one_line
from bot.platforms.urls import spotify_search_url
from bot.render.buttons import queue_label, queues
from bot.render.export.json_file import Row, rows_of, why_none
from bot.render.export.text_file import WHOLE, found, youtube_label
from bot.render.listing import facts
from bot.render.problems import source_of
from bot.render.reply import AUDIO_SIGN, CHOSEN_SIGN, SEARCH_SIGN, VIDEO_SIGN

if TYPE_CHECKING:
    from bot.models import Track
    from bot.models.view import ListingView, Picture
    from bot.render.i18n import Words

_SIGNS = {
    "audio": AUDIO_SIGN,
    "video": VIDEO_SIGN,
    "chosen": CHOSEN_SIGN,
    "search": SEARCH_SIGN,
}
_ORDER = (*_SIGNS, "episode", "local", "gone")  # of the column with the links


def render_page(view: ListingView, words: Words, picture: Picture | None = None) -> bytes:
    from jinja2 import Environment, StrictUndefined

    style, script = _part("page.css"), _part("page.js")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    html = environment.from_string(_part("page.html.jinja")).render(
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        cover=picture.address if picture else None,
        labels=_labels(words),
        **_about(view, words),
    )
    return html.encode("utf-8", "replace")


def _about(view: ListingView, words: Words) -> dict[str, Any]:
    listing = view.listing
    rows, service = rows_of(view), source_of(listing)
    found_queues = queues(listing, view.results)
    return {
        "language": words.language,
        "direction": Locale.parse(words.language, sep="-").text_direction,
        "title": one_line(listing.title) or words.plain("Untitled"),
        "url": _address(listing.url),
        "facts": [line for line in facts(listing, words, WHOLE) if line],
        "found": found(view, words),
        "queues": [(queue_label(queue, words), queue.url) for queue in found_queues],
        "has_chosen": any(row.kind == "chosen" for row in rows),
        "source": None if listing.source is Source.UPLOAD else service,
        "rows": [
            _row(row, track, service, words)
            for row, track in zip(rows, listing.tracks, strict=True)
        ],
    }


def _row(row: Row, track: Track, service: str, words: Words) -> dict[str, Any]:
    return {
        "position": row.position,
        "number": words.number(row.position),
        "title": row.title or words.plain("Untitled"),
        "artists": ", ".join(row.artists),
        "album": row.album,
        "length": words.length(row.duration_ms),
        "duration_ms": row.duration_ms or "",
        "order": _ORDER.index(row.kind),
        "links": _links(row, track, words),
        "why_none": "" if row.is_song else why_none(row, service, words),
    }


def _links(row: Row, track: Track, words: Words) -> list[dict[str, Any]]:
    """Each with what it says, its sign, its address, and how it is printed; searches are not."""
    links = []
    if row.spotify_url:
        links.append(_link("Spotify", "", row.spotify_url, "Spotify"))
    elif row.is_song:
        label = words.plain("Spotify search")
        links.append(_link(label, SEARCH_SIGN, spotify_search_url(track), label, printed=False))
    if row.youtube_url:
        label = "YouTube" if row.is_found else words.plain("YouTube search")
        said = youtube_label(row, words)
        links.append(_link(label, _SIGNS[row.kind], row.youtube_url, said, printed=row.is_found))
    return links


def _link(label: str, sign: str, url: str, said: str, *, printed: bool = True) -> dict[str, Any]:
    short = url.removeprefix("https://").removeprefix("www.") if printed else ""
    return {"label": label, "sign": sign, "url": url, "said": said, "printed": short}


def _labels(words: Words) -> dict[str, str]:
    return {
        "search": words.plain("Search this list"),
        "hint": words.plain("Title, artist or album"),
        "shown": words.plain("{shown} of {all} tracks", shown="{shown}", all="{all}"),
        "nothing": words.plain("No track of this list fits."),
        "sort": words.plain("Sort by"),
        "position": words.plain("Position"),
        "title": words.plain("Title"),
        "artists": words.plain("Artists"),
        "album": words.plain("Album"),
        "length": words.plain("Length"),
        "links": words.plain("Links"),
        "play": words.plain("Play all"),
        "cover": words.plain("Cover"),
        "audio": words.plain("{sign} official audio on YouTube", sign=AUDIO_SIGN),
        "video": words.plain("{sign} official video", sign=VIDEO_SIGN),
        "chosen": words.plain("{sign} chosen by you or by several listeners", sign=CHOSEN_SIGN),
        "only": words.plain(
            "{sign} only a search: no recording there is surely the right official one",
            sign=SEARCH_SIGN,
        ),
        "from": words.plain("Titles and cover come from"),
    }


def _address(url: str | None) -> str | None:
    return url if url and url.startswith("https://") else None


def _policy(style: str, script: str) -> str:
    return (
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _part(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
