"""Whatever fails behind whichever button, its press is answered once, in words that name it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import stamina
from structlog.testing import capture_logs

from bot.errors import (
    NotFound,
    OutOfBudget,
    RateLimited,
    Refused,
    Service,
    StoreUnavailable,
    Unavailable,
    Unreadable,
    UnsupportedLink,
)
from bot.jobs.runner import Runner
from bot.models.results import Choice
from bot.models.view import Format
from bot.net.circuit import ATTEMPTS
from bot.render.callback_data import (
    PATTERNS,
    AskTrack,
    CallbackData,
    ChangeSetting,
    ChooseFormat,
    ChooseRecording,
    OfferRecordings,
    OpenAgain,
    OpenSong,
    SendFile,
    ShowCorrections,
    ShowQueues,
    StopJob,
    TurnPage,
    UndoCorrection,
    read,
    written,
)
from bot.resolve.resolver import Resolver
from bot.sandbox.services.ids import number, youtube_list
from bot.sandbox.telegram.errors import bad_request, forbidden
from bot.storage.corrections import CorrectionStore
from bot.storage.jobs import Jobs
from bot.telegram.preferences import PreferencesCache
from tests.conftest import PATIENT
from tests.e2e import worlds
from tests.e2e.faults import How
from tests.e2e.live import callback_data
from tests.staged.faults import too_many

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sandbox.telegram.errors import ApiError
    from bot.sandbox.telegram.state import Message, User
    from tests.conftest import SetClock
    from tests.e2e.live import LiveBot
    from tests.e2e.services import Loopback
    from tests.staged.telegram import Telegram

    Kind = type[CallbackData]
    Panel = dict[Kind, tuple[User, Message, str]]

ATLAS = "https://open.spotify.com/playlist/samplePlaylistAtlas001"  # with rows that are no songs
TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
ROAD_TRIP, DEMO = worlds.playlist_id("Road trip"), worlds.album_id("Demo tape")
READING = (TurnPage, ShowQueues, SendFile, AskTrack, OfferRecordings, ChooseRecording)
NAMES = {
    Service.SPOTIFY_API: "Spotify",
    Service.SPOTIFY_WEB: "Spotify",
    Service.YOUTUBE_MUSIC: "YouTube",
    Service.YOUTUBE_API: "YouTube",
    Service.APPLE: "Apple Music",
    Service.DEEZER: "Deezer",
}
TOO_OLD = "That list is too old to turn. Send its link again."
STORE_DOWN = "My memory is not answering. Try again in a few minutes."
QUICK = "That was quick. Try again in a minute."
FAILED = "Something went wrong on my side. Try again in a few minutes."
WHICH = "Which track is wrong? Press its number."
DONE = "It is done already."
UNDONE = "Undone. What the search found stands again."
CHOSEN = "Done, for you at once. When enough people say the same, for everybody."


def away(service: Service) -> str:
    return f"{NAMES[service]} is not answering. Try again in a few minutes."


def used_up(service: Service) -> str:
    return f"My own share of requests to {NAMES[service]} is used up for now. Try again later."


def not_given(service: Service) -> str:
    return f"{NAMES[service]} no longer lets me read that list. Send its link again."


FAILURES = [
    *((Unavailable(service), away(service)) for service in Service),
    *((Unreadable(service), away(service)) for service in Service),
    *((RateLimited(service, retry_after_s=60.0), away(service)) for service in Service),
    *((OutOfBudget(service, retry_after_s=60.0), used_up(service)) for service in Service),
    *((NotFound(service), not_given(service)) for service in Service),
    *((Refused(service), not_given(service)) for service in Service),
    (UnsupportedLink("upload"), TOO_OLD),
    (StoreUnavailable("MongoDB does not answer"), STORE_DOWN),
]


@pytest.fixture
def at_once() -> Iterator[None]:
    """Retries as many as ever, without their waits."""
    stamina.set_testing(True, attempts=ATTEMPTS)
    yield
    stamina.set_testing(False)


async def panel(bot: LiveBot, now: SetClock) -> Panel:
    """A button of each kind. Several people have them, as a chat takes few edits at once."""
    alice, bob, carol, dave = (
        bot.telegram.user(name) for name in ("Alice", "Bob", "Carol", "Dave")
    )
    [choices] = await bot.ask(alice, "ottoline brack paper moths")
    [listing] = await bot.ask(bob, ATLAS)
    [history] = await bot.ask(bob, "/history")
    [card] = await bot.ask(carol, TRACK)
    await bot.toast(carol, card, "Wrong song?")
    offer = await bot.says(carol, "Which one is right")
    assert CHOSEN == await bot.toast(carol, offer, "3")
    [fixes] = await bot.ask(carol, "/fixes")
    [settings] = await bot.ask(dave, "/settings")
    now.forward(minutes=1)  # what was asked until now counts as little as if it were long ago
    job = callback_data(listing, "Export").split(":")[1]
    choice = read(callback_data(offer, "3"))
    assert isinstance(choice, ChooseRecording)
    label = "Paper Moths at the Window — Ottoline Brack (3:47)"
    found = {
        TurnPage: (bob, listing, callback_data(listing, "▶")),
        StopJob: (bob, listing, written(StopJob(job))),
        ShowQueues: (bob, listing, written(ShowQueues(job, 0))),
        ChooseFormat: (bob, listing, callback_data(listing, "Export")),
        SendFile: (bob, listing, written(SendFile(job, Format.CSV))),
        AskTrack: (bob, listing, callback_data(listing, "Fix a track")),
        OpenAgain: (bob, history, written(OpenAgain(job))),
        OfferRecordings: (carol, card, callback_data(card, "Wrong song?")),
        ChooseRecording: (carol, card, written(replace(choice, choice=Choice.NONE))),
        ShowCorrections: (carol, fixes, written(ShowCorrections(0))),
        UndoCorrection: (carol, fixes, callback_data(fixes, "✕ 1")),
        ChangeSetting: (dave, settings, callback_data(settings, "Deezer")),
        OpenSong: (alice, choices, callback_data(choices, label)),
    }
    assert found.keys() == PATTERNS.keys()
    return found


async def pressed(bot: LiveBot, buttons: Panel) -> dict[Kind, str | None]:
    """The toast of each button."""
    return {
        kind: await bot.forge(user, user, message, data)
        for kind, (user, message, data) in buttons.items()
    }


async def answered_once(bot: LiveBot) -> bool:
    """Whether no press until now had two answers. One without any is never through `pressed`."""
    await bot.rest()
    calls = bot.telegram.calls_of("answerCallbackQuery")
    return len(calls) == len({call.params["callback_query_id"] for call in calls})


def of(buttons: Panel, *kinds: Kind) -> Panel:
    return {kind: buttons[kind] for kind in kinds}


def without(buttons: Panel, *kinds: Kind) -> Panel:
    return {kind: button for kind, button in buttons.items() if kind not in kinds}


def let_fail(monkeypatch: pytest.MonkeyPatch, place: type, name: str, error: Exception) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(place, name, fail)


def failures(logged: list[Any]) -> list[Any]:
    return [entry for entry in logged if entry["log_level"] in ("error", "critical")]


@pytest.mark.parametrize("timing", [replace(PATIENT, presses_s=0.0)], ids=["uncounted"])
async def test_who_fails_is_named(
    bot: LiveBot, now: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each service, in each way in which it can fail, behind each button that reads a listing."""
    buttons = of(await panel(bot, now), *READING)
    with capture_logs() as logged:
        for error, sentence in FAILURES:
            let_fail(monkeypatch, Resolver, "shown", error)
            now.forward(minutes=1)
            assert dict.fromkeys(READING, sentence) == await pressed(bot, buttons), error

    assert NAMES.keys() == {*Service}
    assert [] == failures(logged)
    assert await answered_once(bot)


async def test_each_press_has_one_answer(bot: LiveBot, now: SetClock) -> None:
    """Where nothing fails too, also where a file is sent behind the answer."""
    buttons = await panel(bot, now)
    toasts = await pressed(bot, buttons)

    said = {StopJob: DONE, AskTrack: WHICH, ChooseRecording: CHOSEN, UndoCorrection: UNDONE}
    assert dict.fromkeys(buttons) | said == toasts
    assert await answered_once(bot)
    assert 1 == len(bot.telegram.calls_of("sendDocument"))


async def test_other_buttons_do_without_the_services(
    bot: LiveBot, now: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What reads no listing, or reads it in a job of its own, has its usual answer."""
    buttons = without(await panel(bot, now), *READING)
    let_fail(monkeypatch, Resolver, "listing", Unavailable(Service.SPOTIFY_API))
    with capture_logs() as logged:
        toasts = await pressed(bot, buttons)

    assert dict.fromkeys(buttons) | {StopJob: DONE, UndoCorrection: UNDONE} == toasts
    assert [] == failures(logged)
    assert await answered_once(bot)


async def test_the_store_is_away(bot: LiveBot, now: SetClock) -> None:
    """Behind every button but a found song, which needs no memory to be shown."""
    buttons = await panel(bot, now)
    await bot.backends.mongo.close()
    with capture_logs() as logged:
        toasts = await pressed(bot, buttons)

    assert dict.fromkeys(buttons, STORE_DOWN) | {OpenSong: None} == toasts
    assert [] == failures(logged)
    assert await answered_once(bot)


@pytest.mark.parametrize(
    ("error", "toasts"),
    [
        (
            forbidden("bot was blocked by the user"),
            {AskTrack: None, ChooseRecording: None},
        ),
        (
            too_many(3600),
            dict.fromkeys((TurnPage, ChooseFormat, ShowQueues, AskTrack), QUICK),
        ),
        (
            bad_request("something new"),
            dict.fromkeys((TurnPage, ChooseFormat, ShowQueues, AskTrack, ChooseRecording), FAILED),
        ),
    ],
    ids=["closed", "busy", "refused"],
)
async def test_the_chat_takes_nothing(
    bot: LiveBot,
    now: SetClock,
    error: ApiError,
    toasts: dict[Kind, str | None],
) -> None:
    """Where the message cannot change, the toast tells why, or has no words that would arrive."""
    usual = {
        StopJob: DONE,
        AskTrack: WHICH,
        ChooseRecording: CHOSEN,
        UndoCorrection: UNDONE,
    }
    buttons = without(await panel(bot, now), SendFile, OpenSong, OpenAgain)
    for method in ("editMessageText", "editMessageReplyMarkup", "sendMessage"):
        bot.telegram.fail(method, *[error] * 100)
    with capture_logs() as logged:
        said = await pressed(bot, buttons)

    assert dict.fromkeys(buttons) | usual | toasts == said
    assert [] == failures(logged)
    assert await answered_once(bot)


async def test_what_nobody_expected(
    bot: LiveBot, now: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of ours is logged with where it was made, and told in a toast, at any button."""
    buttons = await panel(bot, now)
    for place, names in (
        (Jobs, ("get",)),
        (CorrectionStore, ("of_user", "undo")),
        (PreferencesCache, ("change",)),
        (Runner, ("submit",)),
    ):
        for name in names:
            let_fail(monkeypatch, place, name, ZeroDivisionError("ours"))
    with capture_logs() as logged:
        toasts = await pressed(bot, buttons)

    assert dict.fromkeys(buttons, FAILED) == toasts
    assert len(buttons) == len(failures(logged))
    assert {"ours"} == {str(entry["exc_info"]) for entry in failures(logged)}
    assert await answered_once(bot)


async def test_a_list_that_is_no_longer_kept(bot: LiveBot, alice: User) -> None:
    """A list that somebody sent is kept for a while: afterwards its buttons say so."""
    song = "Ottoline Brack - Paper Moths at the Window"
    [listing] = await bot.ask(alice, f"{song}\nRopewalk — Ondine Vargo")
    job = callback_data(listing, "Export").split(":")[1]
    await bot.backends.mongo.db["uploads"].delete_many({})
    made = (
        TurnPage(job, 0),
        ShowQueues(job, 0),
        SendFile(job, Format.CSV),
        OfferRecordings(job, 0),
    )
    with capture_logs() as logged:
        toasts = await pressed(bot, {type(d): (alice, listing, written(d)) for d in made})
        numbers = await bot.toast(alice, listing, "Fix a track")

    assert {type(data): TOO_OLD for data in made} == toasts
    assert WHICH == numbers
    assert [] == failures(logged)
    assert await answered_once(bot)


@pytest.mark.parametrize(
    ("service", "link"),
    [
        ("deezer", f"https://www.deezer.com/playlist/{number('deezer', ROAD_TRIP)}"),
        ("apple", f"https://music.apple.com/us/album/x/{number('apple', DEMO)}"),
        ("youtube_music", f"https://www.youtube.com/playlist?list={youtube_list(ROAD_TRIP)}"),
    ],
    ids=["deezer", "apple", "youtube"],
)
@pytest.mark.usefixtures("at_once")
async def test_a_platform_is_not_asked_for_what_was_sent(
    wired: LiveBot, loopback: Loopback, now: SetClock, service: str, link: str
) -> None:
    """Its lists are turned, played and exported as they were, and then are too old for that."""
    alice = wired.telegram.user("Alice")
    [listing] = await wired.ask(alice, link)
    job = callback_data(listing, "Export").split(":")[1]
    loopback.fail(service, How.STATUS, status=500)
    asked = len(loopback.requests(service))
    made = (TurnPage(job, 0), ShowQueues(job, 0), SendFile(job, Format.CSV))
    buttons: Panel = {type(data): (alice, listing, written(data)) for data in made}
    now.forward(hours=23)
    kept = await pressed(wired, buttons)
    await wired.rest()  # the file is on its way until it is there
    now.forward(hours=2)
    lapsed = await pressed(wired, buttons)

    assert dict.fromkeys(buttons) == kept
    assert dict.fromkeys(buttons, TOO_OLD) == lapsed
    assert asked == len(loopback.requests(service))
    assert await answered_once(wired)


async def test_the_numbers_need_no_reading(
    bot: LiveBot, telegram: Telegram, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where every row is a song that was looked up, their numbers are known from their count."""
    [listing] = await bot.ask(alice, "https://open.spotify.com/album/sampleAlbumHarbour0001")
    asked = telegram.sent(alice)[0]
    let_fail(monkeypatch, Resolver, "shown", AssertionError("nothing is read"))
    assert WHICH == await bot.toast(alice, listing, "Fix a track")
    assert asked["message_id"] == listing["message_id"]
