"""The command line: tracklink run | chat | show | doctor | health."""

from __future__ import annotations

import asyncio
import http.client
import sys
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from bot.errors import SettingError, StoreUnavailable
from bot.net.lean import without

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from bot.config import Settings

USAGE, FAILED = 2, 3
HEALTH_S = 5.0  # above the deadline of a ping (Timing.ping_s), below the container's own

cli = typer.Typer(
    name="tracklink",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Paste a Spotify link, get every track back with its official links.",
)

Sample = Annotated[bool, typer.Option("--sample", help="Answer from made-up music, offline.")]


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"


@cli.command()
def run() -> None:
    """Answer on Telegram; only TELEGRAM_BOT_TOKEN is needed."""
    # structlog and httpx' own command would draw with the first two: 4 MB. With the third, 3 MB,
    # requests would guess what no header tells; of a service that is UTF-8.
    guess = {"__version__": "3.4.0", "detect": lambda _: {"encoding": "utf-8"}}
    with without("rich"), without("pygments"), without("charset_normalizer", **guess):
        from bot.ops.run import run

    _finish(run(_settings()))


@cli.command()
def chat(
    *,
    sample: Sample = False,
    picture: Annotated[
        Path | None, typer.Option(help="Draw the chat into this SVG file at its end.")
    ] = None,
) -> None:
    """Chat with the bot in this terminal: no token, no account."""
    from bot.sandbox.chat.terminal import chat

    _finish(chat(_settings(quiet=True, sample=sample), sample=sample, picture=picture))


@cli.command()
def show(
    links: Annotated[list[str] | None, typer.Argument(help="Spotify links.")] = None,
    *,
    format_: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TABLE,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say how the candidates of each track were judged.")
    ] = False,
    sample: Sample = False,
) -> None:
    """Resolve links once and print them; without a link, all samples."""
    if not links and not sample:
        _fail("Give a Spotify link, or --sample for the sample listings.", USAGE)
    from bot.ops.show import show

    settings = _settings(quiet=True, sample=sample)
    as_json = format_ is Format.JSON
    transports = None
    if sample:
        from bot.sandbox import services

        links, transports = links or services.links(), services.transports()
    _finish(show(links or [], settings, as_json=as_json, transports=transports, explain=explain))


@cli.command()
def doctor() -> None:
    """Check the token, the sources and MongoDB; exit code 1 when something configured fails."""
    from bot.ops.doctor import doctor

    _finish(doctor(_settings(quiet=True)))


@cli.command(hidden=True)
def health() -> None:
    """Ask the running bot on this machine whether it is well: the container's health check."""
    settings = _settings(quiet=True)
    raise typer.Exit(check_health(settings.port, host=settings.web_host))


def main() -> None:
    """The program's entry point."""
    try:
        cli()
    except SettingError as error:
        _fail(str(error), USAGE)
    except StoreUnavailable as error:
        _fail(str(error), FAILED)


def _settings(*, quiet: bool = False, sample: bool = False) -> Settings:
    """The settings of this process, with its log set up; `quiet` logs errors only."""
    from bot.config import load, sample_settings
    from bot.telemetry import configure

    settings = sample_settings() if sample else load()
    if quiet:
        settings = settings.model_copy(update={"log_level": "ERROR"})
    configure(settings)
    return settings


def _finish(work: Coroutine[None, None, int]) -> None:
    raise typer.Exit(asyncio.run(work))


def _fail(sentence: str, code: int) -> None:
    from bot.models.outside_text import for_terminal

    typer.echo(for_terminal(sentence), err=True)
    sys.exit(code)


def check_health(port: int, *, host: str = "127.0.0.1") -> int:
    """Print what /health answers. 0 when the bot is well, 1 when it is not or does not answer.

    A container asks every few seconds, so nothing of the bot is imported for it.
    """
    if port == 0:
        return _tell("PORT is 0: the bot serves no /health.", well=False)
    connection = http.client.HTTPConnection(host, port, timeout=HEALTH_S)
    try:
        connection.request("GET", "/health")
        answer = connection.getresponse()
        said = answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        reason = str(error) or type(error).__name__
        return _tell(f"No bot answers on port {port}: {reason}.", well=False)
    finally:
        connection.close()
    return _tell(said, well=answer.status == http.client.OK)


def _tell(text: str, *, well: bool) -> int:
    # Whoever else listens there may answer anything.
    sys.stdout.write(f"{''.join(filter(str.isprintable, text))}\n")
    return 0 if well else 1
