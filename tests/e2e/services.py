"""Spotify and YouTube on loopback, for runs of the whole bot as a process.

Each service has a port of its own and refuses what the real one refuses. All answers come from a
world, or from the recorded real answers where these know the link. Delays, faults and the log are
set and read while it runs: in Python on `Loopback`, and over HTTP on the control port:

    GET    /log             requests so far: service, path, query, begun, ended, status
    DELETE /log             forget them
    POST   /faults/SERVICE  add a fault (the fields of `Fault`); DELETE removes those of the service
    POST   /settings        {"delays": {SERVICE: seconds}, "restricted": bool}

`tests.e2e.serving` runs it in a thread or as a process. Times are of the monotonic clock, which
all processes of a machine share.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bot.sandbox.services.messages import Answer, Request
from bot.sandbox.services.platforms import Apple, Deezer
from bot.sandbox.services.spotify import TOKEN, Spotify
from bot.sandbox.services.spotify_shapes import BASE
from tests.e2e.data_api import DataApi
from tests.e2e.faults import Fault, How
from tests.e2e.full_size import FullSizeMusic

if TYPE_CHECKING:
    from bot.sandbox.services.world import World
    from tests.e2e.recorded import Recorded

SETTINGS = {
    "spotify_api": ("SPOTIFY_API_URL", "/v1"),
    "spotify_token": ("SPOTIFY_TOKEN_URL", "/api/token"),
    "spotify_web": ("SPOTIFY_WEB_URL", ""),
    "youtube_music": ("YOUTUBE_MUSIC_URL", ""),
    "youtube_api": ("YOUTUBE_API_URL", "/youtube/v3"),
    "apple": ("ITUNES_API_URL", ""),
    "deezer": ("DEEZER_API_URL", ""),
    "control": ("CONTROL_URL", ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request and its answer. `query` is what was searched for, `status` 0 for no answer."""

    service: str
    path: str
    query: str
    begun: float
    ended: float
    status: int


class Everything:
    """Holds all ids: a restricted app may read the rows of no playlist."""

    def __contains__(self, _: object) -> bool:
        return True


@dataclass(kw_only=True)
class Loopback:
    """What the services know, how they behave, and what they were asked.

    `delays` are seconds from a request to its answer, by service. A delay that is taken back lets
    go what waits for it.
    """

    world: World
    recorded: Recorded | None = None
    restricted: bool = False
    delays: dict[str, float] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    log: list[Entry] = field(default_factory=list)
    ports: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.data_api = DataApi(self.world)
        self._music = FullSizeMusic(self.world)
        self._apple = Apple(self.world)
        self._deezer = Deezer(self.world)
        self._open = Spotify(self.world)
        self._restricted = Spotify(replace(self.world, refused=Everything()))
        self._pages: dict[tuple[str, ...], Answer] = {}
        self.listen(self.ports)

    def listen(self, ports: dict[int, str]) -> None:
        """Answer on these ports; the Web API's own links lead to its port."""
        self.ports = ports
        self._pages.clear()

    @property
    def addresses(self) -> dict[str, str]:
        """The bot's settings that lead it here, and CONTROL_URL."""
        return {
            SETTINGS[name][0]: f"http://127.0.0.1:{port}{SETTINGS[name][1]}"
            for port, name in self.ports.items()
        }

    def fail(self, service: str, how: How, **details: Any) -> None:
        """Make requests to this service fail from now on; see `Fault`."""
        self.faults.setdefault(service, []).append(Fault(how=how, **details))

    def heal(self) -> None:
        self.faults.clear()

    def requests(self, service: str) -> list[Entry]:
        return [entry for entry in self.log if entry.service == service]

    def note(self, service: str, request: Request, begun: float, status: int) -> None:
        query = request.json().get("query") or request.query.get("q", "")
        entry = Entry(
            service=service,
            path=request.path,
            query=str(query),
            begun=begun,
            ended=time.monotonic(),
            status=status,
        )
        self.log.append(entry)

    def answer(self, service: str, request: Request) -> Answer:
        recorded = self.recorded
        match service:
            case "spotify_token":
                return self._open.token(request)
            case "spotify_api":
                return self._api(request)
            case "spotify_web":
                return (recorded and recorded.spotify_web(request)) or self._open.web(request)
            case "youtube_music":
                known = recorded and recorded.youtube_music(request)
                return known or self._music.answer(request)
            case "youtube_api":
                return self.data_api.answer(request)
            case "apple":
                return self._apple.answer(request)
            case "deezer":
                return self._deezer.answer(request)
            case _:
                return self._control(request)

    def _api(self, request: Request) -> Answer:
        spotify = self._restricted if self.restricted else self._open
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return spotify.api(request)
        asked = (request.query.get(name, "") for name in ("offset", "limit", "fields", "q"))
        key = (str(self.restricted), request.path.rstrip("/"), *asked)
        if key not in self._pages:
            known = self.recorded and not self.restricted and self.recorded.spotify_api(request)
            self._pages[key] = known or self._led_here(spotify.api(request))
        return self._pages[key]

    def _led_here(self, answer: Answer) -> Answer:
        base = self.addresses.get("SPOTIFY_API_URL", "")
        return replace(answer, content=answer.content.replace(BASE.encode(), base.encode()))

    def _control(self, request: Request) -> Answer:
        match request.method, request.steps:
            case "GET", ["log"]:
                return Answer.json(200, [asdict(entry) for entry in self.log])
            case "DELETE", ["log"]:
                self.log.clear()
            case "POST", ["faults", service]:
                self.faults.setdefault(service, []).append(Fault.from_json(request.json()))
            case "DELETE", ["faults", service]:
                self.faults.pop(service, None)
            case "POST", ["settings"]:
                settings = request.json()
                self.delays |= settings.get("delays", {})
                self.restricted = settings.get("restricted", self.restricted)
            case _:
                return Answer(404)
        return Answer(204)
