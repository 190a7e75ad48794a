from __future__ import annotations

import io
import json
import logging
import sys
import threading
import warnings
from base64 import b64encode, urlsafe_b64encode
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot import telemetry
from bot.config import Settings, load
from bot.telemetry import MASK, SHORTEST_SECRET, Mask
from tests.logs import restored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOKEN = "123456789:" + "Ab-_" * 8 + "xyz"
SECRETS = {
    "telegram_bot_token": TOKEN,
    "spotify_client_id": "an-id",
    "spotify_client_secret": "spotify'secret\\",
    "youtube_api_key": "AIza-key/with+signs",
    "mongodb_uri": "mongodb://bot:p%40ss%2Fword@mongo:27017/?authSource=admin",
    "webhook_url": "https://bot.example.org",
    "webhook_secret": "hook_secret_of_hers",
}
HIDDEN = (TOKEN, "spotify'secret", "AIza-key", "p%40ss", "p@ss/word", "hook_secret_of_hers")


@pytest.fixture(autouse=True)
def put_back() -> Iterator[None]:
    with restored():
        yield


def settings(**values: Any) -> Settings:
    return load(_env_file=None, **SECRETS | values)


def written(act: Callable[[], object], **values: Any) -> str:
    stream = io.StringIO()
    telemetry.configure(settings(**values), stream=stream)
    act()
    return stream.getvalue()


def crash(text: str) -> None:
    try:
        int(text)
    except ValueError:
        logging.getLogger("telegram").exception("failed for %s", text)
        structlog.get_logger().exception("failed", text=text)


def by_logging(text: str) -> None:
    logging.getLogger("a.library").critical("sending %r to %s", text, {"secret": text})


def by_structlog(text: str) -> None:
    structlog.get_logger().info(text, value=text, deep={"a": [text]}, raw=text.encode())


def by_warning(text: str) -> None:
    with warnings.catch_warnings(record=False):
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn(text, stacklevel=1)


def by_crash(text: str) -> None:
    sys.excepthook(ValueError, ValueError(text), None)


def by_thread(text: str) -> None:
    def fail() -> None:
        raise ValueError(text)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()


def by_del(text: str) -> None:
    class Dropped:
        def __del__(self) -> None:
            raise ValueError(text)

    Dropped()


WAYS = (crash, by_logging, by_structlog, by_warning, by_crash, by_thread, by_del)


@pytest.mark.parametrize("log_format", ["text", "json"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("secret", [*SECRETS.values(), "p@ss/word"])
def test_no_secret_is_written_whichever_way_it_comes(
    log_format: str, way: Callable[[str], None], secret: str
) -> None:
    """Events, arguments, tracebacks, warnings and crashes, ours and the libraries', are masked."""
    text = written(lambda: way(f"see {secret} here"), log_format=log_format)

    assert "see" in text
    assert [] == [hidden for hidden in HIDDEN if hidden in text or repr(hidden)[1:-1] in text]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (
            f"POST https://api.telegram.org/bot{TOKEN}/getMe",
            "POST https://api.telegram.org/bot***/getMe",
        ),
        ("987654321:" + "A" * 35, MASK),
        ("mongodb://u:p@h/db", "mongodb://***@h/db"),
        ("{'Authorization': 'Bearer BQDa.b-c_1234'}", "{'Authorization': 'Bearer ***'}"),
        ("Authorization: Basic aWQ6c2VjcmV0", "Authorization: Basic ***"),
        ("17 of 40 at 12:30, see https://example.org/a@b", None),
    ],
)
def test_what_is_secret_by_its_form_is_masked_without_being_known(
    text: str, masked: str | None
) -> None:
    """Tokens that a service hands out at run time are in no setting."""
    assert (masked or text) == Mask()(text)


@given(
    st.text(st.characters(exclude_characters=MASK), min_size=SHORTEST_SECRET), st.text(), st.text()
)
def test_a_known_secret_never_survives(secret: str, before: str, after: str) -> None:
    """Whatever stands around it, and whichever signs it is made of."""
    assert secret not in Mask([secret])(f"{before}{secret}{after}")


@given(st.text(min_size=SHORTEST_SECRET))
def test_a_secret_is_masked_as_json_and_as_python_write_it(secret: str) -> None:
    """Log lines escape quotes, backslashes and signs that cannot be printed."""
    mask = Mask([secret])

    assert f'"{MASK}"' == mask(json.dumps(secret))
    assert MASK == mask(repr(secret))[1:-1]


@given(st.text())
def test_a_very_short_secret_leaves_the_lines_readable(text: str) -> None:
    """Masking one letter everywhere would hide the line, not the secret."""
    assert Mask()(text) == Mask(["a"])(text)


def test_a_text_line_is_for_people() -> None:
    """Time, level, event, then the values, on one line."""
    line = written(lambda: structlog.get_logger("bot.x").warning("list cut", shown=100, of=None))

    assert line.split(" ", 1)[1] == "warning list cut logger=bot.x of=None shown=100\n"


def test_a_json_line_is_for_machines() -> None:
    """One object a line, with text as it is."""
    line = written(
        lambda: structlog.get_logger("bot.x").info("shown", title="Şıkıdım\n"), log_format="json"
    )

    told = json.loads(line)
    assert {"shown", "Şıkıdım\n", "info", "bot.x"} < set(told.values())
    assert "Şıkıdım" in line


def test_a_strangers_text_cannot_pass_for_a_line_of_ours() -> None:
    """Line breaks, terminal codes and turned writing directions are shown as escapes."""
    line = written(lambda: structlog.get_logger().info("shown", title="x\n\x1b[2J\u202eevil"))

    assert 1 == line.count("\n")
    assert r"title='x\n\x1b[2J\u202eevil'" in line


@pytest.mark.parametrize(("level", "lines"), [("DEBUG", 3), ("WARNING", 2), ("ERROR", 0)])
def test_the_level_holds_for_our_lines_and_the_libraries(level: str, lines: int) -> None:
    """One setting says how much is logged; at DEBUG libraries would write what people send."""

    def speak() -> None:
        for speaker in (structlog.get_logger("bot"), logging.getLogger("telegram.ext")):
            speaker.debug("d")
            speaker.warning("w")

    assert lines == written(speak, log_level=level).count("\n")


@pytest.mark.parametrize("name", ["httpx", "httpcore.http11", "urllib3", "pymongo.topology"])
def test_libraries_that_write_addresses_are_quiet_even_at_debug(name: str) -> None:
    """At INFO httpx would write every request with the bot token in its address."""
    assert "" == written(lambda: logging.getLogger(name).info("HTTP Request"), log_level="DEBUG")


@pytest.mark.parametrize("name", ["telegram.ext.ExtBot", "telegram.request.BaseRequest"])
def test_what_telegram_sent_is_not_written(name: str) -> None:
    """python-telegram-bot writes whole answers that it cannot read, and raises an error besides."""
    speaker = logging.getLogger(name)
    assert "" == written(lambda: speaker.critical("Received data was %r", "a diary"))


def test_an_error_cannot_pass_for_a_line_of_ours() -> None:
    """What an exception says is shifted, and gives a terminal no orders."""

    def act() -> None:
        error = ValueError("x\n2026-01-01T00:00:00Z info evil\x1b[2J")
        structlog.get_logger().error("failed", exc_info=error)

    first, *rest = written(act).removesuffix("\n").split("\n")
    assert first.endswith("failed logger=tests.test_telemetry")
    assert all(line.startswith("    ") for line in rest)
    assert "\x1b" not in "".join(rest)


def test_json_lines_hold_no_orders() -> None:
    """C1 controls and signs that turn the direction are escaped, and come back whole."""
    nasty = "\x9b31m\u202e\u2066\u2028"
    line = written(lambda: structlog.get_logger().info("shown", title=nasty), log_format="json")
    assert not set(nasty[:1] + nasty[4:]) & set(line)
    assert nasty == json.loads(line)["title"]


def test_a_line_that_cannot_be_made_does_not_spill_its_arguments() -> None:
    """`logging` itself would print them raw."""
    text = written(lambda: logging.getLogger("x").error("%d rows", TOKEN))

    assert "A log line of x could not be written.\n" == text


def test_an_interrupt_is_no_crash(capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C in a terminal is the user's wish."""
    assert "" == written(lambda: sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None))
    assert "KeyboardInterrupt" in capsys.readouterr().err


def test_a_thread_that_ends_itself_is_no_crash() -> None:
    """As Python has it."""
    exit_ = threading.ExceptHookArgs((SystemExit, SystemExit(), None, None))
    assert "" == written(lambda: threading.excepthook(exit_))


def test_lines_go_to_stderr_when_nothing_else_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """What a command answers has stdout to itself."""
    telemetry.configure(settings())
    structlog.get_logger().info("hello")

    out, err = capsys.readouterr()
    assert ("", True) == (out, "hello" in err)


def test_what_is_bound_to_the_context_is_in_every_line() -> None:
    """An update's id, bound once, marks all that is logged on its way."""
    with structlog.contextvars.bound_contextvars(update=7):
        text = written(lambda: logging.getLogger("telegram").warning("late"))

    assert "update=7" in text


@given(st.binary(max_size=9), st.text(min_size=8, max_size=40), st.binary(max_size=9))
def test_base64(before: bytes, secret: str, behind: bytes) -> None:
    """A secret is masked in base64 at any place, as in the header of a login."""
    for code in (b64encode, urlsafe_b64encode):
        coded = code(before + secret.encode() + behind).decode()
        assert MASK in Mask([secret])(coded)
