"""Groups: what is answered there and how, and the bot coming, going and moving."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from bot.models import CandidateKind
from bot.models.preferences import Mode
from bot.quota.policy import BURST
from bot.sandbox.services import catalogue
from tests.e2e.live import buttons, eventually, live
from tests.staged.groups import ANONYMOUS
from tests.staged.telegram import Telegram

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.sandbox.telegram.state import User
    from tests.conftest import SetClock
    from tests.e2e.live import LiveBot
    from tests.staged.groups import Group

TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
ATLAS = "https://open.spotify.com/playlist/samplePlaylistAtlas001"
MOTHS = "Paper Moths at the Window\n"


@pytest.fixture
def group(telegram: Telegram, alice: User, bob: User) -> Group:
    """A group of Alice, who owns it, and Bob."""
    return telegram.group("Friends", [alice, bob])


async def test_a_long_list_is_one_page(bot: LiveBot, group: Group, alice: User, bob: User) -> None:
    """A group gets the first page, a button to all in private, and pays for that page alone."""
    [listing] = await bot.ask(bob, ATLAS, chat=group)
    button = listing["reply_markup"]["inline_keyboard"][0][0]
    [paid] = await bot.ask(bob, "/quota")

    rows = [line for line in listing["text"].splitlines() if line[:1].isdigit()]
    assert "45 tracks" == rows[0]
    assert "20  Il gatto del semaforo · Orchestra Zafferano Blu · 3:16" == rows[-2]
    assert listing["text"].endswith("\nThe first 20 are here; the button opens all in private.")
    assert "Full list in private ↗" == button["text"]
    assert "https://t.me/TracklinkBot?start=playlist_samplePlaylistAtlas001" == button["url"]
    assert not [row for row in buttons(listing) if "▶" in row]
    assert paid["text"].startswith("Today you used 19 of your 300 tracks")

    await bot.ask(bob, ATLAS)
    [rest] = await bot.ask(bob, "/quota")
    assert rest["text"].startswith("Today you used 42 of your 300 tracks")


async def test_the_full_list_does_not_come_back_by_a_button(
    bot: LiveBot, group: Group, alice: User
) -> None:
    """Callback data that somebody makes up turns no page of a list in a group."""
    [listing] = await bot.ask(alice, ATLAS, chat=group)
    [job] = await bot.services.jobs.history(alice.id, 1)
    toast = await bot.forge(alice, group, listing, f"p:{job.id}:1")

    assert "This is the last page." == toast


@pytest.mark.parametrize("text", [f"{TRACK} !skip", f"!SKIP\n{TRACK}", f"so good {TRACK} !skip!"])
async def test_skip_is_respected(bot: LiveBot, group: Group, alice: User, text: str) -> None:
    """Beside !skip a link stays alone, in groups and in private."""
    assert [] == await bot.ask(alice, text, chat=group)
    assert [] == await bot.ask(alice, text)


async def test_skip_inside_a_word_is_no_skip(bot: LiveBot, group: Group, alice: User) -> None:
    """Only the word itself counts."""
    [card] = await bot.ask(alice, f"a!skip !skipping {TRACK}", chat=group)

    assert card["text"].startswith(MOTHS)


async def test_own_listings_sent_on(bot: LiveBot, group: Group, alice: User) -> None:
    """A forward of the bot's own answer is left alone in a group; in private it gets a line."""
    me = bot.telegram.world.bot
    assert [] == await bot.ask(alice, TRACK, chat=group, forward_from=me)
    [line] = await bot.ask(alice, TRACK, forward_from=me)

    assert not line["text"].startswith(MOTHS)
    rows = "1  Low Tide Radio · 3:42\n    Spotify\n2  Ropewalk · 4:05\n    Spotify"
    [listing] = await bot.ask(alice, rows, forward_from=me)
    assert "tracks" not in listing["text"]


@pytest.mark.parametrize(
    "change",
    [
        {"via_bot": {"id": 9, "is_bot": True, "first_name": "Robot"}},
        {"via_bot": {"id": 7000000001, "is_bot": True, "first_name": "Tracklink"}},
        {"from": {"id": 9, "is_bot": True, "first_name": "Robot"}},
        {
            "from": {"id": 777000, "is_bot": False, "first_name": "Telegram"},
            "sender_chat": {"id": -100777, "type": "channel", "title": "News"},
            "is_automatic_forward": True,
        },
        {
            "from": {"id": 136817688, "is_bot": True, "first_name": "Channel"},
            "sender_chat": {"id": -100778, "type": "channel", "title": "Mine"},
        },
    ],
    ids=["via-bot", "via-itself", "bot", "channel-forward", "as-channel"],
)
async def test_who_is_not_answered(
    bot: LiveBot, group: Group, alice: User, change: dict[str, Any]
) -> None:
    """Bots, what came through one, and channels ask nothing."""
    said = bot.telegram.send_text(alice, TRACK, chat=group)
    update = bot.telegram.world.updates.pending.pop()
    bot.telegram.world.updates.add("message", update["message"] | change)

    assert [] == await bot.answers(said)


async def test_an_anonymous_administrator_asks(bot: LiveBot, group: Group) -> None:
    """Who writes as the group itself is answered, out of what all such groups share."""
    [card] = await bot.answers(bot.telegram.groups.say_as_group(group, TRACK))

    assert card["text"].startswith(MOTHS)
    assert [59, 59] == [await _left(bot, group_id) for group_id in (group.id, -1)]


async def test_an_anonymous_administrator_searches(
    bot: LiveBot, group: Group, alice: User, bob: User
) -> None:
    """The group asks, so one of its administrators chooses, and pays nothing for it."""
    [choices] = await bot.answers(bot.telegram.groups.say_as_group(group, "/search paper moths"))
    [[song]] = buttons(choices)

    refusal = "Only the person who searched can choose. Send /search yourself."
    assert refusal == await bot.toast(bob, choices, song)
    assert None is await bot.toast(alice, choices, song)
    await bot.says(group, MOTHS)
    await bot.rest()
    assert [59, 300] == [await _left(bot, payer) for payer in (group.id, alice.id)]


async def test_the_commands_of_an_anonymous_administrator_concern_the_group(
    bot: LiveBot, group: Group
) -> None:
    """Telegram shows all such administrators of all groups as one and the same bot."""
    say = partial(bot.telegram.groups.say_as_group, group)
    [card] = await bot.answers(say("/start track_sampleTrackPaperMoth01"))
    [quota] = await bot.answers(say("/quota"))
    await bot.answers(say("/forget"))

    assert card["text"].startswith(MOTHS)
    assert quota["text"].startswith(
        "Today you used 1 of your 60 tracks; 59 are left.\n"
        "All administrators who stay anonymous, in all groups, share them; under your own name you "
        "have your own. The day turns in "
    )
    assert 59 == await _left(bot, group.id)
    assert 300 == await _left(bot, ANONYMOUS.id)
    assert [] == await bot.services.jobs.history(group.id, 1)


async def test_a_card_of_the_group_is_put_right_by_its_administrators(
    bot: LiveBot, group: Group, alice: User, bob: User
) -> None:
    """The choice is the group's own, as the card is."""
    [card] = await bot.answers(bot.telegram.groups.say_as_group(group, TRACK))
    refusal = "Only the person who asked for this list can choose here."
    assert refusal == await bot.toast(bob, card, "Wrong song?")
    assert None is await bot.toast(alice, card, "Wrong song?")
    offer = await bot.says(group, "Which one is right")
    await bot.toast(alice, offer, "3")

    await bot.says(group, "YouTube ✎ chosen by hand")
    assert [1, 0] == [
        len(await bot.services.corrections.store.of_user(one)) for one in (group.id, alice.id)
    ]


async def _left(bot: LiveBot, payer: int) -> int | None:
    _, standing = await bot.services.meter.stands(payer)
    return standing.remaining


async def test_only_when_mentioned(bot: LiveBot, group: Group, alice: User, bob: User) -> None:
    """In that mode a link needs the bot's name beside it, or to reply to the bot."""
    await bot.services.preferences.change(group.id, mode=Mode.MENTIONED)
    mention = {"type": "text_mention", "offset": 0, "length": 3}
    me, her = bot.telegram.world.bot.to_api(), alice.to_api()
    assert [] == await bot.ask(bob, TRACK, chat=group)
    assert [] == await bot.ask(bob, f"@otherbot {TRACK}", chat=group)
    assert [] == await bot.ask(bob, f"you {TRACK}", chat=group, entities=[mention | {"user": her}])
    [named] = await bot.ask(bob, f"@tracklinkbot {TRACK}", chat=group)
    [called] = await bot.ask(bob, f"you {TRACK}", chat=group, entities=[mention | {"user": me}])
    [replied] = await bot.ask(bob, TRACK, chat=group, reply_to=named)
    said = bot.telegram.send_photo(bob, chat=group, caption=f"@TracklinkBot {TRACK}")
    [shown] = await bot.answers(said)

    assert [True] * 4 == [m["text"].startswith(MOTHS) for m in (named, called, replied, shown)]


async def test_added(bot: LiveBot, group: Group, alice: User) -> None:
    """A group that adds the bot hears once, without a sound, how to use it."""
    bot.telegram.groups.remove(group, alice)
    said = bot.telegram.groups.invite(group, alice)
    greeting = await bot.says(group, "Paste a link")
    await bot.rest()

    assert "Write !skip beside a link that I should leave alone." in greeting["text"]
    assert [greeting] == [m for m in bot.telegram.sent(group) if m["date"] >= said["date"]]
    [sent] = bot.telegram.calls_of("sendMessage")
    assert True is sent.params["disable_notification"]


async def test_removed(bot: LiveBot, group: Group, alice: User) -> None:
    """Thrown out, the bot ends the group's jobs and keeps what it chose for a while."""
    await bot.services.preferences.change(group.id, language="de")
    bot.telegram.groups.remove(group, alice)
    await eventually(lambda: _expires_soon(bot, group))
    assert [] == bot.telegram.sent(group)


async def _expires_soon(bot: LiveBot, group: Group) -> bool:
    document = await bot.backends.mongo.db["chats"].find_one({"_id": group.id})
    assert document is not None
    return bool((document["expires_at"] - bot.services.clock()).days <= 30)


async def test_promoted(bot: LiveBot, group: Group) -> None:
    """A promotion needs no word."""
    bot.telegram.groups.promote(group, bot.telegram.world.bot)
    await bot.rest()

    assert [] == bot.telegram.sent(group)


async def test_migrated(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """A supergroup has what its group chose, and is answered."""
    group = telegram.group("Friends", [alice], basic=True)
    await bot.ask(alice, "/settings", chat=group)
    await bot.services.preferences.change(group.id, language="de", mode=Mode.MENTIONED)
    bigger = telegram.groups.migrate(group)
    await eventually(lambda: _moved(bot, bigger))
    [card] = await bot.ask(alice, f"@TracklinkBot {TRACK}", chat=bigger)

    assert [] == await bot.ask(alice, TRACK, chat=bigger)
    assert card["text"].startswith(MOTHS)
    assert "de" == bot.services.preferences.of(bigger.id).language


async def _moved(bot: LiveBot, group: Group) -> bool:
    return await bot.services.chats.preferences(group.id) is not None


async def test_privacy_mode(settings: Settings, now: SetClock) -> None:
    """With privacy mode on the bot answers beside its name, and says so; as administrator, all."""
    telegram = Telegram(clock=now, privacy=True)
    async with live(settings, clock=now, telegram=telegram) as bot:
        alice = telegram.user("Alice")
        group = telegram.group("Friends", [alice])
        [narrow] = await bot.ask(alice, "/start@TracklinkBot", chat=group)
        unseen = await bot.ask(alice, TRACK, chat=group)
        [card] = await bot.ask(alice, f"@TracklinkBot {TRACK}", chat=group)
        telegram.groups.promote(group, telegram.world.bot)
        now.forward(seconds=61)
        [wide] = await bot.ask(alice, "/start", chat=group)
        [seen] = await bot.ask(alice, TRACK, chat=group)

    assert "In this group I see only commands, messages with my name" in narrow["text"]
    assert "make me an administrator, or turn my privacy mode off" in narrow["text"]
    assert [] == unseen
    assert card["text"].startswith(MOTHS)
    assert wide["text"].startswith("Paste a link to a track, album or playlist here")
    assert seen["text"].startswith(MOTHS)


def video(kind: CandidateKind) -> str:
    """The address of a sample recording of that kind; the upload is found at Spotify by none."""
    finds = catalogue.world(catalogue.read()).finds
    known = (find.candidate for find in finds if "aper " in find.candidate.title)
    return next(found.url for found in known if found.kind is kind)


UPLOAD, OFFICIAL = video(CandidateKind.UPLOAD), video(CandidateKind.VIDEO)
GONE = "https://youtu.be/aaaaaaaaaaa"


@pytest.mark.parametrize("address", [UPLOAD, GONE])
async def test_a_video_that_is_no_music_gets_no_word(
    bot: LiveBot, group: Group, alice: User, address: str
) -> None:
    """People post videos in groups all day: without music there is no card, note, nod or cost."""
    assert [] == await bot.ask(alice, f"look at this: {address}", chat=group)
    [paid] = await bot.ask(alice, "/quota")

    assert paid["text"].startswith("Today you used 0 of your 300 tracks")
    assert "setMessageReaction" not in [call.method for call in bot.telegram.calls]


async def test_a_video_that_is_music_is_answered(bot: LiveBot, group: Group, alice: User) -> None:
    """An official video gets its card in a group, though nobody asked; the other one beside not."""
    [card] = await bot.ask(alice, f"{UPLOAD} and {OFFICIAL}", chat=group)

    assert card["text"].startswith(MOTHS)


@pytest.mark.parametrize("text", ["@TracklinkBot {}", "/search {}"])
async def test_any_video_is_answered_when_asked(
    bot: LiveBot, group: Group, alice: User, text: str
) -> None:
    """Whoever names the bot or sends it a command is answered whatever the video is."""
    [card] = await bot.ask(alice, text.format(UPLOAD), chat=group)
    [lost] = await bot.ask(alice, text.format(GONE), chat=group)

    assert "The video you sent is a user's upload." in card["text"]
    assert lost["text"].startswith("YouTube has nothing behind that link")


async def test_a_command_with_a_link_asks(bot: LiveBot, group: Group, alice: User) -> None:
    """/search with a link is answered also where the bot waits to be named."""
    await bot.services.preferences.change(group.id, mode=Mode.MENTIONED)
    [card] = await bot.ask(alice, f"/search {TRACK}", chat=group)

    assert card["text"].startswith(MOTHS)


async def test_many_videos_in_a_minute_get_no_word(bot: LiveBot, group: Group, alice: User) -> None:
    """The limit for a minute is told only to those who asked for something."""
    posted = " ".join(f"https://youtu.be/aaaaaaaaaa{at}" for at in range(BURST + 1))

    assert [] == await bot.ask(alice, posted, chat=group)


async def test_words_beside_the_name_are_searched_for(
    bot: LiveBot, group: Group, alice: User, bob: User
) -> None:
    """Whoever names the bot is answered: a song by its words, else a line on what to send."""
    [choices] = await bot.ask(bob, "@TracklinkBot low tide", chat=group)
    [hint] = await bot.ask(alice, "@TracklinkBot", chat=group)
    missed = await bot.ask(bob, "so nice", chat=group, reply_to=hint)

    assert "Songs for “low tide”. Which one is it?" == choices["text"]
    assert hint["text"].startswith("Send me a Spotify link, or a song by artist and title.")
    assert [] == missed


@pytest.mark.parametrize("command", ["/quota", "/help", "/cancel", "/privacy", "/forget"])
async def test_commands_are_answered_to_whom_they_concern(
    bot: LiveBot, group: Group, alice: User, command: str
) -> None:
    """In a group the answer is a reply, so that it is seen whose it is."""
    [answer] = await bot.ask(alice, command, chat=group)
    assert command == answer["reply_to_message"]["text"]
