"""The connection to MongoDB. Only this module imports Motor, whose successor will replace it."""

from __future__ import annotations

import warnings
from typing import Any
from urllib.parse import urlsplit

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo.errors import ConfigurationError, InvalidURI

from bot.clock import Timing
from bot.errors import SettingError

Document = dict[str, Any]
Client = AsyncIOMotorClient[Document]
Database = AsyncIOMotorDatabase[Document]
Collection = AsyncIOMotorCollection[Document]

SCHEMES = ("mongodb", "mongodb+srv")


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
            return AsyncIOMotorClient(
                uri,
                appname="tracklink",
                tz_aware=True,
                retryWrites=True,
                connectTimeoutMS=timeout_ms,
                serverSelectionTimeoutMS=timeout_ms,
                timeoutMS=timeout_ms,
            )
    except (InvalidURI, ConfigurationError, UserWarning, ValueError, TypeError):
        # Without the driver's text, which quotes parts of the address.
        raise wrong from None
