"""Where the driver's errors end: above this, a store that fails is `StoreUnavailable`."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bson.errors import BSONError
from pymongo import WriteConcern
from pymongo.errors import OperationFailure, PyMongoError

from bot.clock import Timing
from bot.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

# For what is found again when a primary dies before it told the others or its journal: caches and
# bursts. Everything else waits for both, as MongoDB does by default.
QUICK = WriteConcern(w=1)
GRACE_S = 0.5  # the driver ends an operation first and says more; this ends one that it only queued
_TEXT = 160  # characters of the driver's reason that are worth reading


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
        raise StoreUnavailable(_reason(error)) from None
    except (BSONError, OverflowError, UnicodeError) as error:  # not for BSON
        raise StoreUnavailable(f"not stored: {type(error).__name__}") from None
    except TimeoutError:
        raise StoreUnavailable(f"MongoDB did not answer within {within_s:.0f} s") from None


def _reason(error: PyMongoError) -> str:
    if isinstance(error, OperationFailure):
        reason = str((error.details or {}).get("errmsg") or error)
    else:
        # Behind the host and the reason come the driver's settings and its view of the servers.
        reason = str(error).partition(" (configured")[0].partition(", Timeout:")[0]
    return f"MongoDB does not answer: {reason[:_TEXT] or type(error).__name__}"
