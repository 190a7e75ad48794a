"""The whole program: `tracklink run` as a process, Telegram, Spotify and YouTube on loopback."""

from __future__ import annotations

import re
import signal
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, Protocol
from zipfile import ZipFile

import pytest

from tests.e2e import worlds
from tests.e2e.conftest import PASSWORD
from tests.e2e.live import complaints, eventually, page
from tests.e2e.process import SECRETS, BotProcess, free_port, running
from tests.e2e.recorded import Recorded
from tests.e2e.services import Loopback
from tests.e2e.serving import serve
from tests.e2e.telegram_server import links

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from bot.sandbox.telegram.state import Message
    from bot.storage.database import Mongo
    from tests.e2e.spec import Spec
    from tests.e2e.telegram_server import TelegramServer
    from tests.staged.telegram import Call, Telegram

WORLD = worlds.world([worlds.playlist("Road trip", 45), worlds.playlist("Long drive", 130)])
ROAD_TRIP = f"https://open.spotify.com/playlist/{worlds.playlist_id('Road trip')}"
LONG_DRIVE = f"https://open.spotify.com/playlist/{worlds.playlist_id('Long drive')}"
TOP_HITS = "https://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M"
KEYLESS = {"SPOTIFY_CLIENT_ID": "", "SPOTIFY_CLIENT_SECRET": ""}
PATIENCE_S = 40.0
EDIT_EVERY_S = 3.0
LATE_S = 1.0


class Stage:
    """A running program, the services that it asks, and a person who talks to it."""

    def __init__(self, bot: BotProcess, telegram: Telegram, loopback: Loopback) -> None:
        self.bot = bot
        self.telegram = telegram
        self.loopback = loopback
        self.alice = telegram.user("Alice")

    async def says(self, pattern: str, *, after: Message | None = None) -> Message:
        seen = re.compile(pattern, re.DOTALL)
        newest = after["message_id"] if after else 0
        return await self.telegram.message(
            self.alice,
            lambda m: m["message_id"] > newest and seen.search(m.get("text", "")) is not None,
            PATIENCE_S,
        )

    async def ask(self, text: str, pattern: str = "") -> Message:
        said = self.telegram.send_text(self.alice, text)
        return await self.says(pattern, after=said)

    async def toast(self, message: Message, button: str) -> str | None:
        query = self.telegram.press(self.alice, message, button)
        answer = await self.telegram.until(lambda: self.telegram.answers.get(query), PATIENCE_S)
        text: str | None = answer.get("text")
        return text


class Theatre(Protocol):
    """Runs the program before services on loopback, with some settings changed."""

    def __call__(
        self, loopback: Loopback, **changes: str
    ) -> AbstractAsyncContextManager[Stage]: ...


@pytest.fixture
def theatre(tmp_path: Path, telegram_server: TelegramServer, spec: Spec | None) -> Theatre:
    @asynccontextmanager
    async def stage(loopback: Loopback, **changes: str) -> AsyncIterator[Stage]:
        telegram = telegram_server.telegram
        with serve(loopback):
            bot = BotProcess.before(tmp_path, telegram_server, loopback, **changes)
            async with running(bot):
                yield Stage(bot, telegram, loopback)
        # It has ended with 0; and it must have kept Telegram's rules, and told no secret.
        assert [] == complaints(telegram, spec)
        secrets = (telegram.token, telegram.token.split(":")[1], PASSWORD, *SECRETS.values())
        assert [] == [secret for secret in secrets if secret in bot.log]
        assert "Traceback" not in bot.log

    return stage


async def test_from_link_to_listing(
    theatre: Theatre,
    database: dict[str, str],
) -> None:
    """First the listing, then an edit every 3 s, the page on screen first, and the end."""
    loopback = Loopback(world=WORLD, delays={"youtube_music": 0.45})
    async with theatre(loopback, **database) as on:
        first = await on.ask(LONG_DRIVE, "looking…")
        done = await on.says(r"\n130 official$")
        telegram = on.telegram
        sent = telegram.calls_of("sendMessage")
        edits = telegram.calls_of("editMessageText")
        texts = [edit.params["text"] for edit in edits]
        times = [edit.at for edit in edits]

    assert (1, first["message_id"]) == (len(sent), done["message_id"])
    assert "▱" * 10 in first["text"]
    # Over all of them: a busy machine brings each edit late by another while.
    assert 2 <= len(edits) <= 1 + (times[-1] - times[0] + LATE_S) / EDIT_EVERY_S
    progress = {int(n[1]): text for text in texts if (n := re.search(r"▱ (\d+) of 130$", text))}
    assert progress
    # As soon as a page's worth is found, it is the page on screen.
    assert not [text for count, text in progress.items() if count >= 20 and "looking…" in text]
    assert 20 * 2 + 1 == len(links(done))


async def test_an_export_and_its_return(theatre: Theatre, database: dict[str, str]) -> None:
    """A file goes up over HTTP once; the next time its id does, also after a restart."""
    async with theatre(Loopback(world=WORLD), **database) as on:
        listing = await on.ask(LONG_DRIVE, r"\n130 official$")
        assert None is await on.toast(listing, "Export")
        [menu] = on.telegram.sent(on.alice)
        for count in (1, 2):
            assert None is await on.toast(menu, "All as ZIP")
            calls = await on.telegram.until(partial(_sent, on.telegram, count), PATIENCE_S)
            await on.bot.restart()
        first, again = (call.result for call in calls)
        uploaded = [bool(call.files) for call in calls]
        with ZipFile(BytesIO(on.telegram.file_of(first))) as archive:
            names = archive.namelist()
        await on.toast(menu, "Back")
        await on.toast(on.telegram.sent(on.alice)[0], "Play all")
        keyboard = on.telegram.sent(on.alice)[0]["reply_markup"]["inline_keyboard"]

    assert ["csv", "txt", "m3u8", "json", "html"] == [name.rpartition(".")[2] for name in names]
    assert [True, False] == uploaded
    assert first["document"] == again["document"]
    assert ["1–50", "51–100", "101–130"] == [button["text"] for button in keyboard[0]]
    assert all("watch_videos?video_ids=" in button["url"] for button in keyboard[0])


def _sent(telegram: Telegram, count: int) -> list[Call]:
    done = [call for call in telegram.calls_of("sendDocument") if call.result]
    return done if len(done) == count else []


async def test_pages_and_a_restart(theatre: Theatre, mongod_binary: Path) -> None:
    """With its private MongoDB the program remembers its listings across a restart."""
    loopback = Loopback(world=WORLD)
    async with theatre(loopback, MONGOD=str(mongod_binary)) as on:
        listing = await on.ask(ROAD_TRIP, r"\n45 official$")
        assert None is await on.toast(listing, "▶")
        second = await on.says(r"\n21  ")
        await on.bot.restart()
        loopback.log.clear()
        assert None is await on.toast(second, "▶")
        third = await on.says(r"\n41  ")
        assert "This is the last page." == await on.toast(third, "▶")

    assert [0, 0] == on.bot.exits
    assert ["1 / 3", "2 / 3", "3 / 3"] == [page(m) for m in (listing, second, third)]
    assert listing["message_id"] == third["message_id"]
    assert third["text"].endswith("\n45 official")
    assert [] == [e for e in loopback.requests("youtube_music") if e.path.endswith("/search")]


async def test_groups_and_inline(theatre: Theatre, database: dict[str, str]) -> None:
    """Over HTTP as in memory: a page in a group, and a card that fills in where it was sent."""
    async with theatre(Loopback(world=WORLD), **database) as on:
        telegram, alice = on.telegram, on.alice
        group = telegram.group("Friends", [alice])
        telegram.send_text(alice, ROAD_TRIP, chat=group)
        listing = await telegram.message(group, lambda m: "20 official" in m["text"], PATIENCE_S)
        query = telegram.ask_inline(alice, ROAD_TRIP)
        answer = await telegram.until(lambda: telegram.answers.get(query), PATIENCE_S)
        telegram.choose_inline(query, answer["results"][40]["id"], alice)
        card = await telegram.until(
            lambda: next((m for m in telegram.messages(alice) if "edit_date" in m), None),
            PATIENCE_S,
        )

    assert "The first 20 are here; the button opens all in private." in listing["text"]
    assert 46 == len(answer["results"])
    assert "YouTube ♪ official audio" in card["text"]
    assert "via_bot" in card


@pytest.mark.parametrize("signalled", [signal.SIGTERM, signal.SIGKILL])
async def test_a_listing_cut_off_is_finished(
    theatre: Theatre,
    database: dict[str, str],
    mongo: Mongo,
    signalled: signal.Signals,
) -> None:
    """Ended in the middle, the next start goes on in the same message and settles once."""
    loopback = Loopback(world=WORLD, delays={"youtube_music": 0.3})
    async with theatre(loopback, **database) as on:
        running_ = await on.ask(LONG_DRIVE, "looking…")
        await on.telegram.until(lambda: len(loopback.requests("youtube_music")) > 20, PATIENCE_S)
        assert (0 if signalled is signal.SIGTERM else -9) == await on.bot.stop(signalled)
        if signalled is signal.SIGKILL:
            await _lease_runs_out(mongo)
        loopback.delays.clear()
        await on.bot.start()
        done = await on.says(r"\n130 official$")
        await eventually(lambda: mongo.db["jobs"].find_one({"state": "done"}))
        quota = await on.ask("/quota", "Today you used")
        usage = await mongo.db["usage"].find_one({})

    told = [c for c in on.telegram.calls_of("sendMessage") if "Long drive" in c.params["text"]]
    assert (1, running_["message_id"]) == (len(told), done["message_id"])
    assert quota["text"].startswith("Today you used 130 of your 300 tracks; 170 are left.")
    assert usage
    assert [130, [130]] == [usage["used"], [entry["granted"] for entry in usage["jobs"]]]


async def _lease_runs_out(mongo: Mongo) -> None:
    """As if the half minute had passed after which a dead process loses its jobs."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    await mongo.db["jobs"].update_many({}, {"$set": {"lease_until": past}})


async def test_quota_and_forget(
    theatre: Theatre,
    database: dict[str, str],
    mongo: Mongo,
) -> None:
    """What the day does not give is told with the hour; /forget leaves nothing of the person."""
    loopback = Loopback(world=WORLD)
    async with theatre(loopback, QUOTA_FREE="10", **database) as on:
        listing = await on.ask(ROAD_TRIP, r"another day\n.*stays free\.$")
        refused = await on.ask(f"{worlds.tracks('Long drive', 1)[0].url}", "used up")
        forgotten = await on.ask("/forget", "^Deleted: ")
        left = [
            document
            for name in ("jobs", "users", "bursts", "usage")
            async for document in mongo.db[name].find({})
            if re.search(rf"\b{on.alice.id}\b", str(_without_times(document)))
        ]
        toast = await on.toast(listing, "▶")

    assert re.search(
        r"\n10 official · 35 for another day\nThat's 10 of 45 for today: your 10 tracks renew in "
        r"[^:]+, at midnight UTC\. Open this list again then; what is here stays free\.$",
        listing["text"],
    )
    assert re.search(r"They renew in [^:]+, at midnight UTC\.$", refused["text"])
    assert "stay, as limits, under scrambled keys" in forgotten["text"]
    assert [] == left
    assert "That list is too old to turn. Send its link again." == toast


def _without_times(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if not isinstance(value, datetime)}


async def test_a_choice_and_the_history(theatre: Theatre, database: dict[str, str]) -> None:
    """A track is put right by buttons; a restart later the list opens from the history with it."""
    async with theatre(Loopback(world=WORLD), **database) as stage:
        listing = await stage.ask(ROAD_TRIP, r"45 official$")
        which = await stage.toast(listing, "Fix a track")
        numbers = await stage.telegram.until(
            lambda: next((m for m in stage.telegram.sent(stage.alice) if "Back" in str(m)), None),
            PATIENCE_S,
        )
        await stage.toast(numbers, "7")
        offer = await stage.says(r"Now: YouTube ♪")
        chosen = await stage.toast(offer, "None of these is right")
        await stage.says(r"44 official · 1 search only$")
        await stage.bot.restart()
        history = await stage.ask("/history", "Your last lists")
        await stage.toast(history, "Road trip — Testers")
        again = await stage.says(r"44 official · 1 search only$", after=history)
        fixes = await stage.ask("/fixes", "What you put right")
        undone = await stage.toast(fixes, "✕ 1")
        lost = await stage.ask("/start album_nothing", "leads to nothing")

    assert "Which track is wrong? Press its number." == which
    assert str(chosen).startswith("Done, for you at once.")
    assert "\n7  " in again["text"]
    assert str(undone).startswith("Undone.")
    assert lost["message_id"] > fixes["message_id"]


async def test_words_and_files(theatre: Theatre, database: dict[str, str]) -> None:
    """A search becomes the card of what is tapped; a file becomes a listing, and what is left."""
    song, other = worlds.tracks("Road trip", 45)[3:5]
    text = f"{song.artists[0]} - {song.title}\n{other.title} — {other.artists[0]}\nZzz - Qqq\n"
    async with theatre(Loopback(world=WORLD), **database) as on:
        choices = await on.ask(f"{song.artists[0]} {song.title}", r"Which one is it\?$")
        [[button]] = choices["reply_markup"]["inline_keyboard"]
        assert None is await on.toast(choices, button["text"])
        card = await on.says("official audio")
        said = on.telegram.send_file(on.alice, "Road_trip.txt", text.encode("utf-16"))
        listing = await on.says(r"^Road trip\n.*\n2 official · 1 search only$", after=said)
        rest = await on.telegram.message(on.alice, lambda m: "document" in m, PATIENCE_S)
        left = on.telegram.file_of(rest).decode()

    assert choices["message_id"] == card["message_id"]
    assert ["Spotify", "YouTube"] * 2 == [name for name, _ in links(listing)[:4]]
    assert left.endswith(
        "# line 3: neither Spotify nor YouTube has surely the right song\nZzz - Qqq\n"
    )


async def test_by_webhook(
    theatre: Theatre,
    database: dict[str, str],
) -> None:
    """With WEBHOOK_URL set Telegram brings the updates, and /health answers on the same port."""
    port = free_port()
    hook = {"PORT": str(port), "WEBHOOK_URL": f"http://127.0.0.1:{port}/hook"}
    loopback = Loopback(world=WORLD)
    async with theatre(loopback, **hook, **database) as on:
        listing = await on.ask(ROAD_TRIP, r"\n45 official$")

    assert listing["text"].startswith("Road trip\n")
    assert [hook["WEBHOOK_URL"]] == [
        call.params["url"] for call in on.telegram.calls_of("setWebhook")
    ]


@pytest.mark.skipif(not Recorded.exist(), reason="the recorded answers are not beside this clone")
async def test_recorded_answers(
    theatre: Theatre,
    database: dict[str, str],
) -> None:
    """Real answers: an editorial playlist from its embed page, an album from the Web API."""
    loopback = Loopback(world=WORLD, recorded=Recorded())
    async with theatre(loopback, **database) as on:
        hits = await on.ask(TOP_HITS, r"\n\d+ (official|search only)[^\n]*$")
        album = await on.ask(
            "https://open.spotify.com/album/0ETFjACtuP2ADo6LFhL6HN", r"(official|only)[^\n]*$"
        )

    assert hits["text"].startswith("Today’s Top Hits\nSpotify · playlist\n50 tracks · ")
    assert "1 / 3" == page(hits)
    assert album["text"].startswith(
        "Abbey Road (Remastered)\nThe Beatles · album · 1969\n17 tracks"
    )


WRONG = (
    "TELEGRAM_BOT_TOKEN is not a token that Telegram knows: "
    "copy it again from @BotFather (/mybots, API Token).\n"
)
MISSING = (
    "TELEGRAM_BOT_TOKEN is missing: send /newbot to @BotFather in Telegram and put the token that "
    "it gives you into .env or the environment.\n"
)


@pytest.mark.parametrize(
    ("token", "sentence"),
    [("7000000009:AAWrongWrongWrongWrongWrongWrongWro", WRONG), ("", MISSING)],
)
async def test_a_wrong_token(
    tmp_path: Path,
    telegram_server: TelegramServer,
    database: dict[str, str],
    token: str,
    sentence: str,
) -> None:
    """A token that is missing, or that Telegram does not know: one sentence and exit code 2."""
    with serve(Loopback(world=WORLD)) as loopback:
        bot = BotProcess.before(
            tmp_path,
            telegram_server,
            loopback,
            TELEGRAM_BOT_TOKEN=token,
            LOG_LEVEL="ERROR",
            **database,
        )
        await bot.start()
        code = await bot.ends()

    assert (2, sentence) == (code, bot.log)
