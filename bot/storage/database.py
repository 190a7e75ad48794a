"""The way to MongoDB: the client of this process, its time limits, and where its errors end.

Only this module imports Motor, whose successor will replace it. Above this, a store that fails is
`StoreUnavailable`.
"""

from __future__ import annotations

import asyncio
import time
import warnings
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import structlog
from bson.errors import BSONError
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo import ASCENDING, IndexModel, WriteConcern
from pymongo.errors import ConfigurationError, InvalidURI, OperationFailure, PyMongoError

from bot.clock import Timing
from bot.errors import SettingError, StoreUnavailable, TracklinkError, Unstorable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config import Settings
    from bot.storage.private_mongod import PrivateMongod

T = TypeVar("T")
Document = dict[str, Any]
Client = AsyncIOMotorClient[Document]
Database = AsyncIOMotorDatabase[Document]
Collection = AsyncIOMotorCollection[Document]
Indexes = Mapping[str, Sequence[IndexModel]]  # of each collection, by its name

EXPIRING = IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0)
SCHEMES = ("mongodb", "mongodb+srv")
# For what is found again when a primary dies before it told the others or its journal: caches and
# bursts. Everything else waits for both, as MongoDB does by default.
QUICK = WriteConcern(w=1)
GRACE_S = 0.5  # the driver ends an operation first and says more; this ends one that it only queued
# MongoDB's codes for BadValue, FailedToParse, TypeMismatch, DocumentValidationFailure and
# BSONObjectTooLarge, and where those begin by which it says what an expression cannot take.
HOPELESS, EXPRESSIONS = (2, 9, 14, 121, 10334), 16_000
_TEXT = 160  # characters of a reason that are worth reading

log = structlog.get_logger()


def readable(read: Callable[[Document], T], document: Document | None, room: str) -> T | None:
    """What `read` makes of a document; None where there is none, or one of another shape.

    Another version may have written it, or a hand: it spoils only itself.
    """
    if document is None:
        return None
    with _odd(document, room):
        return read(document)
    return None


async def readable_in_parts(
    read: Callable[[Document], Awaitable[T]], document: Document | None, room: str
) -> T | None:
    """As `readable`, of a document that takes so long that others have their turns meanwhile."""
    if document is None:
        return None
    with _odd(document, room):
        return await read(document)
    return None


@contextmanager
def _odd(document: Document, room: str) -> Iterator[None]:
    try:
        yield
    except TracklinkError:
        raise  # what it says of a service
    except Exception as error:  # noqa: BLE001 - whatever a shape leads to
        log.warning("document not read", room=room, id=document["_id"], why=repr(error)[:_TEXT])


def shaped(values: Iterable[object], types: Iterable[type | tuple[type, ...]]) -> None:
    """Raises TypeError where a value is not of its type."""
    if not all(map(isinstance, values, types)):
        raise TypeError("another shape")


@asynccontextmanager
async def guarded(
    *, within_s: float = Timing().operation_s, grace_s: float = GRACE_S
) -> AsyncIterator[None]:
    """Bound what runs inside and raise StoreUnavailable for every error of the driver.

    Also a decorator of async methods, `@guarded()`.
    """
    try:
        async with asyncio.timeout(within_s + grace_s):
            yield
    except PyMongoError as error:
        hopeless = isinstance(error, OperationFailure) and is_hopeless(error.code or 0)
        kind = Unstorable if hopeless else StoreUnavailable
        raise kind(f"MongoDB does not answer: {reason_of(error)}") from None
    except (BSONError, OverflowError, UnicodeError) as error:  # not for BSON
        raise Unstorable(f"not stored: {type(error).__name__}") from None
    except TimeoutError:
        raise StoreUnavailable(f"MongoDB did not answer within {within_s:.0f} s") from None


def is_hopeless(code: int) -> bool:
    """Whether a statement failed of itself, or of the document it met: it would fail again."""
    return code in HOPELESS or code >= EXPRESSIONS


def reason_of(error: PyMongoError) -> str:
    """The driver's words without its settings."""
    if isinstance(error, OperationFailure):
        reason = str((error.details or {}).get("errmsg") or error)
    else:
        # Behind the host and the reason come the driver's settings and its view of the servers.
        reason = str(error).partition(" (configured")[0].partition(", Timeout:")[0]
    return reason[:_TEXT] or type(error).__name__


def connect(uri: str, *, timing: Timing = Timing()) -> Client:
    """A client whose every operation ends within `operation_s`. Raises SettingError."""
    timeout_ms = int(timing.operation_s * 1000)
    wrong = SettingError(
        "MONGODB_URI is not a MongoDB address such as mongodb://user:password@host:27017 "
        "(signs like @ : / in the password are written as %40 %3A %2F)."
    )
    try:
        parts = urlsplit(uri)
        # A password with a bare slash would be read as a part of the host, and then be quoted in
        # errors.
        if parts.scheme not in SCHEMES or ("@" in uri and parts.username is None):
            raise wrong
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # how the driver passes over wrong options
            client: Client = AsyncIOMotorClient(
                uri,
                appname="tracklink",
                tz_aware=True,
                retryWrites=True,
                connectTimeoutMS=timeout_ms,
                serverSelectionTimeoutMS=timeout_ms,
                timeoutMS=timeout_ms,
            )
    except OSError as error:  # of its certificates
        why = f"{error.filename or 'certificates'} ({error.strerror})"
        raise SettingError(f"MONGODB_URI names a file that cannot be read: {why}.") from None
    except (InvalidURI, ConfigurationError, UserWarning, ValueError, TypeError):
        # Without the driver's text, which quotes parts of the address.
        raise wrong from None
    if not client.write_concern.acknowledged:
        client.close()
        raise SettingError("MONGODB_URI: with w=0 nobody knows what was stored; leave it out.")
    return client


class Mongo:
    """MongoDB as the settings say: at `MONGODB_URI`, or a private mongod of this process.

    `open` does not wait for a server at `MONGODB_URI`: the bot starts without it, and what needs
    it raises StoreUnavailable until it is there.
    """

    def __init__(self, settings: Settings, *, timing: Timing = Timing()) -> None:
        self._settings = settings
        self._timing = timing
        self._embedded: PrivateMongod | None = None
        self._client: Client | None = None

    async def open(self) -> None:
        """Raises SettingError, and StoreUnavailable when the private mongod does not start."""
        uri = self._settings.mongodb_uri
        address = uri.get_secret_value() if uri else await self._start_embedded()
        self._client = connect(address, timing=self._timing)

    async def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
        if self._embedded is not None:
            await self._embedded.stop()
            self._embedded = None

    @property
    def private(self) -> bool:
        """Whether this process runs its own mongod."""
        return self._settings.mongodb_uri is None

    @property
    def db(self) -> Database:
        if self._client is None:
            raise StoreUnavailable("the connection to MongoDB is closed")
        return self._client[self._settings.mongodb_database]

    async def ping(self) -> float:
        """Seconds that a round trip takes."""
        started = time.perf_counter()
        async with guarded():
            await self.db.command("ping")
        return time.perf_counter() - started

    async def version(self) -> str:
        async with guarded():
            return str((await self.db.command("buildInfo"))["version"])

    async def _start_embedded(self) -> str:
        from bot.storage.private_mongod import PrivateMongod

        self._embedded = PrivateMongod.of(self._settings)
        return await self._embedded.start()
