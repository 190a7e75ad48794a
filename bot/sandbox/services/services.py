"""The stand-in services at the real ones' addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.services.apple import Apple
from bot.sandbox.services.cover import cover
from bot.sandbox.services.deezer import Deezer
from bot.sandbox.services.messages import Answer, Request
from bot.sandbox.services.music import Music
from bot.sandbox.services.spotify import Spotify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.services.world import World


class Services:
    """All that the bot asks when it answers from one world; 404 for any other address."""

    def __init__(self, world: World) -> None:
        self._spotify = Spotify(world)
        self._music = Music(world)
        self._apple = Apple(world)
        self._deezer = Deezer(world)

    def answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        request = Request.of(method, url, headers, body)
        match request.host:
            case "accounts.spotify.com":
                return self._spotify.token(request)
            case "api.spotify.com":
                return self._spotify.api(request)
            case "open.spotify.com":
                return self._spotify.web(request)
            case "spotify.link" | "spotify.app.link":
                return self._spotify.web(request.at(f"/s{request.path}"))
            case "music.youtube.com":
                return self._music.answer(request)
            case "itunes.apple.com":
                return self._apple.answer(request)
            case "api.deezer.com":
                return self._deezer.answer(request)
            case "link.deezer.com" | "deezer.page.link":
                return self._deezer.short(request)
            case "i.scdn.co":
                return Answer(200, cover(), {"content-type": "image/png"})
            case _:
                return Answer(404)
