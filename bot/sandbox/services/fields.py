"""The `fields` parameter of Spotify's playlist calls: which parts of an answer are asked for.

`total,items(track(name),added_by.id)`: names, with parts of theirs in brackets or after a dot.
https://developer.spotify.com/documentation/web-api/reference/get-playlist
"""

from __future__ import annotations

import re
from typing import Any

Fields = dict[str, "Fields"]

_SIGN = re.compile(r"[^,().\s]+|[,().]")


def read(text: str) -> Fields:
    wanted: Fields = {}
    open_names: list[Fields] = [wanted]  # whose parts are being named, outermost first
    last, dotted = wanted, False
    for sign in _SIGN.findall(text):
        match sign:
            case "(":
                open_names.append(last)
            case ")":
                open_names.pop()
            case ".":
                dotted = True
            case ",":
                dotted = False
            case name:
                last = (last if dotted else open_names[-1]).setdefault(name, {})
                dotted = False
    return wanted


def cut(body: Any, wanted: Fields) -> Any:
    """The wanted parts of `body`; all of it when nothing particular is wanted."""
    if not wanted:
        return body
    if isinstance(body, list):
        return [cut(row, wanted) for row in body]
    if isinstance(body, dict):
        return {name: cut(body[name], parts) for name, parts in wanted.items() if name in body}
    return body
