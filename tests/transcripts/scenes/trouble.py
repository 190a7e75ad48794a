"""What is said when something is away: services, the store, Telegram, the bot itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.transcripts.outside import (
    APPLE,
    COVERS,
    DEEZER,
    MUSIC,
    PAGES,
    SHORT_LINKS,
    TOKENS,
    VIDEOS,
    WEB_API,
)
from tests.transcripts.scenes.music import (
    ALBUM,
    APPLE_ALBUM,
    APPLE_TRACK,
    ARTIST,
    ATLAS,
    DEEZER_ALBUM,
    DEEZER_PLAYLIST,
    DEEZER_SHORT,
    DEEZER_TRACK,
    SHORT,
    SONGS,
    TRACK,
    VIDEO,
)
from tests.transcripts.seams import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.transcripts.scene import Scene
    from tests.transcripts.seams import User

TOO_MANY = Answer(429, b"{}", {"content-type": "application/json", "retry-after": "2"})
TOO_MANY_TODAY = Answer(429, b"{}", {"content-type": "application/json", "retry-after": "86236"})
BROKEN = Answer(500, b"{}", {"content-type": "application/json"})
NOT_THERE = Answer(404, b"{}", {"content-type": "application/json"})
REFUSED = Answer(403, b"{}", {"content-type": "application/json"})
GARBAGE = Answer(200, b"<html>sorry</html>", {"content-type": "text/html"})
CUT = Answer(200, b'{"items": [', {"content-type": "application/json"})
FAULTS = (TOO_MANY, BROKEN, NOT_THERE, REFUSED, GARBAGE, CUT, TOO_MANY_TODAY)


async def _each_fault(scene: Scene, host: str, *questions: Iterable[str]) -> None:
    """Under each fault somebody else asks; the next fault finds the service well again.

    A question has a link for each of the first faults. One link alone is for all of them.
    """
    for at, fault in enumerate(FAULTS):
        person = scene.person(f"Person {at + 1}")
        await scene.breaks(host, fault)
        for question in questions:
            asked = list(question)
            if at < len(asked) or len(asked) == 1:
                await scene.say(person, asked[at % len(asked)])
        await scene.heals()
    await scene.skip("two days", days=2)


async def spotify(scene: Scene) -> None:
    """The Web API fails; the public pages stand in for it. Then both fail."""
    await _each_fault(scene, WEB_API, SONGS[:7], [ALBUM] * 2, ["paper moths"])
    alice = scene.person("Alice")
    await scene.breaks(TOKENS, BROKEN)
    await scene.breaks(PAGES, BROKEN)
    await scene.skip("two hours", hours=2)
    await scene.say(alice, SONGS[9])
    await scene.say(alice, ARTIST)
    await scene.say(alice, SHORT)
    await scene.say(alice, "sideways weather")
    await scene.ask_inline(alice, SONGS[9])
    await scene.ask_inline(alice, "sideways weather")
    await scene.heals()
    await scene.say(alice, ARTIST)


async def pages(scene: Scene) -> None:
    """Without credentials only the public pages are read."""
    await _each_fault(scene, PAGES, SONGS[:7], [ALBUM] * 2, [SHORT])
    alice = scene.person("Alice")
    await scene.say(alice, "paper moths")
    await scene.say(alice, ATLAS)
    await scene.breaks(COVERS, BROKEN)
    await scene.press(alice, "Export")
    await scene.press(alice, "Web page")


async def music(scene: Scene) -> None:
    """YouTube Music fails: for a card, a list, a search, and a link of its own."""
    await _each_fault(scene, MUSIC, SONGS[:7], [ARTIST] * 2, [VIDEO], ["41"])


async def data_api(scene: Scene) -> None:
    """The Data API helps out while YouTube Music fails, until it fails too."""
    alice = scene.person("Alice")
    await scene.breaks(MUSIC, BROKEN)
    await scene.say(alice, TRACK)
    await scene.say(alice, ARTIST)
    await scene.say(alice, VIDEO)
    await scene.breaks(VIDEOS, BROKEN)
    await scene.say(alice, SONGS[0])
    await scene.say(alice, ALBUM)
    await scene.heals()


async def data_api_alone(scene: Scene) -> None:
    """Without YouTube Music, the Data API is all that is asked."""
    await _each_fault(scene, VIDEOS, SONGS[:7], [ARTIST] * 2, [VIDEO])
    alice = scene.person("Alice")
    await scene.say(alice, ATLAS)
    await scene.say(alice, "/quota")


async def _with_all_platforms(scene: Scene) -> User:
    alice = scene.person("Alice")
    await scene.say(alice, "/settings")
    for label in ("YouTube Music", "Apple Music", "Deezer"):
        await scene.press(alice, label)
    return alice


async def apple(scene: Scene) -> None:
    """Apple fails: for links of its own, and for the links beside others."""
    await _each_fault(scene, APPLE, [APPLE_TRACK], [APPLE_ALBUM])
    alice = await _with_all_platforms(scene)
    await scene.breaks(APPLE, BROKEN)
    await scene.say(alice, SONGS[0])
    await scene.say(alice, ARTIST)
    await scene.heals()
    await scene.say(alice, ARTIST)


async def deezer(scene: Scene) -> None:
    """Deezer fails: for links of its own, and for the links beside others."""
    await _each_fault(scene, DEEZER, [DEEZER_TRACK], [DEEZER_ALBUM])
    alice = await _with_all_platforms(scene)
    await scene.breaks(DEEZER, BROKEN)
    await scene.say(alice, SONGS[0])
    await scene.say(alice, ARTIST)
    await scene.say(alice, DEEZER_PLAYLIST)
    await scene.breaks(SHORT_LINKS, BROKEN)
    await scene.say(alice, DEEZER_SHORT)
    await scene.ask_inline(alice, DEEZER_ALBUM)
    await scene.heals()
    await scene.say(alice, ARTIST)


async def buttons(scene: Scene) -> None:
    """Buttons under lists that are no longer kept, with the service away that would have them."""
    alice = scene.person("Alice")
    youtube = "https://www.youtube.com/playlist?list=" + scene.youtube_list()
    lists = ((ATLAS, WEB_API), (DEEZER_PLAYLIST, DEEZER), (APPLE_ALBUM, APPLE), (youtube, MUSIC))
    for link, host in lists:
        await scene.say(alice, link)
        message = scene.telegram.sent(alice)[-1]
        job = scene.job_of(alice)
        await scene.press(alice, "Export")
        await scene.breaks(host, BROKEN)
        if host == WEB_API:
            await scene.breaks(PAGES, BROKEN)
        for days in (3, 45) if link == ATLAS else (3,):  # then no service is asked any more
            await scene.skip(f"{days} days", days=days)
            for data in (f"p:{job}:0", f"p:{job}:1", f"f:{job}:0", f"x:{job}", f"x:{job}:csv"):
                await scene.forge(alice, message, data)
            for data in (f"w:{job}:0", f"ft:{job}:0", f"h:{job}", f"s:{job}"):
                await scene.forge(alice, message, data)
        await scene.heals()
        for data in (f"f:{job}:0", f"x:{job}:csv", f"w:{job}:0"):
            await scene.forge(alice, message, data)


async def store(scene: Scene) -> None:
    """MongoDB is away: what still works, and what is said about the rest."""
    alice, bob = scene.person("Alice"), scene.person("Bob")
    friends = scene.group("Friends", alice, bob)
    await scene.say(alice, ALBUM)
    await scene.say(alice, "/settings")
    await scene.say(alice, "paper moths")
    await scene.say(alice, "/history")
    await scene.store(down=True)
    for command in ("start", "help", "quota", "settings", "language", "history", "fixes"):
        await scene.say(alice, f"/{command}")
    for command in ("cancel", "privacy", "forget"):
        await scene.say(alice, f"/{command}")
    await scene.press(alice, "Deezer")
    await scene.press(alice, "Paper Moths")
    await scene.press(alice, "Fix a track")
    await scene.press(alice, "Export")
    menu = next(m for m in scene.telegram.sent(alice) if "Harbour" in m["text"])
    job = scene.job_in(menu)
    for data in (f"p:{job}:0", f"x:{job}:csv", f"w:{job}:0", f"ft:{job}:0", f"s:{job}", "fp:0"):
        await scene.forge(alice, menu, data)
    await scene.forge(alice, menu, f"h:{job}")
    await scene.say(alice, TRACK)
    await scene.say(alice, SONGS[0])
    await scene.say(alice, ATLAS)
    await scene.say(alice, "sideways weather")
    await scene.send(alice, "mine.txt", b"Ottoline Brack - Paper Moths at the Window\n")
    await scene.say(alice, VIDEO)
    await scene.say(alice, DEEZER_ALBUM)
    await scene.say(alice, SHORT)
    query = await scene.ask_inline(alice, SONGS[2])
    await scene.choose_inline(query, 0, alice, scene.strangers(alice))
    await scene.say(bob, TRACK, friends)
    await scene.say(bob, "/settings", friends)
    await scene.store(down=False)
    await scene.wait("two minutes", 120.0)
    await scene.say(alice, "/quota")
    await scene.say(alice, TRACK)
    await scene.say(alice, "/history")


async def store_and_a_running_list(scene: Scene) -> None:
    """MongoDB goes while lists run, and comes back before and after they end."""
    alice, bob = scene.person("Alice"), scene.person("Bob")
    scene.outside.held.add(MUSIC)
    await scene.say(alice, ATLAS)
    await scene.say(bob, ALBUM)
    await scene.store(down=True)
    await scene.press(alice, "▶")
    await scene.press(bob, "Stop")
    scene.outside.release()
    await scene.wait("a minute", 60.0)
    await scene.say(alice, "/quota")
    await scene.store(down=False)
    await scene.wait("two minutes", 120.0)
    await scene.say(alice, "/quota")
    await scene.say(bob, "/quota")
    scene.outside.held.add(MUSIC)
    await scene.say(alice, ARTIST)
    await scene.store(down=True)
    await scene.wait("two minutes", 120.0)
    await scene.store(down=False)
    scene.outside.release()
    await scene.wait("two minutes", 120.0)
    await scene.say(alice, "/quota")


async def restart(scene: Scene) -> None:
    """The bot stops in the middle of lists and goes on with them, in the same messages."""
    alice, bob = scene.person("Alice"), scene.person("Bob")
    scene.outside.held.add(MUSIC)
    await scene.say(alice, ATLAS)
    await scene.press(alice, "▶")
    await scene.say(alice, ALBUM)
    await scene.say(bob, TRACK)
    await scene.restart()
    scene.outside.release()
    await scene.wait("a minute", 60.0)
    await scene.press(alice, "Export")
    await scene.restart()
    await scene.press(alice, "CSV")
    await scene.say(alice, "/quota")


async def telegram(scene: Scene) -> None:
    """Telegram refuses, is slow, or breaks, for each kind of call."""
    alice = scene.person("Alice")
    for fault in (429, 500, 400):
        await scene.telegram_fails("sendMessage", fault)
        await scene.say(alice, SONGS[0])
        await scene.telegram_fails("sendMessage", fault)
        await scene.say(alice, "/quota")
    await scene.say(alice, ALBUM)
    for fault in (429, 500, 400):
        await scene.telegram_fails("answerCallbackQuery", fault)
        await scene.press(alice, "Export")
        await scene.telegram_fails("editMessageReplyMarkup", fault)
        await scene.press(alice, "Back")
        await scene.wait("a minute", 60.0)
        if "Export" not in scene.labels(alice):
            await scene.press(alice, "Back")
    for fault in (429, 500, 400, 413):
        await scene.press(alice, "Export")
        await scene.telegram_fails("sendDocument", fault)
        await scene.press(alice, "CSV")
        await scene.wait("two minutes", 120.0)
        await scene.press(alice, "Back")
    for fault in (429, 500, 400):
        await scene.telegram_fails("editMessageText", fault)
        await scene.say(alice, ATLAS)
        await scene.wait("two minutes", 120.0)
    await scene.telegram_fails("answerInlineQuery", 400)
    await scene.ask_inline(alice, TRACK)
    await scene.telegram_fails("getFile", 400)
    await scene.send(alice, "mine.txt", b"Ottoline Brack - Paper Moths at the Window\n")
