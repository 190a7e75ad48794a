"""`python -m tests.stress [FAULT …]`: makes things go wrong, and counts what came of it.

Prints a table and writes build/stress.json. Exit code 1 when anything was lost, doubled or wrong.
Without names it does all, the long run last: about 80 minutes, 60 of them the soak's. What needs
haproxy or redis-server is left out, and named, where they are not installed.

What it cannot hold against a bot: a message that Telegram took in the moment before a kill -9, or
whose answer gets lost, is sent a second time, because the Bot API gives no way to ask for it; these
are counted apart. A command whose answer Telegram holds back for more than a second is lost by a
kill -9 in that time, as is a file that is still being read; at a SIGTERM its sender is told. A
command that was answered, and not yet noted as answered, is answered again. How the real services
behave is known from their documents, not from here.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.stress import fairness, haproxy, kills, network, shares, store, telemelya, updates
from tests.stress.soak import soak
from tests.stress.verdict import JSON, Verdict, show, write

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Fault = Callable[[Path], Awaitable[Verdict]]

FAULTS: dict[str, Fault] = {
    "replica killed, its lists go on": kills.replica_killed,
    "told to end in the middle": kills.told_to_end,
    "poller killed under load": kills.poller_killed,
    "replicas killed behind a proxy": kills.replicas_killed,
    "poison jobs": kills.poison,
    "update redelivered": updates.redelivered,
    "two processes poll": updates.two_pollers,
    "links sent at once": updates.in_order,
    "one person floods": updates.flood,
    "health and readiness": updates.health,
    "webhook of telemelya": telemelya.webhook,
    "fairness": fairness.fairness,
    "one busy group": shares.busy_group,
    "words that take long": shares.narrow,
    "files that take long": partial(shares.narrow, what="files", people=30, slow_s=2.0),
    "reserves during step-downs": store.reserves_during_step_down,
    "one allowance during a step-down": store.one_allowance,
    "primary steps down and dies": store.stepped_down,
    "mongod restarts": store.restarted,
    "mongod is away": store.away,
    "mongod stands still": store.hangs,
    "mongod stands still for a moment": store.stalls,
    "mongod is away from two replicas": store.away_from_two,
    "trouble on the way to Telegram": network.telegram_trouble,
    "trouble on the way to Spotify": network.spotify_trouble,
}
SOAK = "soak"
# What a machine may lack for a fault, as a question that is answered with the words for it.
NEEDS: dict[str, Callable[[], str | None]] = {
    name: haproxy.missing
    for name in FAULTS
    if any(word in name for word in ("proxy", "trouble", "two replicas"))
} | {"mongod stands still": haproxy.missing, "webhook of telemelya": telemelya.missing}


def main() -> int:
    options = _parser().parse_args()
    known = FAULTS | {SOAK: partial(soak, minutes=options.minutes, rate=options.rate)}
    if unknown := set(options.faults) - known.keys():
        sys.exit(f"There is no {', '.join(unknown)}; there are: {', '.join(known)}")
    if not options.faults:
        JSON.unlink(missing_ok=True)
    verdicts = {}
    for name in options.faults or known:
        fault = known[name]
        if name in NEEDS and (missing := NEEDS[name]()):
            print(f"left out: {name}: {missing}")
            continue
        print(f"… {name}", flush=True)
        verdicts[name] = _tried(fault)
        write(verdicts, JSON)
    show(verdicts)
    return 0 if all(verdict.holds for verdict in verdicts.values()) else 1


def _tried(fault: Fault) -> Verdict:
    """A fault that the suite itself does not survive counts as wrong."""
    with tempfile.TemporaryDirectory(prefix="stress-") as folder:
        try:
            return asyncio.run(_run(fault, Path(folder)))
        except (AssertionError, OSError, TimeoutError) as error:
            return Verdict(tried=1, wrong=1, remarks=(f"broke off: {error!r}",))


async def _run(fault: Fault, folder: Path) -> Verdict:
    return await fault(folder)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.stress", description=__doc__)
    parser.add_argument("faults", nargs="*", metavar="FAULT", help="all by default")
    parser.add_argument("--minutes", type=float, default=60.0, help="of the soak")
    parser.add_argument("--rate", type=float, default=20.0, help="messages a second of the soak")
    return parser


if __name__ == "__main__":
    sys.exit(main())
