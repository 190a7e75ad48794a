"""What buttons send back, one class for each kind of button: written and read here alone.

Buttons of older versions stay in people's chats, so what `_SHAPES` says can be added to, but what
stands there has to stay readable. Kinds that begin with the same letter differ in their parts.
Telegram takes 1 to 64 bytes (https://core.telegram.org/bots/api#inlinekeyboardbutton).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from bot.models.view import Format

if TYPE_CHECKING:
    from collections.abc import Callable


class Setting(StrEnum):
    """What a button of /settings is about."""

    VIEW = "v"  # changes nothing: the settings themselves, or the languages
    PLATFORMS = "p"
    LANGUAGE = "l"
    MODE = "m"


@dataclass(frozen=True, slots=True)
class CallbackData:
    """What a button sends back, of one of the kinds below.

    `is_view`: it changes nothing but what its message shows, so of several the newest counts.
    """

    is_view: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class _OfJob(CallbackData):
    job: str


@dataclass(frozen=True, slots=True)
class _OfPage(_OfJob):
    """Pages count from 0."""

    is_view = True
    page: int


@dataclass(frozen=True, slots=True)
class _OfTrack(_OfJob):
    """At that position of the listing, from 0."""

    at: int


class TurnPage(_OfPage):
    """A page of a listing; beyond the ends too, as ◀ and ▶ always stand there."""


class StopJob(_OfJob):
    """The listing is looked up no further."""


class ShowQueues(_OfPage):
    """A page of the queues that play a listing."""


class ChooseFormat(_OfJob):
    """The formats that a listing can be exported as."""

    is_view = True


class OpenAgain(_OfJob):
    """A listing of /history."""


class AskTrack(_OfPage):
    """Which track of that page is wrong."""


class OfferRecordings(_OfTrack):
    """Other recordings for a track."""

    is_view = True


@dataclass(frozen=True, slots=True)
class ChooseRecording(_OfTrack):
    """A video's id or a `bot.models.results.Choice`; `digest` tells which track it is for."""

    digest: str
    choice: str


@dataclass(frozen=True, slots=True)
class OpenSong(CallbackData):
    """A song that a search found, by the kind and id of its link, for the one who searched."""

    asker: int
    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class SendFile(_OfJob):
    format: Format


@dataclass(frozen=True, slots=True)
class ChangeSetting(CallbackData):
    setting: Setting
    value: str


@dataclass(frozen=True, slots=True)
class ShowCorrections(CallbackData):
    is_view = True
    page: int


@dataclass(frozen=True, slots=True)
class UndoCorrection(CallbackData):
    """Of the track with that key, on that page of /fixes."""

    page: int
    key: str


_SHAPES: dict[type[CallbackData], str] = {
    TurnPage: "p:{job}:{page}",
    StopJob: "s:{job}",
    ShowQueues: "w:{job}:{page}",
    OpenSong: "w:{asker}:{kind}:{id}",
    ChooseFormat: "x:{job}",
    SendFile: "x:{job}:{format}",
    ChangeSetting: "o:{setting}:{value}",
    AskTrack: "f:{job}:{page}",
    OfferRecordings: "ft:{job}:{at}",
    ChooseRecording: "fx:{job}:{at}:{digest}:{choice}",
    ShowCorrections: "fp:{page}",
    UndoCorrection: "fu:{page}:{key}",
    OpenAgain: "h:{job}",
}
# What each field looks like, and what it is read as
_FIELDS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "job": (r"[\w-]{1,32}", str),
    "page": (r"-?\d{1,5}", int),
    "at": (r"\d{1,6}", int),
    "asker": (r"-?\d{1,20}", int),
    "kind": (r"track|youtube_video", str),
    "id": (r"[\w-]{1,22}", str),
    "format": ("|".join(Format), Format),
    "setting": ("|".join(Setting), Setting),
    "value": (r"[\w-]{0,16}", str),
    "digest": (r"[\w-]{4}", str),
    "choice": (r"[\w-]{1,16}", str),
    "key": (r"[\w:-]{1,40}", str),
}
_GROUPS = {name: f"(?P<{name}>{looks})" for name, (looks, _) in _FIELDS.items()}
PATTERNS = {
    kind: re.compile(shape.format_map(_GROUPS), re.ASCII) for kind, shape in _SHAPES.items()
}


def written(data: CallbackData) -> str:
    values = {field.name: getattr(data, field.name) for field in fields(data)}
    return _SHAPES[type(data)].format_map(values)


def read(text: str | None) -> CallbackData | None:
    """What a button stands for; None for what no version wrote, or somebody made up."""
    for kind, pattern in PATTERNS.items():
        if found := pattern.fullmatch(text or ""):
            values = found.groupdict().items()
            return kind(**{name: _FIELDS[name][1](value) for name, value in values})
    return None
