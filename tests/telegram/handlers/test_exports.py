"""Export: a choice of formats under a finished listing, and the file as a reply to it."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from bot.errors import StoreUnavailable
from bot.models.view import Format
from bot.sandbox.telegram.errors import ApiError, bad_request
from tests.e2e import worlds
from tests.e2e.live import buttons, callback_data, live

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.sandbox.telegram.state import Message, User
    from bot.storage.exports import Exports
    from tests.conftest import SetClock
    from tests.e2e.live import LiveBot
    from tests.e2e.services import Loopback
    from tests.staged.telegram import Telegram

ATLAS = "https://open.spotify.com/playlist/samplePlaylistAtlas001"
LONG = f"https://open.spotify.com/playlist/{worlds.playlist_id('Long drive')}"
TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
NAME = "Tracklink samples - Atlas of Imaginary Radio"


def documents(telegram: Telegram, chat: User) -> list[Message]:
    return [message for message in telegram.sent(chat) if "document" in message]


def export(listing: Message, kind: str) -> str:
    """The data of a format's button, which stands there once Export is tapped."""
    return f"{callback_data(listing, 'Export')}:{kind}"


def exports(bot: LiveBot) -> Exports:
    return bot.services.exporter.exports


async def test_a_format_is_chosen_in_place(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """Export opens the formats under the same message, and Back brings its buttons again."""
    [listing] = await bot.ask(alice, ATLAS)
    assert None is await bot.toast(alice, listing, "Export")
    menu = telegram.sent(alice)[-1]
    assert None is await bot.toast(alice, menu, "Back")
    [back] = telegram.sent(alice)

    assert [
        ["CSV", "Text", "M3U8"],
        ["JSON", "Web page", "All as ZIP"],
        ["Back"],
    ] == buttons(menu)
    assert listing["message_id"] == menu["message_id"]
    assert listing["text"] == menu["text"]
    assert buttons(listing) == buttons(back)


@pytest.mark.parametrize("kind", Format)
async def test_every_format_arrives(
    bot: LiveBot, telegram: Telegram, alice: User, kind: Format
) -> None:
    """The file comes as a reply to the listing, holds every track, and costs nothing."""
    [listing] = await bot.ask(alice, ATLAS)
    [before] = await bot.ask(alice, "/quota")
    assert None is await bot.forge(alice, alice, listing, export(listing, kind))
    await bot.rest()
    [file] = documents(telegram, alice)
    [after] = await bot.ask(alice, "/quota")

    assert f"{NAME}.{kind}" == file["document"]["file_name"]
    assert listing["message_id"] == file["reply_to_message"]["message_id"]
    assert before["text"] == after["text"]
    assert 45 == _tracks(kind, telegram.file_of(file))


def _tracks(kind: Format, content: bytes) -> int:
    """How many tracks a file names."""
    text = content.decode("utf-8-sig", "replace")
    match kind:
        case Format.CSV:
            return len(list(csv.DictReader(io.StringIO(text))))
        case Format.JSON:
            return len(json.loads(text)["tracks"])
        case Format.M3U8:
            return text.count("#EXTINF") + text.count("\n# ")
        case Format.TXT:
            return sum(line[:1].isdigit() and "  " in line for line in text.splitlines())
        case Format.HTML:
            assert 'src="data:image/png;base64,' in text
            return text.count('class="title"')
    with ZipFile(io.BytesIO(content)) as archive:
        assert None is archive.testzip()
        names = {name.rpartition(".")[2]: name for name in archive.namelist()}
        assert {str(each) for each in Format} - {"zip"} == names.keys()
        return _tracks(Format.CSV, archive.read(names["csv"]))


async def test_the_same_state_is_not_uploaded_again(
    bot: LiveBot, telegram: Telegram, alice: User, bob: User
) -> None:
    """Whoever exports the same listing gets the file that Telegram has already."""
    for person in (alice, bob, alice):
        [listing] = await bot.ask(person, ATLAS)
        await bot.forge(person, person, listing, export(listing, "html"))
        await bot.rest()

    sent = telegram.calls_of("sendDocument")
    assert [True, False, False] == [bool(call.files) for call in sent]
    files = [*documents(telegram, alice), *documents(telegram, bob)]
    assert 1 == len({file["document"]["file_id"] for file in files})


async def test_a_file_that_telegram_forgot_is_uploaded_anew(
    bot: LiveBot, telegram: Telegram, alice: User
) -> None:
    """A file id that is refused is no end: the file is sent again, and its new id kept."""
    [listing] = await bot.ask(alice, ATLAS)
    for refusal in (None, bad_request("wrong file identifier/HTTP URL specified"), None):
        if refusal:
            telegram.fail("sendDocument", refusal)
        await bot.forge(alice, alice, listing, export(listing, "csv"))
        await bot.rest()

    sent = telegram.calls_of("sendDocument")
    assert [True, False, True, False] == [bool(call.files) for call in sent]
    assert 3 == len(documents(telegram, alice))
    assert sent[2].result["document"]["file_id"] == sent[3].result["document"]["file_id"]


async def test_other_refusals_are_failures(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """What Telegram refuses for another reason is told, and the button works again later."""
    [listing] = await bot.ask(alice, ATLAS)
    await bot.forge(alice, alice, listing, export(listing, "csv"))
    await bot.rest()
    telegram.fail("sendDocument", bad_request("something else"))
    await bot.forge(alice, alice, listing, export(listing, "csv"))
    await bot.says(alice, "Something went wrong on my side")
    await bot.rest()
    await bot.forge(alice, alice, listing, export(listing, "csv"))
    await bot.rest()

    assert 2 == len(documents(telegram, alice))


async def test_a_second_tap_does_not_send_twice(
    bot: LiveBot, telegram: Telegram, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a file is on its way the same button only says so; another format may go beside."""
    [listing] = await bot.ask(alice, ATLAS)
    go_on, begun = asyncio.Event(), asyncio.Event()
    picture = bot.services.exporter.covers.picture

    async def slow(url: str | None) -> object:
        begun.set()
        await go_on.wait()
        return await picture(url)

    monkeypatch.setattr(bot.services.exporter.covers, "picture", slow)
    first = await bot.forge(alice, alice, listing, export(listing, "html"))
    await begun.wait()
    second = await bot.forge(alice, alice, listing, export(listing, "html"))
    await bot.forge(alice, alice, listing, export(listing, "csv"))
    go_on.set()
    await bot.rest()

    assert (None, "That file is on its way.") == (first, second)
    names = sorted(file["document"]["file_name"] for file in documents(telegram, alice))
    assert [f"{NAME}.csv", f"{NAME}.html"] == names


async def test_exports_work_after_a_restart(
    bot: LiveBot, settings: Settings, now: SetClock, telegram: Telegram, alice: User
) -> None:
    """Another process exports every track of an old listing, the same bytes as before."""
    [listing] = await bot.ask(alice, ATLAS)
    await bot.forge(alice, alice, listing, export(listing, "json"))
    await bot.rest()
    await bot.application.updater.stop()  # type: ignore[union-attr]  # a polling bot has one

    async with live(settings, clock=now, telegram=telegram) as other:
        await other.forge(alice, alice, listing, export(listing, "json"))
        await other.rest()

    first, second = documents(telegram, alice)
    assert first["document"]["file_id"] == second["document"]["file_id"]
    tracks = json.loads(telegram.file_of(second))["tracks"]
    kinds = [track["youtube"] and track["youtube"]["kind"] for track in tracks]
    assert 41 == sum(kind in ("audio", "video") for kind in kinds)
    assert tracks[0]["youtube"]["reasons"]


async def test_links_kept_no_longer_are_searches(
    bot: LiveBot, now: SetClock, telegram: Telegram, alice: User
) -> None:
    """What is not stored any more is exported as what it is: a search, with the reason."""
    [listing] = await bot.ask(alice, ATLAS)
    await bot.backends.mongo.db["matches"].delete_many({})
    await bot.forge(alice, alice, listing, export(listing, "json"))
    await bot.rest()

    [file] = documents(telegram, alice)
    [found, *_] = json.loads(telegram.file_of(file))["tracks"]
    assert "search" == found["youtube"]["kind"]
    assert ["no link is stored"] == [reason["detail"] for reason in found["youtube"]["reasons"]]


async def test_bursts_wait(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """Exports count like links a minute; a toast tells the wait, and nothing is sent."""
    [listing] = await bot.ask(alice, ATLAS)
    kinds = ("csv", "txt", "m3u8", "json", "csv", "txt")
    toasts = [await bot.forge(alice, alice, listing, export(listing, kind)) for kind in kinds]
    await bot.rest()

    assert [None] * 5 == toasts[:5]
    assert "That was quick. Try again in 10 s." == toasts[5]
    assert 5 == len(documents(telegram, alice))


async def test_anyone_of_a_group_may_export(
    bot: LiveBot, telegram: Telegram, alice: User, bob: User
) -> None:
    """A listing in a group can be read by all, so all can have it as a file, without a sound."""
    group = telegram.group("Friends", [alice, bob])
    [listing] = await bot.ask(alice, ATLAS, chat=group)
    assert None is await bot.toast(bob, listing, "Export")
    assert None is await bot.forge(bob, group, listing, export(listing, "txt"))
    await bot.rest()

    [call] = telegram.calls_of("sendDocument")
    assert call.params["disable_notification"]


@pytest.mark.parametrize("action", ["{data}", "{data}:csv"])
async def test_a_button_of_another_chat_does_nothing(
    bot: LiveBot, telegram: Telegram, alice: User, bob: User, action: str
) -> None:
    """Callback data copied into another chat exports nothing there."""
    [listing] = await bot.ask(alice, ATLAS)
    [other] = await bot.ask(bob, ATLAS)
    toast = await bot.forge(bob, bob, other, action.format(data=callback_data(listing, "Export")))

    assert "That list is too old to turn. Send its link again." == toast
    assert [] == documents(telegram, bob)


@pytest.mark.parametrize("data", ["x:job:exe", "x:job:csv:zip", "x:job:CSV"])
async def test_made_up_formats(bot: LiveBot, alice: User, data: str) -> None:
    """A format that does not exist is no button of ours."""
    [listing] = await bot.ask(alice, ATLAS)
    assert "That button no longer works." == await bot.forge(alice, alice, listing, data)


async def test_a_card_has_no_export(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """A single track is no listing: no button, and made-up data gets a toast."""
    [card] = await bot.ask(alice, TRACK)
    [job] = await bot.services.jobs.history(alice.id, 1)
    toast = await bot.forge(alice, alice, card, f"x:{job.id}:csv")

    assert not any("Export" in row for row in buttons(card))
    assert "That button no longer works." == toast
    assert [] == documents(telegram, alice)


async def test_a_running_list_has_no_export(
    wired: LiveBot, loopback: Loopback, telegram: Telegram, alice: User
) -> None:
    """The button comes with the end, also after Stop; made-up data gets a toast until then."""
    loopback.delays["youtube_music"] = 0.3
    telegram.send_text(alice, LONG)
    running = await wired.says(alice, "looking…")
    job = callback_data(running, "▶").split(":")[1]
    early = await wired.forge(alice, alice, running, f"x:{job}:csv")
    await wired.toast(alice, running, "Stop")
    await wired.rest()
    stopped = telegram.sent(alice)[-1]
    await wired.forge(alice, alice, stopped, export(stopped, "csv"))
    await wired.rest()

    assert not any("Export" in row for row in buttons(running))
    assert "This list is still being looked up. Try again when it is done." == early
    assert 45 == _tracks(Format.CSV, telegram.file_of(documents(telegram, alice)[-1]))


async def test_a_file_asks_nobody(
    wired: LiveBot, loopback: Loopback, now: SetClock, alice: User
) -> None:
    """For a day it holds what was sent, then a toast says what to do."""
    [listing] = await wired.ask(alice, LONG)
    loopback.log.clear()
    now.forward(hours=23)
    kept = await wired.forge(alice, alice, listing, export(listing, "csv"))
    await wired.rest()
    now.forward(hours=2)
    lapsed = await wired.forge(alice, alice, listing, export(listing, "csv"))

    assert (None, "That list is too old to turn. Send its link again.") == (kept, lapsed)
    assert [] == loopback.log


@pytest.mark.parametrize("method", ["claim", "file_id", "remember", "release"])
async def test_the_store_away(
    bot: LiveBot, telegram: Telegram, alice: User, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """Without the claim nothing is sent twice, so nothing is sent; the rest can be done without."""
    [listing] = await bot.ask(alice, ATLAS)

    async def away(*_: object) -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr(type(exports(bot)), method, away)
    toast = await bot.forge(alice, alice, listing, export(listing, "csv"))
    await bot.rest()

    told = "My memory is not answering. Try again in a few minutes." if method == "claim" else None
    assert told == toast
    assert (method != "claim") == bool(documents(telegram, alice))


async def test_a_closed_chat(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """Who blocks the bot meanwhile gets nothing, and nothing breaks."""
    [listing] = await bot.ask(alice, ATLAS)
    telegram.fail("sendDocument", ApiError(403, "Forbidden: bot was blocked by the user"))
    await bot.forge(alice, alice, listing, export(listing, "csv"))
    await bot.rest()
    assert [] == documents(telegram, alice)


async def test_a_file_too_large(
    bot: LiveBot, telegram: Telegram, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than Telegram takes is told with what to choose instead, before it is tried."""
    monkeypatch.setattr(bot.services.exporter, "most_bytes", 1000)
    [listing] = await bot.ask(alice, ATLAS)
    await bot.forge(alice, alice, listing, export(listing, "json"))
    said = await bot.says(alice, "50 MB")

    assert listing["message_id"] == said["reply_to_message"]["message_id"]
    assert [] == telegram.calls_of("sendDocument")


@pytest.mark.parametrize(("data", "toast"), [("", None), (":csv", None)])
async def test_a_chat_closed_meanwhile(
    bot: LiveBot, telegram: Telegram, alice: User, data: str, toast: str | None
) -> None:
    """Where nothing can be sent or edited any more, nothing is said and nothing breaks."""
    [listing] = await bot.ask(alice, ATLAS)
    for method in ("editMessageReplyMarkup", "sendDocument"):
        telegram.fail(method, ApiError(403, "Forbidden: bot was blocked by the user"))
    assert toast == await bot.forge(
        alice, alice, listing, f"{callback_data(listing, 'Export')}{data}"
    )
    await bot.rest()
    assert buttons(listing) == buttons(telegram.sent(alice)[-1])


@pytest.mark.parametrize("data", ["x:{}", "x:{}:csv", "w:{}:0"])
async def test_jobs_out_of_reach(
    bot: LiveBot, telegram: Telegram, alice: User, monkeypatch: pytest.MonkeyPatch, data: str
) -> None:
    """While the store does not answer, every button of a finished listing says so."""
    [listing] = await bot.ask(alice, ATLAS)

    async def away(*_: object) -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr(type(bot.services.jobs), "get", away)
    job = callback_data(listing, "Export")[2:]
    toast = await bot.forge(alice, alice, listing, data.format(job))

    assert "My memory is not answering. Try again in a few minutes." == toast
    assert [] == documents(telegram, alice)
