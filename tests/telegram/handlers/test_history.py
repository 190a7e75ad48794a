"""/history, and what `t.me/<bot>?start=` links open."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.e2e import worlds
from tests.e2e.live import buttons, callback_data

if TYPE_CHECKING:
    from bot.sandbox.telegram.state import User
    from tests.conftest import SetClock
    from tests.e2e.live import LiveBot
    from tests.staged.telegram import Telegram

TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
ALBUM = "https://open.spotify.com/album/sampleAlbumHarbour0001"


async def test_the_last_listings_open_again(
    bot: LiveBot, telegram: Telegram, now: SetClock, alice: User
) -> None:
    """Each once, newest first; a press opens it in a message of its own and costs nothing."""
    for link in (TRACK, ALBUM, TRACK):
        now.forward(seconds=1)
        await bot.ask(alice, link)
    [before] = await bot.ask(alice, "/quota")
    [history] = await bot.ask(alice, "/history")
    toast = await bot.toast(alice, history, "Harbour of Small Hours — Ondine Vargo")
    await bot.rest()
    opened = telegram.sent(alice)[-1]
    [after] = await bot.ask(alice, "/quota")

    assert [
        ["Paper Moths at the Window — Ottoline Brack"],
        ["Harbour of Small Hours — Ondine Vargo"],
    ] == buttons(history)
    assert None is toast
    assert opened["message_id"] > history["message_id"]
    assert "12 official · 2 search only" in opened["text"]
    assert before["text"] == after["text"]


async def test_the_newest_stand_first(wired: LiveBot, now: SetClock, alice: User) -> None:
    """Before anything was opened there is a sentence; then the lists by their time."""
    [none] = await wired.ask(alice, "/history")
    for name in ("Road trip", "Long drive", "Short walk"):
        now.forward(minutes=1)
        await wired.ask(alice, f"https://open.spotify.com/playlist/{worlds.playlist_id(name)}")
    [history] = await wired.ask(alice, "/history")

    assert "You have opened no list yet. Send me a link first." == none["text"]
    assert [["Short walk — Testers"], ["Long drive — Testers"], ["Road trip — Testers"]] == (
        buttons(history)
    )


async def test_in_a_group_it_is_private(
    bot: LiveBot, telegram: Telegram, alice: User, bob: User
) -> None:
    """A group sees only the way to the private chat."""
    group = telegram.group("Friends", [alice, bob])
    await bot.ask(alice, ALBUM)
    [answer] = await bot.ask(alice, "/history", chat=group)

    assert "That is only for you: it opens in the private chat." == answer["text"]
    [[button]] = answer["reply_markup"]["inline_keyboard"]
    assert button["url"].endswith("?start=history")


async def test_nobody_opens_what_others_opened(bot: LiveBot, alice: User, bob: User) -> None:
    """The button of another person's listing, or of one that is gone, opens nothing."""
    await bot.ask(alice, ALBUM)
    [history] = await bot.ask(alice, "/history")
    [theirs] = await bot.ask(bob, "/history")
    data = callback_data(history, "Harbour of Small Hours — Ondine Vargo")
    said = [await bot.forge(bob, bob, theirs, each) for each in (data, "h:nosuchjob")]

    assert ["That is no longer stored. Send its link again."] * 2 == said


async def test_too_many_presses_have_to_wait(bot: LiveBot, alice: User) -> None:
    """A press counts as a link: six a minute."""
    await bot.ask(alice, TRACK)
    [history] = await bot.ask(alice, "/history")
    label = "Paper Moths at the Window — Ottoline Brack"
    said = [await bot.toast(alice, history, label) for _ in range(6)]
    await bot.rest()

    assert [None] * 5 + ["That was quick. Try again in a minute."] == said


async def test_the_store_is_away(
    bot: LiveBot, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.errors import StoreUnavailable

    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("MongoDB does not answer")

    await bot.ask(alice, TRACK)
    [history] = await bot.ask(alice, "/history")
    monkeypatch.setattr(bot.services.jobs, "get", away)
    label = "Paper Moths at the Window — Ottoline Brack"

    assert "My memory is not answering. Try again in a few minutes." == (
        await bot.toast(alice, history, label)
    )


async def test_a_start_link_opens_a_listing(bot: LiveBot, alice: User) -> None:
    """What the share button leads to is the same list, in the private chat of whoever opens it."""
    [listing] = await bot.ask(alice, ALBUM)
    share = next(
        button["url"]
        for row in listing["reply_markup"]["inline_keyboard"]
        for button in row
        if button["text"] == "Share ↗"
    )
    query = parse_qs(urlsplit(share).query)
    payload = parse_qs(urlsplit(query["url"][0]).query)["start"][0]
    [opened] = await bot.ask(alice, f"/start {payload}")

    assert "album_sampleAlbumHarbour0001" == payload
    assert ["Harbour of Small Hours — Ondine Vargo"] == query["text"]
    assert listing["text"] == opened["text"]


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        ("track_sampleTrackPaperMoth01", "Paper Moths at the Window"),
        ("history", "You have opened no list yet."),
        ("fixes", "You have put no track right yet."),
        ("", "Paste a Spotify link"),
        ("inline", "Paste a Spotify link"),
        ("album_nothing", "That link leads to nothing I can open"),
        ("upload_abcdef", "That link leads to nothing I can open"),
        ("album_$where two words", "That link leads to nothing I can open"),
    ],
)
async def test_start_with_a_payload(bot: LiveBot, alice: User, payload: str, text: str) -> None:
    """What cannot be opened is said, and then what the bot is for."""
    [answer] = await bot.ask(alice, f"/start {payload}".strip())

    assert answer["text"].startswith(text)
    assert ("Paste a Spotify link" in answer["text"]) == (
        payload in ("", "inline") or "nothing I" in text
    )


async def test_start_in_a_group_needs_no_payload(
    bot: LiveBot, telegram: Telegram, alice: User
) -> None:
    """Who adds the bot through a link gets the greeting, whatever Telegram hands on."""
    group = telegram.group("Friends", [alice])
    [answer] = await bot.ask(alice, "/start@TracklinkBot true", chat=group)

    assert "leads to nothing" not in answer["text"]
