"""A sign of life on the person's message where the answer takes longer than a moment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.telegram.errors import bad_request
from bot.sandbox.telegram.params import decode
from bot.telegram import send_limits
from tests.e2e import worlds
from tests.e2e.faults import How
from tests.telegram.conftest import QUICK

if TYPE_CHECKING:
    from bot.clock import Timing
    from bot.sandbox.telegram.state import Message, User
    from tests.e2e.live import LiveBot
    from tests.e2e.services import Loopback
    from tests.staged.telegram import Telegram

ROAD_TRIP = f"https://open.spotify.com/playlist/{worlds.playlist_id('Road trip')}"
SHORT_WALK = f"https://open.spotify.com/playlist/{worlds.playlist_id('Short walk')}"
SOON = replace(QUICK, seen_after_s=0.02, wait_note_after_s=0.3)
UNTIL_SEEN_S = 60.0  # taken back once the sign is there
NOTHING = "https://open.spotify.com/playlist/sampleNothingHere00001"


@pytest.fixture
def timing() -> Timing:
    """A moment is shorter here."""
    return SOON


def given(telegram: Telegram, said: Message) -> list[list[str]]:
    """The reactions that a message got, one after the other."""
    calls = [decode(call.params) for call in telegram.calls_of("setMessageReaction")]
    return [
        [reaction["emoji"] for reaction in params.get("reaction", [])]
        for params in calls
        if params["message_id"] == said["message_id"]
    ]


async def test_a_slow_answer_is_announced(
    wired: LiveBot, loopback: Loopback, telegram: Telegram, alice: User
) -> None:
    """👀 while Spotify takes its time, 👌 when the list is done."""
    loopback.delays["spotify_api"] = UNTIL_SEEN_S
    said = telegram.send_text(alice, SHORT_WALK)
    await telegram.until(lambda: ["👀"] == telegram.reactions(said))
    assert [] == telegram.sent(alice)
    loopback.delays.clear()
    await wired.rest()
    await telegram.until(lambda: ["👌"] == telegram.reactions(said))
    assert [["👀"], ["👌"]] == given(telegram, said)


async def test_no_reaction_is_in_the_way_of_answers(
    wired: LiveBot,
    loopback: Loopback,
    telegram: Telegram,
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While calls wait for the overall limit, reactions would be what the others wait for."""
    # As when calls wait without end, which no person alone can bring about.
    monkeypatch.setattr(send_limits, "SPARE", send_limits.OVERALL[0] + 1)
    loopback.delays["spotify_api"] = 0.05
    said = telegram.send_text(alice, SHORT_WALK)
    await wired.rest()
    assert telegram.sent(alice)
    assert [] == given(telegram, said)


@pytest.mark.parametrize("timing", [replace(SOON, seen_after_s=0.7)])
async def test_a_quick_answer_speaks_for_itself(
    wired: LiveBot, telegram: Telegram, alice: User
) -> None:
    """No reaction where the answer is there within the moment."""
    said = telegram.send_text(alice, SHORT_WALK)
    await wired.rest()
    await telegram.until(lambda: not wired.services.reactions.watching)
    assert [] == given(telegram, said)


async def test_several_links_get_one_sign(
    wired: LiveBot, loopback: Loopback, telegram: Telegram, alice: User
) -> None:
    """A message with two slow links is done when both are."""
    loopback.delays["spotify_api"] = UNTIL_SEEN_S
    said = telegram.send_text(alice, f"{SHORT_WALK} {ROAD_TRIP}")
    await telegram.until(lambda: given(telegram, said))
    loopback.delays.clear()
    await wired.rest()
    await telegram.until(lambda: ["👌"] == telegram.reactions(said))
    assert [["👀"], ["👌"]] == given(telegram, said)


async def test_what_failed_is_not_done(
    wired: LiveBot, loopback: Loopback, telegram: Telegram, alice: User
) -> None:
    """Where there is no list the 👀 goes away: the sentence says why."""
    for service in ("spotify_api", "spotify_web"):
        loopback.delays[service] = UNTIL_SEEN_S
    said = telegram.send_text(alice, NOTHING)
    await telegram.until(lambda: given(telegram, said))
    loopback.delays.clear()
    await wired.rest()
    await telegram.until(lambda: 2 == len(given(telegram, said)))
    assert [["👀"], []] == given(telegram, said)


async def test_what_is_tried_again_later_is_not_done(
    wired: LiveBot, loopback: Loopback, telegram: Telegram, alice: User
) -> None:
    """The list says that links are missing; a sign of success would say otherwise."""
    loopback.delays["spotify_api"] = UNTIL_SEEN_S
    loopback.fail("youtube_music", How.STATUS, status=500, path="search")
    said = telegram.send_text(alice, SHORT_WALK)
    await telegram.until(lambda: given(telegram, said))
    loopback.delays.clear()
    await wired.rest()
    await telegram.until(lambda: 2 == len(given(telegram, said)))
    assert [["👀"], []] == given(telegram, said)


async def test_a_chat_without_reactions(
    wired: LiveBot, loopback: Loopback, telegram: Telegram, alice: User
) -> None:
    """Where they are not allowed there is one try, and the answer comes as ever."""
    loopback.delays["spotify_api"] = UNTIL_SEEN_S
    telegram.fail("setMessageReaction", bad_request("REACTION_INVALID"))
    said = telegram.send_text(alice, SHORT_WALK)
    await telegram.until(lambda: given(telegram, said))
    loopback.delays.clear()
    [listing] = await wired.answers(said)
    assert listing["text"].startswith("Short walk\n")
    assert [["👀"]] == given(telegram, said)


async def test_more_messages_than_are_watched(
    wired: LiveBot,
    loopback: Loopback,
    telegram: Telegram,
    alice: User,
) -> None:
    """The memory is bounded; the answer comes as ever."""
    wired.services.reactions.most = 0
    loopback.delays["spotify_api"] = 0.05
    said = telegram.send_text(alice, SHORT_WALK)
    assert 1 == len(await wired.answers(said))
    assert [] == given(telegram, said)
