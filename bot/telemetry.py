"""What the program says about itself: log lines, with every secret masked.

One handler writes all of it, for structlog and for the libraries that use `logging`. The finished
line is masked, so that nothing gets past: neither an argument nor a traceback.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from base64 import b64encode, urlsafe_b64encode
from io import StringIO
from itertools import product
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, quote_plus, unquote, urlsplit

import structlog
from pydantic import SecretStr

from bot.models.outside_text import for_json, for_log
from bot.models.setting_values import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from sys import UnraisableHookArgs
    from types import TracebackType
    from typing import TextIO

    from structlog.typing import EventDict, Processor

    from bot.config import Settings

MASK = "***"
SHORTEST_IN_BASE64 = 8  # of less, too little is the same to be told from other text
SHORTEST_SECRET = 4  # masking "a" would leave no line readable; a URI's password is masked anyway
# What is secret by its form, wherever it comes from: a bot token ("id:35 characters", see
# core.telegram.org/bots/api), a password in an address, and what an Authorization header holds.
FORMS = (
    r"(?<!\d)\d{5,}:[A-Za-z0-9_-]{35,}",
    r"(?<=://)[^\s/@]+(?=@)",
    r"(?<=\bBearer )[\w.~+/=-]{8,}",
    r"(?<=\bBasic )[\w+/=]{8,}",
)
# Below this no library speaks: at DEBUG they write what people send, each call and update whole.
LIBRARIES = logging.INFO
OURS = ("bot", "tracklink")
_NEVER = logging.CRITICAL + 1
# httpx writes the address of every request at INFO, and Telegram's holds the bot token.
# spotipy writes an error for each answer that the catalogue expects and handles, and
# python-telegram-bot each answer that it cannot read, messages and all; what it raises says enough.
QUIET = {
    "telegram.Bot": _NEVER,
    "telegram.ext.ExtBot": _NEVER,
    "telegram.request": _NEVER,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "urllib3": logging.WARNING,
    "pymongo": logging.WARNING,
    "spotipy": logging.CRITICAL,
    "uvicorn": logging.WARNING,
}


class Mask:
    """Replaces secrets in a text, in every spelling that a log line or an address gives them."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        spellings = {form for secret in secrets for form in _spellings(secret)}
        longest_first = sorted(spellings, key=len, reverse=True)
        self._pattern = re.compile("|".join((*map(re.escape, longest_first), *FORMS)))

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(_secrets(settings))

    def __call__(self, text: str) -> str:
        return self._pattern.sub(MASK, text)


def _secrets(settings: Settings) -> Iterator[str]:
    for _, value in settings:
        if isinstance(value, SecretStr):
            secret = value.get_secret_value()
            yield secret
            if TOKEN.fullmatch(secret):
                yield secret.partition(":")[2]
            if "://" in secret and (password := urlsplit(secret).password):
                yield unquote(password)


def _spellings(secret: str) -> Iterator[str]:
    if len(secret) >= SHORTEST_SECRET:
        raw = secret.encode("utf-8", "surrogatepass")  # environments hold any bytes
        encoded = {quote(raw), quote(raw, safe=""), quote_plus(raw)}
        yield from encoded | {each.lower() for each in encoded}
        yield from (secret, repr(secret)[1:-1], ascii(secret)[1:-1], json.dumps(secret)[1:-1])
    if len(secret) >= SHORTEST_IN_BASE64:
        yield from _in_base64(secret.encode("utf-8", "surrogatepass"))


def _in_base64(secret: bytes) -> Iterator[str]:
    """What is the same of a secret in base64 whatever stands before and behind it.

    That depends on its place: three bytes become four characters.
    """
    for code, before in product((b64encode, urlsafe_b64encode), range(3)):
        text = code(bytes(before) + secret).decode()
        yield text[-(-8 * before // 6) : 8 * (before + len(secret)) // 6]


def configure(settings: Settings, *, stream: TextIO | None = None) -> None:
    """Send all log lines of this process to `stream` (stderr), as the settings say."""
    level = logging.getLevelNamesMapping()[settings.log_level]
    shared = _shared()
    handler = _Handler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=_finish(settings.log_format, Mask.of(settings))
        )
    )
    logging.basicConfig(level=max(level, LIBRARIES), handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    for name, quietest in QUIET.items():
        logging.getLogger(name).setLevel(max(level, quietest))
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    sys.excepthook = _crashed
    threading.excepthook = _thread_crashed
    sys.unraisablehook = _ignored


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _finish(log_format: str, mask: Mask) -> list[Processor]:
    def masked(_: Any, __: str, line: EventDict | str | bytes) -> str:
        return mask(str(line))

    first = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if log_format == "json":
        as_text = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
        return [first, structlog.processors.format_exc_info, as_text, masked, _escaped]
    return [first, _text(), masked]


def _escaped(_: Any, __: str, line: EventDict | str | bytes) -> str:
    return for_json(str(line))


def _text() -> Processor:
    """Lines for people: without colours, which a log file would keep, and never broken in two."""

    def column(name: str, *, key: str | None = None) -> structlog.dev.Column:
        plain = structlog.dev.KeyValueColumnFormatter(
            key_style=key, value_style="", reset_style="", value_repr=for_log
        )
        return structlog.dev.Column(name, plain)

    return structlog.dev.ConsoleRenderer(
        columns=[column("timestamp"), column("level"), column("event"), column("", key="")],
        exception_formatter=_trace,
    )


def _trace(out: TextIO, failure: Any) -> None:
    """A traceback, all of it to the right: what an error says could pass for a line of ours."""
    text = StringIO()
    structlog.dev.plain_traceback(text, failure)
    lines = text.getvalue().strip("\n").split("\n")
    out.writelines(f"\n    {for_log(line)}" for line in lines)


class _Handler(logging.StreamHandler["TextIO"]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Logging's own version would print the arguments of the line, secrets and all."""
        self.stream.write(f"A log line of {record.name} could not be written.\n")


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        structlog.get_logger("tracklink").critical("crashed", exc_info=(kind, error, trace))


def _thread_crashed(crash: threading.ExceptHookArgs) -> None:
    """Python's own hooks write to stderr past the mask, this one and the next."""
    if crash.exc_type is SystemExit:
        return  # a thread that ends itself, as Python's own hook has it
    where = crash.thread.name if crash.thread else None
    trace = (crash.exc_type, crash.exc_value, crash.exc_traceback)
    structlog.get_logger("tracklink").critical("thread crashed", thread=where, exc_info=trace)


def _ignored(failure: UnraisableHookArgs) -> None:
    """What failed where nobody can be told, such as in a `__del__`."""
    trace = (failure.exc_type, failure.exc_value, failure.exc_traceback)
    structlog.get_logger("tracklink").error("failed unnoticed", exc_info=trace)
