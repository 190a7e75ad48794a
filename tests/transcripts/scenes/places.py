"""Groups: what is answered there, who decides, and how the bot comes and goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.transcripts.outside import MUSIC
from tests.transcripts.scenes.music import (
    ALBUM,
    ATLAS,
    GONE,
    LOST_VIDEO,
    SONGS,
    TRACK,
    UPLOAD,
    VIDEO,
)

if TYPE_CHECKING:
    from tests.transcripts.scene import Scene
    from tests.transcripts.seams import Group


async def group(scene: Scene) -> None:
    """Links, words, lists, pages and stops among several people."""
    alice, bob = scene.person("Alice"), scene.person("Bob", "de")
    friends = scene.group("Friends", alice, bob)
    await scene.say(bob, "/start", friends)
    await scene.say(bob, "/help", friends)
    await scene.say(bob, "/quota", friends)
    await scene.say(bob, TRACK, friends)
    await scene.say(bob, ATLAS, friends)
    await scene.say(alice, f"{TRACK} !skip", friends)
    await scene.say(alice, "only words", friends)
    await scene.say(alice, "@TracklinkBot paper moths", friends)
    await scene.say(alice, "@TracklinkBot", friends)
    await scene.say(alice, "one\ntwo - three\nfour - five", friends)
    for link in (VIDEO, UPLOAD, LOST_VIDEO, f"@TracklinkBot {UPLOAD}", GONE):
        await scene.wait("a minute", 60.0)
        await scene.say(alice, link, friends)
    await scene.wait("a minute", 60.0)
    await scene.say(alice, "https://open.spotify.com/show/sampleShowForInsomniac", friends)
    scene.outside.held.add(MUSIC)
    await scene.say(alice, ALBUM, friends)
    await scene.press(bob, "Stop", friends)
    await scene.press(alice, "Stop", friends)
    scene.outside.release()
    await scene.wait("a minute", 60.0)
    await scene.happens(
        "Somebody writes as the group itself",
        lambda: scene.telegram.groups.say_as_group(friends, SONGS[0]),
    )
    await scene.happens(
        "Somebody asks as the group itself",
        lambda: scene.telegram.groups.say_as_group(friends, "/quota"),
    )
    await scene.happens(
        "Somebody searches as the group itself",
        lambda: scene.telegram.groups.say_as_group(friends, "/search ropewalk"),
    )
    await scene.press(bob, "Ropewalk", friends)
    await scene.press(alice, "Ropewalk", friends)
    await scene.wait("a minute", 60.0)
    for command in ("/history", "/fixes", "/privacy", "/forget", "/cancel", "/search"):
        await scene.say(alice, command, friends)
    await scene.send(alice, "mine.txt", b"Ottoline Brack - Paper Moths\n", chat=friends)
    await scene.wait("a minute", 60.0)
    await scene.say(bob, "\n".join(SONGS[:8]), friends)
    await scene.wait("two minutes", 120.0)


async def group_settings(scene: Scene) -> None:
    """Administrators choose for all; the others are told who may."""
    alice, bob = scene.person("Alice"), scene.person("Bob")
    friends = scene.group("Friends", alice, bob)
    await scene.say(bob, "/settings", friends)
    await scene.say(alice, "/settings", friends)
    await scene.press(bob, "Deezer", friends)
    await scene.press(alice, "Deezer", friends)
    await scene.press(alice, "When mentioned", friends)
    await scene.say(bob, "/language", friends)
    await scene.say(alice, "/language", friends)
    await scene.press(bob, "Türkçe", friends)
    await scene.press(alice, "Türkçe", friends)
    await scene.say(bob, TRACK, friends)
    await scene.say(bob, f"@TracklinkBot {TRACK}", friends)
    await scene.say(bob, f"/search {SONGS[0]}", friends)
    await scene.say(bob, f"@otherbot {TRACK}", friends)
    await scene.say(bob, TRACK, friends, reply_to=scene.telegram.sent(friends)[-1])
    await scene.happens(
        "Bob becomes an administrator", lambda: scene.telegram.groups.promote(friends, bob)
    )
    await scene.wait("ten minutes", 600.0)
    await scene.say(bob, "/settings", friends)
    await scene.press(bob, "✓ Deezer", friends)
    await scene.say(bob, "/quota", friends)
    await scene.say(bob, "/quota")
    await scene.telegram_fails("getChatMember", 500)
    await scene.wait("ten minutes", 600.0)
    await scene.press(bob, "Deezer", friends)


async def membership(scene: Scene) -> None:
    """Added, thrown out, added again, promoted, moved to a supergroup, blocked by a person."""
    alice, bob = scene.person("Alice"), scene.person("Bob", "de")
    friends = scene.group("Friends", alice, bob, basic=True)
    groups = scene.telegram.groups
    await scene.say(alice, TRACK, friends)
    await scene.happens("Alice throws the bot out", lambda: groups.remove(friends, alice))
    await scene.happens("Bob adds the bot", lambda: groups.invite(friends, bob))
    await scene.happens(
        "The bot becomes an administrator", lambda: groups.promote(friends, scene.bot_itself)
    )
    await scene.say(alice, "/settings", friends)
    await scene.press(alice, "Deezer", friends)
    scene.outside.held.add(MUSIC)
    await scene.say(alice, ALBUM, friends)
    moved: list[Group] = []
    await scene.happens(
        "The group becomes a supergroup", lambda: moved.append(groups.migrate(friends))
    )
    [bigger] = moved
    scene.outside.release()
    await scene.wait("a minute", 60.0)
    await scene.say(bob, TRACK, bigger)
    await scene.say(alice, "/settings", bigger)
    await scene.wait("a minute", 60.0)
    scene.outside.held.add(MUSIC)
    await scene.say(alice, ATLAS, bigger)
    await scene.happens("Alice throws the bot out", lambda: groups.remove(bigger, alice))
    scene.outside.release()
    await scene.wait("a minute", 60.0)
    await scene.say(bob, "/start")
    scene.outside.held.add(MUSIC)
    await scene.say(bob, ATLAS)
    await scene.happens("Bob blocks the bot", lambda: scene.telegram.block(bob))
    scene.outside.release()
    await scene.wait("a minute", 60.0)
    await scene.happens(
        "Bob lets the bot in again", lambda: scene.telegram.block(bob, blocked=False)
    )
    await scene.say(bob, "/history")


async def privacy_mode(scene: Scene) -> None:
    """Telegram shows the bot only what is meant for it, until it is an administrator."""
    alice = scene.person("Alice")
    friends = scene.group("Friends", alice)
    await scene.say(alice, "/start@TracklinkBot", friends)
    await scene.say(alice, "/settings@TracklinkBot", friends)
    await scene.say(alice, TRACK, friends)
    await scene.say(alice, f"@TracklinkBot {TRACK}", friends)
    await scene.happens(
        "The bot becomes an administrator",
        lambda: scene.telegram.groups.promote(friends, scene.bot_itself),
    )
    await scene.wait("two minutes", 120.0)
    await scene.say(alice, "/start", friends)
    await scene.say(alice, TRACK, friends)
