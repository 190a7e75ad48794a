"""Asks a running bot how it is: the container's health check, so nothing is imported for it."""

from __future__ import annotations

import http.client
import sys

DEADLINE_S = 5.0  # above the deadline of a ping (bot.ops.server), below the container's own


def check_health(port: int, *, host: str = "127.0.0.1") -> int:
    """Print what /health answers. 0 when the bot is well, 1 when it is not or does not answer."""
    if port == 0:
        return _tell("PORT is 0: the bot serves no /health.", well=False)
    connection = http.client.HTTPConnection(host, port, timeout=DEADLINE_S)
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
    sys.stdout.write(f"{text}\n")
    return 0 if well else 1
