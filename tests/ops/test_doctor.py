from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import stamina
from pydantic import SecretStr

from bot.clock import Timing
from bot.config import load
from bot.models import Candidate, CandidateKind, ListingKind
from bot.net.network import Network
from bot.ops import doctor
from bot.ops.doctor import WELL_KNOWN_SONG, Health, Row, examine
from bot.sandbox.services import music_shapes as music
from bot.sandbox.services.world import Find
from bot.spotify.faults import PROBE_ALBUM, PROBE_PLAYLIST, PROBE_TRACK
from bot.storage.database import Mongo
from tests.e2e import worlds
from tests.e2e.data_api import KEY
from tests.e2e.faults import How
from tests.e2e.services import Loopback
from tests.e2e.serving import serve
from tests.e2e.telegram_server import TelegramServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from bot.config import Settings
    from bot.sandbox.services.world import World

PARTS = [name for name, _ in doctor.CHECKS]
PART_OF = {
    "spotify_token": "Spotify Web API",
    "spotify_api": "Spotify Web API",
    "spotify_web": "Spotify embed page",
    "youtube_music": "YouTube Music",
    "youtube_api": "YouTube Data API",
    "apple": "Apple Music",
    "deezer": "Deezer",
}
SONG = Candidate(
    video_id="dQw4w9WgXcQ", title=WELL_KNOWN_SONG, artists=["Rick Astley"], kind=CandidateKind.AUDIO
)


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with stamina.set_testing(testing=True, attempts=2):
        yield


def world() -> World:
    """What the checks ask for, all of it there."""
    album = replace(worlds.album("whenever"), id=PROBE_ALBUM)
    playlist = replace(worlds.playlist("reference", 3), id=PROBE_PLAYLIST)
    song = replace(album.tracks[0], spotify_id=PROBE_TRACK)
    track = replace(album, kind=ListingKind.TRACK, id=PROBE_TRACK, tracks=[song], title=song.title)
    famous = worlds.album("famous", 1)
    famous = replace(famous, tracks=[replace(famous.tracks[0], title=WELL_KNOWN_SONG)])
    known = worlds.world([album, playlist, track, famous])
    return replace(known, finds=[*known.finds, Find(candidate=SONG)])


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with serve(Loopback(world=world())) as loopback:
        yield loopback


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as telegram:
        yield telegram


@pytest.fixture
def everything(loopback: Loopback, telegram: TelegramServer, mongo: Mongo) -> Settings:
    """All parts turned on, all on loopback and well."""
    addresses = {name.lower(): url for name, url in loopback.addresses.items()}
    return load(
        _env_file=None,
        telegram_bot_token=telegram.telegram.token,
        telegram_base_url=telegram.url,
        spotify_client_id="an-id",
        spotify_client_secret="spotify-secret-1",
        youtube_api_key=KEY,
        mongodb_uri=_uri(mongo),
        mongodb_database=mongo.db.name,
        **{name: url for name, url in addresses.items() if name != "control_url"},
    )


def _uri(mongo: Mongo) -> str:
    uri = mongo._settings.mongodb_uri
    assert uri is not None
    return uri.get_secret_value()


def changed(settings: Settings, **values: Any) -> Settings:
    return settings.model_copy(update=values)


async def row(settings: Settings, part: str) -> Row:
    return next(row for row in await examine(settings) if row.part == part)


async def test_everything_that_is_well_is_ok(everything: Settings) -> None:
    """Each part says what it can do."""
    rows = await examine(everything)

    assert [(part, Health.OK) for part in PARTS] == [(row.part, row.state) for row in rows]
    said = dict(zip(PARTS, [row.detail for row in rows], strict=True))
    assert "Reads tracks, albums, search, playlists." == said["Spotify Web API"]
    assert said["Telegram"].startswith("@")
    assert f" songs for “{WELL_KNOWN_SONG}”." in said["YouTube Music"]
    assert "all indexes" in said["MongoDB"]


async def test_an_app_that_may_not_read_playlists_is_well_and_says_so(
    everything: Settings, loopback: Loopback
) -> None:
    """That is how all apps made since February 2026 are."""
    loopback.restricted = True

    found = await row(everything, "Spotify Web API")

    assert Health.OK == found.state
    assert found.detail.startswith("Reads tracks, albums, search; not playlists (")


def test_what_is_turned_off_says_how_to_turn_it_on(tmp_path: Path) -> None:
    """Off is no fault, unless nothing is left to read lists from."""
    settings = load(
        _env_file=None,
        spotify_embed=False,
        youtube_music=False,
        apple_music=False,
        deezer=False,
        tracklink_data=tmp_path,
    )
    parts = [check for name, check in doctor.CHECKS if name != "MongoDB"]

    async def all_rows() -> list[Row]:
        async with Network(settings) as net:
            return [await doctor._row("x", check, net) for check in parts]

    rows = asyncio.run(all_rows())

    off, failing = Health.OFF, Health.FAILING
    assert [off, off, failing, off, off, off, off] == [row.state for row in rows]
    assert [
        "For `run`: send /newbot to @BotFather and set TELEGRAM_BOT_TOKEN.",
        "Make an app on developer.spotify.com and set SPOTIFY_CLIENT_ID and _SECRET.",
        doctor.NO_LISTS,
        "YOUTUBE_MUSIC=true finds recordings without a key.",
        "A YOUTUBE_API_KEY from console.cloud.google.com adds 100 searches a day.",
        "APPLE_MUSIC=true reads its links, and finds pages there.",
        "DEEZER=true reads its links, and finds pages there.",
    ] == [row.detail for row in rows]


async def test_the_embed_page_is_off_where_the_web_api_is_on(everything: Settings) -> None:
    """One source of lists is enough."""
    found = await row(changed(everything, spotify_embed=False), "Spotify embed page")

    assert Health.OFF == found.state


@pytest.mark.parametrize(
    ("service", "fault", "said"),
    [
        ("spotify_token", {"status": 400}, "Refuses: SPOTIFY_CLIENT_ID and SPO"),
        ("spotify_token", {"status": 500}, "Out of reach: "),
        ("spotify_api", {"status": 403}, "Reads nothing; not tracks (403"),
        ("spotify_web", {"status": 503}, "Out of reach: "),
        ("spotify_web", {"status": 403}, "Refuses: "),
        ("spotify_web", {"how": How.HTML}, "Answers in a form that this ver"),
        ("youtube_music", {"status": 500}, "Out of reach: "),
        ("youtube_music", {"how": How.RESET}, "Out of reach: "),
        ("youtube_api", {"status": 403}, "Refuses: "),
        ("youtube_api", {"status": 429}, "Asks to be left alone for "),
        ("apple", {"status": 403}, "Asks to be left alone for "),
        ("apple", {"status": 200, "body": '{"results":[]}'}, "Finds nothing for"),
        ("deezer", {"status": 200, "body": '{"error":{"code":200}}'}, "Refuses: "),
        ("deezer", {"how": How.HTML}, "Answers in a form that this ver"),
    ],
)
async def test_what_fails_says_why_in_words(
    everything: Settings,
    loopback: Loopback,
    service: str,
    fault: dict[str, Any],
    said: str,
) -> None:
    """The other rows are still there, and no row tells a secret."""
    loopback.fail(service, **{"how": How.STATUS} | fault)

    rows = await examine(everything)

    part = PART_OF[service]
    states = {row.part: row.state for row in rows}
    assert dict.fromkeys(PARTS, Health.OK) | {part: Health.FAILING} == states
    assert [said] == [row.detail[: len(said)] for row in rows if row.part == part]
    text = str(rows)
    assert "secret-1" not in text
    assert KEY not in text


async def test_a_music_search_that_finds_nothing_fails(
    everything: Settings, loopback: Loopback
) -> None:
    """An answer without songs is what a blocked address gets."""
    empty = json.dumps(music.search("Songs", []))
    loopback.fail("youtube_music", How.STATUS, status=200, body=empty, path="search")

    found = await row(everything, "YouTube Music")

    assert (Health.FAILING, "Finds nothing for") == (found.state, found.detail[:17])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"telegram_bot_token": SecretStr("1:wrong")},
            "Telegram does not know TELEGRAM_BOT_TOKEN: copy it again from @BotFather.",
        ),
        ({"telegram_base_url": "http://127.0.0.1:9"}, "http://127.0.0.1:9 is out of reach: "),
    ],
)
async def test_a_telegram_that_does_not_answer_says_whose_fault_it_is(
    everything: Settings, values: dict[str, Any], said: str
) -> None:
    """A wrong token and a broken network need different hands."""
    found = await row(changed(everything, **values), "Telegram")

    assert (Health.FAILING, said) == (found.state, found.detail[: len(said)])


async def test_a_database_out_of_reach_fails_without_its_password(everything: Settings) -> None:
    """The driver's own words may hold the address."""
    uri = SecretStr("mongodb://bot:hunter2@127.0.0.1:9/?serverSelectionTimeoutMS=100")

    found = await row(changed(everything, mongodb_uri=uri), "MongoDB")

    assert Health.FAILING == found.state
    assert "MongoDB does not answer" in found.detail
    assert "hunter2" not in found.detail


async def test_indexes_that_cannot_be_made_are_named(everything: Settings, mongo: Mongo) -> None:
    """Another index stands in the place of one; what is only missing is made."""
    jobs = mongo.db["jobs"]
    await jobs.drop_indexes()
    await jobs.create_index([("user_id", 1)], name="one_running_per_user")

    found = await row(everything, "MongoDB")
    made = await jobs.index_information()
    await jobs.drop_indexes()
    again = await row(everything, "MongoDB")  # other tests go by them

    assert (Health.FAILING, Health.OK) == (found.state, again.state)
    assert "jobs.one_running_per_user: " in found.detail
    assert len(made) > 2
    assert "all indexes" in again.detail


async def test_the_private_mongod_of_a_running_bot_is_asked(
    everything: Settings, tmp_path: Path
) -> None:
    """It is not started a second time, and the running bot keeps its folder."""
    alone = changed(everything, mongodb_uri=None, tracklink_data=tmp_path)
    running = Mongo(alone)
    await running.open()
    try:
        found = await row(alone, "MongoDB")
        await running.ping()
    finally:
        await running.close()

    assert Health.OK == found.state
    assert ", private; answers in " in found.detail


async def test_a_folder_that_cannot_be_used_fails(everything: Settings, tmp_path: Path) -> None:
    """The sentence names the setting."""
    taken = tmp_path / "file"
    taken.write_text("")

    found = await row(changed(everything, mongodb_uri=None, tracklink_data=taken), "MongoDB")

    assert Health.FAILING == found.state
    assert found.detail.startswith("TRACKLINK_DATA")


async def test_a_check_that_hangs_ends_at_its_deadline(everything: Settings) -> None:
    """One part that never answers costs its row, not the table."""

    async def hanging(_: Network) -> str:
        await asyncio.Event().wait()
        return ""

    async with Network(everything, timing=Timing(check_s=0.01)) as net:
        found = await doctor._row("X", hanging, net)

    assert Row("X", Health.FAILING, "No answer within 0 s.") == found


async def test_a_check_with_a_fault_of_its_own_costs_one_row(everything: Settings) -> None:
    """What nobody foresaw is told masked."""

    async def faulty(_: Network) -> str:
        raise LookupError("spotify-secret-1 is no key")

    async with Network(everything) as net:
        found = await doctor._row("X", faulty, net)

    assert Row("X", Health.FAILING, "The check itself failed: LookupError: *** is no key") == found


@pytest.mark.parametrize(("states", "code"), [("ok off", 0), ("ok failing off", 1)])
async def test_the_exit_code_tells_whether_something_configured_fails(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    states: str,
    code: int,
) -> None:
    """Scripts read the code, people the table."""

    async def found(_: Settings) -> list[Row]:
        return [Row(f"part {state}", Health(state), "[all] is said") for state in states.split()]

    monkeypatch.setattr(doctor, "examine", found)

    assert code == await doctor.doctor(load(_env_file=None))
    lines = capsys.readouterr().out.splitlines()
    assert states.split() == [line.split()[2] for line in lines]
    assert all("[all] is said" in line for line in lines)
