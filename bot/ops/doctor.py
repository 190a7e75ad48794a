"""`tracklink doctor`: asks everything that the settings turn on whether it works, and says so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from pydantic import SecretStr
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.backends import indexes
from bot.clock import Timing
from bot.errors import (
    NotFound,
    RateLimited,
    Refused,
    Service,
    SettingError,
    SourceError,
    StoreUnavailable,
    Unreadable,
)
from bot.models import ListingKind, Track
from bot.net.network import Network
from bot.platforms.apple import make_apple
from bot.platforms.deezer import make_deezer
from bot.spotify.faults import PROBE_TRACK
from bot.spotify.sources import make_embed, make_web_api
from bot.storage.database import Mongo
from bot.storage.private_mongod_key import address
from bot.storage.readiness import Readiness
from bot.telegram.request import TelegramRequest
from bot.telemetry import Mask
from bot.youtube.data_api import make_data_api
from bot.youtube.music import make_music

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sized

    from bot.config import Settings
    from bot.platforms.apple import Apple
    from bot.platforms.deezer import Deezer
    from bot.spotify.faults import Rights

    MakePlatform = Callable[[Network], Apple | Deezer | None]
    Check = Callable[[Network], Awaitable[str]]

TELEGRAM_S = 8.0
WELL_KNOWN_SONG = "Rick Astley Never Gonna Give You Up"  # YouTube Music has had it all along

TURNED_ON = {Service.APPLE: "APPLE_MUSIC", Service.DEEZER: "DEEZER"}
NO_LISTS = "SPOTIFY_EMBED is off and SPOTIFY_CLIENT_ID is not set, so no list can be read: set one."


class Health(StrEnum):
    OK = "ok"
    OFF = "off"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Row:
    """What was found out about one part; `detail` says what to do where something is to be done."""

    part: str
    state: Health
    detail: str


class _Off(Exception):
    """A part that the settings leave out; the text says how to turn it on."""


class _Failing(Exception):
    """A part that does not work; the text says why and what to do."""


async def examine(settings: Settings, *, timing: Timing = Timing()) -> list[Row]:
    """Every part with its state, asked side by side. Never raises; no text holds a secret."""
    async with Network(settings, timing=timing) as net:
        return list(await asyncio.gather(*(_row(name, check, net) for name, check in CHECKS)))


async def _row(part: str, check: Check, net: Network) -> Row:
    state, within_s = Health.FAILING, net.timing.check_s
    try:
        async with asyncio.timeout(within_s):
            detail = await check(net)
        state = Health.OK
    except _Off as off:
        state, detail = Health.OFF, str(off)
    except SourceError as error:
        detail = _in_words(error)
    except (_Failing, SettingError, StoreUnavailable) as error:
        detail = str(error)
    except TimeoutError:
        detail = f"No answer within {within_s:.0f} s."
    except Exception as error:  # noqa: BLE001 - the other rows are still worth seeing
        detail = f"The check itself failed: {type(error).__name__}: {error}"
    return Row(part, state, Mask.of(net.settings)(detail))


def _in_words(error: SourceError) -> str:
    cure = CURES.get(error.service, "")
    match error:
        case RateLimited():
            return f"Asks to be left alone for {error.retry_after_s:.0f} s ({error.detail})."
        case Refused() | NotFound():
            return f"Refuses: {error.detail}. {cure}"
        case Unreadable():
            return f"Answers in a form that this version does not know: {error.detail}. {cure}"
    return f"Out of reach: {error.detail}. Check this machine's network, or try again later."


async def _telegram(net: Network) -> str:
    settings = net.settings
    if settings.telegram_bot_token is None:
        raise _Off("For `run`: send /newbot to @BotFather and set TELEGRAM_BOT_TOKEN.")
    bot = Bot(
        settings.telegram_bot_token.get_secret_value(),
        base_url=f"{settings.telegram_base_url}/bot",
        request=TelegramRequest(settings, connect_s=TELEGRAM_S, answer_s=TELEGRAM_S),
    )
    try:
        async with bot:
            return f"@{bot.username}"
    except InvalidToken:
        raise _Failing(
            "Telegram does not know TELEGRAM_BOT_TOKEN: copy it again from @BotFather."
        ) from None
    except TelegramError as error:
        raise _Failing(f"{settings.telegram_base_url} is out of reach: {error}.") from None


async def _spotify(net: Network) -> str:
    web_api = make_web_api(net)
    if web_api is None:
        raise _Off("Make an app on developer.spotify.com and set SPOTIFY_CLIENT_ID and _SECRET.")
    try:
        await web_api.warm_up()
        return _allowed(await web_api.probe())
    finally:
        web_api.close()


def _allowed(rights: Rights) -> str:
    """Playlists may be refused to a healthy app; one that reads no track is of no use."""
    known = {
        "tracks": rights.track,
        "albums": rights.album,
        "search": rights.search,
        "playlists": rights.playlist_items,
    }
    may = ", ".join(name for name, right in known.items() if right)
    not_ = "; ".join(f"{name} ({right.reason})" for name, right in known.items() if not right)
    said = f"Reads {may or 'nothing'}" + (f"; not {not_}" if not_ else "") + "."
    if not (rights.track and rights.album):
        raise _Failing(f"{said} {CURES[Service.SPOTIFY_API]}")
    return said


async def _embed(net: Network) -> str:
    page = make_embed(net)
    if page is None and net.settings.spotify_client_id is None:
        raise _Failing(NO_LISTS)
    if page is None:
        raise _Off("SPOTIFY_EMBED=true reads what the Web API refuses.")
    listing = await page.listing(ListingKind.TRACK, PROBE_TRACK)
    return f"Reads “{listing.title}”."


async def _music(net: Network) -> str:
    music = make_music(net)
    if music is None:
        raise _Off("YOUTUBE_MUSIC=true finds recordings without a key.")
    try:
        found = await music.search(WELL_KNOWN_SONG, "songs")
    finally:
        music.close()
    return _songs(found, Service.YOUTUBE_MUSIC)


async def _data_api(net: Network) -> str:
    videos = make_data_api(net)
    if videos is None:
        raise _Off("A YOUTUBE_API_KEY from console.cloud.google.com adds 100 searches a day.")
    await videos.probe()
    return "The key is good."


async def _platform(net: Network, *, make: MakePlatform, service: Service) -> str:
    platform = make(net)
    if platform is None:
        raise _Off(f"{TURNED_ON[service]}=true reads its links, and finds pages there.")
    found = await platform.search(Track(title=WELL_KNOWN_SONG))
    return _songs(found, service)


def _songs(found: Sized, service: Service) -> str:
    if not found:
        raise _Failing(f"Finds nothing for “{WELL_KNOWN_SONG}”. {CURES[service]}")
    return f"Finds {len(found)} songs for “{WELL_KNOWN_SONG}”."


async def _mongodb(net: Network) -> str:
    mongo = await _opened(net.settings)
    try:
        await mongo.ping()  # connects
        latency = await mongo.ping()
        ready = Readiness(mongo, indexes())
        await ready.write()
        await ready.ensure()  # as the bot does at its start
        await ready.indexed()
        version = await mongo.version()
    finally:
        await mongo.close()
    which = "private" if net.settings.mongodb_uri is None else "at MONGODB_URI"
    answers = f"answers in {latency * 1000:.1f} ms"
    return f"Version {version}, {which}; {answers}; takes writes; has all indexes."


async def _opened(settings: Settings) -> Mongo:
    """The store; the private mongod of a bot that runs just now is asked, not started again."""
    mongo = Mongo(settings)
    try:
        await mongo.open()
    except SettingError:
        running = _running(settings) if mongo.private else None
        if running is None:
            raise
        mongo = Mongo(settings.model_copy(update={"mongodb_uri": SecretStr(running)}))
        await mongo.open()
    return mongo


def _running(settings: Settings) -> str | None:
    """Where the private mongod listens that was started last on the same folder."""
    folder = settings.tracklink_data / "mongo"
    try:
        return address(folder, int((folder / "port").read_text()))
    except (OSError, ValueError):
        return None


CHECKS: tuple[tuple[str, Check], ...] = (
    ("Telegram", _telegram),
    ("Spotify Web API", _spotify),
    ("Spotify embed page", _embed),
    ("YouTube Music", _music),
    ("YouTube Data API", _data_api),
    ("Apple Music", partial(_platform, make=make_apple, service=Service.APPLE)),
    ("Deezer", partial(_platform, make=make_deezer, service=Service.DEEZER)),
    ("MongoDB", _mongodb),
)
CURES = {
    Service.SPOTIFY_API: "Look at the app on developer.spotify.com, and set its id and secret.",
    Service.SPOTIFY_WEB: "SPOTIFY_EMBED=false does without it.",
    Service.YOUTUBE_MUSIC: "YOUTUBE_MUSIC=false does without it.",
    Service.APPLE: "APPLE_MUSIC=false does without it.",
    Service.DEEZER: "DEEZER=false does without it.",
    Service.YOUTUBE_API: "Check YOUTUBE_API_KEY, and that its project has the YouTube Data API v3.",
}


async def doctor(settings: Settings) -> int:
    """Print the table. 1 when something that is configured fails, else 0."""
    from rich.table import Table
    from rich.text import Text

    from bot.render.terminal import terminal

    colours = {Health.OK: "green", Health.OFF: "dim", Health.FAILING: "bold red"}
    rows = await examine(settings)
    table = Table(box=None, pad_edge=False, show_header=False)
    for row in rows:
        table.add_row(Text(row.part), Text(row.state, colours[row.state]), Text(row.detail))
    terminal().print(table)
    return int(any(row.state is Health.FAILING for row in rows))
