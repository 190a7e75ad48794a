"""The short notes that answer a button."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from bot.errors import (
    ChatBusy,
    ChatClosed,
    Crowded,
    NotFound,
    OutOfBudget,
    Refused,
    SourceError,
    StoreUnavailable,
    UnsupportedLink,
)
from bot.render.i18n import marked
from bot.render.problems import CROWDED, service_name

if TYPE_CHECKING:
    from bot.render.i18n import Words


class Toast(Enum):
    """At most 200 characters each, as Telegram demands of an answer to a callback query."""

    FIRST_PAGE = marked("This is the first page.")
    LAST_PAGE = marked("This is the last page.")
    TOO_OLD = marked("That list is too old to turn. Send its link again.")
    STORE_DOWN = marked("My memory is not answering. Try again in a few minutes.")
    STOPPED = marked("Stopped. What is here stays.")
    NOT_YOURS = marked("Only the person who asked for this list can stop it.")
    DONE_ALREADY = marked("It is done already.")
    STILL_RUNNING = marked("This list is still being looked up. Try again when it is done.")
    ON_ITS_WAY = marked("That file is on its way.")
    NOTHING_TO_PLAY = marked("No official recording of this list is known any more.")
    NOT_YET = marked("It goes on in a moment. Press Stop again then.")
    OLD_SEARCH = marked("That search is too old. Send the words again.")
    NOT_YOUR_SEARCH = marked("Only the person who searched can choose. Send /search yourself.")
    NOT_ADMINISTRATOR = marked("Only administrators of this group can change its settings.")
    ONE_PLATFORM = marked("One kind of links has to stay on.")
    WHICH_TRACK = marked("Which track is wrong? Press its number.")
    NOT_YOURS_TO_FIX = marked("Only the person who asked for this list can choose here.")
    CHOSEN = marked("Done, for you at once. When enough people say the same, for everybody.")
    UNDONE = marked("Undone. What the search found stands again.")
    TOO_MANY_FIXES = marked("You put as many tracks right as I keep. Undo some in /fixes.")
    LIST_CHANGED = marked("That list has changed meanwhile. Choose the track again.")
    NOT_RETURNED = marked("I no longer have that recording. Send the link again, then choose.")
    NOT_FOUND = marked("That is no longer stored. Send its link again.")
    QUICK = marked("That was quick. Try again in a minute.")
    UNKNOWN = marked("That button no longer works.")
    FAILED = marked("Something went wrong on my side. Try again in a few minutes.")


_AWAY = marked("{service} is not answering. Try again in a few minutes.")
_USED_UP = marked("My own share of requests to {service} is used up for now. Try again later.")
_NOT_GIVEN = marked("{service} no longer lets me read that list. Send its link again.")


def render_failure(error: Exception, words: Words) -> str | None:
    """Why what a button stands for could not be done; None where no words would arrive."""
    match error:
        case OutOfBudget():
            return words.plain(_USED_UP, service=service_name(error.service))
        case NotFound() | Refused():
            return words.plain(_NOT_GIVEN, service=service_name(error.service))
        case SourceError():
            return words.plain(_AWAY, service=service_name(error.service))
        case Crowded():
            return words.plain(CROWDED)
        case UnsupportedLink():  # what it showed is no longer kept, or its place is turned off
            toast = Toast.TOO_OLD
        case StoreUnavailable():
            toast = Toast.STORE_DOWN
        case ChatBusy():
            toast = Toast.QUICK
        case ChatClosed():
            return None
        case _:
            toast = Toast.FAILED
    return words.plain(toast.value)
