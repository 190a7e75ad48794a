"""The command line: what each command prints and where, and the exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from bot import cli
from bot.errors import StoreUnavailable
from bot.sandbox import services
from bot.sandbox.telegram.core import TOKEN
from tests.logs import restored
from tests.staged.samples import gone_link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.config import Settings

ROOT = Path(__file__).parents[1]
TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
ALBUM = "https://open.spotify.com/album/sampleAlbumHarbour0001"
HINT = "Send me a Spotify link, or a song by artist and title. /help says more."
EPISODE = "https://open.spotify.com/episode/sampleDMKnJcNxbYovTm80"
GONE = (
    "Spotify has nothing behind that link, or it is private. "
    "Open it in Spotify, share it again, and make a playlist public first."
)
NO_TOKEN = (
    "TELEGRAM_BOT_TOKEN is missing: send /newbot to @BotFather in Telegram and put the token that "
    "it gives you into .env or the environment."
)
PROCESS_S = 60


class Ran(NamedTuple):
    """A command that has ended: its exit code, and what it printed where."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No settings but those of the test, neither of this shell nor of a .env."""
    for name in ("TELEGRAM_BOT_TOKEN", "SPOTIFY_CLIENT_ID", "SPOTIFY_CLIENT_SECRET", "MONGODB_URI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TRACKLINK_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    with restored():
        yield


@pytest.fixture
def tracklink(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    """Runs a command inside the test."""

    def run(*words: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["tracklink", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert isinstance(ended.value.code, int)
        return Ran(ended.value.code, *capsys.readouterr())

    return run


@pytest.fixture
def with_token(monkeypatch: pytest.MonkeyPatch, mongod: str) -> None:
    """All that `run` needs, so that one setting alone is wrong."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("MONGODB_URI", mongod)


def process(*words: str, told: str = "", **settings: str) -> Ran:
    """Run `tracklink` as a process of its own, with `told` on its standard input."""
    inherited = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "MONGOD")}
    data = {"TRACKLINK_DATA": os.environ["TRACKLINK_DATA"], "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-m", "bot", *words],
        env=inherited | data | settings,
        input=told,
        capture_output=True,
        text=True,
        timeout=PROCESS_S,
        check=False,
    )
    return Ran(run.returncode, run.stdout, run.stderr)


def test_help_names_every_command(tracklink: Callable[..., Ran]) -> None:
    """--help lists what there is, and needs no settings."""
    ran = tracklink("--help")

    assert 0 == ran.code
    for command in ("run", "chat", "show", "doctor"):
        assert f" {command} " in ran.out
    assert " health " not in ran.out


def test_show_prints_all_samples_as_json(tracklink: Callable[..., Ran]) -> None:
    """Of `show --sample` without a link comes every sample listing, as JSON on stdout alone."""
    ran = tracklink("show", "--sample", "--format", "json")

    shown = json.loads(ran.out)
    assert (0, "") == (ran.code, ran.err)
    assert services.links() == [listing["url"] for listing in shown]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["show"], 2, "Give a Spotify link, or --sample for the sample listings.\n"),
        (["show", "--sample", "nonsense"], 2, "nonsense: this is no link that I can read.\n"),
        (
            ["show", "--sample", EPISODE],
            2,
            f"{EPISODE}: That link leads to a podcast episode. I only know music.\n",
        ),
        (
            ["show", "--sample", gone_link()],
            3,
            f"{gone_link()}: {GONE}\n",
        ),
        (
            ["run"],
            2,
            f"{NO_TOKEN}\n",
        ),
    ],
    ids=["no link", "no Spotify link", "an episode", "gone", "no token"],
)
def test_what_cannot_be_done_is_one_sentence(
    tracklink: Callable[..., Ran], words: list[str], code: int, sentence: str
) -> None:
    """A bad link is 2, a source that fails is 3, a wrong setting is 2: each with one sentence."""
    ran = tracklink(*words)

    assert (code, sentence) == (ran.code, ran.err)
    assert ran.out.strip() in ("", "[]")


@pytest.mark.usefixtures("with_token")
@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "abc", 'PORT is not a whole number: "abc". '),
        ("TELEGRAM_BOT_TOKEN", "abc", "TELEGRAM_BOT_TOKEN is not a whole bot token"),
        ("QUOTA_TIMEZONE", "Mars", "QUOTA_TIMEZONE is not an IANA time zone"),
        ("MONGODB_URI", "nonsense", "MONGODB_URI is not a MongoDB address"),
        ("MONGOD", "/nowhere/mongod", "MONGOD: there is no program to run at /nowhere/mongod."),
        ("SPOTIFY_CLIENT_ID", "x", "SPOTIFY_CLIENT_SECRET is missing"),
        ("SPOTIFY_EMBED", "off", "SPOTIFY_EMBED is off and SPOTIFY_CLIENT_ID is not set"),
    ],
)
def test_a_wrong_setting_is_named(
    tracklink: Callable[..., Ran],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    sentence: str,
) -> None:
    """One sentence that begins with the variable, exit code 2, and no traceback."""
    monkeypatch.setenv(name, value)
    if name == "MONGOD":
        monkeypatch.delenv("MONGODB_URI")
    ran = tracklink("run")

    assert 2 == ran.code
    assert ran.err.startswith(sentence)
    assert 1 == ran.err.count("\n")


def test_a_store_that_does_not_start_is_told(
    tracklink: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the private mongod fails, its reason is told and the exit code is 3."""

    async def fail(_: Settings, **__: object) -> int:
        raise StoreUnavailable("mongod ended with code 14: disk full")

    monkeypatch.setattr("bot.sandbox.chat.terminal.chat", fail)
    ran = tracklink("chat", "--sample")

    assert (3, "mongod ended with code 14: disk full\n") == (ran.code, ran.err)


def test_chat_over_a_pipe(mongod: str) -> None:
    """A script writes lines and reads what the chat shows: links, buttons by number, commands."""
    told = f"{ALBUM}\n!!!\n/quota\n"
    ran = process("chat", "--sample", told=told, MONGODB_URI=mongod, MONGODB_DATABASE="piped")

    assert 0 == ran.code
    assert f"you  {ALBUM}\n\nbot  Harbour of Small Hours <{ALBUM}>\n" in ran.out
    assert "12 official · 2 search only\n" in ran.out
    assert f"you  !!!\n\nbot  {HINT}\n" in ran.out
    assert "bot  Today you used 14 of your 300 tracks; 286 are left.\n" in ran.out
    assert "Traceback" not in ran.err


def test_chat_starts_its_own_mongod(mongod_binary: Path) -> None:
    """Without MONGODB_URI the first chat needs nothing but the program."""
    ran = process("chat", "--sample", told=f"{TRACK}\n", MONGOD=str(mongod_binary))

    assert 0 == ran.code
    assert "YouTube <https://www.youtube.com/watch?v=" in ran.out


def test_health_of_nothing(tracklink: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """The container's health check fails where no bot listens."""
    monkeypatch.setenv("PORT", "1")
    ran = tracklink("health")

    assert 1 == ran.code


def test_doctor_is_reached(tracklink: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict of doctor is the exit code."""

    async def verdict(_: Settings) -> int:
        return 1

    monkeypatch.setattr("bot.ops.doctor.doctor", verdict)

    assert 1 == tracklink("doctor").code
