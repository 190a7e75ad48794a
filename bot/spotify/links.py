"""Spotify links in text: every form people paste, and nothing that only looks like one."""

from __future__ import annotations

import re

from bot.models.links import LEAD_TO_TRACKS, LinkKind, SpotifyLink

_BASE62_KINDS = LEAD_TO_TRACKS | {
    LinkKind.EPISODE,
    LinkKind.SHOW,
    LinkKind.AUDIOBOOK,
    LinkKind.CHAPTER,
}
_KINDS = {kind.value: kind for kind in LinkKind if kind is not LinkKind.SHORT}
_KINDS["socialsession"] = LinkKind.JAM

# ASCII: without it, IGNORECASE lets the long s and the Kelvin sign pass for s and k.
_FLAGS = re.IGNORECASE | re.ASCII
# Repetitions that a failed match reads again are bounded, so that reading any text stays linear.
_START = re.compile(
    r"(?P<scheme>https?://)?(?:(?P<web>(?:open|play)\.spotify\.com(?::\d{1,5})?/)"
    r"|(?P<short>spotify(?:\.app)?\.link)/)"
    r"|(?P<uri>spotify(?::|%3A))",
    _FLAGS,
)
_PAGE = re.compile(
    r"/*(?:(?:intl-[a-z]{2,3}(?:-[a-z0-9]{2,8})*|embed(?:-podcast)?)/+)*"
    r"(?:user/+[^/\s?#]{1,200}/+(?=playlist/))?(?P<kind>[a-z]{1,20})"
    r"(?:/+(?P<id>[\w.~%-]{1,200}))?",
    _FLAGS,
)
_URI = re.compile(
    r"(?:user(?::|%3A)[^:/\s?#]{1,200}?(?::|%3A)(?=playlist))?"
    r"(?P<kind>[a-z]{1,20})(?:(?::|%3A)(?P<id>[\w.~%-]{1,200}))?",
    _FLAGS,
)
_SHORT_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,126}[A-Za-z0-9])?")
# Links pasted without a space between them are still two.
_BASE62 = re.compile(r"[0-9A-Za-z]{22}(?=https?://|[^0-9A-Za-z]|\Z)")
# A link's own query may name other things (`context=spotify%3Aalbum%3A…`): it is passed over.
_QUERY = re.compile(r"/?[?#](?:(?!https?://)[^\s<>\"'()\[\]{}|,;])*")
_TRAILING = ".~-%"  # of a sentence, not of a name


def find_links(text: str) -> list[SpotifyLink]:
    """All Spotify links in `text`, in order of appearance, each once."""
    return list(dict.fromkeys(link for _, link in find_links_at(text)))


def find_links_at(text: str) -> list[tuple[int, SpotifyLink]]:
    """All Spotify links in `text` with where each begins, in order of appearance."""
    found: list[tuple[int, SpotifyLink]] = []
    position = 0
    while start := _START.search(text, position):
        position = start.end()
        if start["scheme"] or begins_a_word(text, start.start()):
            link, position = _read(text, start)
            if link:
                found.append((start.start(), link))
                query = _QUERY.match(text, position)
                position = query.end() if query else position
    return found


def begins_a_word(text: str, at: int) -> bool:
    """Whether no other host, path or user name reaches into what begins at `at`."""
    while at and text[at - 1] in "-_.":
        at -= 1
    return not at or not (text[at - 1].isalnum() or text[at - 1] in "@/\\")


def _read(text: str, start: re.Match[str]) -> tuple[SpotifyLink | None, int]:
    """The link whose beginning matched, and where reading goes on."""
    if start["short"]:
        return _short(text, f"{start['short'].lower()}/", start.end())
    page = (_URI if start["uri"] else _PAGE).match(text, start.end())
    if page is None:
        return None, start.end()
    name = page["kind"].lower()
    if name == "s" and page["id"] and start["web"]:
        return _short(text, "open.spotify.com/s/", page.start("id"))
    kind = _KINDS.get(name)
    return _page(text, kind, page) if kind else (None, start.end())


def _short(text: str, prefix: str, at: int) -> tuple[SpotifyLink | None, int]:
    found = _SHORT_ID.match(text, at)
    if found is None:
        return None, at
    return SpotifyLink(LinkKind.SHORT, prefix + found[0]), found.end()


def _page(text: str, kind: LinkKind, page: re.Match[str]) -> tuple[SpotifyLink | None, int]:
    if kind in _BASE62_KINDS:
        found = _BASE62.match(text, page.start("id")) if page["id"] else None
        return (SpotifyLink(kind, found[0]), found.end()) if found else (None, page.end("kind"))
    name = (page["id"] or "").rstrip(_TRAILING)
    if not name and kind is not LinkKind.COLLECTION:
        return None, page.end("kind")
    return SpotifyLink(kind, name), page.end()
