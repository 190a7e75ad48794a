"""/settings and /language, in private and in groups."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.errors import StoreUnavailable
from bot.models.preferences import DEFAULTS, Mode
from bot.render.settings import LANGUAGES
from bot.sandbox.telegram.errors import bad_request
from bot.telegram.handlers import groups
from bot.telegram.handlers.groups import FRESH
from tests.e2e.live import buttons

if TYPE_CHECKING:
    from bot.sandbox.telegram.state import User
    from tests.conftest import SetClock
    from tests.e2e.live import LiveBot
    from tests.staged.groups import Group
    from tests.staged.telegram import Telegram

TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
ONLY_ADMINS = "Only administrators of this group can change its settings."


@pytest.fixture
def group(telegram: Telegram, alice: User, bob: User) -> Group:
    """A group of Alice, who owns it, and Bob."""
    return telegram.group("Friends", [alice, bob])


async def test_settings_in_private(bot: LiveBot, alice: User) -> None:
    """/settings says what holds, and each platform and the language have their button."""
    [menu] = await bot.ask(alice, "/settings")

    assert "Your settings\n\nLinks: Spotify and YouTube" == menu["text"]
    assert [
        ["✓ Spotify", "✓ YouTube"],
        ["YouTube Music", "Apple Music"],
        ["Deezer"],
        ["Language: as in Telegram"],
    ] == buttons(menu)


async def test_platforms_go_on_and_off(bot: LiveBot, alice: User) -> None:
    """A tap changes the message in place, and the order stays whatever is tapped first."""
    [menu] = await bot.ask(alice, "/settings")
    assert None is await bot.toast(alice, menu, "Deezer")
    assert None is await bot.toast(alice, menu, "Apple Music")
    assert None is await bot.toast(alice, menu, "✓ Spotify")
    after = bot.telegram.sent(alice)[-1]

    assert menu["message_id"] == after["message_id"]
    assert "Links: YouTube, Apple Music, and Deezer" == after["text"].splitlines()[-1]
    assert ("youtube", "apple_music", "deezer") == bot.services.preferences.of(alice.id).platforms
    assert bot.services.preferences.of(alice.id) == await bot.services.users.preferences(alice.id)


async def test_one_platform_stays_on(bot: LiveBot, alice: User) -> None:
    """The last kind of links cannot be turned off."""
    [menu] = await bot.ask(alice, "/settings")
    await bot.toast(alice, menu, "✓ Spotify")
    toast = await bot.toast(alice, menu, "✓ YouTube")

    assert "One kind of links has to stay on." == toast
    assert ("youtube",) == bot.services.preferences.of(alice.id).platforms


async def test_a_language_of_ones_own(bot: LiveBot, alice: User) -> None:
    """/language offers the ten languages by their own names, and back to what Telegram says."""
    [menu] = await bot.ask(alice, "/language")
    names = [label for row in buttons(menu) for label in row]
    assert "Which language do I speak with you?" == menu["text"]
    assert [*LANGUAGES.values(), "✓ As in Telegram", "◀ Settings"] == names

    await bot.toast(alice, menu, "Türkçe")
    chosen = bot.telegram.sent(alice)[-1]
    assert "tr" == bot.services.preferences.of(alice.id).language
    assert "✓ Türkçe" in [label for row in buttons(chosen) for label in row]
    await bot.toast(alice, menu, "o:v:settings")
    assert ["Dil: Türkçe"] == buttons(bot.telegram.sent(alice)[-1])[-1]
    await bot.toast(alice, menu, "o:v:language")
    await bot.toast(alice, menu, "o:l:auto")
    assert DEFAULTS == bot.services.preferences.of(alice.id)


async def test_a_groups_settings(bot: LiveBot, group: Group, alice: User) -> None:
    """In a group an administrator also chooses when links are answered."""
    [menu] = await bot.ask(alice, "/settings", chat=group)
    assert "I answer every link, unless !skip stands beside it." in menu["text"].splitlines()
    await bot.toast(alice, menu, "When mentioned")
    after = bot.telegram.sent(group)[-1]

    assert Mode.MENTIONED is bot.services.preferences.of(group.id).mode
    assert ["Every link", "✓ When mentioned"] == buttons(after)[3]
    assert after["text"].startswith("Settings of this group\n\nLinks: Spotify and YouTube\n")
    assert "I answer links only beside my name, or in a reply to me." in after["text"]
    assert DEFAULTS == bot.services.preferences.of(alice.id)


async def test_only_administrators_change_a_group(
    bot: LiveBot, now: SetClock, group: Group, alice: User, bob: User
) -> None:
    """Another member's tap gets a toast, until they are made an administrator."""
    [refused] = await bot.ask(bob, "/settings", chat=group)
    [menu] = await bot.ask(alice, "/settings", chat=group)
    before = await bot.toast(bob, menu, "When mentioned")
    bot.telegram.groups.promote(group, bob)
    now.forward(seconds=FRESH / timedelta(seconds=1))
    after = await bot.toast(bob, menu, "When mentioned")

    assert (
        "Only administrators can change the settings of a group. Send me /settings in private "
        "for your own."
    ) == refused["text"]
    assert (ONLY_ADMINS, None) == (before, after)
    assert Mode.MENTIONED is bot.services.preferences.of(group.id).mode
    assert 2 == len(bot.telegram.calls_of("getChatAdministrators"))


async def test_an_anonymous_administrator(
    bot: LiveBot, telegram: Telegram, group: Group, alice: User
) -> None:
    """Who writes as the group itself administers it; their taps come in their own name."""
    [menu] = await bot.answers(telegram.groups.say_as_group(group, "/settings"))

    assert menu["text"].startswith("Settings of this group\n")
    assert None is await bot.toast(alice, menu, "Deezer")


async def test_telegram_does_not_say_who_administers(
    bot: LiveBot, telegram: Telegram, group: Group, alice: User
) -> None:
    """Where Telegram does not name the administrators, nobody changes anything."""
    telegram.fail("getChatAdministrators", bad_request("CHAT_ADMIN_REQUIRED"))
    [refused] = await bot.ask(alice, "/language", chat=group)

    assert refused["text"].startswith("Only administrators can change")


@pytest.fixture
def one_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room for the administrators of one group. Asked for before the bot."""
    monkeypatch.setattr(groups, "MOST", 1)  # a thousand groups would have to ask


@pytest.mark.usefixtures("one_group")
async def test_administrators_are_remembered_for_so_many_groups(bot: LiveBot, alice: User) -> None:
    """The group that was asked about longest ago is asked about again."""
    first, second = (bot.telegram.group(name, [alice]) for name in ("One", "Two"))
    for chat in (first, first, second, first):
        await bot.ask(alice, "/settings", chat=chat)

    assert 3 == len(bot.telegram.calls_of("getChatAdministrators"))


@pytest.mark.parametrize("data", ["o:l:xx", "o:m:loud", "o:p:", "o:p:99", "o:v:", "o:x:1"])
async def test_made_up_data_changes_nothing(bot: LiveBot, alice: User, data: str) -> None:
    """What no button carries changes nothing."""
    [menu] = await bot.ask(alice, "/settings")
    await bot.forge(alice, alice, menu, data)

    assert DEFAULTS == bot.services.preferences.of(alice.id)


async def test_the_store_away(bot: LiveBot, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """While nothing can be stored a tap says so, and the message stands."""

    async def away(owner_id: int, /, **changes: object) -> None:
        raise StoreUnavailable("MongoDB does not answer")

    [menu] = await bot.ask(alice, "/settings")
    monkeypatch.setattr(bot.services.preferences._users, "choose", away)
    toast = await bot.toast(alice, menu, "Deezer")

    assert "My memory is not answering. Try again in a few minutes." == toast
    assert menu == bot.telegram.sent(alice)[-1]


async def test_another_message_does_not_become_the_settings(
    bot: LiveBot, telegram: Telegram, group: Group, alice: User, bob: User
) -> None:
    """Not even for an administrator whose client makes buttons up."""
    [card] = await bot.ask(bob, TRACK, chat=group)

    assert "That button no longer works." == await bot.forge(alice, group, card, "o:v:settings")
    assert [card] == telegram.sent(group)
